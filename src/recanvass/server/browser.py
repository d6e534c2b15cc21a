"""The reader's own browser, opened when a server of this machine answers."""

from __future__ import annotations

import os
import sys
import threading
import time
import webbrowser

__all__ = ["open_when_ready"]

PATIENCE = 30.0
"""Seconds that a server may take to start."""
PAUSE = 0.1


def open_when_ready(address: str) -> None:
    """Open an address in the browser as soon as its server answers; return at once.

    Where there is no screen nothing is opened: a browser for terminals would take the terminal.
    """
    if _has_screen():
        threading.Thread(target=_wait_and_open, args=(address,), daemon=True).start()


def _has_screen() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _wait_and_open(address: str) -> None:
    import httpx  # noqa: PLC0415 - while the server starts

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/healthz", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(PAUSE)
        else:
            webbrowser.open(f"{address}/")
            return
