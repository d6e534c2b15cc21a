"""The site's own files: named by what they hold, so that they can be cached for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources

from recanvass.site.colours import Palette

__all__ = ["ASSETS", "asset_content", "asset_path"]

ASSETS = {"site.css": "text/css", "palette.css": "text/css", "icon.svg": "image/svg+xml"}
"""Names with their media types. `palette.css` is made from the parties' colours."""


def asset_content(name: str, palette: Palette) -> bytes:
    """Return what a file holds."""
    return palette.css.encode() if name == "palette.css" else _static(name)


def asset_path(name: str, palette: Palette) -> str:
    """Return where a file lies: `assets/site.<hash>.css`."""
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{_digest(asset_content(name, palette))}.{suffix}"


@lru_cache
def _static(name: str) -> bytes:
    return (resources.files("recanvass.site") / "static" / name).read_bytes()


@lru_cache
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
