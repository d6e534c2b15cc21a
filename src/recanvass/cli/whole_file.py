"""A file put in its place whole: nobody ever reads half of it."""

from __future__ import annotations

import os
from pathlib import Path

from recanvass.errors import BadInput

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file that is durable before it has its name.

    Raise BadInput if there is one already and it is not to be replaced.
    """
    if path.exists() and not replace:
        raise BadInput(f"{path}: found a file; expected none, since it is kept")
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
