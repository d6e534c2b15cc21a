"""The record: what it takes in, what it refuses, and what its answers say of themselves."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import recanvass as rc
from made_up_elections import (
    CONTEST,
    MOMENTS,
    POLL,
    a_return,
    definitions,
    record_of,
    stations,
    the_poll,
    withdrawn,
)
from recanvass.errors import BadInput, LedgerConflict, LedgerExists, LedgerMissing, NotInRecord
from recanvass.model import PollDefined
from recanvass.record import create_record, open_record

BASE = definitions(stations(2))


def test_the_front_door_opens_and_makes_records(tmp_path: Path) -> None:
    with rc.create(tmp_path / "a.db") as record:
        assert isinstance(record, rc.Record)
    with rc.open(f"sqlite:///{tmp_path / 'a.db'}") as record:
        assert record.ledger.size == 1


def test_opening_is_not_creating(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        open_record(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_record_is_made_once(tmp_path: Path) -> None:
    create_record(tmp_path / "a.db").close()
    with pytest.raises(LedgerExists):
        create_record(tmp_path / "a.db")


def test_another_kind_of_store_is_refused() -> None:
    with pytest.raises(BadInput, match="found mysql://…; expected sqlite:///PATH"):
        open_record("mysql://h/db")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"station": "a/9"}, "station: found 'a/9'"),
        ({"station": "a"}, "station: found 'a'"),
        ({"contest": "council"}, "contest: found 'council'; expected one of: mayor"),
        ({"poll": "2020-01-01"}, "poll: found '2020-01-01'"),
        ({"source": "nobody"}, "source: found 'nobody'"),
        ({"votes": {"ash": 1}}, "option: found 'ash'"),
        ({"votes": {"elm": -1}}, "elm: found -1; expected a whole number from 0"),
        ({"counts": {"voted": 1_000_000_000}}, "voted: found 1000000000"),
        ({"counts": {"dogs": 1}}, "count: found 'dogs'"),
        ({"at": None}, "at: found nothing; expected a time"),
        ({"at": "2024-05-05T21:00:00"}, "expected a time with a UTC offset"),
        ({"id": "two words"}, "id: found 'two words'"),
    ],
)
def test_a_return_that_cannot_be_understood_is_refused(changes: dict[str, Any], words: str) -> None:
    with record_of(BASE) as record:
        size = record.ledger.size
        with pytest.raises(BadInput, match=words):
            record.append([a_return("good"), a_return(**({"id": "bad"} | changes))])
        assert record.ledger.size == size


def test_a_return_that_is_wrong_is_taken_in_and_judged() -> None:
    wrong = a_return("r", counts={"registered": 1, "voted": 999, "valid": 5, "invalid": 0})
    with record_of(BASE, [wrong]) as record:
        assert the_poll(record).results().count("voted") == 999
        assert {"R02", "A01"} <= set(the_poll(record).checks()["code"].cast(str))


def test_the_same_event_again_adds_nothing_and_other_bytes_are_refused() -> None:
    with record_of(BASE, [a_return("r")]) as record:
        size = record.ledger.size
        assert record.append([a_return("r")]) == size
        with pytest.raises(LedgerConflict):
            record.append([a_return("r", votes={"elm": 61})])
        assert record.ledger.size == size


def test_a_poll_may_be_defined_again_and_the_earlier_size_keeps_the_earlier_one() -> None:
    with record_of(BASE, [a_return("r")]) as record:
        size, poll = record.ledger.size, record.view().poll(CONTEST, POLL)
        fields = {f: getattr(poll, f) for f in poll.__struct_fields__}
        only_elm = fields | {"id": "poll/2", "replaces": "poll", "options": poll.options[:1]}
        record.append([PollDefined(**only_elm)])
        assert list(the_poll(record).results().votes) == ["elm"]
        assert list(the_poll(record).results(size=size).votes) == ["elm", "oak", "rest"]


def test_what_is_not_in_the_record_is_named_with_what_is() -> None:
    with record_of(BASE) as record:
        for ask, words in (
            (lambda: record.contest("x"), "contest: found 'x'; this record has: mayor"),
            (lambda: record.contest(CONTEST).poll("x"), "this record has: 2024-05-05"),
            (lambda: record.station("a/9"), "station: found 'a/9'; expected one such as a/1, a/2"),
            (lambda: record.view(99), "size: found 99; expected 0 to 8"),
            (lambda: record.view(-1), "size: found -1"),
        ):
            with pytest.raises(NotInRecord, match=words):
                ask()


def test_a_moment_without_an_offset_is_refused() -> None:
    with record_of(BASE) as record, pytest.raises(BadInput, match="UTC offset"):
        the_poll(record).results(as_of="2024-05-05T20:00")


def test_a_station_shows_all_it_ever_reported_with_standing_and_change() -> None:
    made = (
        a_return("1", at=MOMENTS[0]),
        a_return(
            "2", at=MOMENTS[2], replaces="1", reason="correction", votes={"elm": 50, "oak": 40}
        ),
        a_return("3", at=MOMENTS[4]),
        withdrawn("w", "3"),
    )
    with record_of(BASE, made) as record:
        history = record.station("a/1")
        assert [r.standing for r in history.returns] == ["superseded", "counted", "withdrawn"]
        assert history.returns[1].changed == {"elm": -10, "oak": 10}
        assert history.places == ("Land", "A")
        assert len(record.station("a/1", as_of=MOMENTS[0]).returns) == 1
        assert record.station("a/2").returns == ()


def test_results_say_what_they_are_where_they_are_shown() -> None:
    with record_of(BASE, [a_return("r")]) as record:
        results = the_poll(record).results()
        assert "counting" in repr(results) and "elm by 30" in repr(results)
        assert "<table>" in results._repr_html_()
        for one in (record, record.contest(CONTEST), the_poll(record), record.station("a/1")):
            assert repr(one).startswith("<")


def test_names_are_escaped_where_a_notebook_shows_them() -> None:
    option = BASE[-1].options[0].__class__(id="x", name="<script>")
    with record_of(definitions(stations(1), options=(option,))) as record:
        assert "<script>" not in the_poll(record).results()._repr_html_()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound ledger of two batches, to be copied and damaged."""
    place = tmp_path_factory.mktemp("whole") / "whole.db"
    with create_record(place) as record:
        record.append(BASE)
        record.append([a_return("1", "a/1"), a_return("2", "a/2")])
    return place


