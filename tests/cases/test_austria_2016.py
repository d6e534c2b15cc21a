"""Only the run-off was annulled; its repeat was scheduled twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recanvass.record import Contest, Record

MAY, REPEAT = "2016-05-22", "runoff-repeated"
VOTES_MAY = {"vdb": 2_251_517, "hofer": 2_220_654}
VOTES_DECEMBER = {"vdb": 2_472_892, "hofer": 2_124_661}


@pytest.fixture
def president(carried: Callable[[str], Record]) -> Contest:
    return carried("austria-2016").contest("president")


def test_the_first_round_elected_nobody_and_a_runoff_is_due(president: Contest) -> None:
    assert president.docket("2016-05-01T00:00+02:00").state.word == "run-off due"


def test_the_runoff_of_may_was_won_by_30_863(president: Contest) -> None:
    may = president.results(as_of="2016-05-24T00:00+02:00")
    assert (may.poll.poll, may.status.word, may.margin) == (MAY, "provisional", 30_863)
    assert may.votes == VOTES_MAY
    assert may.outcome is not None
    assert (may.outcome.word, may.outcome.options) == ("elected", ("vdb",))


def test_after_the_judgment_nothing_of_the_runoff_counts_and_all_of_it_can_be_seen(
    president: Contest,
) -> None:
    july = "2016-07-02T00:00+02:00"
    assert president.docket(july).state.word == "rerun ordered"
    assert president.results(as_of=july).stations == {"total": 1, "counted": 0}
    own = president.poll(MAY).results(as_of=july)
    assert (own.status.word, own.votes) == ("annulled", VOTES_MAY)


def test_the_first_round_stands(president: Contest) -> None:
    assert president.poll("2016-04-24").results().status.word == "official"


def test_the_repeat_was_scheduled_twice(president: Contest) -> None:
    set_by = {
        t: president.docket(f"{t}T00:00+02:00").days_set for t in ("2016-08-01", "2016-10-01")
    }
    assert set_by["2016-08-01"] == {REPEAT: ("2016-10-02",)}
    assert set_by["2016-10-01"] == {REPEAT: ("2016-10-02", "2016-12-04")}
    october = president.docket("2016-10-01T00:00+02:00")
    assert october.order("date-october").state == "superseded"
    assert october.order("date-october").stopped_by == "date-december"
    assert october.order("date-december").state == "open"
    assert president.docket().order("date-december").state == "done"


def test_the_result_is_that_of_december(president: Contest) -> None:
    results = president.results()
    assert results.votes == VOTES_DECEMBER
    assert (results.count("registered"), results.count("voted")) == (6_399_607, 4_749_339)
    assert results.count("valid") == sum(VOTES_DECEMBER.values()) == 4_597_553
    assert results.status.word == "official"


def test_it_is_final_only_when_the_later_reading_of_the_deadline_has_passed(
    president: Contest,
) -> None:
    words = [
        president.docket(f"2016-12-{day}T12:00+01:00").state.word for day in ("22", "23", "24")
    ]
    assert words == ["declared", "declared", "final"]


def test_the_president_begins_on_26_january(carried: Callable[[str], Record]) -> None:
    holders = carried("austria-2016").office("president").holders("2017-01-27T00:00+01:00")
    assert [m.person for m in holders.mandates] == ["Alexander Van der Bellen"]
