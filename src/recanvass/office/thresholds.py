"""Thresholds: which lists take part, and what is taken off their votes beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from recanvass.model import Threshold
from recanvass.office.circle import CircleVotes
from recanvass.office.steps import BelowThreshold, Deducted, NothingLeft, SeatStep

__all__ = ["below", "deducted"]


def below(
    circle: CircleVotes, everywhere: CircleVotes, thresholds: tuple[Threshold, ...]
) -> list[BelowThreshold]:
    """Return the lists that miss a threshold, each with the first that it misses.

    `everywhere` is all circles together. Raise BadInput if the votes cast are needed and unknown.
    """
    missed: dict[str, BelowThreshold] = {}
    for threshold in thresholds:
        measured = circle if threshold.within == "circle" else everywhere
        votes = measured.valid_votes() if threshold.of == "valid" else measured.cast_votes()
        needed = Fraction(threshold.share) * votes
        for name in circle.votes:
            alliance = circle.alliances.get(name) if threshold.counts == "alliance" else None
            reached = _votes_of(name, alliance, measured)
            enough = reached > needed if threshold.exceeded else reached >= needed
            if not enough and name not in missed:
                missed[name] = BelowThreshold(name, reached, needed, threshold.exceeded, alliance)
    return list(missed.values())


def _votes_of(name: str, alliance: str | None, measured: CircleVotes) -> int:
    if alliance is None:
        return measured.votes.get(name, 0)
    members = [n for n, known in measured.alliances.items() if known == alliance]
    return sum(measured.votes.get(member, 0) for member in members)


def deducted(
    votes: Mapping[str, int], share: Fraction, valid: int
) -> tuple[dict[str, Fraction], list[SeatStep]]:
    """Return what is left of each list's votes without `share` of all valid votes, and the steps.

    Lists with nothing left are left out. Turkish councils are elected so, with a tenth: Law 2972
    art. 23 (as translated at te.gob.mx/vota_elections 27212).
    """
    taken = share * valid
    left = {name: number - taken for name, number in votes.items() if number > taken}
    steps: list[SeatStep] = [
        Deducted(name, number, taken, left[name])
        if name in left
        else NothingLeft(name, number, taken)
        for name, number in votes.items()
    ]
    return left, steps
