"""Two elections that courts held void: Winchester 1997, and Oldham East and Saddleworth 2010."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recanvass.record import Record

CASES = pytest.mark.parametrize(
    ("case", "judgment", "margins"),
    [
        ("winchester-1997", "1997-10-06", (2, 21_556)),
        ("oldham-2010", "2010-11-05", (103, 3_558)),
    ],
)


@CASES
def test_each_poll_has_its_own_margin(
    carried: Callable[[str], Record], case: str, judgment: str, margins: tuple[int, int]
) -> None:
    polls = carried(case).contest("member").polls()
    assert tuple(p.results().margin for p in polls) == margins


@CASES
def test_from_the_judgment_on_nothing_counts_until_the_new_election(
    carried: Callable[[str], Record], case: str, judgment: str, margins: tuple[int, int]
) -> None:
    member = carried(case).contest("member")
    before, after = f"{judgment}T00:00+00:00", f"{judgment}T23:00+00:00"
    assert member.docket(before).state.word == "contested"
    assert member.results(as_of=before).margin == margins[0]
    assert member.docket(after).state.word == "annulled"
    assert member.results(as_of=after).stations["counted"] == 0
    assert member.results(as_of=after).status.word == "annulled"
    assert member.results().margin == margins[1]
    assert member.results().status.word == "official"


@CASES
def test_the_seat_is_vacant_between_the_judgment_and_the_new_election(
    carried: Callable[[str], Record], case: str, judgment: str, margins: tuple[int, int]
) -> None:
    holders = carried(case).office("member").holders(f"{judgment}T23:00+00:00")
    assert [m.person for m in holders.mandates if m.ended is None] == []


def test_the_one_who_was_barred_is_not_on_the_second_paper(
    carried: Callable[[str], Record],
) -> None:
    first, second = carried("oldham-2010").contest("member").polls()
    assert [o.id for o in first.definition().options] == ["woolas", "watkins"]
    assert [o.id for o in second.definition().options] == ["abrahams", "watkins"]


def test_a_seat_won_by_two_votes_can_be_won_again_by_thousands(
    carried: Callable[[str], Record],
) -> None:
    first, second = (p.results() for p in carried("winchester-1997").contest("member").polls())
    assert (first.leader, second.leader) == ("oaten", "oaten")
