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

    Whose exact share is below `minimum` seats has just these; the others divide the rest by
    themselves, until each of them has a share of that many. Raise LotMissing where remainders are
    tied for the last seats and no lot is recorded.
    """
    others = dict(votes)
    left = seats
    least: list[str] = []
    while short := _below(minimum, others, left):
        least += short
        left -= minimum * len(short)
        others = {name: number for name, number in others.items() if name not in short}
    quota, steps = _quota(others, left, how)
    whole = {name: max(_full(number, quota), minimum) for name, number in others.items()}
    remainders = {name: number - whole[name] * quota for name, number in others.items()}
    steps += [QuotaSeats(name, others[name], whole[name], remainders[name]) for name in others]
    given: list[SeatStep] = [GivenFirst(name, minimum) for name in least]
    certain = dict.fromkeys(least, minimum) | whole
    return _by_remainder(remainders, left - sum(whole.values()), certain, [*given, *steps], lots)


def _below(minimum: int, votes: Mapping[str, Fraction], seats: int) -> list[str]:
    """Return whose exact share of the seats is less than a number of them."""
    enough = minimum * _sum(votes)
    return [name for name, number in votes.items() if number * seats < enough]


def _sum(votes: Mapping[str, Fraction]) -> Fraction:
    return sum(votes.values(), Fraction(0))


def _full(votes: Fraction, quota: Fraction) -> int:
    return int(votes // quota) if quota else 0


def _quota(
    votes: Mapping[str, Fraction], seats: int, how: LargestRemainder
) -> tuple[Fraction, list[SeatStep]]:
    """Return the largest quota of the method that does not give more seats than there are."""
    steps: list[SeatStep] = []
    everyone = _sum(votes)
    divisor = seats + how.extra
    quota = how.quota(everyone, divisor) if divisor else Fraction(0)
    while (given := sum(_full(number, quota) for number in votes.values())) > seats:
        steps.append(QuotaTooSmall(quota, given, seats))
        divisor -= 1
        quota = how.quota(everyone, divisor) if divisor else Fraction(0)
    return quota, [*steps, QuotaFound(everyone, divisor, quota)]


def _by_remainder(
    remainders: Mapping[str, Fraction],
    seats: int,
    certain: dict[str, int],
    steps: list[SeatStep],
    lots: Lots,
) -> tuple[dict[str, int], list[SeatStep]]:
    """Give the seats left, one to each in the order of remainders, and again if there are more.

    More than one each are left only where there are hardly more votes than seats.
    """
    order = sorted(remainders, key=lambda name: remainders[name], reverse=True)
    rounds, last = divmod(seats, len(order)) if order else (0, 0)
    shared = certain | {name: certain[name] + rounds for name in order}
    if not last:
        return shared, steps + _remainder_steps(order * rounds, remainders, None)
    edge = remainders[order[last - 1]]
    tied = [name for name in remainders if remainders[name] == edge]
    sure = [name for name in order[:last] if remainders[name] > edge]
    runner_up = next((name for name in order[last:] if remainders[name] < edge), None)
    for name in sure:
        shared[name] += 1
    open_seats = last - len(sure)
    if len(tied) == open_seats:
        for name in tied:
            shared[name] += 1
        return shared, steps + _remainder_steps(
            order * rounds + order[:last], remainders, runner_up
        )
    steps = steps + _remainder_steps(order * rounds + sure, remainders, tied[0])
    drawn = lots.draw(tuple(tied), open_seats, shared, steps)
    for name in drawn:
        shared[name] += 1
    return shared, [*steps, LotUsed(tuple(tied), drawn)]


def _remainder_steps(
    winners: list[str], remainders: Mapping[str, Fraction], runner_up: str | None
) -> list[SeatStep]:
    return [
        RemainderSeat(
            seat,
            name,
            remainders[name],
            runner_up,
            None if runner_up is None else remainders[runner_up],
        )
        for seat, name in enumerate(winners, start=1)
    ]
