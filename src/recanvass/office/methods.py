"""The methods that turn votes into seats, each as the numbers that define it.

Names and divisors as in Balinski & Young, *Fair Representation* (1982), and the Venice Commission's
report on electoral systems, CDL-AD(2004)003. Everything is whole numbers and exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from recanvass.model import Method

__all__ = ["METHODS", "HighestAverages", "LargestRemainder"]


@dataclass(frozen=True)
class HighestAverages:
    """Each seat goes to the list whose votes, over a divisor that grows with its seats, are most.

    A divisor of 0 comes before every other: each list has its first seat before any has a second,
    those with more votes first.
    """

    title: str
    divisor: Callable[[int], int]
    """Seats that a list has → `scale` times the divisor for its next one; it grows with them."""
    scale: int = 1
    squared: bool = False
    """True if votes are squared before they are divided, since the divisor is a root."""

    def shown(self, first: int) -> list[Fraction]:
        """Return the first divisors, squared where votes are."""
        return [Fraction(self.divisor(seats), self.scale) for seats in range(first)]


@dataclass(frozen=True)
class LargestRemainder:
    """Each list has as many seats as its votes hold the quota; the rest go by what is left over."""

    title: str
    extra: int = 0
    """What is added to the number of seats before the votes are divided by it."""
    next_whole: bool = False
    """True if the quota is the next whole number above, else it is the exact fraction."""

    def quota(self, votes: Fraction, divisor: int) -> Fraction:
        """Return the votes that a seat costs when all votes are divided by `divisor`."""
        exact = votes / divisor
        return Fraction(floor(exact) + 1) if self.next_whole else exact


METHODS: dict[Method, HighestAverages | LargestRemainder] = {
    "dhondt": HighestAverages("D'Hondt (Jefferson)", lambda seats: seats + 1),
    "sainte-lague": HighestAverages("Sainte-Laguë (Webster)", lambda seats: 2 * seats + 1),
    "modified-sainte-lague-1.4": HighestAverages(
        "Modified Sainte-Laguë, first divisor 1.4",
        lambda seats: 5 * (2 * seats + 1) if seats else 7,
        scale=5,
    ),
    "modified-sainte-lague-1.2": HighestAverages(
        "Modified Sainte-Laguë, first divisor 1.2",
        lambda seats: 5 * (2 * seats + 1) if seats else 6,
        scale=5,
    ),
    "adams": HighestAverages("Adams", lambda seats: seats),
    "huntington-hill": HighestAverages(
        "Huntington–Hill", lambda seats: seats * (seats + 1), squared=True
    ),
    "danish": HighestAverages("Danish", lambda seats: 3 * seats + 1),
    "hare": LargestRemainder("Hare quota, largest remainder (Hamilton)"),
    "droop": LargestRemainder("Droop quota, largest remainder", extra=1, next_whole=True),
    "hagenbach-bischoff": LargestRemainder("Hagenbach-Bischoff quota, largest remainder", extra=1),
    "imperiali": LargestRemainder("Imperiali quota, largest remainder", extra=2),
}
"""Every method by the name that a case gives it."""
