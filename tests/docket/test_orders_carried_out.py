"""An order is followed through the returns that carry it out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from made_up_law import decided, order

from made_up_elections import CONTEST, a_return, definitions, record_of, stations, withdrawn
from recanvass.docket import Docket
from recanvass.model import Order
from recanvass.record import Contest

NIGHT = "2024-05-05T21:00:00+03:00"
ORDERED = "2024-05-06T09:00:00+03:00"
HALTED = "2024-05-06T13:00:00+03:00"
RESUMED = "2024-05-06T15:00:00+03:00"


def hour(of_day: int) -> str:
    return f"2024-05-06T{of_day:02}:30:00+03:00"


def recounted(station: str, at: str, elm: int, reason: str = "recount-invalid") -> object:
    """A recount that finds `elm` votes for elm among the 60, and as many fewer invalid."""
    return a_return(
        f"recount/{station}",
        station,
        at=at,
        reason=reason,
        counts={"voted": 100, "valid": 90 + elm - 60, "invalid": 10 - (elm - 60)},
        votes={"elm": elm, "oak": 30},
    )


@pytest.fixture
def contest() -> Iterator[Contest]:
    """Four stations report in the night; three are recounted, in between a halt."""
    night = [
        a_return(
            f"night/{n}", f"a/{n}", at=NIGHT, counts={"voted": 100, "valid": 90, "invalid": 10}
        )
        for n in (1, 2, 3, 4)
    ]
    law = [
        decided("recount", ORDERED, order("recount-invalid", stations=("a/1", "a/2", "a/3"))),
        decided("halt", HALTED, Order(type="halt", overturns="recount")),
        decided("resume", RESUMED, Order(type="overturn", overturns="halt")),
    ]
    later = [
        recounted("a/1", hour(10), 63),
        recounted("a/2", hour(11), 58),
        recounted("a/4", hour(12), 70),
        recounted("a/3", hour(16), 60),
    ]
    with record_of([*definitions(stations(4)), *night, *law, *later]) as record:
        yield record.contest(CONTEST)


def progress(docket: Docket) -> tuple[str, int | None, int | None, dict[str, int]]:
    order = docket.order("recount")
    return order.state, order.awaiting, order.done, order.change


def test_an_order_opens_a_list_of_stations_awaiting(contest: Contest) -> None:
    assert progress(contest.docket(ORDERED)) == ("open", 3, 0, {})


def test_each_recount_shows_how_many_are_done_and_the_net_change_so_far(contest: Contest) -> None:
    one, two = progress(contest.docket(hour(10))), progress(contest.docket(hour(11)))
    assert one == ("in progress", 2, 1, {"invalid": -3, "valid": 3, "votes.elm": 3})
    assert two == ("in progress", 1, 2, {"invalid": -1, "valid": 1, "votes.elm": 1})


def test_a_recount_that_was_not_ordered_carries_nothing_out(contest: Contest) -> None:
    assert progress(contest.docket(hour(12))) == progress(contest.docket(hour(11)))


def test_a_halted_order_stops_and_goes_on_when_the_halt_is_overturned(contest: Contest) -> None:
    halted = contest.docket(HALTED).order("recount")
    assert (halted.state, halted.stopped_by, halted.done) == ("halted", "halt", 2)
    resumed = contest.docket(RESUMED).order("recount")
    assert (resumed.state, resumed.stopped_by, resumed.done) == ("in progress", None, 2)


def test_when_all_stations_have_reported_the_order_is_done(contest: Contest) -> None:
    state, awaiting, done, change = progress(contest.docket())
    assert (state, awaiting, done) == ("done", 0, 3)
    assert change == {"invalid": -1, "valid": 1, "votes.elm": 1}
    assert contest.docket().order("recount").vote_changes == {"elm": 1}


def test_the_result_has_every_recount_whether_ordered_or_not(contest: Contest) -> None:
    assert contest.results().votes["elm"] == 63 + 58 + 60 + 70


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        ({}, 4),
        ({"units": ("a",)}, 4),
        ({"units": ("land",)}, 4),
        ({"stations": ("a/1", "a/1", "nowhere")}, 1),
        ({"units": ("b",)}, 0),
        ({"station_kinds": ("prison",)}, 0),
        ({"stated": "some boxes"}, None),
    ],
)
def test_a_scope_reaches_its_stations(
    scope: dict[str, tuple[str, ...]], reached: int | None
) -> None:
    with record_of(
        [*definitions(stations(4)), decided("recount", ORDERED, order("recount-full", **scope))]
    ) as record:
        assert record.contest(CONTEST).docket().order("recount").stations == reached


def test_a_count_that_came_late_is_no_recount() -> None:
    events = [
        *definitions(stations(1)),
        a_return("night", at=NIGHT),
        decided("recount", ORDERED, order("recount-full")),
        a_return("late", at=hour(10)),
    ]
    with record_of(events) as record:
        assert record.contest(CONTEST).docket().order("recount").done == 0


def test_a_recount_of_a_station_without_an_earlier_return_is_done_and_not_compared() -> None:
    events = [
        *definitions(stations(1)),
        decided("recount", ORDERED, order("recount-full")),
        a_return("recount/1", at=hour(10), reason="recount-full"),
    ]
    with record_of(events) as record:
        found = record.contest(CONTEST).docket().order("recount")
        assert (found.state, found.compared, found.change) == ("done", 0, {})


def test_a_withdrawn_recount_no_longer_carries_the_order_out() -> None:
    events = [
        *definitions(stations(1)),
        a_return("night", at=NIGHT),
        decided("recount", ORDERED, order("recount-full")),
        a_return("again", at=hour(10), reason="recount-full"),
        withdrawn("taken-back", "again", hour(11)),
    ]
    with record_of(events) as record:
        docket = record.contest(CONTEST).docket
        assert [docket(hour(h)).order("recount").done for h in (10, 11)] == [1, 0]
