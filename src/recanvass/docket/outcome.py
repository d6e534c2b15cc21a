"""What a poll's votes decide under its winning rule: elected, a run-off, or a lot.

`plurality`: the option with the most votes is elected. `majority`: it needs more than half of the
valid votes; otherwise the first two go to a run-off. Options that are level are told apart by a lot
only, and a lot is an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from recanvass.model import LotDrawn, PollDefined

__all__ = ["Outcome", "outcome_of"]

_RUNOFF = 2
"""How many go to a run-off."""


@dataclass(frozen=True)
class Outcome:
    """What the figures decide, should they stand as they are."""

    word: Literal["elected", "run-off", "lot needed"]
    options: tuple[str, ...]
    """Who is elected, who goes to the run-off, or whom the lot is to be drawn among."""
    needed: int | None = None
    """Votes that a majority takes; None under plurality."""
    by_lot: bool = False


def outcome_of(
    poll: PollDefined,
    votes: Mapping[str, int | None],
    valid: int | None,
    lots: Iterable[LotDrawn] = (),
) -> Outcome | None:
    """Return what the votes decide, or None: nothing counted, or a rule that is not known here.

    `valid` is the number that a majority is of; without it, all votes for options.
    """
    ranked = _ranked(poll, votes)
    if not ranked or poll.rule not in ("plurality", "majority"):
        return None
    total = valid if valid is not None else sum(v or 0 for v in votes.values())
    needed = total // 2 + 1 if poll.rule == "majority" else None
    if needed is None or ranked[0][1] >= needed:
        return _first(ranked, 1, "elected", needed, lots)
    return _first(ranked, _RUNOFF, "run-off", needed, lots)


def _ranked(poll: PollDefined, votes: Mapping[str, int | None]) -> list[tuple[str, int]]:
    """Return options that can win, the most votes first; none where nobody has a vote."""
    standing = [(o.id, votes.get(o.id) or 0) for o in poll.options if not o.residual]
    ranked = sorted(standing, key=lambda item: -item[1])
    return ranked if ranked and ranked[0][1] else []


def _first(
    ranked: list[tuple[str, int]],
    places: int,
    word: Literal["elected", "run-off"],
    needed: int | None,
    lots: Iterable[LotDrawn],
) -> Outcome:
    """Return who takes the first places, by lot where the last of them is level with the next."""
    if len(ranked) <= places or ranked[places - 1][1] > ranked[places][1]:
        return Outcome(word, tuple(o for o, _ in ranked[:places]), needed)
    edge = ranked[places - 1][1]
    safe = tuple(o for o, v in ranked if v > edge)
    level = tuple(o for o, v in ranked if v == edge)
    for lot in lots:
        if set(lot.among) == set(level) and len(lot.drawn) == places - len(safe):
            return Outcome(word, (*safe, *lot.drawn), needed, by_lot=True)
    return Outcome("lot needed", level, needed)
