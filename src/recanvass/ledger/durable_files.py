"""Files that are on the disk before anything speaks of them, and a folder held by one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recanvass.errors import BadInput, RecanvassError

__all__ = ["DurableFiles", "alone_in"]

UNFINISHED = ".unfinished"


class DurableFiles:
    """Writes whole files below a folder, each durable before it has its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._touched: set[Path] = set()
        self.written = 0
        """Files written so far."""

    def write(self, path: str, content: bytes) -> None:
        """Write one file; its name is durable after `flush_folders`."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / UNFINISHED
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:  # of a full disk, it does not say where
            raise RecanvassError(f"{target}: {error.strerror}") from None
        unfinished.replace(target)
        self._touched.add(target.parent)
        self.written += 1

    def flush_folders(self) -> None:
        """Make the names of all files written so far durable."""
        above = {p for folder in self._touched for p in (folder, *folder.parents)}
        for folder in sorted(p for p in above if p.is_relative_to(self._folder)):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._touched.clear()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder, so that of two publications the older cannot end last.

    Raise BadInput if another process holds it.
    """
    import fcntl  # noqa: PLC0415 - POSIX only; elsewhere a ledger can still be read

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BadInput(f"{folder}: another process is publishing here") from None
    finally:
        os.close(handle)
