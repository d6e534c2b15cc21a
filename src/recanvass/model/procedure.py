"""The procedure of a contest as the law lays it down: who may ask whom for what, and until when.

Deadlines are absolute times, set for this election by whoever may set them, never constants of a
country. Where it is disputed when a clock began to run, both readings are kept.
"""

from __future__ import annotations

from recanvass.model.base import Event, Part
from recanvass.model.text import Text

__all__ = ["Deadline", "ProcedureDefined", "Step"]


class Deadline(Part, frozen=True):
    """One reading of a deadline."""

    at: str
    rule: str | None = None
    """The provision that it comes from."""
    per: str | None = None
    """Who reads it so, where readings differ."""


class Step(Part, frozen=True):
    """One rung of the ladder of remedies."""

    id: str
    name: Text
    to: tuple[str, ...]
    """Bodies that it goes to."""
    by: tuple[str, ...] = ()
    """Kinds of actor that may take it; empty: anybody."""
    asks: tuple[str, ...] = ()
    """Types of order that may be asked for; empty: any."""
    until: tuple[Deadline, ...] = ()
    """When it must be filed; more than one where the clock is disputed."""
    decide_by: tuple[Deadline, ...] = ()
    rule: str | None = None


class ProcedureDefined(Event, frozen=True, tag="procedure.defined"):
    """The remedies of a contest. Bodies decide what they were asked, unless of their own motion."""

    contest: str
    steps: tuple[Step, ...]
    actors: dict[str, str] = {}
    """Kind of each actor that is not a party of the record: `candidate`, `voter` …"""
    own_motion: tuple[str, ...] = ()
    """Bodies that may decide without being asked."""
    poll: str | None = None
