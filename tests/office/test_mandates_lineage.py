"""Party lineage, and how long a party and its predecessors held an office without a break."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from made_up_mandates import began, day, ended, happenings, history

from recanvass.model import PartyDefined, to_utc
from recanvass.office.lineage import lineage, newest_of_lines, unbroken
from recanvass.office.mandates import MandateEvent


def parties(**predecessors: str) -> dict[str, PartyDefined]:
    return {
        name: PartyDefined(id=name, party=name, name=name, predecessors=tuple(earlier.split()))
        for name, earlier in predecessors.items()
    }


FAMILY = parties(welfare="", virtue="welfare", justice="virtue", felicity="virtue", people="")


def test_a_line_is_the_party_and_its_predecessors_nearest_first() -> None:
    assert lineage("justice", FAMILY) == ("justice", "virtue", "welfare")
    assert lineage("unknown", FAMILY) == ("unknown",)


def test_a_predecessor_counts_for_each_of_its_successors() -> None:
    held = ["welfare", "virtue", "justice", "felicity", "people"]
    assert newest_of_lines(held, FAMILY) == ("justice", "felicity", "people")
    assert newest_of_lines(["welfare", "people"], FAMILY) == ("welfare", "people")


def test_parties_that_precede_each_other_do_not_send_us_in_circles() -> None:
    circle = parties(one="other", other="one")
    assert lineage("one", circle) == ("one", "other")
    assert set(newest_of_lines(["one", "other"], circle)) == {"one", "other"}


def test_a_change_within_the_line_does_not_break_control() -> None:
    found = history(
        began(1, "ann", "welfare"), ended(3, "ann"), began(3, "bob", "virtue"), ended(5, "bob"),
        began(5, "cem", "people"),
    )  # fmt: skip
    (spell,) = unbroken(found, lineage("justice", FAMILY))
    assert spell.parties == ("welfare", "virtue")
    assert spell.ended is not None
    assert spell.ended.at == day(5)
    days = spell.days()
    assert days is not None
    assert days.elapsed == 4
    (shorter,) = unbroken(found, {"welfare"})
    assert shorter.ended is not None
    assert shorter.ended.at == day(3)


def test_a_vacancy_is_told_and_does_not_break_control() -> None:
    found = history(
        began(1, "ann", "elm"), ended(3, "ann"), began(6, "bob", "elm"), ended(8, "bob")
    )
    (spell,) = unbroken(found, {"elm"})
    assert [v.since.at for v in spell.vacancies] == [day(3)]
    assert spell.ended is not None
    assert spell.ended.at == day(8)


def test_somebody_from_outside_who_stands_in_breaks_control() -> None:
    found = history(
        began(1, "ann", "elm"), ended(3, "ann"), began(4, "gov", acting=True), ended(6, "gov"),
        began(6, "ann", "elm", id="again"),
    )  # fmt: skip
    first, second = unbroken(found, {"elm"})
    assert first.ended is not None
    assert (first.began.at, first.ended.at) == (day(1), day(3))
    assert (second.began.at, second.ended) == (day(6), None)
    assert second.days() is None
    until = second.days(to_utc(day(9)))
    assert until is not None
    assert until.elapsed == 3


@given(happenings(), st.sets(st.sampled_from(("elm", "oak"))))
def test_spells_follow_each_other_and_are_of_parties_of_the_line(
    events: list[MandateEvent], line: set[str]
) -> None:
    spells = unbroken(history(*events), line)
    assert all(s.parties and set(s.parties) <= line for s in spells)
    assert all(s.ended is not None for s in spells[:-1])
    for one, other in pairwise(spells):
        assert one.ended is not None
        assert to_utc(one.ended.at or "") <= to_utc(other.began.at or "")


@given(happenings())
def test_a_wider_line_never_holds_an_office_for_less_time(events: list[MandateEvent]) -> None:
    found, until = history(*events), to_utc(day(9))
    narrow, wide = (
        sum(d.elapsed for s in unbroken(found, line) if (d := s.days(until)))
        for line in ({"elm"}, {"elm", "oak"})
    )
    assert narrow <= wide
