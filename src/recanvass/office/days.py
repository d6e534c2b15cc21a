"""How long an office was held, in days: three counts, since sources disagree about which they mean.

From a first day to a last day of the civil calendar, each in the time of its own place:

- **elapsed**: last day − first day. What a calendar says, and the one that adds up: the elapsed
  days of successive holders are those from the first's beginning to the last's end.
- **full**: the days between the two, held from midnight to midnight; elapsed − 1, never below 0.
- **touched**: every day on which it was held at all; elapsed + 1.

17 April to 6 May 2019 is 19 elapsed, 18 full and 20 touched days, and each was printed.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from recanvass.model import Event, parse_instant

__all__ = ["Days", "days_between"]

_COARSE = ("month",)
"""Precisions at which the day of an event is not known."""


class Days(msgspec.Struct, frozen=True):
    """From a first to a last day."""

    first: date
    last: date
    exact: bool
    """False if either day is padding: its source gives a month only."""

    @property
    def elapsed(self) -> int:
        """Last day − first day."""
        return (self.last - self.first).days

    @property
    def full(self) -> int:
        """Days strictly between the first and the last."""
        return max(self.elapsed - 1, 0)

    @property
    def touched(self) -> int:
        """Days from the first to the last, both included."""
        return self.elapsed + 1

    @property
    def years(self) -> int:
        """Whole years from the first to the last day; 29 February comes round on 1 March."""
        not_yet = (self.last.month, self.last.day) < (self.first.month, self.first.day)
        return self.last.year - self.first.year - not_yet


def days_between(began: Event, ended: Event | None, until: datetime | None) -> Days | None:
    """Return the days from one event to another, or to `until` if the other is yet to come.

    None if neither is known: a record has no clock, so what is still going on has no length
    unless a moment was asked about.
    """
    first = parse_instant(began.at or "")
    if ended is not None:
        last = parse_instant(ended.at or "").date()
    elif until is not None:
        last = until.astimezone(first.tzinfo).date()
    else:
        return None
    exact = all(e is None or e.precision not in _COARSE for e in (began, ended))
    return Days(first.date(), last, exact)
