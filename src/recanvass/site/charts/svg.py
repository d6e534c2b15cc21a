"""SVG elements as escaped text, and the frame that every chart stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

__all__ = [
    "KEY",
    "Chart",
    "Drawing",
    "Key",
    "Table",
    "framed",
    "points",
    "tag",
    "text_width",
    "wrapped",
]

KEY = 16.0

_LINE = 15
_SMALL = 11.5
_LETTER = 0.54
"""Mean width of a letter of the usual sans-serif faces, in its font size."""


@dataclass(frozen=True)
class Table:
    """The figures of a chart as a table, for whoever does not see it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first cell of a row names it; the others are as they are shown, in its language."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn, without title and caption; a unit is a pixel at full size."""

    width: float
    height: float
    body: Markup


@dataclass(frozen=True)
class Key:
    """A mark or a colour, drawn in a box of `KEY` pixels, and what it means."""

    symbol: Markup
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture in the widths that it was drawn for, the narrowest last."""

    id: str
    title: str
    text: str
    """What it shows, in words."""
    caption: str
    """Source and status; it is part of the picture."""
    pictures: tuple[Markup, ...]
    keys: tuple[Key, ...] = ()
    table: Table | None = None


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children that are not markup yet are escaped, None is left out.

    `class_` gives `class`, other underscores become hyphens; floats have one decimal at most.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-") if key != "viewBox" else key}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(str(escape(c)) for c in children if c is not None)
    return Markup(f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>")  # noqa: S704


def _value(value: object) -> object:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else escape(value)


def points(pairs: Sequence[tuple[float, float]]) -> str:
    """Return coordinates for `points=`."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a usual sans-serif face."""
    return len(text) * size * _LETTER


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text in lines that fit a width."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def framed(
    name: str, drawings: Sequence[Drawing], *, title: str, text: str, caption: str
) -> tuple[Markup, ...]:
    """Return drawings with title, description and caption as SVG, for the page and on their own."""
    return tuple(
        _framed(f"{name}-{number}", drawing, title, text, caption)
        for number, drawing in enumerate(drawings)
    )


def _framed(name: str, drawing: Drawing, title: str, text: str, caption: str) -> Markup:
    lines = wrapped(caption, drawing.width, _SMALL)
    height = drawing.height + 8 + _LINE * len(lines)
    below = [
        tag("text", line, x=0, y=drawing.height + 16 + _LINE * n, class_="caption")
        for n, line in enumerate(lines)
    ]
    return tag(
        "svg",
        tag("title", title, id=f"{name}-t"),
        tag("desc", text, id=f"{name}-d"),
        drawing.body,
        *below,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {drawing.width:g} {height:g}",
        width=drawing.width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        class_="chart",
    )
