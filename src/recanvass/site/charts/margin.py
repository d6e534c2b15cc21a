"""Margin over time: the record's own course, and what others published, on one axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from markupsafe import Markup

from recanvass.site.charts.scale import Linear, TimeLine, nice_ticks, time_line
from recanvass.site.charts.svg import Drawing, points, tag, text_width

__all__ = ["MARKS", "Line", "MarginChart", "Point", "draw_margin", "mark"]

MARKS = ("disc", "diamond", "triangle", "square", "cross")
_TOP, _RIGHT, _BOTTOM = 22.0, 10.0, 26.0
_LABEL = 12.0


@dataclass(frozen=True)
class Point:
    """A margin at a moment; below 0 another option leads."""

    at: datetime
    margin: int
    is_loose: bool = False
    """Whether the time of day is not known."""
    words: str = ""
    """What was said, for a tooltip."""


@dataclass(frozen=True)
class Line:
    """The margins of one source, oldest first."""

    name: str
    points: tuple[Point, ...]
    mark: str
    """One of `MARKS`: a source is told by its shape, not only by its colour."""
    is_own: bool = False
    is_official: bool = False
    """Whether it is the word of a board."""
    gap: str | None = None
    """What to write where the leader changes after a silence."""

    @property
    def kind(self) -> str:
        """The CSS class of its line and marks."""
        return "own" if self.is_own else "board" if self.is_official else "said"


@dataclass(frozen=True)
class MarginChart:
    """What is drawn, with the words of its language."""

    lines: tuple[Line, ...]
    above: str
    """What it means to be above 0."""
    below: str
    number: Callable[[int], str]
    day: Callable[[datetime], str]
    hour: Callable[[datetime], str]


def draw_margin(chart: MarginChart, width: float, height: float) -> Drawing:
    """Return the chart in a width and a height, in pixels."""
    every = [p for line in chart.lines for p in line.points]
    ticks = nice_ticks(min(0, *(p.margin for p in every)), max(0, *(p.margin for p in every)), 5)
    labels = [chart.number(int(t)) for t in ticks]
    left = max(text_width(label, _LABEL) for label in labels) + 8
    across = time_line([p.at for p in every], left + 6, width - _RIGHT)
    up = Linear(ticks[0], ticks[-1], height - _BOTTOM, _TOP)
    body = [
        *_level_lines(ticks, labels, up, left, width - _RIGHT),
        *_days(across, chart, height - _BOTTOM),
        tag("text", f"↑ {chart.above}", x=width, y=12, class_="note end"),
        *(
            [tag("text", f"↓ {chart.below}", x=width, y=up(0) + 16, class_="note end")]
            if ticks[0] < 0
            else []
        ),
    ]
    body += [piece for line in chart.lines for piece in _line(line, across, up)]
    body += _written(chart, across, up, width)
    return Drawing(width, height, Markup("").join(body))


def _level_lines(
    ticks: Sequence[float], labels: Sequence[str], up: Linear, left: float, right: float
) -> list[Markup]:
    found = []
    for tick, label in zip(ticks, labels, strict=True):
        y = up(tick)
        kind = "axis" if tick == 0 else "grid"
        found.append(tag("line", x1=left, x2=right, y1=y, y2=y, class_=kind))
        found.append(tag("text", label, x=left - 6, y=y + 4, class_="tick end"))
    return found


def _days(across: TimeLine, chart: MarginChart, bottom: float) -> list[Markup]:
    found = []
    for tick in across.ticks(52):
        at_midnight = tick.at.hour == 0
        text = chart.day(tick.at) if at_midnight or not tick.has_time else chart.hour(tick.at)
        found.append(
            tag("line", x1=tick.x, x2=tick.x, y1=bottom, y2=bottom + 4, class_="axis"),
        )
        found.append(tag("text", text, x=tick.x, y=bottom + 18, class_="tick middle"))
    cuts = [tag("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="change") for x in across.breaks]
    return [*found, *cuts]


def _line(line: Line, across: TimeLine, up: Linear) -> list[Markup]:
    places = [(across(p.at), up(p.margin)) for p in line.points]
    kind = line.kind
    found = []
    if len(places) > 1:
        found.append(tag("polyline", points=points(places), class_=f"line {kind}"))
    if line.is_own and len(places) > 40:
        return found
    for point, (x, y) in zip(line.points, places, strict=True):
        shape = mark(line.mark, x, y, f"mark {kind}" + (" loose" if point.is_loose else ""))
        found.append(tag("g", tag("title", point.words), shape) if point.words else shape)
    return found


def mark(shape: str, x: float, y: float, kind: str, size: float = 4.5) -> Markup:
    """Return the mark of a source at a place."""
    match shape:
        case "diamond":
            corners = [(x, y - size * 1.3), (x + size * 1.3, y), (x, y + size * 1.3)]
            return tag("polygon", points=points([*corners, (x - size * 1.3, y)]), class_=kind)
        case "triangle":
            corners = [(x, y - size * 1.2), (x + size * 1.15, y + size * 0.9)]
            return tag(
                "polygon", points=points([*corners, (x - size * 1.15, y + size * 0.9)]), class_=kind
            )
        case "square":
            return tag("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, class_=kind)
        case "cross":
            wide = 2 * size
            way = f"M{x - size:.1f},{y - size:.1f}l{wide},{wide}m0,{-wide}l{-wide},{wide}"
            return tag("path", d=way, class_=f"{kind} stroke")
        case _:
            return tag("circle", cx=x, cy=y, r=size, class_=kind)


@dataclass
class _Label:
    x: float
    y: float
    text: str
    at_end: bool


def _written(chart: MarginChart, across: TimeLine, up: Linear, width: float) -> list[Markup]:
    """Return the figures written at the lowest, the highest and the last point, and at a gap."""
    every = sorted((p for line in chart.lines for p in line.points), key=lambda p: p.at)
    last = next((line.points[-1] for line in chart.lines if line.is_own), every[-1])
    chosen = dict.fromkeys(
        (min(every, key=lambda p: p.margin), max(every, key=lambda p: p.margin), last)
    )
    labels: list[_Label] = []
    for point in chosen:
        x, y = across(point.at), up(point.margin)
        text = chart.number(point.margin)
        room = text_width(text, _LABEL + 1) + 10
        at_end = x + room > width - 2
        labels.append(_Label(x - 4 if at_end else x + 9, y - 9 if at_end else y + 4, text, at_end))
    _apart(labels)
    found = [
        tag(
            "text",
            label.text,
            x=label.x,
            y=label.y,
            class_="figure end" if label.at_end else "figure",
        )
        for label in labels
    ]
    return found + [t for line in chart.lines if line.gap for t in _gap(line, across, up)]


def _apart(labels: list[_Label]) -> None:
    """Move labels that would overlap: the later one goes below."""
    for number, label in enumerate(labels):
        for other in labels[:number]:
            near = abs(label.x - other.x) < text_width(label.text, _LABEL) + 8
            if near and abs(label.y - other.y) < 14:
                label.y = other.y + 15


def _gap(line: Line, across: TimeLine, up: Linear) -> list[Markup]:
    """Return the words at the step over which a silent source changed its leader."""
    for one, next_ in pairwise(line.points):
        if (one.margin < 0) != (next_.margin < 0) and next_.at - one.at >= timedelta(hours=3):
            x = (across(one.at) + across(next_.at)) / 2
            y = (up(one.margin) + up(next_.margin)) / 2
            return [tag("text", line.gap, x=x + 8, y=y + 4, class_="note")]
    return []
