"""What holds for every allocation, and what a rule adds to a method."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from allocations import (
    ALL,
    DIVISORS,
    REMAINDERS,
    drawn_until_done,
    large_votes,
    outcome,
    tied_votes,
    votes_of_lists,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from recanvass.errors import BadInput
from recanvass.model import ListRule, Method, Threshold
from recanvass.office.allocation import Allocated, LotNeeded, allocate, allocate_circles
from recanvass.office.circle import CircleVotes
from recanvass.office.lots import Lot
from recanvass.office.steps import (
    BelowThreshold,
    FirstListSeats,
    LotUsed,
    NothingLeft,
    QuotaSeats,
    RemainderSeat,
    SeatWon,
    SharedWithin,
)

methods = st.sampled_from(ALL)
TENTH = ListRule(method="dhondt", deduct="1/10")


@given(votes=votes_of_lists, seats=st.integers(0, 40), method=methods)
def test_seats_and_vacancies_add_up_to_the_house(
    votes: dict[str, int], seats: int, method: Method
) -> None:
    found, _ = drawn_until_done(votes, seats, ListRule(method=method))
    assert sum(found.seats.values()) + found.vacant == seats
    assert found.vacant == (0 if any(votes.values()) else seats)
    assert all(found.seats[name] == 0 for name, number in votes.items() if number == 0)


@given(votes=large_votes, seats=st.integers(0, 60), method=st.sampled_from(DIVISORS))
def test_no_list_loses_a_seat_when_the_house_grows(
    votes: dict[str, int], seats: int, method: Method
) -> None:
    smaller, larger = outcome(votes, seats, method), outcome(votes, seats + 1, method)
    assume(isinstance(smaller, Allocated) and isinstance(larger, Allocated))
    grown = [larger.seats[name] - smaller.seats[name] for name in votes]
    assert sorted(grown) == [0] * (len(votes) - 1) + [1]


@given(votes=votes_of_lists, seats=st.integers(1, 40))
def test_hare_seats_are_the_exact_share_rounded_down_or_up(
    votes: dict[str, int], seats: int
) -> None:
    assume(any(votes.values()))
    found, _ = drawn_until_done(votes, seats, ListRule(method="hare"))
    for name, number in votes.items():
        share = Fraction(number * seats, sum(votes.values()))
        assert floor(share) <= found.seats[name] <= ceil(share)


@given(votes=votes_of_lists, seats=st.integers(1, 40))
def test_dhondt_never_gives_less_than_the_share_rounded_down_nor_adams_more_than_up(
    votes: dict[str, int], seats: int
) -> None:
    taking_part = [name for name, number in votes.items() if number]
    assume(taking_part)
    everyone = sum(votes.values())
    dhondt, _ = drawn_until_done(votes, seats, ListRule(method="dhondt"))
    assert all(dhondt.seats[n] >= votes[n] * seats // everyone for n in votes)
    assume(seats >= len(taking_part))
    adams, _ = drawn_until_done(votes, seats, ListRule(method="adams"))
    assert all(adams.seats[n] <= ceil(Fraction(votes[n] * seats, everyone)) for n in votes)


@given(votes=votes_of_lists, seats=st.integers(0, 40), method=methods, times=st.integers(2, 10**12))
def test_only_the_proportions_of_votes_matter(
    votes: dict[str, int], seats: int, method: Method, times: int
) -> None:
    assume(method != "droop")  # its quota is a whole number of votes
    small = outcome(votes, seats, method)
    large = outcome({name: times * number for name, number in votes.items()}, seats, method)
    assert type(small) is type(large)
    if isinstance(small, Allocated):
        assert small.seats == large.seats
    else:
        assert (small.among, small.draw) == (large.among, large.draw)


@given(votes=votes_of_lists, seats=st.integers(0, 40), method=methods, data=st.data())
def test_the_order_of_lists_does_not_matter(
    votes: dict[str, int], seats: int, method: Method, data: st.DataObject
) -> None:
    other = dict(data.draw(st.permutations(list(votes.items()))))
    one, two = outcome(votes, seats, method), outcome(other, seats, method)
    assert type(one) is type(two)
    if isinstance(one, Allocated):
        assert one.seats == two.seats
    else:
        assert (set(one.among), one.draw) == (set(two.among), two.draw)
        assert one.certain == two.certain


@given(votes=tied_votes, seats=st.integers(1, 12), method=methods, data=st.data())
def test_a_lot_decides_the_tied_seats_and_nothing_else(
    votes: dict[str, int], seats: int, method: Method, data: st.DataObject
) -> None:
    asked = outcome(votes, seats, method)
    if isinstance(asked, Allocated):
        return
    assert 0 < asked.draw < len(asked.among)
    assert sum(asked.certain.values()) + asked.draw == seats
    drawn = tuple(data.draw(st.permutations(asked.among))[: asked.draw])
    found = outcome(votes, seats, method, (Lot(asked.among, drawn),))
    assert isinstance(found, Allocated)
    assert found.seats == {n: s + (n in drawn) for n, s in asked.certain.items()}
    assert found.steps == (*asked.steps, LotUsed(asked.among, drawn))
    written_otherwise = Lot(asked.among[::-1], drawn[::-1])
    assert outcome(votes, seats, method, (written_otherwise,)).seats == found.seats


@given(votes=votes_of_lists, seats=st.integers(1, 40), method=methods)
def test_the_steps_tell_all_seats(votes: dict[str, int], seats: int, method: Method) -> None:
    found, _ = drawn_until_done(votes, seats, ListRule(method=method))
    told = dict.fromkeys(votes, 0)
    for step in found.steps:
        match step:
            case SeatWon() | RemainderSeat():
                told[step.name] += 1
            case LotUsed():
                told |= {name: told[name] + 1 for name in step.drawn}
            case QuotaSeats():
                told[step.name] += step.seats
    assert told == found.seats


@given(votes=large_votes, seats=st.integers(1, 40), method=st.sampled_from(DIVISORS))
def test_a_seat_is_won_by_the_highest_quotient(
    votes: dict[str, int], seats: int, method: Method
) -> None:
    found, _ = drawn_until_done(votes, seats, ListRule(method=method))
    won = [s.quotient for s in found.steps if isinstance(s, SeatWon)]
    known = [quotient for quotient in won if quotient is not None]
    assert known == sorted(known, reverse=True)
    for step in found.steps:
        if isinstance(step, SeatWon) and step.runner_up_quotient is not None and step.quotient:
            assert step.quotient >= step.runner_up_quotient
            assert step.runner_up != step.name


@given(votes=votes_of_lists, share=st.integers(0, 20), more=st.integers(0, 20), method=methods)
def test_a_higher_threshold_lets_no_more_lists_in(
    votes: dict[str, int], share: int, more: int, method: Method
) -> None:
    def kept_out(percent: int) -> set[str]:
        rule = ListRule(method=method, thresholds=(Threshold(share=f"{percent}/100"),))
        found = allocate(CircleVotes(votes=votes, seats=9), rule)
        return {step.name for step in found.steps if isinstance(step, BelowThreshold)}

    assert kept_out(share) <= kept_out(share + more)


def test_a_threshold_that_is_just_reached_is_reached_unless_it_must_be_exceeded() -> None:
    circle = CircleVotes(votes={"a": 95, "b": 5}, seats=20)
    reached = ListRule(method="hare", thresholds=(Threshold(share="0.05"),))
    exceeded = ListRule(method="hare", thresholds=(Threshold(share="0.05", exceeded=True),))
    assert allocate(circle, reached).seats == {"a": 19, "b": 1}
    assert allocate(circle, exceeded).seats == {"a": 20, "b": 0}


def test_a_threshold_counts_valid_votes_for_nobody_or_all_that_were_cast() -> None:
    circle = CircleVotes(votes={"a": 81, "b": 9}, seats=10, valid=90, cast=100)
    of_valid = ListRule(method="hare", thresholds=(Threshold(share="1/10"),))
    of_cast = ListRule(method="hare", thresholds=(Threshold(share="1/10", of="cast"),))
    assert allocate(circle, of_valid).seats == {"a": 9, "b": 1}
    found = allocate(circle, of_cast)
    assert found.seats == {"a": 10, "b": 0}
    assert found.steps[0] == BelowThreshold("b", 9, Fraction(10), False, None)


def test_a_threshold_of_cast_votes_needs_to_know_them() -> None:
    rule = ListRule(method="hare", thresholds=(Threshold(share="1/10", of="cast"),))
    with pytest.raises(BadInput, match="votes cast in north: found none; expected them"):
        allocate(CircleVotes(votes={"a": 1}, seats=1, circle="north"), rule)


def test_the_lists_of_an_alliance_pass_a_threshold_together() -> None:
    circle = CircleVotes(
        votes={"a": 93, "b": 4, "c": 3}, seats=100, alliances={"b": "both", "c": "both"}
    )
    one = ListRule(method="hare", thresholds=(Threshold(share="5/100"),))
    both = ListRule(method="hare", thresholds=(Threshold(share="5/100", counts="alliance"),))
    assert allocate(circle, one).seats == {"a": 100, "b": 0, "c": 0}
    assert allocate(circle, both).seats == {"a": 93, "b": 4, "c": 3}


def test_an_alliance_wins_seats_as_one_and_divides_them() -> None:
    circle = CircleVotes(
        votes={"a": 60, "b": 35, "c": 27}, seats=4, alliances={"b": "both", "c": "both"}
    )
    assert allocate(circle, ListRule(method="dhondt")).seats == {"a": 2, "b": 1, "c": 1}
    together = ListRule(method="dhondt", together="alliance")
    found = allocate(circle, together)
    assert found.seats == {"a": 2, "b": 1, "c": 1}
    assert SharedWithin("both", 2) in found.steps
    odd = CircleVotes(votes=circle.votes | {"b": 40, "c": 24}, seats=3, alliances=circle.alliances)
    assert allocate(odd, ListRule(method="dhondt")).seats == {"a": 2, "b": 1, "c": 0}
    assert allocate(odd, together).seats == {"a": 1, "b": 1, "c": 1}


def test_a_threshold_over_all_circles_is_not_measured_in_each() -> None:
    circles = [
        CircleVotes(circle="north", votes={"a": 98, "b": 2}, seats=5),
        CircleVotes(circle="south", votes={"a": 10, "b": 90}, seats=5),
    ]
    rule = ListRule(method="dhondt", thresholds=(Threshold(share="1/20", within="all"),))
    house = allocate_circles(circles, rule)
    assert house.seats == {"a": 5, "b": 5}
    assert not any(isinstance(s, BelowThreshold) for c in house.circles for s in c.steps)


def test_a_tenth_of_the_valid_votes_is_taken_off_every_list() -> None:
    """Law 2972 art. 23: a list with nothing left takes no part, not even with exactly a tenth."""
    circle = CircleVotes(votes={"a": 505, "b": 400, "c": 110}, seats=9, valid=1_100)
    found = allocate(circle, TENTH)
    assert found.seats == {"a": 5, "b": 4, "c": 0}
    assert NothingLeft("c", 110, Fraction(110)) in found.steps
    assert allocate(circle, ListRule(method="dhondt")).seats == {"a": 5, "b": 3, "c": 1}


def test_quotients_stay_exact_after_a_deduction_that_leaves_fractions() -> None:
    circle = CircleVotes(votes={"a": 40, "b": 22}, seats=3, valid=73)
    found = allocate(circle, TENTH)
    quotients = [s.quotient for s in found.steps if isinstance(s, SeatWon)]
    assert quotients == [Fraction(327, 10), Fraction(327, 20), Fraction(147, 10)]


def test_reserved_seats_go_to_the_list_with_most_votes_before_the_rest_is_divided() -> None:
    circle = CircleVotes(votes={"a": 60, "b": 40}, seats=6, first_list=1)
    found = allocate(circle, ListRule(method="dhondt"))
    assert found.seats == {"a": 4, "b": 2}
    assert found.steps[0] == FirstListSeats("a", 1, 60)
    by_rule = CircleVotes(votes={"a": 60, "b": 40}, seats=6)
    assert allocate(by_rule, ListRule(method="dhondt", first_list=1)).seats == found.seats


def test_a_tie_for_the_first_place_asks_for_a_lot_and_a_tie_for_the_last_for_another() -> None:
    circle = CircleVotes(votes={"a": 50, "b": 50}, seats=4, first_list=1)
    rule = ListRule(method="dhondt")
    assert allocate(circle, rule).among == ("a", "b")
    once = (Lot(("a", "b"), ("b",)),)
    again = allocate(circle, rule, once)
    assert isinstance(again, LotNeeded)
    assert again.certain == {"a": 1, "b": 2}
    assert allocate(circle, rule, (*once, Lot(("b", "a"), ("a",)))).seats == {"a": 2, "b": 2}


@pytest.mark.parametrize(
    "drawn", [(), ("c",), ("a", "b"), ("a", "a")], ids=["nobody", "an outsider", "all", "twice"]
)
def test_a_lot_that_does_not_answer_the_question_is_refused(drawn: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=r"lot among a, b: found .*; expected 1 of them"):
        outcome({"a": 5, "b": 5}, 1, "dhondt", (Lot(("a", "b"), drawn),))


def test_a_lot_among_others_does_not_answer() -> None:
    found = outcome({"a": 5, "b": 5, "c": 1}, 1, "dhondt", (Lot(("a", "c"), ("a",)),))
    assert isinstance(found, LotNeeded)


def test_a_lot_serves_its_own_circle_and_one_without_a_circle_serves_once() -> None:
    circles = [
        CircleVotes(circle=name, votes={"a": 5, "b": 5}, seats=1) for name in ("north", "south")
    ]
    rule = ListRule(method="dhondt")
    own = allocate_circles(circles, rule, [Lot(("a", "b"), ("b",), "south")])
    assert [type(c) for c in own.circles] == [LotNeeded, Allocated]
    once = allocate_circles(circles, rule, [Lot(("a", "b"), ("b",))])
    assert [type(c) for c in once.circles] == [Allocated, LotNeeded]
    assert once.seats == {"a": 0, "b": 1}
    assert once.lots_needed[0].circle == "south"


def test_seats_stay_vacant_where_nobody_takes_part() -> None:
    rule = ListRule(method="hare", thresholds=(Threshold(share="1/2", exceeded=True),))
    found = allocate(CircleVotes(votes={"a": 1, "b": 1}, seats=3), rule)
    assert isinstance(found, Allocated)
    assert (found.seats, found.vacant) == ({"a": 0, "b": 0}, 3)


@pytest.mark.parametrize("method", REMAINDERS)
def test_hardly_more_votes_than_seats_still_fill_the_house(method: Method) -> None:
    found, _ = drawn_until_done({"a": 2, "b": 1}, 11, ListRule(method=method))
    assert sum(found.seats.values()) == 11


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"votes": {"a": -1}, "seats": 1}, "votes of a: found -1; expected 0 or more"),
        ({"votes": {"a": 1}, "seats": -1}, "seats: found -1; expected 0 or more"),
        ({"votes": {"a": 5}, "seats": 1, "valid": 4}, "valid votes: found 4; expected at least 5"),
        ({"votes": {"a": 5}, "seats": 1, "first_list": 2}, "first_list: found 2 of 1 seats"),
    ],
)
def test_figures_that_no_election_has_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        allocate(CircleVotes(**fields), ListRule(method="dhondt"))
