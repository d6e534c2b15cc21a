"""Frames kept between questions, so that a second command need not fold the whole ledger again.

What is kept is never truth: it lies in the user's own cache folder, is found by the root hash of
the entries that it was folded from, and may be thrown away at any time. `verify` compares it with
the entries. RECANVASS_CACHE names another folder; `off` keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from recanvass.model import decode_event, encode_event
from recanvass.record.fold import Fold, FoldParts

if TYPE_CHECKING:
    from recanvass.ledger import Ledger

__all__ = ["WORTH_KEEPING", "keep", "restore"]

WORTH_KEEPING = 5_000
"""Entries that a fold must have taken in before it is kept; fewer are folded again in no time."""

_FORMAT = "2"
"""Part of the key: changes whenever what a fold holds changes."""


class _Index(msgspec.Struct):
    """What lies in a kept folder beside the frames."""

    size: int
    small: list[tuple[int, msgspec.Raw]]
    polls: list[tuple[str, str]]


def restore(ledger: Ledger) -> Fold:
    """Return the largest fold kept of this very ledger, or an empty one."""
    folder = _folder(ledger)
    if folder is None or not folder.is_dir():
        return Fold()
    for size, root, place in sorted(_kept(folder), reverse=True):
        if size <= ledger.size and ledger.root(size).hex().startswith(root):
            # Kept frames are a convenience: whatever is wrong with them, the entries are there.
            with contextlib.suppress(OSError, msgspec.MsgspecError, pl.exceptions.PolarsError):
                return _read(place)
    return Fold()


def keep(ledger: Ledger, fold: Fold) -> None:
    """Keep a fold for later, in place of what was kept of this ledger before."""
    folder = _folder(ledger)
    if folder is None:
        return
    name = f"{fold.size}-{ledger.root(fold.size).hex()[:32]}"
    unfinished = folder / f".{name}.{os.getpid()}"
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        _write(fold.parts(), unfinished)
        unfinished.rename(folder / name)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        return
    for _, _, place in _kept(folder):
        if place.name != name:
            shutil.rmtree(place, ignore_errors=True)


def _folder(ledger: Ledger) -> Path | None:
    """Return where frames of a ledger are kept, or None if nothing is to be kept."""
    chosen = os.environ.get("RECANVASS_CACHE")
    if chosen == "off":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    base = Path(chosen) if chosen else Path(home) / "recanvass"
    return base / f"{hashlib.sha256(ledger.verifier.encode()).hexdigest()[:16]}-{_FORMAT}"


def _kept(folder: Path) -> list[tuple[int, str, Path]]:
    """Return size, start of the root hash, and place of every finished fold in a folder."""
    found = []
    for place in folder.iterdir():
        size, _, root = place.name.partition("-")
        if size.isdecimal() and root:
            found.append((int(size), root, place))
    return found


def _write(parts: FoldParts, place: Path) -> None:
    small = [(seq, msgspec.Raw(encode_event(event))) for seq, event in parts.small]
    index = _Index(parts.size, small, list(parts.frames))
    (place / "index.json").write_bytes(msgspec.json.encode(index))
    parts.units.write_ipc(place / "units.arrow", compression="lz4")
    for number, frame in enumerate(parts.frames.values()):
        frame.write_ipc(place / f"returns-{number}.arrow", compression="lz4")


def _read(place: Path) -> Fold:
    index = msgspec.json.decode((place / "index.json").read_bytes(), type=_Index)
    return Fold.of_parts(
        FoldParts(
            size=index.size,
            small=[(seq, decode_event(bytes(body))) for seq, body in index.small],
            units=pl.read_ipc(place / "units.arrow"),
            frames={
                key: pl.read_ipc(place / f"returns-{number}.arrow")
                for number, key in enumerate(index.polls)
            },
        )
    )
