"""When returns come in over a night: how many by when, and in which order."""

from __future__ import annotations

from typing import Final

import polars as pl

from recanvass.canvass.places import UNIT, levels_of
from recanvass.rehearsal.draws import Draws

__all__ = ["ORDERS", "arrival_seconds", "night_curve"]

ORDERS: Final = ("random", "by-district", "small-first", "far-last")
"""The orders that can be made up."""

_ABROAD = "abroad"


def night_curve(through: pl.Series) -> pl.Series:
    """Return how far the night has gone (0 to 1) when a share of the returns is in.

    The share that is in at t is F(t) = 1 - (1 - t**2)**4: a slow start, the rush at 0.38 of the
    night, half at 0.40, 95 % at 0.73, and a tail. It is the Kumaraswamy distribution (1980) with
    a = 2 and b = 4, whose inverse is made of square roots alone and so is the same on any machine.
    """
    return (1.0 - (1.0 - through).sqrt().sqrt()).sqrt()


def arrival_seconds(stations: pl.DataFrame, order: str, draws: Draws, seconds: int) -> pl.DataFrame:
    """Return when each station comes in over a night of so many seconds: `station`, `seconds`.

    `stations` has a row each: `station`, `station_kind`, `registered` and `unit.<level>`. The order
    is one of `ORDERS`; what it leaves level is drawn.

    - `random`: any station at any time
    - `by-district`: one unit after the other, in an order that is drawn
    - `small-first`: the fewer voters on its roll, the sooner
    - `far-last`: the record knows no distances; the fewer voters a station's place has, the further
      it is taken to be. Stations abroad come last
    """
    frame = stations.sort("station").with_row_index("number")
    drawn = draws.fraction(f"order/{order}", frame["number"])
    keys = [*_keys(frame, order, draws), pl.lit(drawn)]
    ordered = frame.sort(keys, nulls_last=True, maintain_order=True)
    through = (pl.int_range(ordered.height, eager=True) + 0.5) / max(ordered.height, 1)
    at = (night_curve(through) * float(seconds)).floor().cast(pl.Int64)
    return ordered.select("station").with_columns(at.alias("seconds"))


def _keys(frame: pl.DataFrame, order: str, draws: Draws) -> list[pl.Expr]:
    """Return what stations are sorted by, the first first."""
    levels = [UNIT + level for level in levels_of(frame)]
    if order == "by-district" and levels:
        level = UNIT + "district" if UNIT + "district" in levels else levels[0]
        unit = frame[level].cast(pl.String).rank("dense").cast(pl.Int64)
        return [pl.lit(draws.fraction("order of districts", unit.fill_null(0))), pl.lit(unit)]
    if order == "small-first":
        return [pl.col("registered")]
    if order == "far-last":
        place = [pl.coalesce(*reversed(levels))] if levels else []
        voters = pl.col("registered").sum().over(place) if place else pl.lit(0)
        return [pl.col("station_kind") == _ABROAD, -voters]
    return []
