"""The course of a count: totals at every moment, from the moments at which something changed.

A thousand points in time must not cost a thousand results. Each return adds its figures at the
moment it begins to count and takes them away when it ceases to, so running sums over those changes
give every point there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from recanvass.canvass.entry_columns import count_columns, vote_columns
from recanvass.canvass.standing import lay_standing

__all__ = ["at_points", "running_totals"]


def _moments(returns: pl.DataFrame) -> pl.DataFrame:
    """Return for each station the distinct moments at which its standing may change."""
    return (
        pl.concat(
            [
                returns.select("station", moment="at"),
                returns.select("station", moment="withdrawn_at").drop_nulls("moment"),
            ]
        )
        .unique()
        .sort("station", "moment")
    )


def _counted_at_moments(
    returns: pl.DataFrame, official: Sequence[str], blocked: pl.Series | None
) -> pl.DataFrame:
    """Return each station's moments with the return that counts from then on (nulls for none)."""
    moments = _moments(returns)
    numbered = returns.with_row_index("_return")
    at_each = (
        moments.join(numbered, on="station")
        .filter(pl.col("at") <= pl.col("moment"))
        .with_columns(withdrawn=(pl.col("withdrawn_at") <= pl.col("moment")).fill_null(False))
    )
    stood = lay_standing(at_each, official, ("station", "moment")).filter(
        pl.col("standing") == "counted"
    )
    if blocked is not None:
        stood = stood.filter(~pl.col("_return").is_in(blocked.arg_true().implode()))
    figures = [*count_columns(returns.columns), *vote_columns(returns.columns)]
    return moments.join(
        stood.select("station", "moment", pl.lit(1, pl.Int64).alias("counted"), *figures),
        on=["station", "moment"],
        how="left",
    ).sort("station", "moment")


def running_totals(
    returns: pl.DataFrame, official: Sequence[str], blocked: pl.Series | None = None
) -> pl.DataFrame:
    """Return the totals of a poll from every moment of change on.

    `returns` are all returns of the poll with `withdrawn_at`; `blocked` marks those that a rule
    keeps out. Columns: `moment` (UTC, ascending, distinct), `counted`, counts, `votes.<option>`.
    The totals in a row hold until the next row's moment.
    """
    steps = _counted_at_moments(returns, official, blocked)
    figures = [c for c in steps.columns if c not in ("station", "moment")]
    # Sorted by station and moment, so what a station had before is the row above, if it is its own.
    is_first = (pl.col("station") != pl.col("station").shift(1)).fill_null(True)
    return (
        steps.with_columns(pl.col(figures).fill_null(0))
        .with_columns(
            (pl.col(c) - pl.when(is_first).then(0).otherwise(pl.col(c).shift(1))).alias(c)
            for c in figures
        )
        .group_by("moment")
        .agg(pl.col(figures).sum())
        .sort("moment")
        .with_columns(pl.col(figures).cum_sum())
    )


def at_points(totals: pl.DataFrame, points: Sequence[datetime]) -> pl.DataFrame:
    """Return `running_totals` at any points in time, a row each, in the order given.

    Before the first return every figure is 0.
    """
    moment = pl.Datetime("us", "UTC")
    asked = pl.DataFrame({"moment": list(points)}, schema={"moment": moment}).with_row_index("_row")
    figures = [c for c in totals.columns if c != "moment"]
    return (
        asked.sort("moment")
        .join_asof(totals.sort("moment"), on="moment", strategy="backward")
        .sort("_row")
        .drop("_row")
        .with_columns(pl.col(figures).fill_null(0))
    )
