"""The steps of an allocation: each says what happened to whom, with the figures that decided it.

A step's `name` is a list, an alliance where those are allocated first, or a circle where seats are
shared among circles. Quotients, quotas and remainders are exact fractions of votes.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec

__all__ = [
    "BelowThreshold",
    "Deducted",
    "FirstListSeats",
    "GivenFirst",
    "LeftVacant",
    "LotUsed",
    "NothingLeft",
    "QuotaFound",
    "QuotaSeats",
    "QuotaTooSmall",
    "RemainderSeat",
    "SeatStep",
    "SeatWon",
    "SharedWithin",
]


class _Step(msgspec.Struct, frozen=True, tag_field="step"):
    """One step."""


class BelowThreshold(_Step, frozen=True, tag="below-threshold"):
    """A list takes no part: it, or its alliance, has fewer votes than the threshold asks for."""

    name: str
    votes: int
    needed: Fraction
    """Votes to be reached, or to be exceeded where `exceeded`."""
    exceeded: bool
    alliance: str | None
    """The alliance whose votes were measured."""


class Deducted(_Step, frozen=True, tag="deducted"):
    """Votes were taken off a list before dividing."""

    name: str
    votes: int
    deducted: Fraction
    left: Fraction


class NothingLeft(_Step, frozen=True, tag="nothing-left"):
    """A list takes no part: what was to be taken off is all its votes, or more."""

    name: str
    votes: int
    deducted: Fraction


class FirstListSeats(_Step, frozen=True, tag="first-list-seats"):
    """Seats that go to the list with the most votes."""

    name: str
    seats: int
    votes: int


class GivenFirst(_Step, frozen=True, tag="given-first"):
    """Seats that everybody has before the rest is divided, or at least."""

    name: str
    seats: int


class SeatWon(_Step, frozen=True, tag="seat-won"):
    """One seat, by the highest quotient."""

    seat: int
    """Which of the seats divided, from 1."""
    name: str
    quotient: Fraction | None
    """Votes over divisor; of squares where the method compares squares. None for a divisor of 0,
    which comes before every number."""
    runner_up: str | None
    """Who had the next highest quotient, of the others; None where nobody was left."""
    runner_up_quotient: Fraction | None


class QuotaFound(_Step, frozen=True, tag="quota-found"):
    """What a seat costs."""

    votes: Fraction
    """Of all that take part."""
    divisor: int
    quota: Fraction


class QuotaTooSmall(_Step, frozen=True, tag="quota-too-small"):
    """The quota gave more seats than there are; it is found again with a divisor one less."""

    quota: Fraction
    given: int
    seats: int


class QuotaSeats(_Step, frozen=True, tag="quota-seats"):
    """Seats for full quotas, and the votes left over."""

    name: str
    votes: Fraction
    seats: int
    remainder: Fraction


class RemainderSeat(_Step, frozen=True, tag="remainder-seat"):
    """One seat, by the largest remainder."""

    seat: int
    name: str
    remainder: Fraction
    runner_up: str | None
    """Who has the largest remainder of those that get no seat for it."""
    runner_up_remainder: Fraction | None


class LotUsed(_Step, frozen=True, tag="lot-used"):
    """A tie, broken by the lot that was drawn."""

    among: tuple[str, ...]
    drawn: tuple[str, ...]


class SharedWithin(_Step, frozen=True, tag="shared-within"):
    """The seats of an alliance are now divided among its lists."""

    name: str
    seats: int


class LeftVacant(_Step, frozen=True, tag="left-vacant"):
    """Seats that nobody can take: no list with votes takes part."""

    seats: int


SeatStep = (
    BelowThreshold
    | Deducted
    | NothingLeft
    | FirstListSeats
    | GivenFirst
    | SeatWon
    | QuotaFound
    | QuotaTooSmall
    | QuotaSeats
    | RemainderSeat
    | LotUsed
    | SharedWithin
    | LeftVacant
)
