"""Evidence as files beside the published log, each named by its hash: `OUT/blob/<sha256>`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recanvass.errors import NotInRecord
from recanvass.record.evidence import content_of, evidence_of

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["PublishedBlobs", "publish_blobs"]


@dataclass(frozen=True)
class PublishedBlobs:
    """What a publication of evidence did."""

    written: int
    removed: int
    """Files taken away because their evidence was withdrawn."""
    missing: tuple[str, ...]
    """Hashes of evidence whose content the record has not, or has altered."""


def publish_blobs(record: Record, folder: Path) -> PublishedBlobs:
    """Write the evidence that `folder` lacks, and take away what was withdrawn since.

    Withdrawing comes first, so that a full disk cannot stop it. Files that are no evidence of this
    record stay.
    """
    state = {each.sha256: each.state for each in evidence_of(record)}
    gone = [h for h, s in state.items() if s == "withdrawn" and (folder / h).is_file()]
    for sha256 in gone:
        (folder / sha256).unlink()
    written, missing = 0, []
    for sha256 in (h for h, s in state.items() if s != "withdrawn"):
        if (folder / sha256).is_file():
            continue
        try:
            content = content_of(record, sha256)
        except NotInRecord:
            missing.append(sha256)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / sha256, content)
        written += 1
    return PublishedBlobs(written, len(gone), tuple(missing))


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
