"""What the record says of a claim's measure: a figure, the ways to count it, and the way to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from recanvass.model import ClaimMade, Event, Measure, Precision, parse_instant, to_utc
from recanvass.record.stated_value import Day, Value

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = [
    "Asked",
    "Figure",
    "Found",
    "Reading",
    "Unknown",
    "Way",
    "Word",
    "day_of",
    "end_of",
    "moment_words",
]


@dataclass(frozen=True)
class Way:
    """How a reader gets to the figure: the command that shows it, and the events it rests on."""

    command: tuple[str, ...]
    """Words after `recanvass`."""
    events: tuple[str, ...] = ()
    """Ids; empty where it rests on the returns, which the command adds up."""


@dataclass(frozen=True)
class Reading:
    """A figure, and the way of counting it (`full days`), None for the plain one."""

    value: Value
    by: str | None = None


@dataclass(frozen=True)
class Figure:
    """A figure of the record."""

    readings: tuple[Reading, ...]
    """What the words of the claim may mean, the plain reading first."""
    way: Way
    beside: tuple[Reading, ...] = ()
    """What the words do not mean, but may have been meant: it explains a wrong statement."""
    computed: bool = True
    """False if it is somebody's published figure, which the record cannot compute."""


@dataclass(frozen=True)
class Unknown:
    """The record has no figure for a measure."""

    why: str
    """A word of `claim_words.why_text`, or what the record lacks."""
    way: Way | None = None


@dataclass(frozen=True)
class Word:
    """What a publisher said of a measure, and by which event."""

    publisher: str
    event: str
    value: Value


Question = tuple[Measure, datetime | None]
"""A measure, and by when."""


@dataclass
class Found:
    """What was found of polls while claims were answered: many claims ask the same."""

    figures: dict[Question, Figure | Unknown] = field(default_factory=dict)
    words: dict[Question, list[Word]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A question about a claim: of which record, at which size, of what had happened by when."""

    record: Record
    view: View
    claim: ClaimMade
    until: datetime | None
    about: Mapping[Measure, Sequence[ClaimMade]]
    """All claims made by then, by what they measure, in the order in which they were made."""
    found: Found

    def then(self, as_of: str | None = None) -> datetime:
        """Return the moment that a state is asked of: as the claim says, or when it was made."""
        then = to_utc(as_of) if as_of else end_of(self.claim)
        return then if self.until is None else min(then, self.until)


_LENGTH: dict[Precision | None, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


def end_of(claim: ClaimMade) -> datetime:
    """Return the last moment at which a claim may have been made, in UTC.

    A claim of a day may have known what became known on that day.
    """
    at = parse_instant(claim.at or "")
    if claim.precision == "month":
        first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        at, length = first, (first + timedelta(days=32)).replace(day=1) - first
    else:
        length = _LENGTH.get(claim.precision, timedelta(0))
    if claim.precision == "day":
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    last = at + length - (timedelta(seconds=1) if length else length)
    return to_utc(last.isoformat())


def moment_words(moment: datetime, claim: ClaimMade) -> str:
    """Return a moment as a command takes it, with the offset that the claim was dated in."""
    offset = parse_instant(claim.at or "").tzinfo
    return moment.astimezone(offset).isoformat(timespec="seconds")


def day_of(event: Event) -> Day:
    """Return the day of an event in the time of its place, as far as it is known."""
    text = event.at or ""
    return Day(text[:7] if event.precision == "month" else text[:10])
