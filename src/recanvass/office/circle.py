"""What an allocation is made from: the votes of one circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from recanvass.errors import BadInput

__all__ = ["CircleVotes", "all_together"]


class CircleVotes(msgspec.Struct, frozen=True, kw_only=True):
    """Votes of the lists in one circle, and its seats."""

    votes: dict[str, int]
    """Votes by list, in the order of the ballot paper: those that can have seats."""
    seats: int
    circle: str | None = None
    valid: int | None = None
    """All valid votes, with those for others than these lists; None: there are no others."""
    cast: int | None = None
    """All votes cast, with invalid ones; None where that is not known."""
    first_list: int = 0
    """Seats for the list with the most votes, beside those of the rule."""
    alliances: dict[str, str] = {}
    """The alliance of each list that is in one."""

    def __post_init__(self) -> None:
        if self.seats < 0:
            raise BadInput(f"seats: found {self.seats}; expected 0 or more")
        for name, number in self.votes.items():
            if number < 0:
                raise BadInput(f"votes of {name}: found {number}; expected 0 or more")
        if self.valid is not None and self.valid < sum(self.votes.values()):
            raise BadInput(
                f"valid votes: found {self.valid}; "
                f"expected at least {sum(self.votes.values())}, those of the lists"
            )

    def valid_votes(self) -> int:
        """Return the valid votes."""
        return sum(self.votes.values()) if self.valid is None else self.valid

    def cast_votes(self) -> int:
        """Return the votes cast. Raise BadInput where they are not known."""
        if self.cast is None:
            where = f" in {self.circle}" if self.circle else ""
            raise BadInput(f"votes cast{where}: found none; expected them for a threshold of cast")
        return self.cast


def all_together(circles: Iterable[CircleVotes]) -> CircleVotes:
    """Return several circles as one: what thresholds over all of them are measured in."""
    every = list(circles)
    votes: Counter[str] = Counter()
    alliances: dict[str, str] = {}
    for circle in every:
        votes.update(circle.votes)
        alliances |= circle.alliances
    known = [circle.cast for circle in every if circle.cast is not None]
    return CircleVotes(
        votes=dict(votes),
        seats=sum(circle.seats for circle in every),
        valid=sum(circle.valid_votes() for circle in every),
        cast=sum(known) if len(known) == len(every) else None,
        alliances=alliances,
    )
