"""Margins over time: the record's own totals, and the reports and declarations of others."""

from __future__ import annotations

from datetime import datetime, tzinfo

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.model import DeclarationMade, ReportReceived, parse_instant
from recanvass.record.describe import named
from recanvass.record.moment import moment
from recanvass.record.poll import Poll
from recanvass.record.timeline import stated_lead
from recanvass.site.edition import Edition

__all__ = ["MarginPoint", "Margins", "margins_of"]

_MOST_POINTS = 240
"""Points of the record's own line: more could not be told apart, and would make the page heavy."""


class MarginPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A margin that somebody stated, or that the returns gave, at a moment."""

    at: str
    precision: str | None = None
    margin: int
    """Votes by which the option that leads now was ahead; below 0: it was behind."""
    says: str = ""
    """What it covers, as stated."""
    event: str | None = None


class Margins(msgspec.Struct, frozen=True, kw_only=True):
    """The margins of a poll by who stated them."""

    option: str
    """The option whose lead is shown."""
    rival: str | None
    own: tuple[MarginPoint, ...]
    said: dict[str, tuple[MarginPoint, ...]]
    """By name of the publisher, in the order of their first figure."""

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(self.own) + sum(map(len, self.said.values()))


def margins_of(poll: Poll, option: str, rival: str | None, edition: Edition) -> Margins:
    """Return the margins of a poll by the edition's moment."""
    said: dict[str, list[MarginPoint]] = {}
    zone: tzinfo | None = None
    for event in edition.view.happened(moment(edition.as_of)):
        if not isinstance(event, ReportReceived | DeclarationMade):
            continue
        if (event.contest, event.poll) != poll.key or event.at is None:
            continue
        leader, margin = stated_lead(event, edition.view)
        if leader is None or margin is None:
            continue
        zone = zone or parse_instant(event.at).tzinfo
        who = event.body if isinstance(event, DeclarationMade) else event.publisher
        what = event.coverage if isinstance(event, ReportReceived) else None
        said.setdefault(named(who, edition.view, edition.language), []).append(
            MarginPoint(
                at=event.at,
                precision=event.precision,
                margin=margin if leader == option else -margin,
                says=edition.text(what),
                event=event.id,
            )
        )
    return Margins(
        option=option,
        rival=rival,
        own=_own(poll, option, edition, zone),
        said={who: tuple(points) for who, points in said.items()},
    )


def _own(poll: Poll, option: str, edition: Edition, zone: tzinfo | None) -> tuple[MarginPoint, ...]:
    """Return the record's own line, in the offset of the place where one is known."""
    course = poll.course(edition.size, edition.as_of)
    until = moment(edition.as_of)
    if until is not None:
        course = course.filter(pl.col("moment") <= until)
    rivals = [
        VOTES + o.id
        for o in poll.definition(edition.size).options
        if not o.residual and o.id != option and VOTES + o.id in course.columns
    ]
    if not rivals or VOTES + option not in course.columns:
        return ()
    lead = course.select(
        "moment", margin=pl.col(VOTES + option) - pl.max_horizontal(rivals)
    ).drop_nulls()
    if lead.height > _MOST_POINTS:
        step = lead.height / _MOST_POINTS
        lead = lead[sorted({*(int(n * step) for n in range(_MOST_POINTS)), lead.height - 1})]
    return tuple(MarginPoint(at=_text(at, zone), margin=m) for at, m in lead.iter_rows())


def _text(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).isoformat() if zone else at.isoformat()
