"""Bars: the shares of all options in one bar, and one bar for a table's cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from recanvass.site.charts.svg import Drawing, tag, text_width

__all__ = ["Part", "bar", "draw_shares"]


@dataclass(frozen=True)
class Part:
    """One option's part of the whole."""

    label: str
    share: float
    words: str
    slot: str


def draw_shares(parts: Sequence[Part], width: float) -> Drawing:
    """Return one bar of all parts, with a mark in the middle: half of the votes."""
    height, top = 34.0, 6.0
    x, pieces = 0.0, []
    for part in parts:
        wide = part.share * width
        label = None
        if text_width(part.label, 14) + 12 < wide:
            label = tag("text", part.label, x=x + wide / 2, y=top + height / 2 + 5, class_="part")
        pieces.append(
            tag(
                "g",
                tag("title", part.words),
                tag("rect", x=x, y=top, width=max(wide - 1, 0.5), height=height),
                label,
                class_=f"tile {part.slot} s4",
            )
        )
        x += wide
    half = tag("line", x1=width / 2, x2=width / 2, y1=0, y2=top + height + 6, class_="half")
    return Drawing(width, top + height + 6, Markup("").join([*pieces, half]))


def bar(share: float, slot: str, width: int = 100, height: int = 8) -> Markup:
    """Return a bar for the cell of a table; the cell itself holds the figure."""
    filled = max(min(share, 1.0), 0.0) * width
    return tag(
        "svg",
        tag("rect", width=width, height=height, class_="track"),
        tag("rect", width=filled, height=height, class_=f"fill {slot}"),
        viewBox=f"0 0 {width} {height}",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="bar",
    )
