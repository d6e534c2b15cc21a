"""A cloud of stations as hexagons: thirty thousand points in a few hundred cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from recanvass.site.charts.scale import Linear, nice_ticks
from recanvass.site.charts.svg import Drawing, tag

__all__ = ["Cloud", "draw_hexagons"]

_RADIUS = 7.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 46.0, 12.0, 10.0, 42.0
_STEPS = 4


@dataclass(frozen=True)
class Cloud:
    """Points, and the words of their axes."""

    x: Sequence[float]
    y: Sequence[float]
    x_label: str
    y_label: str
    tick: Callable[[float], str]
    has_diagonal: bool = False
    """Whether both axes are the same figure, so that the diagonal means no change."""


def draw_hexagons(
    cloud: Cloud, width: float, height: float, slot: str
) -> tuple[Drawing, list[int]]:
    """Return the chart, and the most points that a cell of each of the four steps holds."""
    x_ticks, y_ticks = (nice_ticks(*_middle(v), 5) for v in (cloud.x, cloud.y))
    if cloud.has_diagonal:
        x_ticks = y_ticks = nice_ticks(
            min(x_ticks[0], y_ticks[0]), max(x_ticks[-1], y_ticks[-1]), 5
        )
    across = Linear(x_ticks[0], x_ticks[-1], _LEFT, width - _RIGHT)
    up = Linear(y_ticks[0], y_ticks[-1], height - _BOTTOM, _TOP)
    cells = _cells(cloud, across, up)
    bounds = _bounds(cells["len"])
    body = _axes(cloud, x_ticks, y_ticks, across, up)
    low = 0
    for step, high in enumerate(bounds, 1):
        chosen = cells.filter((pl.col("len") > low) & (pl.col("len") <= high))
        way = "".join(_hexagon(x, y) for x, y in chosen.select("x", "y").iter_rows())
        if way:
            body.append(tag("path", d=way, class_=f"hex s{step}"))
        low = high
    return Drawing(width, height, tag("g", *body, class_=slot)), bounds


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Return the range of all but one point in a thousand on either side: outliers stand inside."""
    column = pl.Series(values)
    low, high = column.quantile(0.001), column.quantile(0.999)
    return float(low or 0), float(high or 1)


def _cells(cloud: Cloud, across: Linear, up: Linear) -> pl.DataFrame:
    """Return the middle of each hexagon that holds points, and how many: `x`, `y`, `len`.

    Two grids of rectangles, one moved by half, give the hexagons: a point belongs to the nearer
    middle (D. B. Carr and others, 1987).
    """
    wide, high = _RADIUS * math.sqrt(3), _RADIUS * 3
    frame = pl.DataFrame({"x": cloud.x, "y": cloud.y}).with_columns(
        x=across.start + (pl.col("x").clip(across.low, across.high) - across.low)
        / (across.high - across.low) * (across.end - across.start),
        y=up.start + (pl.col("y").clip(up.low, up.high) - up.low)
        / (up.high - up.low) * (up.end - up.start),
    )  # fmt: skip
    x, y = pl.col("x"), pl.col("y")
    frame = frame.with_columns(
        x1=(x / wide).round() * wide,
        y1=(y / high).round() * high,
        x2=((x / wide - 0.5).round() + 0.5) * wide,
        y2=((y / high - 0.5).round() + 0.5) * high,
    )
    first = (x - pl.col("x1")) ** 2 + (y - pl.col("y1")) ** 2
    second = (x - pl.col("x2")) ** 2 + (y - pl.col("y2")) ** 2
    return (
        frame.select(
            x=pl.when(first <= second).then("x1").otherwise("x2"),
            y=pl.when(first <= second).then("y1").otherwise("y2"),
        )
        .group_by("x", "y")
        .len()
        .sort("x", "y")
    )


def _bounds(counts: pl.Series) -> list[int]:
    """Return the most points of each step: steps of equal ratio, since crowds are uneven."""
    most = int(str(counts.max() or 1))
    found = [max(n, round(most ** (n / _STEPS))) for n in range(1, _STEPS)]
    return [*found, max(most, found[-1] + 1)]


def _hexagon(x: float, y: float) -> str:
    half, quarter = _RADIUS * math.sqrt(3) / 2, _RADIUS / 2
    return (
        f"M{x:.1f},{y - _RADIUS:.1f}l{half:.1f},{quarter:.1f}v{_RADIUS:.0f}"
        f"l{-half:.1f},{quarter:.1f}l{-half:.1f},{-quarter:.1f}v{-_RADIUS:.0f}z"
    )


def _axes(
    cloud: Cloud, x_ticks: Sequence[float], y_ticks: Sequence[float], across: Linear, up: Linear
) -> list[Markup]:
    found = []
    for tick in x_ticks:
        x = across(tick)
        kind = "axis" if tick == 0 else "grid"
        found.append(tag("line", x1=x, x2=x, y1=up.start, y2=up.end, class_=kind))
        found.append(tag("text", cloud.tick(tick), x=x, y=up.start + 16, class_="tick middle"))
    for tick in y_ticks:
        y = up(tick)
        kind = "axis" if tick == 0 else "grid"
        found.append(tag("line", x1=across.start, x2=across.end, y1=y, y2=y, class_=kind))
        found.append(tag("text", cloud.tick(tick), x=across.start - 6, y=y + 4, class_="tick end"))
    if cloud.has_diagonal:
        low, high = max(across.low, up.low), min(across.high, up.high)
        found.append(
            tag("line", x1=across(low), y1=up(low), x2=across(high), y2=up(high), class_="axis")
        )
    found.append(
        tag("text", f"{cloud.x_label} →", x=across.end, y=up.start + 34, class_="note end")
    )
    found.append(tag("text", f"↑ {cloud.y_label}", x=across.start + 4, y=up.end + 4, class_="note"))
    return found
