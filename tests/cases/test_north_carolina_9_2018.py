"""Never certified, so nothing to annul: the seat vacant, and new nominations for a new election."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recanvass.record import Contest, Record

DECEMBER = "2018-12-01T12:00-05:00"


@pytest.fixture
def record(carried: Callable[[str], Record]) -> Record:
    return carried("north-carolina-9-2018")


@pytest.fixture
def member(record: Record) -> Contest:
    return record.contest("member")


def test_the_result_was_never_certified(member: Contest) -> None:
    assert member.docket(DECEMBER).state.word == "withheld"
    assert member.results(as_of=DECEMBER).status.word == "withheld"
    assert member.poll("2018-11-06").results().status.word == "withheld"
    declared = [e for e in member.record.view().events if getattr(e, "poll", "") == "2018-11-06"]
    assert "declaration.made" not in {type(e).__struct_config__.tag for e in declared}


def test_the_margin_is_a_report_and_in_no_total(member: Contest) -> None:
    reports = [i for i in member.record.timeline("member") if i.kind == "report.received"]
    assert (reports[0].leader, reports[0].margin) == ("harris", 905)
    assert member.poll("2018-11-06").results().leader is None


def test_a_new_election_was_ordered_with_new_nominations(member: Contest) -> None:
    docket = member.docket("2019-02-22T12:00-05:00")
    assert docket.state.word == "rerun ordered"
    assert [o.state for o in docket.orders] == ["done", "done", "open", "open"]
    primary = member.record.contest("primary").docket("2019-02-22T12:00-05:00")
    assert "new-election" in {r.decision.id for r in primary.rulings}


def test_the_seat_was_vacant_until_somebody_else_was_elected(record: Record) -> None:
    def now(day: str) -> list[str | None]:
        mandates = record.office("member").holders(f"{day}T12:00-05:00").mandates
        return [m.person for m in mandates if m.ended is None]

    assert now("2018-12-01") == ["Robert Pittenger"]
    assert now("2019-06-01") == []
    assert now("2019-10-01") == ["Dan Bishop"]


def test_the_slate_of_the_new_election_is_another(member: Contest) -> None:
    slates = [{o.id for o in p.definition().options} for p in member.polls()]
    assert slates == [{"harris", "mccready"}, {"bishop", "mccready"}]
    assert member.docket().state.word == "declared"
