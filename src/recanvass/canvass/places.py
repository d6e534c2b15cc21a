"""The tree of units, and for each station the units that it lies in, as columns."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.errors import BadInput
from recanvass.model import PollDefined

__all__ = ["UNIT", "levels_of", "lost_units", "stations_of", "units_around"]

UNIT = "unit."
"""Prefix of the columns that hold a station's ancestors, `unit.district`."""


def _ancestry(units: pl.DataFrame) -> pl.DataFrame:
    """Return for each place above the stations its own id and one column per level above it."""
    places = units.filter(pl.col("level") != "station").select("id", "level", "parent")
    found = places.select("id").clear().with_columns(pl.lit(None, pl.String).alias("_"))
    rest = places
    known = None
    while rest.height:
        is_next = pl.col("parent").is_null() if known is None else pl.col("parent").is_in(known)
        layer = rest.filter(is_next)
        if layer.is_empty():
            break
        rest = rest.filter(~is_next)
        above = layer.join(found, left_on="parent", right_on="id", how="left")
        own = [
            pl.when(pl.col("level") == level).then(pl.col("id")).alias(UNIT + level)
            for level in layer["level"].unique(maintain_order=True)
        ]
        merged = above.with_columns(
            pl.coalesce(e, e.meta.output_name()) if e.meta.output_name() in above.columns else e
            for e in own
        ).drop("level", "parent")
        found = pl.concat([found, merged], how="diagonal")
        known = layer["id"].implode()
    return found.drop("_")


def lost_units(units: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose parent does not exist, or that lie in a circle of parents."""
    places = _ancestry(units)["id"]
    is_station = pl.col("level") == "station"
    lost_place = ~is_station & ~pl.col("id").is_in(places.implode())
    lost_station = (
        is_station & pl.col("parent").is_not_null() & ~pl.col("parent").is_in(places.implode())
    )
    return units.filter(lost_place | lost_station)


def levels_of(stations: pl.DataFrame) -> list[str]:
    """Return the levels of a frame of stations, top down, without `station` itself."""
    return [c.removeprefix(UNIT) for c in stations.columns if c.startswith(UNIT)]


def _order_levels(places: pl.DataFrame, units: pl.DataFrame) -> list[str]:
    """Return the level columns in use, top down, by how deep their units lie."""
    columns = [c for c in places.columns if c.startswith(UNIT)]
    if not columns:
        return []
    depth = pl.sum_horizontal(pl.col(c).is_not_null() for c in columns)
    by_level = (
        places.select("id", depth=depth)
        .join(units.select("id", "level"), on="id")
        .group_by("level")
        .agg(pl.col("depth").mean())
        .sort("depth", "level")
    )
    return [UNIT + level for level in by_level["level"]]


def stations_of(units: pl.DataFrame, poll: PollDefined, root: str | None) -> pl.DataFrame:
    """Return the stations of a poll in the order of the tree.

    Columns: `station`, `name`, `station_kind` (`ordinary` where none is stated), `position` (the
    order in which stations were registered) and `unit.<level>` for every level, top down. A poll
    is held in its `units`, else in `root` (the unit of its office), else everywhere. A poll with a
    roll has that roll's stations and those of no roll; one without has those of no roll. Raise
    BadInput if the poll's own units are not in the tree.
    """
    units = _of_roll(units, poll.roll)
    places = _ancestry(units)
    ordered = _order_levels(places, units)
    stations = (
        units.filter(pl.col("level") == "station")
        .select(
            pl.col("id").alias("station"),
            "name",
            "parent",
            pl.col("station_kind").fill_null("ordinary"),
        )
        .with_row_index("position")
        .join(places, left_on="parent", right_on="id", how="left", maintain_order="left")
    )
    held_in = list(poll.units) or ([root] if root else [])
    return _within(stations, ordered, held_in, units, poll).select(
        "station", "name", "station_kind", pl.col("position").cast(pl.Int64), *ordered
    )


def _of_roll(units: pl.DataFrame, roll: str | None) -> pl.DataFrame:
    """Return each unit once: as the roll has it, else as registered for no roll.

    Places above the stations may also be known from another roll only. A unit that stayed in twice
    would count the votes of its stations twice.
    """
    if units["roll"].null_count() == units.height:
        return units
    mine = pl.col("roll") == pl.lit(roll, pl.String)
    rank = pl.when(mine).then(2).when(pl.col("roll").is_null()).then(1).otherwise(0)
    return (
        units.with_columns(_rank=rank)
        .filter((pl.col("_rank") > 0) | (pl.col("level") != "station"))
        .filter(pl.col("_rank") == pl.col("_rank").max().over("id"))
        .unique("id", keep="last", maintain_order=True)
        .drop("_rank")
    )


def units_around(units: pl.DataFrame, stations: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return for each of these stations its own id and those of all units that it lies in.

    `units` has `id` and `parent`. A station on several rolls lies where any of them has it.
    """
    parents = units.select("id", "parent").drop_nulls().unique()
    names = pl.Series("station", stations, dtype=pl.String).unique()
    layer = pl.DataFrame({"station": names, "unit": names})
    found = layer
    while layer.height:
        above = layer.join(parents, left_on="unit", right_on="id")
        above = above.select("station", unit="parent").unique()
        layer = above.join(found, on=["station", "unit"], how="anti")  # ends, even in a circle
        found = pl.concat([found, layer])
    rows = found.group_by("station").agg("unit").iter_rows()
    return {station: frozenset(around) for station, around in rows}


def _within(
    stations: pl.DataFrame,
    columns: Sequence[str],
    held_in: Sequence[str],
    units: pl.DataFrame,
    poll: PollDefined,
) -> pl.DataFrame:
    """Return the stations that lie in one of the units named."""
    known = set(units.filter(pl.col("id").is_in(list(held_in)))["id"])
    unknown = [u for u in poll.units if u not in known]
    if unknown:
        raise BadInput(
            f"poll {poll.contest}/{poll.poll}: found unit {unknown[0]!r}; "
            "expected a unit of the tree"
        )
    wanted = [u for u in held_in if u in known]
    if not wanted:
        return stations
    inside = pl.any_horizontal(
        pl.col("station").is_in(wanted), *[pl.col(c).is_in(wanted) for c in columns]
    )
    return stations.filter(inside)
