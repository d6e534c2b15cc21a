"""A ledger's file that is moved, replaced or deleted while it is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from batches import batch_of, entry_id

from recanvass.errors import LedgerMissing, RecanvassError
from recanvass.ledger import Ledger, verify

ORIGIN = "ledger.example/city"


def made(path: Path, who: str) -> Path:
    with Ledger.create(path, ORIGIN) as ledger:
        ledger.append(*batch_of(who, 0, 300))
    return path


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def replace(path: Path) -> None:
    made(path.with_name("other.db"), "other").replace(path)


@pytest.mark.parametrize("take_away", [Path.unlink, move, replace])
def test_a_reader_keeps_the_whole_record_that_it_opened(tmp_path, take_away):
    path = made(tmp_path / "record.db", "own")
    with Ledger.open(path, read_only=True) as reader:
        key = reader.verifier
        take_away(path)
        assert reader.read() == batch_of("own", 0, 300)[1]
        assert reader.verify(key, entry_id).faults == []


@pytest.mark.parametrize("take_away", [Path.unlink, move, replace])
def test_nothing_is_acknowledged_that_would_go_into_a_file_nobody_finds(tmp_path, take_away):
    path = made(tmp_path / "record.db", "own")
    with Ledger.open(path) as writer:
        take_away(path)
        with pytest.raises(RecanvassError, match=r"moved, replaced or deleted .* nothing was rec"):
            writer.append(*batch_of("own", 1, 3))
        assert writer.size == 300


def test_a_deleted_ledger_is_missing_for_who_opens_it_next(tmp_path):
    path = made(tmp_path / "record.db", "own")
    with Ledger.open(path):
        path.unlink()
        with pytest.raises(LedgerMissing):
            Ledger.open(path)


def test_a_ledger_put_in_place_of_an_open_one_never_passes_with_what_the_other_left(tmp_path):
    path = made(tmp_path / "record.db", "own")
    other = made(tmp_path / "other.db", "other")
    with Ledger.open(other, read_only=True) as ledger:
        key = ledger.verifier
    with Ledger.open(path) as writer:
        writer.append(*batch_of("own", 1, 300))
        other.replace(path)
        # SQLite takes the journal that lies there for that of the new file.
        try:
            found = verify(path, key, entry_id)
        except RecanvassError:
            return
    assert not found.ok
