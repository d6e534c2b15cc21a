"""A state machine as the way that was taken through it: where it is, and what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from recanvass.site.charts.svg import Drawing, points, tag, wrapped

__all__ = ["Stop", "draw_way"]

_BOX, _GAP, _BETWEEN = 118.0, 30.0, 26.0
_LINE, _TEXT = 15.0, 12.5


@dataclass(frozen=True)
class Stop:
    """A state on the way."""

    name: str
    when: str


def draw_way(stops: Sequence[Stop], following: Sequence[str], width: float) -> Drawing:
    """Return the states in the order of the way, the present one filled, and what may follow it."""
    columns = max(1, int((width + _GAP) // (_BOX + _GAP)))
    high = _height([s.name for s in stops]) + _LINE + 4
    body: list[Markup] = []
    for number, stop in enumerate(stops):
        place = _place(number, columns, high)
        kind = "now" if number == len(stops) - 1 else "been"
        body.append(_box(place, high, stop.name, stop.when, kind))
        if number:
            body.append(_arrow(_place(number - 1, columns, high), place, high))
    bottom = _place(len(stops) - 1, columns, high)[1] + high
    low = _height(following)
    for number, name in enumerate(following):
        x, y = _place(number, columns, low, between=12)
        body.append(_box((x, bottom + _BETWEEN * 1.5 + y), low, name, "", "next"))
    if following:
        bottom += _BETWEEN * 1.5 + _place(len(following) - 1, columns, low, between=12)[1] + low
    return Drawing(width, bottom + 2, Markup("").join(body))


def _height(names: Sequence[str]) -> float:
    """Return how high boxes must be for the longest of some names."""
    return 18 + _LINE * max((len(wrapped(n, _BOX - 8, _TEXT)) for n in names), default=1)


def _place(
    number: int, columns: int, high: float, between: float = _BETWEEN
) -> tuple[float, float]:
    row, column = divmod(number, columns)
    return column * (_BOX + _GAP), 1 + row * (high + between)


def _box(place: tuple[float, float], high: float, name: str, when: str, kind: str) -> Markup:
    x, y = place
    lines = wrapped(name, _BOX - 8, _TEXT)
    first = y + (high - _LINE * (len(lines) - 1) - (_LINE + 4 if when else 0)) / 2 + 4
    return tag(
        "g",
        tag("rect", x=x, y=y, width=_BOX, height=high, rx=7),
        *(
            tag("text", line, x=x + _BOX / 2, y=first + _LINE * n, class_="middle strong")
            for n, line in enumerate(lines)
        ),
        tag("text", when, x=x + _BOX / 2, y=y + high - 9, class_="middle when") if when else None,
        class_=f"state {kind}",
    )


def _arrow(one: tuple[float, float], following: tuple[float, float], high: float) -> Markup:
    (x1, y1), (x2, y2) = one, following
    if y1 == y2:
        x, y = x2 - 3, y1 + high / 2
        head = points([(x, y), (x - 8, y - 5), (x - 8, y + 5)])
        line = tag("line", x1=x1 + _BOX + 3, x2=x - 6, y1=y, y2=y, class_="way")
    else:
        middle = y1 + high + _BETWEEN / 2
        x = x2 + _BOX / 2
        down = f"M{x1 + _BOX / 2:.1f},{y1 + high + 2:.1f}V{middle:.1f}H{x:.1f}V{y2 - 8:.1f}"
        head = points([(x, y2 - 2), (x - 5, y2 - 10), (x + 5, y2 - 10)])
        line = tag("path", d=down, class_="way")
    return Markup("").join((line, tag("polygon", points=head, class_="way-head")))
