"""The methods by published examples, and against another implementation."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from allocations import ALL, DIVISORS, large_votes, outcome, seats_by
from hypothesis import given
from hypothesis import strategies as st

from recanvass.model import Method
from recanvass.office.allocation import Allocated
from recanvass.office.methods import METHODS, HighestAverages

EXAMPLE = {"a": 53_000, "b": 24_000, "c": 23_000}
"""Seven seats, where the methods part ways."""


def test_dhondt_as_in_the_textbook() -> None:
    votes = {"a": 100_000, "b": 80_000, "c": 30_000, "d": 20_000}
    assert seats_by(votes, 8, "dhondt") == (4, 3, 1, 0)
    assert seats_by(votes, 8, "sainte-lague") == (3, 3, 1, 1)


@pytest.mark.parametrize(
    ("method", "seats"),
    [
        ("dhondt", (4, 2, 1)),
        ("sainte-lague", (3, 2, 2)),
        ("modified-sainte-lague-1.4", (3, 2, 2)),
        ("adams", (3, 2, 2)),
        ("danish", (3, 2, 2)),
        ("huntington-hill", (3, 2, 2)),
        ("hare", (4, 2, 1)),
        ("droop", (4, 2, 1)),
        ("hagenbach-bischoff", (4, 2, 1)),
        ("imperiali", (4, 2, 1)),
    ],
)
def test_each_method_by_hand(method: Method, seats: tuple[int, ...]) -> None:
    assert seats_by(EXAMPLE, 7, method) == seats


def test_a_larger_first_divisor_makes_the_first_seat_dearer() -> None:
    votes = {"large": 600, "small": 130}
    assert seats_by(votes, 3, "sainte-lague") == (2, 1)
    assert seats_by(votes, 3, "modified-sainte-lague-1.2") == (3, 0)
    assert seats_by({"large": 600, "small": 150}, 3, "modified-sainte-lague-1.2") == (2, 1)
    assert seats_by({"large": 600, "small": 150}, 3, "modified-sainte-lague-1.4") == (3, 0)


def test_the_house_of_1790_by_the_methods_of_its_day() -> None:
    """Balinski & Young 1982: census of 1790, 105 seats by Jefferson, 120 by Hamilton."""
    census = {
        "CT": 236_841, "DE": 55_540, "GA": 70_835, "KY": 68_705, "MD": 278_514, "MA": 475_327,
        "NH": 141_822, "NJ": 179_570, "NY": 331_589, "NC": 353_523, "PA": 432_879, "RI": 68_446,
        "SC": 206_236, "VT": 85_533, "VA": 630_560,
    }  # fmt: skip
    jefferson = seats_by(census, 105, "dhondt")
    assert jefferson == (7, 1, 2, 2, 8, 14, 4, 5, 10, 10, 13, 2, 6, 2, 19)
    hamilton = seats_by(census, 120, "hare")
    assert hamilton == (8, 2, 2, 2, 9, 16, 5, 6, 11, 12, 14, 2, 7, 3, 21)


def test_a_house_that_grows_takes_a_seat_by_largest_remainder() -> None:
    """The Alabama paradox: with one more seat, the smallest list has one fewer."""
    votes = {"a": 6, "b": 6, "c": 2}
    assert seats_by(votes, 10, "hare") == (4, 4, 2)
    assert seats_by(votes, 11, "hare") == (5, 5, 1)


def test_with_a_first_divisor_of_0_everybody_has_a_seat_before_anybody_has_two() -> None:
    votes = {"a": 1_000_000, "b": 1, "c": 1}
    for method in ("adams", "huntington-hill"):
        assert seats_by(votes, 4, method) == (2, 1, 1)


def test_with_fewer_seats_than_lists_these_methods_take_the_lists_with_most_votes() -> None:
    for method in ("adams", "huntington-hill"):
        assert seats_by({"a": 5, "b": 9, "c": 7}, 2, method) == (0, 1, 1)


def test_imperiali_seats_beyond_the_house_lower_the_divisor_by_one() -> None:
    """6 seats, 8 quotas of 25 in 200 votes: more than there are, also by the next quota."""
    votes = {"a": 100, "b": 75, "c": 25}
    found = outcome(votes, 6, "imperiali")
    assert isinstance(found, Allocated)
    kinds = [type(step).__name__ for step in found.steps]
    assert kinds[:3] == ["QuotaTooSmall", "QuotaFound", "QuotaSeats"]
    assert found.steps[0].given == 8
    assert found.steps[1].divisor == 7
    assert sum(found.seats.values()) == 6


def test_quotients_are_exact_where_floats_are_not() -> None:
    """20,000 over 1.4 and 100,000 over 7 are one number; in floats they need not be."""
    found = outcome({"a": 100_000, "d": 20_000}, 4, "modified-sainte-lague-1.4")
    assert found == outcome({"a": 100_000, "d": 20_000}, 4, "modified-sainte-lague-1.4")
    assert not isinstance(found, Allocated)
    assert (found.among, found.draw) == (("a", "d"), 1)


def test_votes_that_no_float_can_tell_apart_are_no_tie() -> None:
    most = 2**60
    assert seats_by({"a": most + 1, "b": most}, 1, "dhondt") == (1, 0)
    assert seats_by({"a": most, "b": most + 1}, 1, "huntington-hill") == (0, 1)


@pytest.mark.parametrize("method", DIVISORS)
def test_divisors_grow(method: Method) -> None:
    how = METHODS[method]
    assert isinstance(how, HighestAverages)
    shown = how.shown(40)
    assert all(a < b for a, b in pairwise(shown))


def test_the_first_divisors_are_those_of_the_method() -> None:
    first = {m: METHODS[m].shown(4) for m in DIVISORS}
    assert first["dhondt"] == [1, 2, 3, 4]
    assert first["sainte-lague"] == [1, 3, 5, 7]
    assert first["modified-sainte-lague-1.4"] == [Fraction(7, 5), 3, 5, 7]
    assert first["modified-sainte-lague-1.2"] == [Fraction(6, 5), 3, 5, 7]
    assert first["adams"] == [0, 1, 2, 3]
    assert first["danish"] == [1, 4, 7, 10]
    assert first["huntington-hill"] == [0, 2, 6, 12]


THEIR_NAMES = {
    "dhondt": "dhondt",
    "sainte-lague": "saintelague",
    "adams": "adams",
    "huntington-hill": "huntington",
    "modified-sainte-lague-1.4": "modified_saintelague",
    "hare": "largest_remainder",
}


@pytest.mark.parametrize("method", THEIR_NAMES)
@given(votes=large_votes, seats=st.integers(1, 60))
def test_another_implementation_gives_the_same_seats(
    method: Method, votes: dict[str, int], seats: int
) -> None:
    peer = pytest.importorskip("apportionment.methods", reason="the peer is not installed")
    found = outcome(votes, seats, method)
    if not isinstance(found, Allocated):
        return  # it breaks ties by the order of the lists
    exact = method in ("dhondt", "sainte-lague", "adams", "hare")
    theirs = peer.compute(
        THEIR_NAMES[method], list(votes.values()), seats, exact, parties=list(votes)
    )
    assert list(found.seats.values()) == theirs


def test_every_method_of_the_model_is_known() -> None:
    assert set(METHODS) == set(ALL)
