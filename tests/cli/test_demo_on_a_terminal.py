"""`recanvass demo` where somebody sits: a terminal, a browser, and Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

PATIENCE = 60.0
CTRL_C = b"\x03"


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self.shown = ""
        self._process, self._screen = pty.fork()
        if self._process == 0:
            os.execve(sys.executable, [sys.executable, *words], environment)

    def show_until(self, seen: Callable[[str], object]) -> None:
        """Read what it shows until that is seen, or it ends."""
        while not seen(self.shown):
            try:
                self.shown += os.read(self._screen, 4096).decode()
            except OSError:  # the terminal was closed at the other end
                return

    def press(self, keys: bytes) -> None:
        os.write(self._screen, keys)

    def status(self) -> int:
        _, status = os.waitpid(self._process, 0)
        os.close(self._screen)
        return os.waitstatus_to_exitcode(status)


def wait_for(path: Path) -> str:
    until = time.monotonic() + PATIENCE
    while not path.exists() or not path.read_text():
        assert time.monotonic() < until, f"{path} was never written"
        time.sleep(0.05)
    return path.read_text().strip()


def test_demo_on_a_terminal_opens_the_site_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    own = {"DISPLAY": ":99", "BROWSER": f"{browser} %s"}
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "RECANVASS_CASES")} | own
    terminal = Terminal(["-m", "recanvass", "demo", str(tmp_path / "demo")], environment)
    try:
        terminal.show_until(lambda shown: re.search(r"http://[\d.:]+/\s", shown))
        address = re.search(r"http://[\d.:]+/", terminal.shown)
        assert address, terminal.shown
        assert wait_for(opened) == address[0]
        page = httpx.get(address[0], follow_redirects=True, timeout=PATIENCE)
        assert (page.status_code, page.url.path) == (200, "/en/index.html")
    finally:
        terminal.press(CTRL_C)
        terminal.show_until(lambda _: False)
    assert terminal.status() == 0, terminal.shown
    assert "Traceback" not in terminal.shown
