"""The totals written as files beside the published log: a folder for each size, never changed.

A size's folder gets its name when all in it is on the disk, and only then `latest.json` speaks of
it; so a reader never sees half of one. Of older sizes only so many are kept: they can be had again
from the log at any time.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from recanvass.errors import BadInput, LedgerConflict
from recanvass.ledger.durable_files import DurableFiles, alone_in
from recanvass.ledger.published_files import FolderFiles
from recanvass.record.published_results import (
    INDEX,
    LATEST,
    ResultsIndex,
    encode_index,
    make_index,
    read_latest,
    result_files,
)

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["PublishedResults", "publish_results"]

UNFINISHED = ".unfinished-results"


class PublishedResults(msgspec.Struct, frozen=True):
    """What a publication of results did."""

    size: int
    written: int
    """Files written; 0 if all was there."""
    removed: int
    """Older sizes whose results were removed."""


def publish_results(
    record: Record, folder: Path, size: int, language: str, keep: int
) -> PublishedResults:
    """Bring the results in `folder` up to the record's first `size` entries.

    Results of the newest `keep` sizes stay; 0 keeps all. Raise LedgerConflict if what is published
    is of another record, BadInput if another process publishes there or `keep` is negative,
    BadProof if `latest.json` is malformed.
    """
    if keep < 0:
        raise BadInput(f"--keep: found {keep}; expected 0 (all) or more")
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        latest = read_latest(FolderFiles(folder))
        if latest is not None:
            _check_same_record(record, folder, latest, size)
        written = 0
        if latest is None or latest.size < size:
            written = _write_size(record, folder, size, language)
        return PublishedResults(size, written, _remove_older(folder, keep))


def _check_same_record(record: Record, folder: Path, latest: ResultsIndex, size: int) -> None:
    if latest.size > size:
        raise LedgerConflict(
            f"{folder / LATEST}: found results of {latest.size} entries; "
            f"this ledger has only {size}"
        )
    ours = (record.ledger.origin, record.ledger.root(latest.size).hex())
    if (latest.origin, latest.root) != ours:
        raise LedgerConflict(f"{folder / LATEST}: found results of another record, {latest.origin}")


def _write_size(record: Record, folder: Path, size: int, language: str) -> int:
    """Write the results of a size and then the index that calls for them; return how many files."""
    place = folder / str(size)
    written = 0
    if not place.exists():  # else a publication ended between its name and the index
        files = result_files(record, size, language)
        unfinished = folder / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        inside = DurableFiles(unfinished)
        for path, content in files.items():
            inside.write(path, content)
        inside.write(INDEX, encode_index(make_index(record, size, language, files)))
        inside.flush_folders()
        unfinished.rename(place)
        written = inside.written
    outside = DurableFiles(folder)
    outside.write(LATEST, (place / INDEX).read_bytes())
    outside.flush_folders()
    return written + outside.written


def _remove_older(folder: Path, keep: int) -> int:
    """Remove the results of all but the newest sizes; return of how many."""
    sizes = [int(p.name) for p in folder.iterdir() if p.name.isascii() and p.name.isdecimal()]
    older = sorted(sizes, reverse=True)[keep:] if keep else []
    for size in older:
        shutil.rmtree(folder / str(size))
    return len(older)
