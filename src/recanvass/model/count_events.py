"""What happens during the count: returns, what others published, what was said in public."""

from __future__ import annotations

from typing import Literal

from recanvass.model.base import Event
from recanvass.model.text import Text

__all__ = ["REASONS", "ReportReceived", "ReturnRecorded", "ReturnWithdrawn", "StatementMade"]

Reason = Literal["count", "correction", "recount-invalid", "recount-full", "order"]
REASONS: tuple[str, ...] = ("count", "correction", "recount-invalid", "recount-full", "order")


class ReturnRecorded(Event, frozen=True, tag="return.recorded"):
    """What one station reports for one poll. Absent counts and votes are missing, not 0."""

    contest: str
    poll: str
    station: str
    source: str
    counts: dict[str, int]
    votes: dict[str, int]
    reason: Reason = "count"
    signatures: tuple[str, ...] = ()
    """Who vouches for it: lines of a C2SP signed note whose text is `return_text`, sorted."""


class ReturnWithdrawn(Event, frozen=True, tag="return.withdrawn"):
    """A return is taken back by who made it; `of` is the id of its `return.recorded`."""

    contest: str
    poll: str
    of: str
    reason: str | None = None


class ReportReceived(Event, frozen=True, tag="report.received"):
    """Totals that somebody else published. A claim: kept, shown, compared, never added up."""

    contest: str
    poll: str
    publisher: str
    status: Literal["unofficial", "provisional", "official", "claimed"] = "unofficial"
    coverage: Text | None = None
    """What it covers, as stated."""
    stations_counted: int | None = None
    stations_total: int | None = None
    counts: dict[str, int] = {}
    votes: dict[str, int] = {}
    shares: dict[str, str] = {}
    """Per cent as printed, as decimal strings (`"48.71"`): the record holds no floats."""
    leader: str | None = None
    """The option that was said to lead."""
    margin: int | None = None
    """The lead that was stated, in votes."""


class StatementMade(Event, frozen=True, tag="statement.made"):
    """Something said in public about the contest: a victory claimed, a concession."""

    contest: str
    by: str
    says: Literal["victory", "concession", "other"]
    text: Text
    poll: str | None = None
