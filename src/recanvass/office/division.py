"""Dividing seats in proportion to votes: the pure arithmetic, by any of the methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from recanvass.errors import BadInput
from recanvass.model import Method
from recanvass.office.highest_averages import by_highest_averages
from recanvass.office.largest_remainder import by_largest_remainder
from recanvass.office.lots import LotMissing, Lots
from recanvass.office.methods import METHODS, HighestAverages
from recanvass.office.steps import GivenFirst, LeftVacant, SeatStep

__all__ = ["Division", "Votes", "divide"]

Votes = Mapping[str, int] | Mapping[str, Fraction]
"""Votes, or people, by name; exact also after a deduction."""


@dataclass(frozen=True)
class Division:
    """Seats by name, in the order given, and how they came about."""

    seats: dict[str, int]
    vacant: int
    steps: tuple[SeatStep, ...]


def divide(
    votes: Votes, seats: int, method: Method, lots: Lots, *, base: int = 0, minimum: int = 0
) -> Division:
    """Return `seats` divided in proportion to `votes`.

    `base` seats go to everybody beforehand, and the rest is divided as if there were none;
    `minimum` seats are everybody's at least, and part of their share. Who has no votes gets no
    more than these; if nobody has votes the rest stays vacant. Raise BadInput for negative votes
    or fewer seats than are owed, LotMissing for a tie that no recorded lot breaks.
    """
    _check(votes, seats, max(base, minimum))
    exact = {name: Fraction(number) for name, number in votes.items()}
    least = max(0, minimum - base)
    rest = seats - base * len(exact)
    given = tuple(GivenFirst(name, base) for name in exact if base)
    if not any(exact.values()):
        left = rest - least * len(exact)
        vacant = (LeftVacant(left),) if left else ()
        return Division(dict.fromkeys(exact, base + least), left, (*given, *vacant))
    how = METHODS[method]
    try:
        if isinstance(how, HighestAverages):
            won, steps = by_highest_averages(exact, rest, how, lots, least)
        else:
            won, steps = by_largest_remainder(exact, rest, how, lots, least)
    except LotMissing as asked:
        certain = {name: base + number for name, number in asked.certain.items()}
        raise LotMissing(asked.among, asked.draw, certain, (*given, *asked.steps)) from None
    return Division({name: base + won[name] for name in exact}, 0, (*given, *steps))


def _check(votes: Votes, seats: int, owed: int) -> None:
    for name, number in votes.items():
        if number < 0:
            raise BadInput(f"votes of {name}: found {number}; expected 0 or more")
    if seats < owed * len(votes) or seats < 0:
        each = f" for {len(votes)} with at least {owed} each" if owed else ""
        raise BadInput(f"seats: found {seats}{each}; expected {owed * len(votes)} or more")
