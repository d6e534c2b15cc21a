"""Scales: figures and moments to places in a picture, and the ticks beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

__all__ = ["Linear", "Tick", "TimeLine", "nice_ticks", "time_line"]


@dataclass(frozen=True)
class Linear:
    """From a range of figures to a range of pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a figure."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round figures (steps of 1, 2 or 5) that span a range, about so many of them."""
    if high <= low:
        high = low + 1
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [n * step for n in range(first, last + 1)]


@dataclass(frozen=True)
class Tick:
    """A moment that is written below the axis; `has_time`: by the hour rather than by the day."""

    at: datetime
    x: float
    has_time: bool


@dataclass(frozen=True)
class TimeLine:
    """Moments to pixels, in parts: what is written of a part is its own scale."""

    parts: tuple[tuple[datetime, datetime, float, float], ...]
    """Start and end, left and right."""
    breaks: tuple[float, ...] = ()
    """Where the scale changes."""

    def __call__(self, at: datetime) -> float:
        """Return the place of a moment."""
        holding = (part for part in self.parts if at <= part[1])
        start, end, left, right = next(holding, self.parts[-1])
        seconds = (end - start).total_seconds() or 1
        return left + (at - start).total_seconds() / seconds * (right - left)

    def ticks(self, least: float) -> list[Tick]:
        """Return moments to write: whole hours or days, at least so many pixels apart."""
        found: list[Tick] = []
        for part in self.parts:
            found += [t for t in _ticks(part, least) if not found or t.x - found[-1].x >= least]
        return found


_STEPS = (*(timedelta(hours=h) for h in (1, 2, 3, 6, 12)), *(timedelta(days=d) for d in (1, 2, 4)))


def _ticks(part: tuple[datetime, datetime, float, float], least: float) -> list[Tick]:
    start, end, left, right = part
    per_pixel = (end - start) / max(right - left, 1)
    fitting = [s for s in _STEPS if s / per_pixel >= least] if per_pixel else []
    weeks = timedelta(days=7 * max(1, math.ceil(per_pixel * least / timedelta(days=7))))
    step = fitting[0] if fitting else weeks
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * math.ceil((start - midnight) / step)
    found = []
    while first <= end:
        x = left + (first - start) / (end - start) * (right - left) if end > start else left
        found.append(Tick(first, x, step < timedelta(days=1)))
        first += step
    return found


_NIGHT = timedelta(hours=30)
_BREAK = 34.0
"""Pixels for a silence that is left out."""


def time_line(moments: Sequence[datetime], left: float, right: float) -> TimeLine:
    """Return the scale of some moments.

    An election night is over in hours and its recounts take weeks; on one scale the night would be
    a vertical line. So where a week follows it, the night has near half of the width. A silence
    before the last moments that is longer than all that went before is left out.
    """
    known = sorted(moments)
    start, end = known[0], known[-1]
    if end - start < timedelta(hours=1):
        middle = start + (end - start) / 2
        return TimeLine(
            ((middle - timedelta(hours=12), middle + timedelta(hours=12), left, right),)
        )
    until, after = _silence(known)
    if after is not None:
        right -= _BREAK
    in_night = sum(at <= start + _NIGHT for at in known)
    if until - start >= timedelta(days=6) and 3 <= in_night < len(known):
        cut = left + (right - left) * 0.45
        parts = [(start, start + _NIGHT, left, cut), (start + _NIGHT, until, cut, right)]
    else:
        parts = [(start, until, left, right)]
    breaks = [part[2] for part in parts[1:]]
    if after is not None:
        parts.append((until, end, right, right + _BREAK))
        breaks.append(right + _BREAK / 2)
    return TimeLine(tuple(parts), tuple(breaks))


def _silence(known: Sequence[datetime]) -> tuple[datetime, datetime | None]:
    """Return the last moment before a silence longer than all before it, and the first after."""
    for one, following in reversed(list(pairwise(known))):
        if following - one > max(one - known[0], timedelta(days=6)):
            return one, following
    return known[-1], None
