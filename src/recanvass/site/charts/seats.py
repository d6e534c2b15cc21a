"""Seats as a half circle with the line of the majority, and the holders of an office as a band."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from recanvass.site.charts.scale import Linear
from recanvass.site.charts.svg import Drawing, tag, text_width

__all__ = ["Bloc", "Term", "draw_band", "draw_hemicycle"]


@dataclass(frozen=True)
class Bloc:
    """One party's seats."""

    name: str
    seats: int
    slot: str


def draw_hemicycle(blocs: Sequence[Bloc], width: float, majority: str) -> Drawing:
    """Return a dot for each seat, party by party from left to right.

    `majority` is written at the line in the middle.
    """
    total = sum(b.seats for b in blocs)
    outer = width / 2 - 4
    centre_x, centre_y = width / 2, outer + 30
    rows = _rows(total, outer)
    radius = 0.44 * min(_between(rows), *(math.pi * r / n for r, n in rows))
    spots = sorted(
        (
            (math.pi * (n + 0.5) / count, r)
            for r, count in rows
            for n in range(count)
        ),
        key=lambda spot: (-spot[0], spot[1]),
    )  # fmt: skip
    owners = [bloc for bloc in blocs for _ in range(bloc.seats)]
    body = []
    for bloc in blocs:
        dots = [
            tag(
                "circle",
                cx=centre_x + r * math.cos(angle),
                cy=centre_y - r * math.sin(angle),
                r=radius,
            )
            for (angle, r), owner in zip(spots, owners, strict=True)
            if owner is bloc
        ]
        body.append(
            tag("g", tag("title", f"{bloc.name}: {bloc.seats}"), *dots, class_=f"bloc {bloc.slot}")
        )
    inner = rows[0][0] - radius * 2
    body.append(tag("line", x1=centre_x, x2=centre_x, y1=22, y2=centre_y - inner, class_="half"))
    body.append(tag("text", majority, x=centre_x, y=14, class_="middle strong"))
    return Drawing(width, centre_y + radius, Markup("").join(body))


def _between(rows: Sequence[tuple[float, int]]) -> float:
    """Return how far rows are apart."""
    return rows[1][0] - rows[0][0] if len(rows) > 1 else 20.0


def _rows(total: int, outer: float) -> list[tuple[float, int]]:
    """Return radius and seats of each row, innermost first; longer rows have more seats."""
    count = max(1, round(math.sqrt(total / 5.4)))
    inner = outer * 0.42
    radii = [inner + (outer - 10 - inner) * n / max(count - 1, 1) for n in range(count)]
    whole = sum(radii)
    shares = [total * r / whole for r in radii]
    seats = [math.floor(s) for s in shares]
    short = sorted(range(count), key=lambda n: shares[n] - seats[n], reverse=True)
    for n in short[: total - sum(seats)]:
        seats[n] += 1
    return list(zip(radii, seats, strict=True))


@dataclass(frozen=True)
class Term:
    """One holding of an office."""

    name: str
    start: datetime
    end: datetime
    slot: str
    words: str
    is_acting: bool = False
    is_vacant: bool = False


def draw_band(terms: Sequence[Term], width: float, year: Callable[[datetime], str]) -> Drawing:
    """Return the holders one below the other on one axis of years."""
    first = min(t.start for t in terms).timestamp()
    last = max(t.end for t in terms).timestamp()
    across = Linear(first, last, 0, width)
    row, top = 34.0, 8.0
    body = []
    bottom = top + row * len(terms)
    for tick in _years(terms, width):
        x = across(tick.timestamp())
        body.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        body.append(tag("text", year(tick), x=x, y=bottom + 16, class_="tick middle"))
    for number, term in enumerate(terms):
        body.append(_term(term, top + row * number, row, across, width))
    return Drawing(width, bottom + 22, Markup("").join(body))


def _term(term: Term, y: float, row: float, across: Linear, width: float) -> Markup:
    x1 = across(term.start.timestamp())
    wide = max(across(term.end.timestamp()) - x1, 3.0)
    at_end = x1 + text_width(term.name, 12) > width
    kind = "vacant" if term.is_vacant else f"{term.slot} acting" if term.is_acting else term.slot
    return tag(
        "g",
        tag("title", term.words),
        tag(
            "text",
            term.name,
            x=x1 + wide * at_end,
            y=y + 12,
            class_="end" if at_end else None,
        ),
        tag("rect", x=x1, y=y + 17, width=wide, height=row - 21, rx=2),
        class_=f"term {kind}",
    )


def _years(terms: Sequence[Term], width: float) -> list[datetime]:
    start, end = min(t.start for t in terms), max(t.end for t in terms)
    span = end.year - start.year + 1
    step = max(1, math.ceil(span / max(width / 60, 1)))
    years = range(start.year + 1, end.year + 1, step)
    return [start.replace(year=y, month=1, day=1) for y in years]
