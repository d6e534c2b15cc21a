"""What happened when, as pages list it: the moments that a page can be shown as of."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from recanvass.record import TimelineItem
from recanvass.record.moment import moment
from recanvass.site.edition import Edition

__all__ = ["Happening", "happenings", "last_published", "moments"]


class Happening(msgspec.Struct, frozen=True):
    """A moment that a page can be shown as of."""

    at: str
    precision: str | None
    text: str
    kind: str


def happenings(edition: Edition, contest: str | None = None) -> tuple[Happening, ...]:
    """Return what happened in a contest (or in all) since its first poll, by the moment."""
    return _listed(i for i in _timeline(edition, contest) if _has_happened(i, edition))


def moments(content: msgspec.Struct, edition: Edition) -> tuple[Happening, ...]:
    """Return the moments that a page offers: those of its contest, if it has one.

    A page as of the past offers the way forward too, so these are of the ledger size alone.
    """
    return _listed(_timeline(edition, getattr(content, "contest", None)))


def _listed(items: Iterable[TimelineItem]) -> tuple[Happening, ...]:
    return tuple(
        Happening(i.at, i.precision, i.text, i.kind) for i in items if i.kind != "claim.made"
    )


def last_published(edition: Edition, contest: str, poll: str) -> TimelineItem | None:
    """Return the last report or declaration of a poll by the edition's moment."""
    until = [i for i in _timeline(edition, contest) if i.poll == poll and _has_happened(i, edition)]
    said = [i for i in until if i.kind in ("report.received", "declaration.made")]
    return said[-1] if said else None


def _has_happened(item: TimelineItem, edition: Edition) -> bool:
    until = moment(edition.as_of)
    return until is None or item.instant <= until


def _timeline(edition: Edition, contest: str | None) -> list[TimelineItem]:
    return edition.kept(("timeline", contest), lambda: _from_first_poll(edition, contest))


def _from_first_poll(edition: Edition, contest: str | None) -> list[TimelineItem]:
    dates = [p.date for (c, _), p in edition.view.polls.items() if contest in (None, c)]
    items = edition.record.timeline(contest, None, edition.size, edition.language)
    return [i for i in items if i.at >= min(dates, default="")]
