"""The docket of a contest at a moment: the law's part of it, and what it does to the totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from msgspec.structs import replace

from recanvass.docket.course import ContestState, FirstReturn, Surroundings, contest_state
from recanvass.docket.objections import Objections, ObjectionState
from recanvass.docket.orders import STOPPED, OrderProgress, is_counted, order_of, with_progress
from recanvass.docket.procedure import Flag, flags
from recanvass.docket.rulings import Ruling, rulings
from recanvass.docket.scope import touches
from recanvass.model import (
    AnyEvent,
    DecisionCorrected,
    DecisionMade,
    DeclarationMade,
    ObjectionFiled,
    Order,
    PollDefined,
    ProcedureDefined,
    ReportReceived,
)

__all__ = ["Docket", "Happened", "Returns", "is_about", "make_docket", "state_of"]

Returns = Callable[[str], tuple[pl.DataFrame, pl.DataFrame]]
"""Gives the returns (with standing) and the stations of a poll of the contest."""


@dataclass(frozen=True)
class Docket:
    """Objections, decisions, orders with their progress, the contest's state, and flags."""

    contest: str
    state: ContestState
    objections: tuple[ObjectionState, ...]
    rulings: tuple[Ruling, ...]
    orders: tuple[OrderProgress, ...]
    corrections: tuple[DecisionCorrected, ...]
    """Where a body mended the text of a decision without ruling anew."""
    flags: tuple[Flag, ...]

    def order(self, decision: str, number: int = 0) -> OrderProgress:
        """Return the progress of one order of a decision."""
        for progress in self.orders:
            if (progress.decision, progress.number) == (decision, number):
                return progress
        raise KeyError(f"{decision} has no order {number} in this docket")

    @property
    def days_set(self) -> dict[str, tuple[str, ...]]:
        """The days set for each re-run, by poll, in the order of the decisions: the last holds."""
        found: dict[str, tuple[str, ...]] = {}
        for progress in self.orders:
            order = progress.order
            if order.type == "rerun" and order.date and progress.state not in STOPPED:
                poll = order.poll or order.date
                found[poll] = (*found.get(poll, ()), order.date)
        return found


@dataclass(frozen=True)
class Happened:
    """What a docket is made from: all that had happened by a moment."""

    events: Sequence[AnyEvent]
    """Dated events of all contests, in the order in which they happened."""
    polls: Sequence[PollDefined]
    """The contest's polls, by date."""
    first_returns: Sequence[FirstReturn]
    procedures: Sequence[ProcedureDefined]
    parties: Sequence[str]
    returns: Returns
    """Asked only for polls that an order of a count reaches."""
    until: datetime | None = None


def make_docket(contest: str, happened: Happened) -> Docket:
    """Return the docket of a contest."""
    events = happened.events
    mine = [e for e in events if is_about(e, contest)]
    ids = {e.id for e in mine}
    ruled = [r for r in rulings(events) if r.decision.id in ids]
    objections = Objections()
    state = state_of(contest, happened, objections)
    corrected = [e for e in events if isinstance(e, DecisionCorrected) and e.of in ids]
    return Docket(
        contest=contest,
        state=state,
        objections=tuple(s for s in objections.states.values() if s.objection.id in ids),
        rulings=tuple(ruled),
        orders=tuple(_orders(contest, ruled, happened)),
        corrections=tuple(corrected),
        flags=(*flags(mine, happened.procedures, happened.parties), *_not_foreseen(state, ids)),
    )


def state_of(
    contest: str, happened: Happened, objections: Objections | None = None
) -> ContestState:
    """Return the state of a contest alone, without following its orders through the returns."""
    around = Surroundings(
        contest, happened.polls, happened.first_returns, happened.procedures, happened.until
    )
    return contest_state(happened.events, around, objections or Objections())


def is_about(event: AnyEvent, contest: str) -> bool:
    """A decision is about the contests of its orders too, an objection about those it asks of."""
    if getattr(event, "contest", None) == contest:
        return True
    orders: Sequence[Order] = ()
    if isinstance(event, DecisionMade):
        orders = event.orders
    elif isinstance(event, ObjectionFiled):
        orders = event.asks
    return any(contest in order.scope.contests for order in orders)


def _orders(contest: str, ruled: Sequence[Ruling], happened: Happened) -> list[OrderProgress]:
    """Return every order in turn; those carried out by returns are followed poll by poll."""
    orders = [
        (ruling.decision, order_of(ruling, number))
        for ruling in ruled
        for number in range(len(ruling.decision.orders))
    ]
    found = [order for _, order in orders]
    followed: dict[str, list[int]] = defaultdict(list)
    for place, (decision, one) in enumerate(orders):
        if is_counted(one.order):
            poll = _reached(decision, one.order, contest, happened.polls)
            if poll is not None:
                followed[poll].append(place)
    _follow_reruns(orders, found, happened)
    for poll, places in followed.items():
        made = with_progress([found[p] for p in places], *happened.returns(poll))
        for place, order in zip(places, made, strict=True):
            found[place] = order
    return found


def _follow_reruns(
    orders: Sequence[tuple[DecisionMade, OrderProgress]],
    found: list[OrderProgress],
    happened: Happened,
) -> None:
    """A re-run is open until it is held; a later day for the same poll takes an order's place."""
    begun = {r.poll for r in happened.first_returns} | {
        e.poll for e in happened.events if isinstance(e, ReportReceived | DeclarationMade)
    }
    later: dict[str, str] = {}
    for place in range(len(orders) - 1, -1, -1):
        decision, one = orders[place]
        if one.order.type != "rerun" or one.state != "done":
            continue
        poll = one.order.poll or one.order.date or ""
        if poll in later:
            found[place] = replace(one, state="superseded", stopped_by=later[poll])
        elif poll not in begun:
            found[place] = replace(one, state="open")
        if one.order.date:
            later.setdefault(poll, decision.id)


def _reached(
    decision: DecisionMade, order: Order, contest: str, polls: Sequence[PollDefined]
) -> str | None:
    """Return the poll that an order reaches: of several, the last one held by then."""
    about = (decision.contest, decision.poll)
    reached = [p for p in polls if touches(order.scope, contest, p.poll, about)]
    held = [p for p in reached if decision.at is None or p.date <= decision.at[:10]]
    return (held or reached)[-1].poll if reached else None


def _not_foreseen(state: ContestState, mine: set[str]) -> list[Flag]:
    return [
        Flag("not foreseen", event, None, {"trigger": refusal.trigger, "state": refusal.state})
        for event, refusal in state.refused
        if event in mine
    ]
