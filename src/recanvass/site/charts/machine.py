"""A state machine as the way that was taken through it: where it is, and what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from recanvass.site.charts.svg import Drawing, points, tag, wrapped

__all__ = ["Stop", "draw_way"]

_BOX, _GAP, _HIGH, _ROW = 118.0, 30.0, 58.0, 84.0


@dataclass(frozen=True)
class Stop:
    """A state on the way."""

    name: str
    when: str


def draw_way(stops: Sequence[Stop], following: Sequence[str], width: float) -> Drawing:
    """Return the states in the order of the way, the present one filled, and what may follow it."""
    columns = max(1, int((width + _GAP) // (_BOX + _GAP)))
    body: list[Markup] = []
    last = len(stops) - 1
    for number, stop in enumerate(stops):
        x, y = _place(number, columns)
        body.append(_box(x, y, stop.name, stop.when, "now" if number == last else "been"))
        if number:
            body.append(_arrow(_place(number - 1, columns), (x, y)))
    rows = last // columns + 1
    top = rows * _ROW + 16
    for number, name in enumerate(following):
        x, y = _place(number, columns)
        body.append(_box(x, top + y * 0.62, name, "", "next"))
    below = (len(following) - 1) // columns + 1 if following else 0
    height = top + below * _ROW * 0.62 if below else rows * _ROW - (_ROW - _HIGH)
    return Drawing(width, height, Markup("").join(body))


def _place(number: int, columns: int) -> tuple[float, float]:
    row, column = divmod(number, columns)
    return column * (_BOX + _GAP), row * _ROW


def _box(x: float, y: float, name: str, when: str, kind: str) -> Markup:
    high = _HIGH if when else _HIGH * 0.62
    lines = wrapped(name, _BOX - 8, 12.5)
    first = y + (high - 16 * (len(lines) - 1) - (15 if when else 0)) / 2 + 4
    return tag(
        "g",
        tag("rect", x=x, y=y, width=_BOX, height=high, rx=7),
        *(
            tag("text", line, x=x + _BOX / 2, y=first + 15 * n, class_="middle strong")
            for n, line in enumerate(lines)
        ),
        tag("text", when, x=x + _BOX / 2, y=y + high - 9, class_="middle when") if when else None,
        class_=f"state {kind}",
    )


def _arrow(one: tuple[float, float], following: tuple[float, float]) -> Markup:
    (x1, y1), (x2, y2) = one, following
    if y1 == y2:
        x, y = x2 - 3, y1 + _HIGH / 2
        head = points([(x, y), (x - 8, y - 5), (x - 8, y + 5)])
        line = tag("line", x1=x1 + _BOX + 3, x2=x - 6, y1=y, y2=y, class_="way")
    else:
        middle = y1 + _HIGH + (_ROW - _HIGH) / 2
        x = x2 + _BOX / 2
        down = f"M{x1 + _BOX / 2:.1f},{y1 + _HIGH + 2:.1f}V{middle:.1f}H{x:.1f}V{y2 - 8:.1f}"
        head = points([(x, y2 - 2), (x - 5, y2 - 10), (x + 5, y2 - 10)])
        line = tag("path", d=down, class_="way")
    return Markup("").join((line, tag("polygon", points=head, class_="way-head")))
