"""Objections and what became of them."""

from __future__ import annotations

from collections import Counter

import msgspec

from recanvass.docket.machine import MACHINES, Refusal, step
from recanvass.model import AnyEvent, DecisionMade, ObjectionFiled, ObjectionWithdrawn

__all__ = ["ObjectionState", "Objections"]

_OPEN = ("filed", "under inquiry")


class ObjectionState(msgspec.Struct, frozen=True):
    """An objection, its state, and what brought it there."""

    objection: ObjectionFiled
    state: str
    by: tuple[str, ...] = ()
    """Ids of the events that moved it, in order."""
    refused: tuple[tuple[str, Refusal], ...] = ()
    """Events about it that its state did not foresee."""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in _OPEN


class Objections:
    """All objections as events go by. Only `take` changes it; events come in order of time.

    A refusal that is overturned reopens the objections that it answered; a remedy that was granted
    and is overturned has been refused after all.
    """

    def __init__(self) -> None:
        self.states: dict[str, ObjectionState] = {}
        self.open: Counter[str] = Counter()
        """How many objections of each contest wait for an answer."""
        self._decisions: dict[str, DecisionMade] = {}

    def take(self, event: AnyEvent) -> None:
        """Let an event move the objections that it is about."""
        match event:
            case ObjectionFiled():
                self.states[event.id] = ObjectionState(event, MACHINES["objection"].start)
                self.open[event.contest] += 1
            case ObjectionWithdrawn():
                self._move(event.of, "withdraw", event.id)
            case DecisionMade():
                self._take_decision(event)
            case _:
                pass

    def _take_decision(self, decision: DecisionMade) -> None:
        self._decisions[decision.id] = decision
        for order in decision.orders:
            undone = self._decisions.get(order.overturns or "")
            if order.type == "overturn" and undone is not None:
                for objection in undone.on:
                    self._move(objection, "overturn", decision.id)
        for objection in decision.on:
            if objection in self.states:
                asked = self.states[objection].objection
                self._move(objection, _verdict(decision, asked), decision.id)

    def _move(self, objection: str, trigger: str, by: str) -> None:
        now = self.states.get(objection)
        if now is None:
            return
        following = step(MACHINES["objection"], now.state, trigger)
        if isinstance(following, Refusal):
            refused = (*now.refused, (by, following))
            self.states[objection] = ObjectionState(now.objection, now.state, now.by, refused)
            return
        self.open[now.objection.contest] += (following in _OPEN) - now.is_open
        moved = ObjectionState(now.objection, following, (*now.by, by), now.refused)
        self.states[objection] = moved


def _verdict(decision: DecisionMade, objection: ObjectionFiled) -> str:
    """Return what a decision says to one of the objections that it answers.

    What was asked decides: a body that refuses to withhold a mandate and gives it has rejected.
    Where the record does not say what was asked, any order but a rejection grants it.
    """
    ordered = {order.type for order in decision.orders}
    asked = {order.type for order in objection.asks} or ordered - {"reject", "inquire"}
    if ordered & asked:
        return "accept in part" if "reject" in ordered or asked - ordered else "accept"
    return "inquire" if "inquire" in ordered and "reject" not in ordered else "reject"
