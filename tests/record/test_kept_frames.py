"""Frames kept between questions: never truth, and no answer may depend on them."""

from __future__ import annotations

import os
import shutil
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from made_up_elections import CONTEST, POLL, a_return, definitions, shown, stations, the_poll
from recanvass.record import create_record, open_record
from recanvass.record import record as record_module

FIRST = (*definitions(stations(2)), a_return("1", "a/1"))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which even the smallest fold is kept."""
    monkeypatch.setenv("RECANVASS_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(record_module, "WORTH_KEEPING", 1)
    return tmp_path / "kept"


@pytest.fixture
def ledger(kept: Path, tmp_path: Path) -> Path:
    place = tmp_path / "made-up.db"
    with create_record(place) as record:
        record.append(FIRST)
    with open_record(place, read_only=True) as record:
        shown(record)
    return place


def frames(kept: Path) -> list[Path]:
    return sorted(p for p in kept.rglob("returns-*.arrow"))


def test_a_question_leaves_its_frames_and_the_next_one_says_the_same(
    ledger: Path, kept: Path
) -> None:
    assert frames(kept)
    with open_record(ledger, read_only=True) as warm:
        answer = shown(warm)
    shutil.rmtree(kept)
    with open_record(ledger, read_only=True) as cold:
        assert shown(cold) == answer


def test_what_came_since_the_frames_were_kept_is_folded_on_top(ledger: Path, kept: Path) -> None:
    with open_record(ledger) as record:
        record.append([a_return("2", "a/2"), a_return("3", "a/1", at="2024-05-06T20:00Z")])
        assert the_poll(record).results().stations["counted"] == 2
    with open_record(ledger, read_only=True) as record:
        assert the_poll(record).results().stations["counted"] == 2
        assert record.verify().ok


def test_damaged_frames_are_passed_over(ledger: Path, kept: Path) -> None:
    for file in [p for p in kept.rglob("*") if p.is_file()]:
        file.write_bytes(b"damaged")
    with open_record(ledger, read_only=True) as record:
        assert the_poll(record).results().votes["elm"] == 60


def test_frames_that_were_forged_are_found_by_verify(ledger: Path, kept: Path) -> None:
    for file in frames(kept):
        frame = pl.read_ipc(BytesIO(file.read_bytes()))
        frame.with_columns(pl.col("votes.elm") + 1).write_ipc(file)
    with open_record(ledger, read_only=True) as record:
        found = record.verify()
    assert not found.ok
    assert f"{CONTEST} {POLL}" in found.faults[0].message


def test_nothing_is_kept_where_that_is_off(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECANVASS_CACHE", "off")
    with create_record(tmp_path / "other.db") as record:
        record.append(FIRST)
        shown(record)
    assert not kept.exists()


@pytest.mark.skipif(os.name == "nt", reason="folders have other rights there")
def test_frames_are_kept_for_their_owner_only(ledger: Path, kept: Path) -> None:
    assert {f.parent.stat().st_mode & 0o077 for f in frames(kept)} == {0}
