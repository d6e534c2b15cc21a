"""A second process on the same SQLite file, and one that never ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from batches import batch_of, entry_id
from killing import Victim
from victims import hold_a_batch

from recanvass.errors import RecanvassError
from recanvass.ledger import Ledger, sqlite_store

ORIGIN = "ledger.example/city"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Ledger.create(tmp_path / "record.db", ORIGIN).close()
    return tmp_path / "record.db"


def test_a_writer_waits_for_another_one_and_both_are_recorded(path):
    with Ledger.open(path) as ledger, Victim(hold_a_batch, path, 0.5) as other:
        other.wait_for_word()
        ledger.append(*batch_of("quick", 0, 1))
        other.end()
        assert other.told == ["open", 0]
        assert ledger.read() == [batch_of(who, 0, 1)[1][0] for who in ("slow", "quick")]
        assert ledger.verify(ledger.verifier, entry_id).faults == []


def test_a_writer_that_is_stuck_is_told_within_the_time_out(path, monkeypatch):
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 1.0)
    with Ledger.open(path) as ledger, Victim(hold_a_batch, path, 60.0) as stuck:
        stuck.wait_for_word()
        start = time.monotonic()
        with pytest.raises(RecanvassError, match="another process has been writing for 1"):
            ledger.append(*batch_of("quick", 0, 1))
        assert 0.9 < time.monotonic() - start < 10
        assert ledger.read() == []
        stuck.kill()
        ledger.append(*batch_of("quick", 0, 1))
        assert ledger.size == 1


def test_readers_do_not_wait_for_a_writer(path):
    with Ledger.open(path, read_only=True) as ledger, Victim(hold_a_batch, path, 60.0) as stuck:
        stuck.wait_for_word()
        start = time.monotonic()
        assert ledger.verify().ok
        assert time.monotonic() - start < 10
