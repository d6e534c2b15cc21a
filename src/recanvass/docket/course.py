"""The state of a contest: its machine run over everything that happened, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recanvass.docket.machine import MACHINES, Refusal, step
from recanvass.docket.objections import Objections
from recanvass.docket.scope import is_whole
from recanvass.model import (
    AnyEvent,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
    ObjectionFiled,
    Order,
    ReportReceived,
    to_utc,
)

__all__ = ["ContestState", "FirstReturn", "contest_state"]


@dataclass(frozen=True)
class FirstReturn:
    """When a poll's first official return was made."""

    poll: str
    at: datetime


@dataclass(frozen=True)
class ContestState:
    """The state of a contest, since when, through what, and what its machine did not foresee."""

    word: str
    since: str | None = None
    event: str | None = None
    path: tuple[tuple[str, str], ...] = ()
    """Every state it was in: (state, id of the event that led there)."""
    refused: tuple[tuple[str, Refusal], ...] = ()


def contest_state(
    contest: str, events: Iterable[AnyEvent], first_returns: Sequence[FirstReturn]
) -> ContestState:
    """Return the state of a contest from what had happened, in the order in which it happened.

    `events` may be about other contests too: a decision made in another contest's name can reach
    this one by its scope. Decisions that were overturned later count as made and then undone.
    """
    happened = list(events)
    state = ContestState(MACHINES["contest"].start)
    for at, event, trigger in _triggers(contest, happened, first_returns):
        following = step(MACHINES["contest"], state.word, trigger)
        if isinstance(following, Refusal):
            refused = (*state.refused, (event, following))
            state = ContestState(state.word, state.since, state.event, state.path, refused)
        elif following != state.word:
            path = (*state.path, (following, event))
            state = ContestState(following, at, event, path, state.refused)
    return state


def _triggers(
    contest: str, events: Sequence[AnyEvent], first_returns: Sequence[FirstReturn]
) -> list[tuple[str, str, str]]:
    """Return (time, id, trigger) of all that moves the contest, in order of time."""
    found = [(r.at.isoformat(), f"returns/{r.poll}", "return") for r in first_returns]
    decisions: dict[str, DecisionMade] = {}
    objections = Objections()
    counting: set[str] = set()
    for event in events:
        if isinstance(event, ReportReceived) and event.contest == contest:
            # Somebody's first report of a poll shows that its count had begun, where the returns
            # themselves are known only from a later moment.
            if event.poll not in counting:
                counting.add(event.poll)
                found.append((event.at or "", event.id, "return"))
            continue
        objections.take(event)
        triggers = _of_event(contest, event, decisions)
        if isinstance(event, DecisionMade):
            decisions[event.id] = event
            answers_mine = event.contest == contest and event.on and not triggers
            if answers_mine and not objections.open[contest]:
                triggers = ["settle"]
        found += [(event.at or "", event.id, trigger) for trigger in triggers]
    return sorted(found, key=lambda t: to_utc(t[0]))


def _of_event(contest: str, event: AnyEvent, decisions: dict[str, DecisionMade]) -> list[str]:
    """Return what an event triggers; a decision can trigger several, by its orders."""
    match event:
        case DeclarationMade() if event.contest == contest and event.status != "unofficial":
            return [f"declare {event.status}"]
        case DeclarationRevoked() if event.contest == contest:
            return ["revoke"]
        case ObjectionFiled() if event.contest == contest:
            return ["object"]
        case DecisionMade():
            return _of_decision(contest, event, decisions)
        case _:
            return []


def _of_decision(
    contest: str, decision: DecisionMade, decisions: dict[str, DecisionMade]
) -> list[str]:
    found = [t for o in decision.orders for t in _of_order(contest, decision, o)]
    for order in decision.orders:
        undone = decisions.get(order.overturns or "")
        if order.type == "overturn" and undone is not None:
            annulled = [t for o in undone.orders for t in _of_order(contest, undone, o)]
            found += ["uphold" for t in annulled if t.startswith("annul")]
    return found


def _of_order(contest: str, decision: DecisionMade, order: Order) -> list[str]:
    if contest not in (order.scope.contests or (decision.contest,)):
        return []
    if order.type == "annul":
        return ["annul" if is_whole(order.scope) else "annul in part"]
    return {"rerun": ["order rerun"], "withhold-mandate": ["withhold"]}.get(order.type, [])
