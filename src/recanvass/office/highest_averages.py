"""Highest averages, exactly: D'Hondt, Sainte-Laguë and their kin, seat by seat.

A quotient is a list's weight (its votes, or their square) over a divisor. Two different quotients
a/c and b/d are at least 1/(c·d) apart, so when both are multiplied by the square of the largest
divisor their whole parts differ too, and equal ones stay equal. Whole numbers alone therefore put
all quotients into their true order, and a heap of one quotient per list gives the seats in
O(seats · log lists).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heapreplace
from math import lcm

from recanvass.office.lots import Lots
from recanvass.office.methods import HighestAverages
from recanvass.office.steps import GivenFirst, LotUsed, SeatStep, SeatWon

__all__ = ["by_highest_averages"]

_Entry = tuple[bool, int, int]
"""Sorts the highest quotient first: whether the divisor is not 0, minus the key, whose it is."""


@dataclass
class _Table:
    """Whole weights and what is needed to order and to show their quotients."""

    names: list[str]
    weights: list[int]
    seats: list[int]
    """Seats so far, which say the divisor of the next."""
    how: HighestAverages
    unit: int
    """Weights are this many times the votes (or their squares)."""
    precision: int

    def entry(self, index: int) -> _Entry:
        """Return a list's next quotient for the heap."""
        divisor = self.how.divisor(self.seats[index])
        if divisor == 0:
            return False, -self.weights[index], index
        return True, -(self.weights[index] * self.precision // divisor), index

    def quotient(self, index: int) -> Fraction | None:
        """Return a list's next quotient, exactly."""
        divisor = self.how.divisor(self.seats[index])
        if divisor == 0:
            return None
        return Fraction(self.weights[index] * self.how.scale, divisor * self.unit)


def by_highest_averages(
    votes: Mapping[str, Fraction], seats: int, how: HighestAverages, lots: Lots, minimum: int
) -> tuple[dict[str, int], list[SeatStep]]:
    """Return seats by name and the steps to them; at least one name has votes.

    Everybody starts with `minimum` seats, which count for the divisors. Raise LotMissing where the
    last seats are tied and no lot is recorded.
    """
    table = _laid_out(votes, seats, how, minimum)
    steps: list[SeatStep] = [GivenFirst(name, minimum) for name in votes if minimum]
    heap = [table.entry(index) for index, weight in enumerate(table.weights) if weight]
    heapify(heap)
    quotients = {index: table.quotient(index) for _, _, index in heap}
    keys: list[_Entry] = []
    won: list[SeatWon] = []
    for seat in range(1, seats - minimum * len(votes) + 1):
        best = heap[0]
        index = best[2]
        second = min(heap[1:3])[2] if len(heap) > 1 else None
        won.append(
            SeatWon(
                seat,
                table.names[index],
                quotients[index],
                None if second is None else table.names[second],
                None if second is None else quotients[second],
            )
        )
        keys.append(best)
        table.seats[index] += 1
        heapreplace(heap, table.entry(index))
        quotients[index] = table.quotient(index)
    tied = _tied_at_the_end(keys, heap)
    if tied:
        return _by_lot(table, [*steps, *won], keys, tied, lots)
    return _seats(table), [*steps, *won]


def _laid_out(
    votes: Mapping[str, Fraction], seats: int, how: HighestAverages, minimum: int
) -> _Table:
    common = lcm(*(number.denominator for number in votes.values()))
    whole = [int(number * common) for number in votes.values()]
    largest = how.divisor(max(seats, 1))
    return _Table(
        names=list(votes),
        weights=[number * number for number in whole] if how.squared else whole,
        seats=[minimum] * len(votes),
        how=how,
        unit=common * common if how.squared else common,
        precision=largest * largest,
    )


def _seats(table: _Table) -> dict[str, int]:
    return dict(zip(table.names, table.seats, strict=True))


def _tied_at_the_end(keys: Sequence[_Entry], heap: Sequence[_Entry]) -> list[int]:
    """Return the lists whose quotient equals that of the last seat, if some of them got none."""
    if not keys:
        return []
    last = keys[-1][:2]
    waiting = [entry[2] for entry in heap if entry[:2] == last]
    if not waiting:
        return []
    return sorted(waiting + [entry[2] for entry in keys if entry[:2] == last])


def _by_lot(
    table: _Table,
    steps: list[SeatStep],
    keys: Sequence[_Entry],
    tied: Sequence[int],
    lots: Lots,
) -> tuple[dict[str, int], list[SeatStep]]:
    """Take the tied seats back, which stand at the end, and give them to who was drawn."""
    last = keys[-1][:2]
    open_seats = [entry[2] for entry in keys if entry[:2] == last]
    for index in open_seats:
        table.seats[index] -= 1
    among = tuple(table.names[index] for index in tied)
    certain = _seats(table)
    sure = steps[: len(steps) - len(open_seats)]
    drawn = lots.draw(among, len(open_seats), certain, sure)
    seats = {name: number + (name in drawn) for name, number in certain.items()}
    return seats, [*sure, LotUsed(among, drawn)]