@pytest.mark.parametrize("seed", range(25))
def test_a_flipped_byte_of_an_entry_is_found_and_the_entry_is_named(
    whole: Path, tmp_path: Path, seed: int
) -> None:
    place = shutil.copy(whole, tmp_path / "copy.db")
    draw = random.Random(seed)
    with sqlite3.connect(place) as connection:
        rows = connection.execute("SELECT seq, body FROM entries").fetchall()
        seq, body = draw.choice(rows)
        at = draw.randrange(len(body))
        changed = body[:at] + bytes([body[at] ^ draw.randrange(1, 256)]) + body[at + 1 :]
        connection.execute("UPDATE entries SET body = ? WHERE seq = ?", (changed, seq))
    connection.close()
    with open_record(place, read_only=True) as record:
        found = record.verify()
    assert not found.ok
    assert {fault.entry for fault in found.faults} == {seq}


def test_a_figure_changed_in_what_is_shown_is_found_by_folding_again(whole: Path) -> None:
    with open_record(whole, read_only=True) as record:
        key = (CONTEST, POLL)
        the_poll(record).results()
        frame = record.fold._frames[key]
        record.fold._frames[key] = frame.with_columns(frame["votes.elm"] + 1)
        found = record.verify()
    assert [f.message for f in found.faults if "votes.elm 122" in f.message]
