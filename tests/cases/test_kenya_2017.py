"""Annulled and repeated: a candidate withdrawn but on the paper, and units that did not vote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recanvass.record import Contest, Record

AUGUST, OCTOBER = "2017-08-08", "2017-10-26"


@pytest.fixture
def president(carried: Callable[[str], Record]) -> Contest:
    return carried("kenya-2017").contest("president")


def test_august_was_declared_with_a_majority(president: Contest) -> None:
    august = president.results(as_of="2017-08-13T00:00+03:00")
    assert august.votes == {"kenyatta": 8_203_290, "odinga": 6_762_224, "others": 149_107}
    assert august.outcome is not None
    assert (august.outcome.word, august.outcome.needed) == ("elected", 7_557_311)


def test_the_court_annulled_it_by_four_to_two(president: Contest) -> None:
    docket = president.docket("2017-09-02T00:00+03:00")
    assert docket.state.word == "rerun ordered"
    decision = docket.rulings[0].decision
    assert (decision.votes_for, decision.votes_against) == (4, 2)
    assert [o.state for o in docket.objections] == ["accepted"]
    assert docket.flags == ()


def test_the_other_contest_of_that_day_stands(carried: Callable[[str], Record]) -> None:
    assembly = carried("kenya-2017").contest("assembly")
    assert assembly.docket().state.word == "declared"
    assert assembly.results().status.word == "official"


def test_the_repeat_was_scheduled_twice(president: Contest) -> None:
    assert president.docket().days_set == {OCTOBER: ("2017-10-17", "2017-10-26")}


def test_a_result_is_declared_though_25_constituencies_did_not_vote(president: Contest) -> None:
    october = president.results("station")
    assert october.stations == {"total": 2, "counted": 1}
    assert october.status.word == "official"
    unheld = october.frame.filter(unit="ke/did-not-vote").row(0, named=True)
    assert (unheld["counted"], unheld["votes.kenyatta"], unheld["poll"]) == (0, None, OCTOBER)


def test_the_withdrawn_candidate_is_still_on_the_paper_and_has_votes(president: Contest) -> None:
    october = president.results()
    assert [o.id for o in october.poll.options if o.withdrawn] == ["odinga"]
    assert (october.votes["kenyatta"], october.votes["odinga"]) == (7_483_895, 73_228)


def test_nothing_of_august_comes_back_with_the_units_that_did_not_vote(president: Contest) -> None:
    assert president.results().composed == {OCTOBER: 1}
    assert president.results().votes["others"] is None


def test_another_publisher_s_figures_are_kept_and_shown_against_the_record_s(
    president: Contest,
) -> None:
    found = {c.statement.id: c for c in president.statements()}
    assert found["declaration-august"].agrees
    differing = {d.figure: (d.stated, d.own) for d in found["know-cf-august"].differences}
    assert differing["votes.kenyatta"] == (8_223_369, 8_203_290)
