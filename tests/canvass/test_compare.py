from __future__ import annotations

from typing import Any

import polars as pl

from made_up_elections import (
    CONTEST,
    OBSERVER,
    POLL,
    a_return,
    definitions,
    record_of,
    stations,
    the_poll,
)
from recanvass.model import Option, PollDefined

AGAIN = "2024-06-09"
SLATE = (Option(id="elm", name="Elm"), Option(id="fir", name="Fir"))


def two_polls(*more: Any, by: str | None) -> dict[str, Any]:
    second = PollDefined(
        id="poll/2", contest=CONTEST, poll=AGAIN, date=AGAIN, type="rerun", of=POLL, options=SLATE
    )
    made = (
        a_return("1", "a/1"),
        a_return("2", "a/2", votes={"elm": 10, "oak": 70, "rest": 10}),
        *more,
    )
    with record_of((*definitions(stations(3)), second, *made)) as record:
        frame = record.contest(CONTEST).compare(POLL, AGAIN, by)
        return {row["unit"]: row for row in frame.iter_rows(named=True)}


def again(id: str, station: str, elm: int, fir: int) -> Any:
    return a_return(id, station, poll=AGAIN, votes={"elm": elm, "fir": fir}, at="2024-06-09T20:00Z")


def test_what_changed_is_after_less_before_in_votes_and_in_shares() -> None:
    row = two_polls(again("3", "a/1", 45, 45), by="station")["a/1"]
    assert (row["votes.elm.before"], row["votes.elm.after"], row["votes.elm.change"]) == (
        60,
        45,
        -15,
    )
    assert abs(row["swing.elm"] - (45 / 90 - 60 / 90)) < 1e-12


def test_an_option_that_stood_once_has_no_change() -> None:
    row = two_polls(again("3", "a/1", 45, 40), by="station")["a/1"]
    assert (row["votes.oak.after"], row["votes.oak.change"]) == (None, None)
    assert (row["votes.fir.before"], row["votes.fir.change"]) == (None, None)


def test_a_unit_flips_when_its_leader_changes_and_not_when_one_is_unknown() -> None:
    found = two_polls(again("3", "a/1", 40, 50), again("4", "a/2", 1, 99), by="station")
    assert {unit: row["flipped"] for unit, row in found.items()} == {
        "a/1": True,
        "a/2": True,
        "a/3": False,
    }


def test_totals_are_compared_as_one_row_named_after_the_office_unit() -> None:
    (row,) = two_polls(again("3", "a/1", 40, 50), by=None).values()
    assert (row["unit"], row["name"]) == ("land", "Land")
    assert row["votes.elm.change"] == 40 - 70


def test_a_copy_that_differs_is_named_figure_by_figure() -> None:
    board = a_return("board")
    copies = (
        a_return("copy", source=OBSERVER, counts={"voted": 101}, votes={"elm": 66, "oak": 30}),
        a_return("alone", "a/2", source=OBSERVER),
    )
    with record_of(definitions(stations(2)), (board, *copies)) as r:
        found = the_poll(r).sources()
    assert found.sort("figure").rows() == [
        ("a/1", OBSERVER, "voted", 100, 101, 1),
        ("a/1", OBSERVER, "votes.elm", 60, 66, 6),
    ]


def test_of_each_other_source_the_newest_copy_is_compared() -> None:
    copies = (
        a_return("late", source=OBSERVER, at="2024-05-05T22:00Z"),
        a_return("early", source=OBSERVER, at="2024-05-05T15:00Z", votes={"elm": 1}),
    )
    with record_of((*definitions(stations(1)), a_return("board"), *copies)) as record:
        assert the_poll(record).sources().is_empty()
        earlier = the_poll(record).sources(as_of="2024-05-05T18:30Z")
    assert earlier.select(pl.col("figure"), pl.col("difference")).rows() == [("votes.elm", -59)]
