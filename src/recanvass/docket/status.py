"""What may be said of a poll's figures: counting, declared, annulled; by whom, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recanvass.docket.rulings import effects_on, standing_orders
from recanvass.docket.scope import is_whole, touches
from recanvass.model import (
    AnyEvent,
    DeclarationMade,
    DeclarationRevoked,
    Precision,
)

__all__ = ["Status", "poll_status"]


@dataclass(frozen=True)
class Status:
    """The status of one poll's result."""

    word: str
    """`no returns`, `counting`, `counted`, `unofficial`, `provisional`, `official`, `withheld`,
    `annulled` or `annulled in part`; of a contest without returns also its own state."""
    since: str | None = None
    precision: Precision | None = None
    """How exactly `since` is known."""
    body: str | None = None
    event: str | None = None
    """The id of the event that made it so."""


def _annulment(events: list[AnyEvent], contest: str, poll: str) -> Status | None:
    """Return the standing annulment, if there is one that no later decision stopped.

    What is annulled as a whole stays so, whatever is annulled in part afterwards.
    """
    found = None
    for effect in effects_on(contest, poll, events):
        if effect.standing == "annulled":
            made = effect.decision
            word = "annulled" if is_whole(effect.order.scope) else "annulled in part"
            found = Status(word, made.at, made.precision, made.body, made.id)
            if word == "annulled":
                break
    return found


def poll_status(
    events: Iterable[AnyEvent], contest: str, poll: str, counted: int, stations: int
) -> Status:
    """Return the status of a poll from what had happened, in the order in which it happened.

    An annulment outweighs the declaration that it undoes; a refusal to certify stands until a
    declaration follows it. Without any of these, the status says how far the count is.
    """
    happened = list(events)
    annulled = _annulment(happened, contest, poll)
    if annulled:
        return annulled
    said = _declared(happened, contest, poll)
    withheld = [
        decision
        for decision, order in standing_orders(happened, ("withhold-mandate",))
        if touches(order.scope, contest, poll, (decision.contest, decision.poll))
    ]
    if withheld and (said is None or happened.index(withheld[-1]) > happened.index(said)):
        made = withheld[-1]
        return Status("withheld", made.at, made.precision, made.body, made.id)
    if said is not None:
        return Status(said.status, said.at, said.precision, said.body, said.id)
    if counted == 0:
        return Status("no returns")
    return Status("counting" if counted < stations else "counted")


def _declared(events: list[AnyEvent], contest: str, poll: str) -> DeclarationMade | None:
    """Return the last declaration of a poll that was not revoked."""
    revoked = {e.of for e in events if isinstance(e, DeclarationRevoked)}
    declared = [
        e
        for e in events
        if isinstance(e, DeclarationMade)
        and (e.contest, e.poll) == (contest, poll)
        and e.id not in revoked
    ]
    return declared[-1] if declared else None
