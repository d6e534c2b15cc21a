"""The docket of a contest at a moment: the law's part of it, and what it does to the totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.docket.course import ContestState, FirstReturn, contest_state
from recanvass.docket.objections import ObjectionState, objection_states
from recanvass.docket.orders import OrderProgress, progress_of
from recanvass.docket.procedure import Flag, flags
from recanvass.docket.rulings import Ruling, rulings
from recanvass.docket.scope import touches
from recanvass.model import AnyEvent, DecisionMade, ObjectionFiled, Order, ProcedureDefined

__all__ = ["Docket", "Happened", "Returns", "make_docket"]

Returns = Callable[[str, str], tuple[pl.DataFrame, pl.DataFrame]]
"""Gives the returns (with standing) and the stations of a poll, by contest and poll."""


@dataclass(frozen=True)
class Docket:
    """Objections, decisions, orders with their progress, the contest's state, and flags."""

    contest: str
    state: ContestState
    objections: tuple[ObjectionState, ...]
    rulings: tuple[Ruling, ...]
    orders: tuple[OrderProgress, ...]
    flags: tuple[Flag, ...]

    def order(self, decision: str, number: int = 0) -> OrderProgress:
        """Return the progress of one order of a decision."""
        for progress in self.orders:
            if (progress.decision, progress.number) == (decision, number):
                return progress
        raise KeyError(f"{decision} has no order {number} in this docket")


@dataclass(frozen=True)
class Happened:
    """What a docket is made from: all that had happened by a moment."""

    events: Sequence[AnyEvent]
    """Dated events of all contests, in the order in which they happened."""
    polls: Sequence[str]
    """The contest's polls, by date."""
    first_returns: Sequence[FirstReturn]
    procedures: Sequence[ProcedureDefined]
    parties: Sequence[str]
    returns: Returns
    """Asked only for polls that an order reaches."""


def make_docket(contest: str, happened: Happened) -> Docket:
    """Return the docket of a contest."""
    events = happened.events
    mine = [e for e in events if _is_about(e, contest)]
    ids = {e.id for e in mine}
    ruled = [r for r in rulings(events) if _is_about(r.decision, contest)]
    progress = [
        progress_of(ruling, number, *_reached(ruling.decision, order, contest, happened))
        for ruling in ruled
        for number, order in enumerate(ruling.decision.orders)
    ]
    state = contest_state(contest, events, happened.first_returns)
    return Docket(
        contest=contest,
        state=state,
        objections=tuple(s for s in objection_states(events) if s.objection.id in ids),
        rulings=tuple(ruled),
        orders=tuple(progress),
        flags=(*flags(mine, happened.procedures, happened.parties), *_not_foreseen(state, mine)),
    )


def _is_about(event: AnyEvent, contest: str) -> bool:
    """A decision is about the contests of its orders too, an objection about those it asks of."""
    if getattr(event, "contest", None) == contest:
        return True
    orders: Sequence[Order] = ()
    if isinstance(event, DecisionMade):
        orders = event.orders
    elif isinstance(event, ObjectionFiled):
        orders = event.asks
    return any(contest in order.scope.contests for order in orders)


def _reached(
    decision: DecisionMade, order: Order, contest: str, happened: Happened
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """Return returns and stations of the first poll of this contest that an order reaches."""
    for poll in happened.polls:
        if touches(order.scope, contest, poll, (decision.contest, decision.poll)):
            return happened.returns(contest, poll)
    return None, None


def _not_foreseen(state: ContestState, mine: Sequence[AnyEvent]) -> list[Flag]:
    ids = {e.id for e in mine}
    return [
        Flag("not foreseen", event, None, {"trigger": refusal.trigger, "state": refusal.state})
        for event, refusal in state.refused
        if event in ids
    ]
