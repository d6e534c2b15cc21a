"""The winning rule changed, and the slate; in between the offices were as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from recanvass.docket import outcome_of
from recanvass.record import Contest, Record

FIRST, REPEAT = "2019-05-21", "2020-06-23"


@pytest.fixture
def record(carried: Callable[[str], Record]) -> Record:
    return carried("malawi-2019")


@pytest.fixture
def president(record: Record) -> Contest:
    return record.contest("president")


def holder(record: Record, office: str, day: str) -> str | None:
    """Who holds an office at a day's noon."""
    mandates = record.office(office).holders(f"{day}T12:00+02:00").mandates
    return next((m.person for m in mandates if m.ended is None), None)


def test_under_plurality_the_leader_was_elected_with_less_than_half(president: Contest) -> None:
    first = president.results(as_of="2019-06-01T00:00+02:00")
    assert (first.leader, first.margin) == ("mutharika", 158_969)
    assert first.outcome is not None
    assert (first.outcome.word, first.outcome.needed) == ("elected", None)


def test_the_same_votes_under_a_majority_rule_would_have_asked_for_a_runoff(
    president: Contest,
) -> None:
    first = president.poll(FIRST).results()
    found = outcome_of(replace(first.poll, rule="majority"), first.votes, first.count("valid"))
    assert found is not None
    assert (found.word, found.options) == ("run-off", ("mutharika", "chakwera"))


def test_the_court_annulled_unanimously_and_the_appeal_failed(president: Contest) -> None:
    docket = president.docket("2020-06-01T00:00+02:00")
    assert docket.state.word == "rerun ordered"
    assert [(o.objection.id, o.state) for o in docket.objections] == [
        ("petition", "accepted"),
        ("appeal", "rejected"),
    ]
    assert {r.state for r in docket.rulings} == {"stands"}


def test_the_repeat_has_another_rule_and_another_slate(president: Contest) -> None:
    first, repeat = (president.poll(p).definition() for p in (FIRST, REPEAT))
    assert (first.rule, repeat.rule) == ("plurality", "majority")
    assert {o.id for o in repeat.options} == {"chakwera", "mutharika", "third"}


def test_the_repeat_was_won_by_a_majority(president: Contest) -> None:
    results = president.poll(REPEAT).results()
    assert results.votes == {"chakwera": 2_604_043, "mutharika": 1_751_377, "third": 32_456}
    assert results.outcome is not None
    assert results.outcome.options == ("chakwera",)
    assert president.results().composed == {}, "nothing of the first poll is left in it"


def test_between_the_two_the_offices_are_as_they_were_before(record: Record) -> None:
    days = ("2019-05-20", "2019-06-15", "2020-03-01", "2020-07-15")
    assert [holder(record, "vice-president", d) for d in days[:3]] == [
        "Saulos Chilima",
        "Everton Chimulirenji",
        "Saulos Chilima",
    ]
    assert [holder(record, "president", d) for d in days] == [
        "Peter Mutharika",
        "Peter Mutharika",
        "Peter Mutharika",
        "Lazarus Chakwera",
    ]


def test_the_broadcaster_s_margin_differs_by_six_thousand(president: Contest) -> None:
    found = {c.statement.id: c for c in president.statements()}
    assert {(d.figure, d.own - d.stated) for d in found["mbc-2019"].differences} == {
        ("votes.chakwera", -6_000),
        ("margin", 6_000),
    }
