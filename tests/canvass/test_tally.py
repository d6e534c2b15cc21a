from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_elections import BOARD, a_return, definitions, record_of, stations, the_poll
from recanvass.canvass.tally import led, with_leaders, with_turnout
from recanvass.errors import BadInput
from recanvass.model import AnyEvent
from recanvass.record import Results

OPTIONS = ("elm", "oak", "fir")


def leaders(**votes: int | None) -> dict[str, Any]:
    row = pl.DataFrame([{f"votes.{o}": v for o, v in votes.items()}], schema=schema(votes))
    return with_leaders(row, list(votes)).row(0, named=True)


def schema(votes: dict[str, int | None]) -> dict[str, Any]:
    return {f"votes.{o}": pl.Int64 for o in votes}


def results(*returns: AnyEvent, by: str | None = None, **poll: Any) -> Results:
    with record_of((*definitions(stations(3), **poll), *returns)) as record:
        return the_poll(record).results(by)


def test_the_leader_has_the_most_votes_and_the_margin_is_over_the_second() -> None:
    found = leaders(elm=5, oak=9, fir=7)
    assert (found["leader"], found["runner_up"], found["margin"]) == ("oak", "fir", 2)


def test_two_at_the_top_are_tied_and_nobody_leads() -> None:
    found = leaders(elm=9, oak=9, fir=7)
    assert (found["leader"], found["runner_up"], found["margin"]) == (None, None, 0)
    assert found["tied"]


def test_without_votes_nobody_leads_and_there_is_no_margin() -> None:
    for nothing in (0, None):
        found = leaders(elm=nothing, oak=nothing)
        assert (found["leader"], found["margin"], found["tied"]) == (None, None, False)


def test_a_single_option_leads_by_all_its_votes() -> None:
    assert leaders(elm=4)["margin"] == 4
    assert leaders(elm=4, oak=None)["margin"] == 4


@given(st.lists(st.none() | st.integers(0, 5), min_size=3, max_size=3))
def test_leader_and_margin_are_those_of_the_sorted_votes(votes: list[int | None]) -> None:
    found = leaders(**dict(zip(OPTIONS, votes, strict=True)))
    ranked = sorted((v for v in votes if v is not None), reverse=True)
    first, second = [*ranked, 0, 0][:2]
    tied = first > 0 and first == second
    assert found["tied"] == tied
    assert found["margin"] == (first - second if first else None)
    assert (found["leader"] is not None) == (first > 0 and not tied)
    if found["leader"]:
        assert found[f"votes.{found['leader']}"] == first


def test_a_remainder_of_several_options_never_leads() -> None:
    found = results(a_return("r", votes={"elm": 3, "oak": 1, "rest": 96}))
    assert (found.leader, found.margin) == ("elm", 2)


def test_a_poll_without_options_has_no_leader() -> None:
    found = results(a_return("r", votes={}), options=())
    assert (found.leader, found.margin, found.votes) == (None, None, {})


def test_a_blank_figure_is_missing_and_not_zero() -> None:
    found = results(a_return("r", counts={"voted": 7}, votes={"elm": 7}))
    assert found.count("voted") == 7
    assert found.count("registered") is None
    assert found.votes == {"elm": 7, "oak": None, "rest": None}


def test_a_figure_that_some_returns_lack_says_how_many() -> None:
    found = results(
        a_return("1", "a/1", counts={"voted": 7}, votes={"elm": 7, "oak": 0}),
        a_return("2", "a/2", counts={}, votes={"elm": 1}),
    )
    assert found.count("voted") == 7
    assert found.to_dict()["missing"] == {"voted": 1, "votes.oak": 1, "votes.rest": 2}


def test_a_unit_where_nothing_is_counted_has_no_figures_rather_than_zeros() -> None:
    found = results(by="town").total.row(0, named=True)
    assert (found["stations"], found["counted"]) == (3, 0)
    assert found["votes.elm"] is None


def test_turnout_divides_only_what_both_figures_are_known_of() -> None:
    found = results(
        a_return("1", "a/1", counts={"voted": 50, "registered": 100}),
        a_return("2", "a/2", counts={"voted": 30}),
        a_return("3", "a/3", counts={"registered": 900}),
    )
    assert found.turnout == 0.5
    assert found.count("voted") == 80


def test_turnout_of_an_empty_roll_is_unknown() -> None:
    assert results(a_return("r", counts={"voted": 3, "registered": 0})).turnout is None
    assert with_turnout(pl.DataFrame({"unit": ["a"]}))["turnout"].to_list() == [None]


def test_units_led_are_counted_with_the_tied_apart() -> None:
    frame = pl.DataFrame(
        {"leader": ["elm", "oak", "oak", None, None], "tied": [False, False, False, True, False]}
    )
    assert led(frame) == ({"oak": 2, "elm": 1}, 1)


def test_a_level_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInput, match=r"level: found 'street'; expected one of land, town, kind"):
        results(by="street")


def test_a_station_result_is_of_the_return_that_counts() -> None:
    found = results(a_return("r", "a/2", source=BOARD), by="station").frame
    assert found["unit"].to_list() == ["a/1", "a/2", "a/3"]
    assert found["votes.elm"].to_list() == [None, 60, None]
    assert found["name"].to_list() == ["A 1", "A 2", "A 3"]
