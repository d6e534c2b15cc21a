"""The law's part of an election: objections, decisions with their orders, lots, declarations."""

from __future__ import annotations

from typing import Literal

from recanvass.model.base import Event, Part
from recanvass.model.text import Text

__all__ = [
    "DecisionCorrected",
    "DecisionMade",
    "DeclarationMade",
    "DeclarationRevoked",
    "LotDrawn",
    "ObjectionFiled",
    "ObjectionWithdrawn",
    "Order",
    "Scope",
]


class Scope(Part, frozen=True):
    """Contests × polls × stations. What is empty is not narrowed."""

    contests: tuple[str, ...] = ()
    polls: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    station_kinds: tuple[str, ...] = ()
    stated: Text | None = None
    """The scope as the source words it, where its stations are not known one by one."""


class Order(Part, frozen=True):
    """What a decision commands."""

    type: Literal[
        "recount-invalid",
        "recount-full",
        "correct",
        "exclude",
        "halt",
        "overturn",
        "annul",
        "rerun",
        "give-mandate",
        "withhold-mandate",
        "cancel-mandate",
        "inquire",
        "prosecute",
        "reject",
    ]
    scope: Scope = Scope()
    date: str | None = None
    """For a re-run: the day of voting."""
    poll: str | None = None
    """For a re-run: the key of the new poll."""
    overturns: str | None = None
    """For `halt` and `overturn`: the id of the decision that is stopped."""


class ObjectionFiled(Event, frozen=True, tag="objection.filed"):
    """A party, candidate or voter asks a body for a remedy."""

    contest: str
    by: str
    to: str
    asks: tuple[Order, ...] = ()
    grounds: Text | None = None
    extraordinary: bool = False
    poll: str | None = None
    step: str | None = None
    """The step of the procedure that it was taken as."""


class ObjectionWithdrawn(Event, frozen=True, tag="objection.withdrawn"):
    """The objector takes it back."""

    contest: str
    of: str


class DecisionMade(Event, frozen=True, tag="decision.made"):
    """What a body rules. `at` is the day of the ruling; the reasons may come later."""

    contest: str
    body: str
    orders: tuple[Order, ...]
    summary: Text
    on: tuple[str, ...] = ()
    """Ids of the objections it answers; empty: of its own motion, or not recorded."""
    votes_for: int | None = None
    votes_against: int | None = None
    reasoned_at: str | None = None
    reference: str | None = None
    """The decision's own number."""
    rule: str | None = None
    """The provision that it cites."""
    poll: str | None = None


class DecisionCorrected(Event, frozen=True, tag="decision.corrected"):
    """A body corrects its own text without ruling anew."""

    contest: str
    of: str
    body: str
    summary: Text
    reference: str | None = None


class LotDrawn(Event, frozen=True, tag="lot.drawn"):
    """A tie was broken by lot: the human input that an algorithm asked for."""

    contest: str
    among: tuple[str, ...]
    drawn: tuple[str, ...]
    body: str
    poll: str | None = None
    unit: str | None = None
    """The circle that it was drawn for, in a contest of several."""


class DeclarationMade(Event, frozen=True, tag="declaration.made"):
    """A body states a result."""

    contest: str
    body: str
    status: Literal["unofficial", "provisional", "official"]
    poll: str | None = None
    counts: dict[str, int] = {}
    votes: dict[str, int] = {}
    margin: int | None = None
    seats: dict[str, int] = {}
    """Seats per party or option, for a body with seats."""
    elected: str | None = None
    """The option declared elected."""


class DeclarationRevoked(Event, frozen=True, tag="declaration.revoked"):
    """A declaration no longer stands."""

    contest: str
    of: str
    body: str
    by_decision: str | None = None
