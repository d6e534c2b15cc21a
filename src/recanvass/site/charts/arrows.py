"""Swing arrows: for each unit, an option's share in one poll and where it went in the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from recanvass.site.charts.scale import Linear, nice_ticks
from recanvass.site.charts.svg import Drawing, points, tag, text_width

__all__ = ["Arrow", "draw_arrows"]

_ROW, _TOP = 19.0, 26.0


@dataclass(frozen=True)
class Arrow:
    """One unit's shares, as fractions."""

    name: str
    before: float
    after: float
    words: str
    slot: str
    is_flipped: bool = False
    """Whether another option leads now: its name is bold."""


def draw_arrows(
    arrows: Sequence[Arrow],
    width: float,
    percent: Callable[[float], str],
    change: Callable[[float], str],
) -> Drawing:
    """Return a row for each unit, in the order given."""
    left = min(max(text_width(a.name, 12) for a in arrows) + 8, width * 0.34)
    right = width - 48
    shares = [s for a in arrows for s in (a.before, a.after)]
    ticks = nice_ticks(min(shares), max(shares), max(3, int((right - left) / 90)))
    across = Linear(ticks[0], ticks[-1], left + 4, right)
    bottom = _TOP + _ROW * len(arrows)
    body = []
    for tick in ticks:
        x = across(tick)
        kind = "axis" if tick == 0.5 else "grid"
        body.append(tag("line", x1=x, x2=x, y1=_TOP - 6, y2=bottom, class_=kind))
        body.append(tag("text", percent(tick), x=x, y=_TOP - 12, class_="tick middle"))
    for number, arrow in enumerate(arrows):
        body.append(_arrow(arrow, _TOP + _ROW * (number + 0.5), across, left, change))
    return Drawing(width, bottom + 4, Markup("").join(body))


def _arrow(
    arrow: Arrow, y: float, across: Linear, left: float, change: Callable[[float], str]
) -> Markup:
    x1, x2 = across(arrow.before), across(arrow.after)
    head = 5.0 if x2 >= x1 else -5.0
    tip = points([(x2, y), (x2 - head * 1.3, y - 4.5), (x2 - head * 1.3, y + 4.5)])
    return tag(
        "g",
        tag("title", arrow.words),
        tag(
            "text",
            arrow.name,
            x=left - 6,
            y=y + 4,
            class_="end strong" if arrow.is_flipped else "end",
        ),
        tag("line", x1=x1, x2=x2, y1=y, y2=y, class_="shaft"),
        tag("circle", cx=x1, cy=y, r=2.5, class_="foot-mark"),
        tag("polygon", points=tip, class_="head"),
        tag("text", change(arrow.after - arrow.before), x=max(x1, x2) + 8, y=y + 4, class_="tick"),
        class_=f"arrow {arrow.slot}",
    )
