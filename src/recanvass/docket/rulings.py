"""Which decisions stand: a later ruling may halt or overturn one, and be overturned itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from recanvass.docket.scope import touches
from recanvass.model import AnyEvent, DecisionMade, Order

__all__ = ["Effect", "Ruling", "effects_on", "rulings", "standing_orders"]


class Ruling(msgspec.Struct, frozen=True):
    """A decision, and what later decisions made of it."""

    decision: DecisionMade
    state: Literal["stands", "halted", "overturned"]
    by: str | None = None
    """The id of the decision that halted or overturned it."""


@dataclass(frozen=True)
class Effect:
    """An order that takes returns of a poll out of standing."""

    standing: Literal["annulled", "excluded"]
    order: Order
    decision: DecisionMade


_STANDING: dict[str, Literal["annulled", "excluded"]] = {
    "annul": "annulled",
    "exclude": "excluded",
}


def rulings(events: Iterable[AnyEvent]) -> list[Ruling]:
    """Return every decision with its state, in the order of `events` (when they were made).

    From the last to the first: a decision is overturned or halted only by one that itself stands.
    """
    decisions = [e for e in events if isinstance(e, DecisionMade)]
    by_id = {d.id: d for d in decisions}
    stopped: dict[str, Ruling] = {}
    found: list[Ruling] = []
    for decision in reversed(decisions):
        ruling = stopped.get(decision.id, Ruling(decision, "stands"))
        found.append(ruling)
        if ruling.state != "stands":
            continue
        for order in decision.orders:
            if order.overturns and order.type == "overturn":
                _stop(stopped, by_id.get(order.overturns), "overturned", decision.id)
            elif order.overturns and order.type == "halt":
                _stop(stopped, by_id.get(order.overturns), "halted", decision.id)
    return found[::-1]


def _stop(
    stopped: dict[str, Ruling],
    decision: DecisionMade | None,
    state: Literal["halted", "overturned"],
    by: str,
) -> None:
    """Note that a decision is stopped. The last word on it, read first here, is the one kept, but
    what was overturned is so whatever is halted afterwards."""
    if decision is None:
        return
    known = stopped.get(decision.id)
    if known is None or (known.state, state) == ("halted", "overturned"):
        stopped[decision.id] = Ruling(decision, state, by)


def standing_orders(
    events: Iterable[AnyEvent], types: Sequence[str]
) -> list[tuple[DecisionMade, Order]]:
    """Return the orders of some types that no later decision halted or overturned."""
    return [
        (ruling.decision, order)
        for ruling in rulings(events)
        if ruling.state == "stands"
        for order in ruling.decision.orders
        if order.type in types
    ]


def effects_on(contest: str, poll: str, events: Iterable[AnyEvent]) -> list[Effect]:
    """Return what takes returns of a poll out of standing, in the order in which it was decided."""
    return [
        Effect(_STANDING[order.type], order, decision)
        for decision, order in standing_orders(events, tuple(_STANDING))
        if touches(order.scope, contest, poll, (decision.contest, decision.poll))
    ]
