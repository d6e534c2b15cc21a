"""A chart on its own: an SVG file that carries its colours, keys, source and status with it."""

from __future__ import annotations

import re

from markupsafe import Markup

from recanvass.site.assets import asset_content
from recanvass.site.charts.svg import KEY, Chart, tag, text_width
from recanvass.site.colours import Palette

__all__ = ["standalone"]

_SECTION = "/* ---- "
_PARTS = ("theme", "charts")
"""The sections of the stylesheet that a chart needs."""
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold; a page can, so a name with it must not break a picture."""
_EDGE, _LINE = 16.0, 22.0


def standalone(chart: Chart, palette: Palette) -> bytes:
    """Return a drawn chart as the bytes of an SVG file."""
    picture = chart.pictures[0]
    width, height = _size(picture)
    keys, below = _keys(chart, width)
    wide, high = width + 2 * _EDGE, height + below + 2 * _EDGE
    inner = Markup(str(picture).replace("<svg ", f'<svg x="{_EDGE:g}" y="{_EDGE:g}" ', 1))  # noqa: S704
    svg = str(
        tag(
            "svg",
            tag("style", Markup(_style(palette))),  # noqa: S704 - our own stylesheet
            tag("rect", width=wide, height=high, class_="surface"),
            inner,
            tag("g", *keys, transform=f"translate({_EDGE:g} {_EDGE + height:g})"),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {wide:g} {high:g}",
            width=wide,
            height=high,
            class_="chart",
        )
    )
    return _NOT_XML.sub("\ufffd", svg).encode()


def _size(picture: Markup) -> tuple[float, float]:
    """Return width and height of a picture, from its view box."""
    box = str(picture).split('viewBox="', 1)[1].split('"', 1)[0]
    _, _, width, height = map(float, box.split())
    return width, height


def _keys(chart: Chart, width: float) -> tuple[list[Markup], float]:
    """Return the keys in rows of a width, and how high they are."""
    x, y, found = 0.0, _LINE / 2, []
    for key in chart.keys:
        wide = KEY + 6 + text_width(key.text, 12) + 18
        if x and x + wide > width:
            x, y = 0.0, y + _LINE
        found.append(tag("g", key.symbol, transform=f"translate({x:g} {y:g})"))
        found.append(tag("text", key.text, x=x + KEY + 6, y=y + 12))
        x += wide
    return found, y + _LINE if found else 0.0


def _style(palette: Palette) -> str:
    site = asset_content("site.css", palette).decode()
    sections = [s for s in site.split(_SECTION) if s.startswith(_PARTS)]
    return "".join(_SECTION + s for s in sections) + palette.css
