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
    PollDefined,
    ProcedureDefined,
    ReportReceived,
    to_utc,
)

__all__ = ["ContestState", "FirstReturn", "Surroundings", "contest_state"]


@dataclass(frozen=True)
class FirstReturn:
    """When a poll's first official return was made."""

    poll: str
    at: datetime


@dataclass(frozen=True)
class Surroundings:
    """What the machine of a contest must know besides what happened."""

    contest: str
    polls: Sequence[PollDefined]
    """By date."""
    first_returns: Sequence[FirstReturn]
    procedures: Sequence[ProcedureDefined]
    until: datetime | None = None
    """The moment asked about; None: that of the last thing that happened. The record has no clock,
    so a deadline has passed only if something is known of a later time."""


@dataclass(frozen=True)
class ContestState:
    """The state of a contest, since when, through what, and what its machine did not foresee."""

    word: str
    since: str | None = None
    event: str | None = None
    path: tuple[tuple[str, str], ...] = ()
    """Every state it was in: (state, id of the event that led there)."""
    refused: tuple[tuple[str, Refusal], ...] = ()


@dataclass(frozen=True)
class _Trigger:
    """Something that may move the contest."""

    at: str
    event: str
    word: str
    poll: str | None = None


def contest_state(events: Iterable[AnyEvent], around: Surroundings) -> ContestState:
    """Return the state of a contest from what had happened, in the order in which it happened.

    `events` may be about other contests too: a decision made in another contest's name can reach
    this one by its scope. Decisions that were overturned later count as made and then undone. What
    is declared is final once the last deadline of the poll's procedure has passed, where one is
    laid down; of two readings of a deadline the later one is waited for.
    """
    machine = MACHINES["contest"]
    word, since, by, declared = machine.start, None, None, None
    triggers = _triggers(events, around)
    path: list[tuple[str, str]] = []
    refused: list[tuple[str, Refusal]] = []
    for trigger in triggers:
        following = step(machine, word, trigger.word)
        if isinstance(following, Refusal):
            refused.append((trigger.event, following))
        elif following != word:
            word, since, by = following, trigger.at, trigger.event
            path.append((following, trigger.event))
        if trigger.word.startswith("declare"):
            declared = trigger.poll
    until = around.until or (to_utc(triggers[-1].at) if triggers else None)
    final = None if until is None else _final(word, since, declared, around, until)
    if final is not None:
        word, since = "final", final
        path.append(("final", by or ""))
    return ContestState(word, since, by, tuple(path), tuple(refused))


def _final(
    word: str, since: str | None, declared: str | None, around: Surroundings, until: datetime
) -> str | None:
    """Return since when the declared result is final, if it is."""
    following = step(MACHINES["contest"], word, "deadlines pass")
    last = _last_deadline(declared, around)
    if isinstance(following, Refusal) or last is None or since is None or to_utc(last) >= until:
        return None
    return max(last, since, key=to_utc)


def _last_deadline(poll: str | None, around: Surroundings) -> str | None:
    """Return the last time at which anything could be filed about a poll, if it is laid down."""
    times = [
        deadline.at
        for procedure in around.procedures
        if procedure.contest == around.contest and procedure.poll in (None, poll)
        for one in procedure.steps
        for deadline in one.until
    ]
    return max(times, key=to_utc, default=None)


def _triggers(events: Iterable[AnyEvent], around: Surroundings) -> list[_Trigger]:
    """Return all that may move the contest, in order of time."""
    words = {
        p.poll: "return" if p.type == "first" else "return of a later poll" for p in around.polls
    }
    found = [
        _Trigger(r.at.isoformat(), f"returns/{r.poll}", words[r.poll], r.poll)
        for r in around.first_returns
    ]
    decisions: dict[str, DecisionMade] = {}
    objections = Objections()
    counting: set[str] = set()
    for event in events:
        if isinstance(event, ReportReceived) and event.contest == around.contest:
            # Somebody's first report of a poll shows that its count had begun, where the returns
            # themselves are known only from a later moment.
            if event.poll not in counting:
                counting.add(event.poll)
                counted = words.get(event.poll, "return")
                found.append(_Trigger(event.at or "", event.id, counted, event.poll))
            continue
        objections.take(event)
        moved = _of_event(event, around, decisions)
        if isinstance(event, DecisionMade):
            decisions[event.id] = event
            answers_mine = event.contest == around.contest and event.on and not moved
            if answers_mine and not objections.open[around.contest]:
                moved = ["settle"]
        poll = getattr(event, "poll", None)
        found += [_Trigger(event.at or "", event.id, word, poll) for word in moved]
    return sorted(found, key=lambda t: to_utc(t.at))


def _of_event(
    event: AnyEvent, around: Surroundings, decisions: dict[str, DecisionMade]
) -> list[str]:
    """Return what an event triggers; a decision can trigger several, by its orders."""
    contest = around.contest
    match event:
        case DeclarationMade() if event.contest == contest and event.status != "unofficial":
            return [_declaration(event, around)]
        case DeclarationRevoked() if event.contest == contest:
            return ["revoke"]
        case ObjectionFiled() if event.contest == contest:
            return ["object"]
        case DecisionMade():
            return _of_decision(contest, event, decisions)
        case _:
            return []


def _declaration(event: DeclarationMade, around: Surroundings) -> str:
    """A poll that a run-off follows, and that elected nobody, is declared without a winner."""
    followed = any(p.type == "runoff" and p.of == event.poll for p in around.polls)
    if event.status == "official" and followed and event.elected is None:
        return "declare a run-off"
    return f"declare {event.status}"


def _of_decision(
    contest: str, decision: DecisionMade, decisions: dict[str, DecisionMade]
) -> list[str]:
    """What it undoes comes first: a court may lift an annulment and put its own in its place."""
    found: list[str] = []
    for order in decision.orders:
        undone = decisions.get(order.overturns or "")
        if order.type == "overturn" and undone is not None:
            annulled = [t for o in undone.orders for t in _of_order(contest, undone, o)]
            found += ["uphold" for t in annulled if t.startswith("annul")]
    return found + [t for o in decision.orders for t in _of_order(contest, decision, o)]


def _of_order(contest: str, decision: DecisionMade, order: Order) -> list[str]:
    if contest not in (order.scope.contests or (decision.contest,)):
        return []
    if order.type == "annul":
        return ["annul" if is_whole(order.scope) else "annul in part"]
    return {"rerun": ["order rerun"], "withhold-mandate": ["withhold"]}.get(order.type, [])
