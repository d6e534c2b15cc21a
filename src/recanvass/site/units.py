"""Units of a poll: what lies above and below one, and the figures of a few of them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import polars as pl

from recanvass.canvass.places import UNIT
from recanvass.errors import NotInRecord
from recanvass.record import Poll
from recanvass.site.edition import Edition
from recanvass.site.figures import UnitFigures

__all__ = ["STATION", "above", "below", "figures_in", "figures_of_unit", "level_of"]

STATION = "station"


def level_of(unit: str, edition: Edition) -> str:
    """Return the level of a unit above the stations. Raise NotInRecord if there is none."""
    levels: dict[str, str] = edition.kept(("levels",), lambda: _levels(edition))
    if unit not in levels:
        raise NotInRecord(f"unit: found {unit!r}; expected a unit of this record")
    return levels[unit]


def _levels(edition: Edition) -> dict[str, str]:
    units = edition.view.units
    return dict(units.filter(pl.col("level") != STATION).select("id", "level").iter_rows())


def above(unit: str, edition: Edition) -> tuple[tuple[str, str], ...]:
    """Return the units that a unit lies in, top down, with their names."""
    parents: dict[str, str | None] = edition.kept(("parents",), lambda: _parents(edition))
    found: list[tuple[str, str]] = []
    parent = parents.get(unit)
    while parent is not None and parent in parents and len(found) < len(parents):
        found.append((parent, edition.view.unit_name(parent) or parent))
        parent = parents[parent]
    return tuple(reversed(found))


def _parents(edition: Edition) -> dict[str, str | None]:
    units = edition.view.units
    return dict(units.filter(pl.col("level") != STATION).select("id", "parent").iter_rows())


def below(poll: Poll, unit: str, edition: Edition) -> tuple[str, tuple[str, ...]]:
    """Return the level below a unit of a poll and the units of that level that lie in it.

    A level on which a unit's stations do not lie is passed over.
    """
    stations = poll.stations(edition.size)
    level = level_of(unit, edition)
    column = UNIT + level
    if column not in stations.columns:
        raise NotInRecord(f"unit: found {unit!r}; expected a unit that this poll was held in")
    within = stations.filter(pl.col(column) == unit)
    levels = [c.removeprefix(UNIT) for c in stations.columns if c.startswith(UNIT)]
    for lower in levels[levels.index(level) + 1 :]:
        units = within[UNIT + lower].drop_nulls().unique(maintain_order=True)
        if units.len():
            return lower, tuple(units)
    return STATION, tuple(within["station"])


def figures_of_unit(poll: Poll, unit: str, edition: Edition) -> UnitFigures:
    """Return the figures of one unit. Raise NotInRecord if the poll was not held there."""
    found = figures_in(poll, level_of(unit, edition), (unit,), edition)
    if not found:
        raise NotInRecord(f"unit: found {unit!r}; expected a unit that this poll was held in")
    return found[0]


def figures_in(
    poll: Poll, level: str, units: tuple[str, ...], edition: Edition
) -> tuple[UnitFigures, ...]:
    """Return the figures of some units of a level, in the order of the tree."""
    contest, key = poll.key
    results = edition.results(contest, key, level)
    rows: dict[str, int] = edition.kept(
        ("rows", contest, key, level),
        lambda: {unit: row for row, unit in enumerate(results.frame["unit"])},
    )
    chosen = sorted(rows[u] for u in units if u in rows)
    if not chosen:
        return ()
    # Units that are asked for together mostly lie together: a slice costs nothing.
    start, length = chosen[0], chosen[-1] - chosen[0] + 1
    frame = results.frame.slice(start, length)
    if length > len(chosen):
        frame = frame[[row - start for row in chosen]]
    return msgspec.convert(replace(results, frame=frame).units(), tuple[UnitFigures, ...])
