"""Where published files are read from: a folder, or a web server (see `web_files`).

A reader asks for a path and says how many bytes it would take; nothing that is found is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

__all__ = ["FolderFiles", "PublishedFiles", "is_url", "open_files"]


class PublishedFiles(Protocol):
    """Files below one prefix, by their paths. Used by one thread."""

    @property
    def place(self) -> str:
        """How messages call the prefix."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes, at most one more than `limit`; None if there is no such file.

        Raise RecanvassError if it cannot be said whether there is.
        """

    def soon(self, paths: Sequence[str], limit: int) -> None:
        """Be told what will be read next, to fetch it meanwhile where that takes long."""

    def partials(self, path: str) -> list[int]:
        """Return the widths of the partial tiles of a tile that lie there, as far as it can say."""

    def names(self) -> list[str]:
        """Return the names of the files that lie there, in order, as far as it can say."""

    def beside(self, name: str) -> PublishedFiles:
        """Return the files below another prefix, next to this one."""

    def close(self) -> None:
        """Let go of what is held."""


def is_url(place: str) -> bool:
    """Return whether a place is on the web."""
    return place.startswith(("http://", "https://"))


def open_files(place: Path | str) -> PublishedFiles:
    """Return the files in a folder, or below an `http://` or `https://` address.

    Raise BadInput for an address that is none.
    """
    if is_url(str(place)):
        from recanvass.ledger.web_files import WebFiles  # noqa: PLC0415 - httpx is slow to import

        return WebFiles(str(place))
    return FolderFiles(Path(place))


class FolderFiles:
    """Implements `PublishedFiles` for a folder."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self._folder = folder

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes."""
        file = self._folder / path
        if not file.is_file():  # nor a pipe, which would keep us waiting
            return None
        with file.open("rb") as opened:
            return opened.read(limit + 1)

    def soon(self, paths: Sequence[str], limit: int) -> None:
        """Do nothing: the system reads ahead by itself."""

    def partials(self, path: str) -> list[int]:
        """Return the widths that lie there, the narrowest first."""
        folder = self._folder / f"{path}.p"
        names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        plain = [n for n in names if n.isascii() and n.isdigit() and str(int(n[:4])) == n]
        return sorted(map(int, plain))

    def names(self) -> list[str]:
        """Return the names of the files that lie there."""
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(file.name for file in found if file.is_file())

    def beside(self, name: str) -> FolderFiles:
        """Return the files of a sibling folder."""
        return FolderFiles(self._folder.parent / name if self._folder.name else Path("..") / name)

    def close(self) -> None:
        """Nothing is held open."""
