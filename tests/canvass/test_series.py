from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from made_up_elections import (
    MOMENTS,
    a_return,
    definitions,
    record_of,
    stations,
    the_poll,
    withdrawn,
)
from recanvass.errors import BadInput

NINE, TEN, MIDNIGHT = MOMENTS[0], MOMENTS[2], MOMENTS[4]


def test_the_course_has_a_row_for_every_moment_that_changed_something() -> None:
    made = (
        a_return("1", "a/1", at=NINE),
        a_return("2", "a/2", at=TEN),
        a_return("3", "a/1", at=TEN, replaces="1", votes={"elm": 10, "oak": 30, "rest": 0}),
        withdrawn("w", "2", at=MIDNIGHT),
    )
    with record_of((*definitions(stations(2)), *made)) as record:
        course = the_poll(record).course()
    assert course["moment"].is_sorted() and course["moment"].n_unique() == 3
    assert course["counted"].to_list() == [1, 2, 1]
    assert course["votes.elm"].to_list() == [60, 70, 10]


def test_before_the_first_return_everything_is_nothing() -> None:
    with record_of((*definitions(stations(1)), a_return("1"))) as record:
        row = the_poll(record).margins(["2024-05-05T00:00Z"]).row(0, named=True)
    assert (row["counted"], row["votes.elm"], row["leader"]) == (0, 0, None)


def test_points_are_answered_in_the_order_asked_and_may_repeat() -> None:
    with record_of((*definitions(stations(1)), a_return("1", at=TEN))) as record:
        found = the_poll(record).margins([MIDNIGHT, NINE, TEN, MIDNIGHT])
    assert found["counted"].to_list() == [1, 0, 1, 1]


def test_a_point_without_an_offset_is_refused() -> None:
    with record_of(definitions(stations(1))) as record:
        for point in (None, "2024-05-05T20:00", datetime(2024, 5, 5)):
            with pytest.raises(BadInput, match="offset"):
                the_poll(record).margins([point])


def test_a_poll_without_returns_has_an_empty_course() -> None:
    with record_of(definitions(stations(1))) as record:
        assert the_poll(record).course().height == 0
        assert the_poll(record).margins([NINE])["margin"].to_list() == [None]


def test_a_thousand_points_cost_no_thousand_results(boxes) -> None:
    march = boxes.contest("istanbul-mayor").poll("2019-03-31")
    started = perf_counter()
    march.results(as_of="2019-04-17T13:30+03:00")
    one = perf_counter() - started
    points = [datetime(2019, 4, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(1_000)]
    started = perf_counter()
    margins = march.margins(points)
    assert perf_counter() - started < max(1.0, 100 * one)
    assert set(margins["margin"]) == {None, 13_729}
