"""Mandates: who held an office from when to when, and what the state of the office foresaw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_mandates import began, day, ended, happenings, history

from recanvass.docket.machine import mermaid, step
from recanvass.model import MandateBegan, MandateEnded, Precision, to_utc
from recanvass.office.days import Days, days_between
from recanvass.office.mandates import OFFICE, MandateEvent, history_of, mandate_events


def triggers(*events: MandateEvent, seats: int = 1) -> list[str]:
    return [b.trigger for b in history(*events, seats=seats).breaches]


def test_a_mandate_lasts_until_it_ends_and_then_the_office_is_vacant() -> None:
    found = history(began(1, "ann"), ended(5, "ann"))
    (mandate,) = found.mandates
    assert (mandate.began.at, mandate.ended and mandate.ended.at) == (day(1), day(5))
    assert found.occupancy.state == "vacant"
    assert [v.until for v in found.vacancies] == [None]


def test_a_handover_at_one_moment_is_no_breach_in_whichever_order_it_was_recorded() -> None:
    for events in (
        [began(1, "ann"), ended(5, "ann"), began(5, "bob")],
        [began(5, "bob"), began(1, "ann"), ended(5, "ann")],
    ):
        found = history(*events)
        assert found.breaches == ()
        assert found.vacancies == ()
        assert [m.person for m in found.occupancy.holders] == ["bob"]


def test_a_mandate_that_begins_and_ends_at_one_moment_is_no_breach() -> None:
    assert triggers(ended(5, "ann"), began(5, "ann")) == []


def test_a_stand_in_fills_a_vacancy_and_is_no_holder() -> None:
    found = history(began(1, "ann"), ended(3, "ann"), began(3, "bob", acting=True))
    assert found.occupancy.state == "acting"
    assert found.occupancy.holders == ()
    assert found.vacancies == ()


def test_a_stand_in_beside_a_holder_takes_nothing_from_them() -> None:
    found = history(began(1, "ann"), began(3, "bob", acting=True))
    assert found.occupancy.state == "stood in for"
    assert found.breaches == ()
    assert [m.person for m in found.occupancy.in_charge] == ["ann"]


@pytest.mark.parametrize(
    ("events", "trigger"),
    [
        ([began(1, "ann"), began(2, "bob")], "take a taken seat"),
        ([began(1, "ann"), began(2, "ann")], "take it again"),
        ([began(1, "ann"), ended(2, "bob")], "leave without holding"),
        ([ended(2, "bob")], "leave without holding"),
        ([began(1, "ann", acting=True), began(2, "bob")], "take office"),
        ([began(1, "ann", acting=True), began(2, "bob", acting=True)], "stand in"),
    ],
)
def test_what_the_state_of_the_office_did_not_foresee_is_flagged(events, trigger) -> None:
    assert triggers(*events) == [trigger]


def test_a_breach_takes_effect_since_it_happened() -> None:
    found = history(began(1, "ann"), began(2, "bob"))
    assert [m.person for m in found.occupancy.holders] == ["ann", "bob"]
    after = history(began(1, "ann"), began(2, "bob"), ended(3, "ann"))
    assert [m.person for m in after.occupancy.holders] == ["bob"]


def test_an_office_with_several_seats_can_be_taken_while_one_is_free() -> None:
    three = [began(1, "ann"), began(2, "bob"), began(3, "cem")]
    assert triggers(*three, seats=3) == []
    assert triggers(*three, seats=2) == ["take a taken seat"]


def test_an_end_that_names_nobody_ends_the_only_mandate_there_is() -> None:
    found = history(began(1, None, "elm"), ended(4))
    assert found.breaches == ()
    assert found.mandates[0].ended is not None
    assert triggers(began(1, None), began(1, None, id="other"), ended(4), seats=2) == [
        "leave without holding"
    ]


def test_a_gap_within_one_day_is_a_handover_and_no_vacancy() -> None:
    later = MandateBegan(id="b", office="mayor", person="bob", at="2024-05-05T18:00:00+03:00")
    assert history(began(1, "ann"), ended(5, "ann"), later).vacancies == ()
    next_day = MandateBegan(id="b", office="mayor", person="bob", at="2024-05-06T00:10:00+03:00")
    (vacancy,) = history(began(1, "ann"), ended(5, "ann"), next_day).vacancies
    assert vacancy.days() == Days(*(to_utc(day(n)).date() for n in (5, 6)), exact=True)


def test_eighteen_nineteen_and_twenty_days_are_three_counts_of_one_mandate() -> None:
    first = MandateBegan(id="a", office="mayor", at="2019-04-17T16:30:00+03:00")
    last = MandateEnded(id="b", office="mayor", how="annulment", at="2019-05-06T19:00:00+03:00")
    days = days_between(first, last, None)
    assert days is not None
    assert (days.full, days.elapsed, days.touched) == (18, 19, 20)


def test_days_are_those_of_the_place_and_not_of_utc() -> None:
    early = MandateBegan(id="a", office="mayor", at="2024-05-02T01:00:00+03:00")
    days = days_between(early, None, datetime(2024, 5, 3, 22, 30, tzinfo=UTC))
    assert days is not None
    assert (days.first.day, days.last.day) == (2, 4)


def test_what_goes_on_has_no_length_unless_a_moment_is_asked_about() -> None:
    assert days_between(began(1, "ann"), None, None) is None


@pytest.mark.parametrize(
    ("precision", "exact"), [(None, True), ("minute", True), ("day", True), ("month", False)]
)
def test_days_between_padded_dates_are_not_exact(precision: Precision, exact: bool) -> None:
    days = days_between(began(1, "ann"), ended(5, "ann", precision=precision), None)
    assert days is not None
    assert days.exact is exact


def test_whole_years_wait_for_the_day_to_come_round() -> None:
    day_before = Days(datetime(1994, 4, 18).date(), datetime(2019, 4, 17).date(), True)
    on_the_day = Days(datetime(1994, 4, 17).date(), datetime(2019, 4, 17).date(), True)
    assert (day_before.years, on_the_day.years) == (24, 25)


@given(happenings(), st.integers(1, 3))
def test_more_holders_than_seats_or_more_than_one_stand_in_are_always_flagged(
    events: list[MandateEvent], seats: int
) -> None:
    for until in range(1, 10):
        found = history_of("mayor", mandate_events(events, to_utc(day(until))), seats)
        flagged = {b.trigger for b in found.breaches}
        if len(found.occupancy.holders) > seats:
            assert flagged & {"take a taken seat", "take it again"}
        if len(found.occupancy.acting) > 1:
            assert flagged & {"stand in", "take it again"}


@given(happenings(), st.integers(1, 3))
def test_until_the_first_breach_the_machine_and_the_people_agree(
    events: list[MandateEvent], seats: int
) -> None:
    found = history(*events, seats=seats)
    assert all(m.occupancy.state in OFFICE.states for m in found.moments)
    broken = {b.event.id for b in found.breaches}
    allowed = {(t.source, t.target) for t in OFFICE.transitions}
    before = OFFICE.start
    for moment in found.moments:
        if moment.event.id in broken:
            break
        assert (before, moment.occupancy.state) in allowed
        before = moment.occupancy.state


@given(happenings())
def test_every_beginning_is_a_mandate_and_every_end_ends_one_or_is_flagged(
    events: list[MandateEvent],
) -> None:
    found = history(*events)
    assert {m.began.id for m in found.mandates} == {
        e.id for e in events if isinstance(e, MandateBegan)
    }
    ends = {e.id for e in events if isinstance(e, MandateEnded)}
    effective = {m.ended.id for m in found.mandates if m.ended}
    idle = {b.event.id for b in found.breaches if b.trigger == "leave without holding"}
    assert effective | idle == ends
    assert not effective & idle


@given(happenings())
def test_an_earlier_moment_knows_the_same_past(events: list[MandateEvent]) -> None:
    whole = history(*events)
    for until in range(1, 10):
        then = history_of("mayor", mandate_events(events, to_utc(day(until))))
        assert then.moments == whole.moments[: len(then.moments)]
        assert then.breaches == whole.breaches[: len(then.breaches)]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_elapsed_days_of_successive_holders_add_up(lengths: list[int]) -> None:
    start = datetime(2000, 1, 1, 9, tzinfo=UTC)
    moments = [start]
    for length in lengths:
        moments.append(moments[-1] + timedelta(days=length))
    events: list[MandateEvent] = []
    for number, (one, other) in enumerate(pairwise(moments)):
        who, office = str(number), "mayor"
        events.append(MandateBegan(id=f"{number}+", office=office, person=who, at=one.isoformat()))
        events.append(
            MandateEnded(
                id=f"{number}-", office=office, person=who, how="term", at=other.isoformat()
            )
        )
    found = history(*events)
    assert found.breaches == ()
    held = [m.days() for m in found.mandates]
    assert [d.elapsed for d in held if d] == lengths
    assert all(d.full + 1 == d.elapsed == d.touched - 1 for d in held if d)
    assert sum(lengths) == (moments[-1] - start).days


def test_the_machine_has_an_answer_for_each_state_that_people_can_make() -> None:
    for state in ("vacant", "held", "acting", "stood in for"):
        assert any(t.source == state for t in OFFICE.transitions)
    assert step(OFFICE, "vacant", "take office") == "held"


def test_the_diagram_in_the_docs_is_the_machine() -> None:
    page = Path(__file__).parents[2] / "docs" / "mandates.md"
    assert mermaid(OFFICE) in page.read_text(encoding="utf-8")
