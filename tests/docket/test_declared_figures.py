"""A declaration is tied to the returns whose figures it states, or shown to differ from them."""

from __future__ import annotations

from typing import Any

import pytest
from made_up_law import declared

from made_up_elections import CONTEST, a_return, definitions, record_of, stations
from recanvass.docket import Checked
from recanvass.model import AnyEvent, Unit
from recanvass.record import Record

FIRST, SECOND, NOON = (f"2024-05-06T{h:02}:00:00+03:00" for h in (8, 10, 12))
COUNTS = {"registered": 200, "voted": 100}


def checked(*events: AnyEvent, **stated: Any) -> Checked:
    night = [
        a_return("r/1", "a/1", at=FIRST, counts=COUNTS, votes={"elm": 60, "oak": 30}),
        a_return("r/2", "a/2", at=SECOND, counts=COUNTS, votes={"elm": 10, "oak": 50}),
    ]
    made = declared("said", NOON, **stated)
    with record_of([*definitions(stations(2)), *night, *events, made]) as record:
        (found,) = record.contest(CONTEST).statements()
        return found


def test_it_is_tied_to_the_ledger_size_that_holds_those_returns() -> None:
    before = len(definitions(stations(2))) + 1
    now = checked(votes={"elm": 70, "oak": 80}, margin=10, elected="oak")
    earlier = checked(votes={"elm": 60, "oak": 30})
    assert (now.agrees, earlier.agrees) == (True, True)
    assert now.size is not None
    assert earlier.size == now.size - 1
    assert now.size >= before


def test_a_figure_that_was_never_the_record_s_is_shown_with_the_record_s_own() -> None:
    found = checked(margin=13, elected="oak")
    assert found.agrees is False
    assert [(d.figure, d.stated, d.own) for d in found.differences] == [("margin", 13, 10)]


def test_a_margin_is_that_of_the_option_named_even_where_it_does_not_lead() -> None:
    assert checked(margin=-10, elected="elm").agrees


def test_another_roll_shows_in_the_turnout() -> None:
    found = checked(counts={"registered": 250, "voted": 200})
    assert [(d.figure, d.stated, d.own) for d in found.differences] == [
        ("registered", 250, 400),
        ("turnout", 0.8, 0.5),
    ]


def test_a_kind_of_station_that_was_left_out_is_named() -> None:
    prison = Unit(id="a/9", level="station", name="A 9", parent="a", station_kind="prison")
    extra = a_return("r/9", "a/9", at=SECOND, counts={"registered": 7, "voted": 5}, votes={})
    events = [
        *definitions((*stations(1), prison)),
        a_return("r/1", at=SECOND, counts=COUNTS),
        extra,
        declared("said", NOON, counts={"registered": 200}),
    ]
    with record_of(events) as record:
        (found,) = record.contest(CONTEST).statements()
    assert [(d.figure, d.without) for d in found.differences] == [("registered", "prison")]


def test_before_any_return_nothing_can_be_said() -> None:
    early = declared("said", FIRST, votes={"elm": 1})
    events = [*definitions(stations(1)), early, a_return("r/1", at=SECOND)]
    with record_of(events) as record:
        (found,) = record.contest(CONTEST).statements()
    assert (found.agrees, found.size) == (None, None)


@pytest.mark.parametrize(
    ("statement", "figure", "stated", "own", "without"),
    [
        ("ysk-2019-4219-margin", "margin", 13_742, 13_729, None),
        ("declaration-2019-06-27", "registered", 10_560_963, 10_570_354, "prison"),
        ("declaration-2019-06-27", "turnout", 0.8451, 0.8444, None),
    ],
)
def test_istanbul_s_official_papers_against_the_boxes(
    districts: Record, statement: str, figure: str, stated: float, own: float, without: str | None
) -> None:
    found = {c.statement.id: c for c in districts.contest("istanbul-mayor").statements()}
    difference = next(d for d in found[statement].differences if d.figure == figure)
    assert (round(difference.stated, 4), round(difference.own, 4)) == (stated, own)
    assert difference.without == without


def test_istanbul_s_aggregation_of_april_is_the_record_s_own(districts: Record) -> None:
    found = {c.statement.id: c for c in districts.contest("istanbul-mayor").statements()}
    assert found["declaration-2019-04-17"].agrees
    assert found["declaration-2019-04-17"].size is not None
