"""What the tests of allocation share: quick votes, and made-up ones."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from recanvass.model import ListRule, Method
from recanvass.office.allocation import Allocated, LotNeeded, allocate
from recanvass.office.circle import CircleVotes
from recanvass.office.lots import Lot
from recanvass.office.methods import METHODS, HighestAverages

ALL: tuple[Method, ...] = get_args(Method)
DIVISORS = tuple(m for m in ALL if isinstance(METHODS[m], HighestAverages))
REMAINDERS = tuple(m for m in ALL if m not in DIVISORS)

votes_of_lists = st.lists(st.integers(0, 60), min_size=1, max_size=7).map(
    lambda numbers: {f"list-{n}": number for n, number in enumerate(numbers)}
)
"""Small numbers on purpose: ties must be frequent."""
tied_votes = st.lists(st.sampled_from([0, 6, 12, 24]), min_size=2, max_size=6).map(
    lambda numbers: {f"list-{n}": number for n, number in enumerate(numbers)}
)
large_votes = st.lists(st.integers(1, 10_000_000), min_size=1, max_size=12).map(
    lambda numbers: {f"list-{n}": number for n, number in enumerate(numbers)}
)


def outcome(
    votes: dict[str, int], seats: int, method: Method, lots: tuple[Lot, ...] = ()
) -> Allocated | LotNeeded:
    return allocate(CircleVotes(votes=votes, seats=seats), ListRule(method=method), lots)


def seats_by(votes: dict[str, int], seats: int, method: Method) -> tuple[int, ...]:
    """The seats of votes that are not tied."""
    found = outcome(votes, seats, method)
    assert isinstance(found, Allocated), found
    return tuple(found.seats.values())


def drawn_until_done(
    votes: dict[str, int], seats: int, rule: ListRule
) -> tuple[Allocated, tuple[Lot, ...]]:
    """Allocate, drawing the first in the hat wherever a lot is asked for."""
    lots: tuple[Lot, ...] = ()
    while True:
        found = allocate(CircleVotes(votes=votes, seats=seats), rule, lots)
        if isinstance(found, Allocated):
            return found, lots
        lots += (Lot(found.among, found.among[: found.draw]),)
