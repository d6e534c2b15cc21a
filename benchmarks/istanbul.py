"""The real input: the 31,186 ballot boxes of Istanbul 2019, in both polls, and a record of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import polars as pl

import recanvass as rc
from recanvass.record import Poll, Record

__all__ = ["BOX_FILES", "CONTEST", "MARCH", "Istanbul", "boxes_folder", "build"]

CONTEST = "istanbul-mayor"
MARCH = "2019-03-31"
BOX_FILES = ("boxes-2019-03-31.csv", "boxes-2019-06-23.csv")
_SHARED = Path(__file__).parents[2] / "shared" / "cases"


@dataclass(frozen=True)
class Istanbul:
    """The files, and a record built from them."""

    boxes: Path
    """Folder of the two box files."""
    case: Path
    """The case file of the package that reads them."""
    ledger: Path
    entries: list[bytes]
    """The very bytes that the ledger holds, in order."""
    returns: int

    def record(self) -> Record:
        """Return the record, opened anew: nothing of it is in memory yet."""
        return rc.open(self.ledger)

    def march(self, record: Record) -> Poll:
        """Return the poll of 31 March 2019."""
        return record.contest(CONTEST).poll(MARCH)


def boxes_folder(given: Path | None) -> Path | None:
    """Return the folder of the box files: as given, by RECANVASS_CASES, or beside the project."""
    cases = Path(os.environ.get("RECANVASS_CASES", _SHARED))
    folder = given or cases / "istanbul-2019" / "raw"
    return folder if all((folder / name).is_file() for name in BOX_FILES) else None


def build(boxes: Path, folder: Path) -> Istanbul:
    """Load both polls into a new ledger in `folder`."""
    case = Path(str(resources.files("recanvass"))) / "cases" / "istanbul-2019" / "boxes.toml"
    ledger = folder / "istanbul.db"
    with rc.create(ledger) as record:
        loaded = record.load(case, boxes)
        entries = record.ledger.read()
    return Istanbul(boxes, case, ledger, entries, loaded.returns)


def read_with_polars(boxes: Path) -> list[pl.DataFrame]:
    """Return the two files as Polars reads them, without any question asked."""
    return [pl.read_csv(boxes / name) for name in BOX_FILES]
