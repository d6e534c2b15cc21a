"""Largest remainder, exactly: Hare, Droop, Hagenbach-Bischoff and Imperiali quotas.

A quota can give more seats than there are (Imperiali's, and Hagenbach-Bischoff's when everything
divides without rest). Then it is found again with a divisor one less, as Italian and South
Tyrolean law say (gazzettaufficiale 088R0212 art. 46; Landtag election 2003).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from recanvass.office.lots import Lots
from recanvass.office.methods import LargestRemainder
from recanvass.office.steps import (
    GivenFirst,
    LotUsed,
    QuotaFound,
    QuotaSeats,
    QuotaTooSmall,
    RemainderSeat,
    SeatStep,
)

__all__ = ["by_largest_remainder"]


def by_largest_remainder(
    votes: Mapping[str, Fraction], seats: int, how: LargestRemainder, lots: Lots, minimum: int
) -> tuple[dict[str, int], list[SeatStep]]:
    """Return seats by name and the steps to them; at least one name has votes.

    Who would have fewer than `minimum` seats has just these; the other seats are then divided
    among the others alone, until all have enough. Raise LotMissing where remainders are tied for
    the last seats and no lot is recorded.
    """
    least: list[str] = []
    while True:
        others = {name: number for name, number in votes.items() if name not in least}
        left = seats - minimum * len(least)
        fixed = dict.fromkeys(least, minimum)
        if not any(others.values()):
            break
        parts, steps = _by_quota(others, left, how)
        short = [name for name in others if _entitled(others, left, name) < minimum]
        if not short:
            break
        least += short
    given: list[SeatStep] = [GivenFirst(name, minimum) for name in least]
    certain = fixed | {name: whole for name, (whole, _) in parts.items()}
    shared, more = _by_remainder(parts, left, lots, certain)
    return fixed | shared, [*given, *steps, *more]
