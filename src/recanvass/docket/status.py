"""What may be said of a poll's figures: counting, declared, annulled; by whom, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recanvass.docket.rulings import effects_on
from recanvass.docket.scope import is_whole
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
    """`no returns`, `counting`, `counted`, `unofficial`, `provisional`, `official`, `annulled` or
    `annulled in part`."""
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

    An annulment outweighs the declaration that it undoes. Without either, the status says how far
    the count is.
    """
    happened = list(events)
    annulled = _annulment(happened, contest, poll)
    if annulled:
        return annulled
    revoked = {e.of for e in happened if isinstance(e, DeclarationRevoked)}
    declared = [
        e
        for e in happened
        if isinstance(e, DeclarationMade)
        and e.contest == contest
        and e.poll == poll
        and e.id not in revoked
    ]
    if declared:
        last = declared[-1]
        return Status(last.status, last.at, last.precision, last.body, last.id)
    if counted == 0:
        return Status("no returns")
    return Status("counting" if counted < stations else "counted")
