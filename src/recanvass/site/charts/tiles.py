"""A tile map: equal tiles laid out to resemble the place, each with its letters and its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from recanvass.site.charts.svg import KEY, Drawing, tag

__all__ = ["MapTile", "draw_tiles", "tile_key"]

_GAP = 2.0


@dataclass(frozen=True)
class MapTile:
    """One unit on the map."""

    row: int
    column: int
    label: str
    value: str
    """The figure as it is written on the tile, short."""
    words: str
    """The unit and its figure in full, for a tooltip and a screen reader."""
    slot: str
    """The CSS class of its colour."""
    step: int
    """How strong the colour is, 1 to 4; 0 for no figure."""
    corner: int = 0
    """0: no mark; 1: a corner; 2: two corners: tells options apart without colour."""
    link: str | None = None


def draw_tiles(tiles: Sequence[MapTile], width: float) -> Drawing:
    """Return the map in a width, in pixels."""
    columns = max(t.column for t in tiles) + 1
    rows = max(t.row for t in tiles) + 1
    side = width / columns
    return Drawing(width, side * rows, Markup("").join(_tile(t, side) for t in tiles))


def _tile(tile: MapTile, side: float) -> Markup:
    x, y, inner = tile.column * side, tile.row * side, side - _GAP
    middle = x + inner / 2
    # Two lines of text in a square: on a phone they fill it, to be read at all.
    big, small = (inner * 0.29, inner * 0.285) if inner > 32 else (inner * 0.345, inner * 0.335)
    body = tag(
        "g",
        tag("title", tile.words),
        tag("rect", x=x, y=y, width=inner, height=inner, rx=side * 0.08),
        *_corners(tile.corner, x, y, inner),
        tag("text", tile.label, x=middle, y=y + inner * 0.46, font_size=big, class_="name"),
        tag("text", tile.value, x=middle, y=y + inner * 0.8, font_size=small),
        class_=f"tile {tile.slot} s{tile.step}",
    )
    return tag("a", body, href=tile.link) if tile.link else body


def tile_key(slot: str, step: int, corner: int) -> Markup:
    """Return a tile for the key of a map."""
    box = tag("rect", width=KEY, height=KEY, rx=2)
    return tag("g", box, *_corners(corner, 0, 0, KEY), class_=f"tile {slot} s{step}")


def _corners(count: int, x: float, y: float, inner: float) -> list[Markup]:
    size = inner * (0.2 if inner > KEY else 0.4)
    right, bottom = x + inner, y + inner
    found = []
    if count > 0:
        found.append(f"M{right:.1f},{y:.1f}v{size:.1f}L{right - size:.1f},{y:.1f}z")
    if count > 1:
        found.append(f"M{x:.1f},{bottom:.1f}v{-size:.1f}L{x + size:.1f},{bottom:.1f}z")
    return [tag("path", d=way, class_="corner") for way in found]
