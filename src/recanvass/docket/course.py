"""The state of a contest: its machine run over everything that happened, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from recanvass.docket.machine import MACHINES, Refusal, step
from recanvass.docket.objections import Objections
from recanvass.docket.rulings import rulings
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


class _Trigger(msgspec.Struct, frozen=True):
    """Something that may move the contest."""

    at: str
    event: str
    word: str
    poll: str | None = None


def contest_state(
    events: Iterable[AnyEvent], around: Surroundings, objections: Objections
) -> ContestState:
    """Return the state of a contest from what had happened, in the order in which it happened.

    `objections` is filled on the way: whether one is open is part of the state.
    `events` may be about other contests too: a decision made in another contest's name can reach
    this one by its scope. Decisions that were overturned later count as made and then undone. What
    is declared is final once the last deadline of the poll's procedure has passed, where one is
    laid down; of two readings of a deadline the later one is waited for.
    """
    machine = MACHINES["contest"]
    word, since, by, declared = machine.start, None, None, None
    triggers = _triggers(events, around, objections)
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


def _triggers(
    events: Iterable[AnyEvent], around: Surroundings, objections: Objections
) -> list[_Trigger]:
    """Return all that may move the contest, in order of time."""
    words = {
        p.poll: "return" if p.type == "first" else "return of a later poll" for p in around.polls
    }
    found = [
        _Trigger(r.at.isoformat(), f"returns/{r.poll}", words[r.poll], r.poll)
        for r in around.first_returns
    ]
    law = _Law(around, objections)
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
        poll = getattr(event, "poll", None)
        found += [_Trigger(event.at or "", event.id, word, poll) for word in law.take(event)]
    return sorted(found, key=lambda t: to_utc(t.at))


class _Law:
    """What the law made of a contest, as events go by. Only `take` changes it."""

    def __init__(self, around: Surroundings, objections: Objections) -> None:
        self.around = around
        self.objections = objections
        self.declared: dict[str, DeclarationMade] = {}
        """Declarations that stand, by id."""
        self.chain: list[DecisionMade] = []
        """Decisions that annul this contest or refuse to certify it, and what stops those."""
        self.known: set[str] = set()
        """Their ids."""
        self.standing: set[_Stroke] = set()

    def take(self, event: AnyEvent) -> list[str]:
        """Return what an event triggers; a decision can trigger several, by its orders."""
        self.objections.take(event)
        if isinstance(event, DecisionMade):
            return self._decision(event)
        if getattr(event, "contest", None) != self.around.contest:
            return []
        match event:
            case DeclarationMade() if event.status != "unofficial":
                self.declared[event.id] = event
                return [self._declaration(event)]
            case DeclarationRevoked():
                self.declared.pop(event.of, None)
                return [f"revoke, {self._last()} stands" if self.declared else "revoke"]
            case ObjectionFiled():
                return ["object"]
            case _:
                return []

    def _last(self) -> str:
        return next(reversed(self.declared.values())).status

    def _declaration(self, event: DeclarationMade) -> str:
        """A poll that a run-off follows, and that elected nobody, is declared without a winner."""
        followed = any(p.type == "runoff" and p.of == event.poll for p in self.around.polls)
        if event.status == "official" and followed and event.elected is None:
            return "declare a run-off"
        return f"declare {event.status}"

    def _decision(self, decision: DecisionMade) -> list[str]:
        contest = self.around.contest
        found = self._strokes(decision)
        found += ["order rerun" for o in decision.orders if _is(o, "rerun", contest, decision)]
        answers_mine = decision.contest == contest and decision.on and not found
        if answers_mine and not self.objections.open[contest]:
            return ["settle"]
        return found

    def _strokes(self, decision: DecisionMade) -> list[str]:
        """Return what becomes of the result, by what stands before and after the decision.

        A court may lift an annulment and put its own in its place: only what is left counts.
        """
        if not any(o.type in _STRIKES or o.overturns in self.known for o in decision.orders):
            return []
        self.chain.append(decision)
        self.known.add(decision.id)
        stood = [r.decision for r in rulings(self.chain) if r.state == "stands"]
        after = set(_strokes_of(stood, self.around.contest))
        new, gone = after - self.standing, self.standing - after
        self.standing = after
        if new:
            return [_weightiest(after, new)]
        if gone and not any(_overlap(left, one) for left in after for one in gone):
            return [f"uphold, {self._last()} stands" if self.declared else "uphold"]
        return [_weightiest(after, gone)] if gone else []


_STRIKES = ("annul", "withhold-mandate")


@dataclass(frozen=True)
class _Stroke:
    """One order that strikes at a result: `annul`, `annul in part` or `withhold`."""

    word: str
    decision: str
    polls: tuple[str, ...]
    """Empty: all polls of the contest."""


def _strokes_of(decisions: Iterable[DecisionMade], contest: str) -> list[_Stroke]:
    found = []
    for decision in decisions:
        for order in decision.orders:
            polls = order.scope.polls or ((decision.poll,) if decision.poll else ())
            if _is(order, "annul", contest, decision):
                word = "annul" if is_whole(order.scope) else "annul in part"
                found.append(_Stroke(word, decision.id, polls))
            elif _is(order, "withhold-mandate", contest, decision):
                found.append(_Stroke("withhold", decision.id, polls))
    return found


def _is(order: Order, kind: str, contest: str, decision: DecisionMade) -> bool:
    return order.type == kind and contest in (order.scope.contests or (decision.contest,))


def _overlap(one: _Stroke, other: _Stroke) -> bool:
    return not one.polls or not other.polls or bool(set(one.polls) & set(other.polls))


def _weightiest(strokes: Iterable[_Stroke], about: Iterable[_Stroke]) -> str:
    """Return the gravest of the strokes at the polls that some of them are about."""
    words = {s.word for s in strokes for one in about if _overlap(s, one)}
    return next(word for word in ("annul", "annul in part", "withhold") if word in words)
