"""From votes to seats by the rule of an office: one circle, or all of them.

Pure functions. A tie ends in `LotNeeded`; once the lot is recorded, the same call with it gives the
seats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from recanvass.errors import BadInput
from recanvass.model import ListRule
from recanvass.office.circle import CircleVotes, all_together
from recanvass.office.division import Votes, divide
from recanvass.office.lots import Lot, LotMissing, Lots
from recanvass.office.steps import FirstListSeats, LotUsed, SeatStep, SharedWithin
from recanvass.office.thresholds import below, deducted

__all__ = ["Allocated", "House", "LotNeeded", "allocate", "allocate_circles"]


class Allocated(msgspec.Struct, frozen=True, kw_only=True, tag_field="outcome", tag="allocated"):
    """The seats of one circle."""

    circle: str | None
    seats: dict[str, int]
    """By list, in the order of the ballot paper."""
    vacant: int
    steps: tuple[SeatStep, ...]
    lots: tuple[Lot, ...]
    """The recorded lots that were used."""


class LotNeeded(msgspec.Struct, frozen=True, kw_only=True, tag_field="outcome", tag="lot-needed"):
    """A tie that only a lot may break: `draw` of those in `among`, drawn by who the law says."""

    circle: str | None
    among: tuple[str, ...]
    draw: int
    certain: dict[str, int]
    """Seats known so far, which hang on no lot."""
    steps: tuple[SeatStep, ...]
    """The steps up to the division that is tied."""


Outcome = Allocated | LotNeeded


class House(msgspec.Struct, frozen=True):
    """All circles of an office."""

    circles: tuple[Outcome, ...]

    @property
    def seats(self) -> dict[str, int]:
        """Seats by list over all circles: those that hang on no lot."""
        total: dict[str, int] = {}
        for circle in self.circles:
            certain = circle.seats if isinstance(circle, Allocated) else circle.certain
            for name, number in certain.items():
                total[name] = total.get(name, 0) + number
        return total

    @property
    def vacant(self) -> int:
        """Seats that nobody can take."""
        return sum(c.vacant for c in self.circles if isinstance(c, Allocated))

    @property
    def lots_needed(self) -> tuple[LotNeeded, ...]:
        """The ties that are still open."""
        return tuple(c for c in self.circles if isinstance(c, LotNeeded))


def allocate(
    circle: CircleVotes,
    rule: ListRule,
    lots: Iterable[Lot] = (),
    everywhere: CircleVotes | None = None,
) -> Outcome:
    """Return the seats of one circle by a rule, or the lot that is needed first.

    `everywhere` is all circles together (`all_together`), for thresholds over all; without it this
    circle is all there is. Raise BadInput for figures that no election has, and for a recorded lot
    that does not answer the tie it was drawn for.
    """
    made = _Made(circle, rule, Lots(lots, circle.circle))
    try:
        made.run(everywhere or circle)
    except LotMissing as asked:
        return LotNeeded(
            circle=circle.circle,
            among=asked.among,
            draw=asked.draw,
            certain=made.seats,
            steps=(*made.steps, *asked.steps),
        )
    return Allocated(
        circle=circle.circle,
        seats=made.seats,
        vacant=made.vacant,
        steps=tuple(made.steps),
        lots=tuple(made.lots.used),
    )


def allocate_circles(
    circles: Iterable[CircleVotes], rule: ListRule, lots: Iterable[Lot] = ()
) -> House:
    """Return the seats of every circle, in the order given (see `allocate`).

    A lot that names no circle serves the first circle that has that tie, and no other.
    """
    every = list(circles)
    everywhere = all_together(every)
    left = list(lots)
    outcomes: list[Outcome] = []
    for circle in every:
        outcome = allocate(circle, rule, left, everywhere)
        if isinstance(outcome, Allocated):
            for lot in outcome.lots:
                left.remove(lot)
        outcomes.append(outcome)
    return House(tuple(outcomes))


class _Made:
    """One circle's allocation while it is made: seats and steps so far."""

    def __init__(self, circle: CircleVotes, rule: ListRule, lots: Lots) -> None:
        self.circle = circle
        self.rule = rule
        self.lots = lots
        self.seats = dict.fromkeys(circle.votes, 0)
        self.vacant = 0
        self.steps: list[SeatStep] = []

    def run(self, everywhere: CircleVotes) -> None:
        """Take the steps in the order in which the law counts them."""
        missed = below(self.circle, everywhere, self.rule.thresholds)
        self.steps += missed
        out = {step.name for step in missed}
        votes = {n: v for n, v in self.circle.votes.items() if n not in out and v != 0}
        first = self._first_list(votes)
        left: Votes = votes
        if self.rule.deduct is not None:
            share = Fraction(self.rule.deduct)
            left, steps = deducted(votes, share, self.circle.valid_votes())
            self.steps += steps
        rest = self.circle.seats - first
        if self.rule.together == "alliance":
            self._by_alliance(left, rest)
        else:
            self._divide(left, rest)

    def _first_list(self, votes: Mapping[str, int]) -> int:
        """Give the seats reserved for the list with the most votes; return how many these are."""
        seats = self.rule.first_list + self.circle.first_list
        if seats > self.circle.seats:
            raise BadInput(
                f"first_list: found {seats} of {self.circle.seats} seats; expected no more"
            )
        if not seats or not votes:
            return 0
        most = max(votes.values())
        tied = tuple(name for name, number in votes.items() if number == most)
        first = tied[0]
        if len(tied) > 1:
            (first,) = self.lots.draw(tied, 1, {})
            self.steps.append(LotUsed(tied, (first,)))
        self.seats[first] += seats
        self.steps.append(FirstListSeats(first, seats, most))
        return seats

    def _divide(self, votes: Votes, seats: int) -> None:
        """Divide seats among lists, and add them to what each has."""
        try:
            division = divide(votes, seats, self.rule.method, self.lots)
        except LotMissing as asked:
            self._add(asked.certain)
            raise
        self._add(division.seats)
        self.vacant += division.vacant
        self.steps += division.steps

    def _by_alliance(self, votes: Votes, seats: int) -> None:
        """Divide seats among alliances and lists in none, then each alliance's among its lists."""
        members = _members(votes, self.circle.alliances)
        together = {group: sum((Fraction(votes[n]) for n in lists), Fraction(0))
                    for group, lists in members.items()}  # fmt: skip
        try:
            division = divide(together, seats, self.rule.method, self.lots)
        except LotMissing as asked:
            alone = {n: s for n, s in asked.certain.items() if members[n] == [n]}
            self._add(alone)
            raise
        self.vacant += division.vacant
        self.steps += division.steps
        for group, number in division.seats.items():
            lists = members[group]
            if lists == [group]:
                self._add({group: number})
                continue
            self.steps.append(SharedWithin(group, number))
            self._divide({name: Fraction(votes[name]) for name in lists}, number)

    def _add(self, seats: Mapping[str, int]) -> None:
        for name, number in seats.items():
            self.seats[name] += number


def _members(votes: Votes, alliances: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the lists of each alliance, and each list in none as a group of its own."""
    members: dict[str, list[str]] = {}
    for name in votes:
        group = alliances.get(name, name)
        if group in votes and group != name:
            raise BadInput(
                f"alliance: found {group!r}, which is also a list; expected another name"
            )
        members.setdefault(group, []).append(name)
    return members
