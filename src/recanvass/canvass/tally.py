"""Adding up: totals of a poll, as a whole and by any level of the tree, with leader and margin."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground
from recanvass.canvass.places import UNIT
from recanvass.errors import BadInput

__all__ = ["HELD", "add_up", "add_up_groups", "group_column", "led", "with_leaders", "with_turnout"]

HELD = "held."
"""Prefix of columns that say how many counted returns hold a figure that others lack."""


def group_column(ground: Ground, by: str) -> str:
    """Return the column that totals of a level are grouped by. Raise BadInput for no such level."""
    if by in ground.levels:
        return UNIT + by
    special = {"kind": "station_kind", "station": "station"}
    if by not in special:
        choices = ", ".join([*ground.levels, *special])
        raise BadInput(f"level: found {by!r}; expected one of {choices}")
    return special[by]


def add_up(ground: Ground, by: str | None = None) -> pl.DataFrame:
    """Return totals, a row per unit of the level `by` in the order of the tree, or one row in all.

    Columns: `unit` (null for stations that lie in no unit of that level), `stations`, `counted`,
    the counts and `votes.<option>` (null where no counted return has the figure), `held.<figure>`
    for figures that some counted returns lack, `turnout_voted` and `turnout_registered` (see
    `with_turnout`).
    """
    sums = _sums(ground)
    if by is None:
        total = ground.frame.select(pl.lit(None, pl.String).alias("unit"), *sums)
    elif by == "station":
        return _stations(ground)
    else:
        column = group_column(ground, by)
        groups = ground.frame.group_by(pl.col(column).alias("unit")).agg(sums)
        total = groups.sort("unit", nulls_last=True)
    return _null_where_unheld(total, ground)


def add_up_groups(groups: pl.DataFrame) -> pl.DataFrame:
    """Return the row that `add_up(ground)` gives, from the rows of `add_up(ground, by)`."""
    figures = [c for c in groups.columns if c != "unit"]
    unheld = groups.null_count().row(0, named=True)
    return groups.select(
        pl.lit(None, pl.String).alias("unit"),
        *[
            pl.col(c).sum() if unheld[c] < groups.height else pl.lit(None, pl.Int64).alias(c)
            for c in figures
        ],
    )


def _turnout_pair(ground: Ground) -> list[pl.Expr]:
    """Return voted and registered as turnout divides them, of stations where both are known."""
    if not {"voted", "registered"} <= set(ground.counts):
        return []
    both = pl.col("voted").is_not_null() & pl.col("registered").is_not_null()
    with_gaps = {"voted", "registered"} & set(ground.gaps)
    return [
        (pl.col(c).filter(both).sum() if with_gaps else pl.col(c).sum()).alias("turnout_" + c)
        for c in ("voted", "registered")
    ]


def _sums(ground: Ground) -> list[pl.Expr]:
    figures = [*ground.counts, *(VOTES + o for o in ground.options)]
    return [
        pl.len().cast(pl.Int64).alias("stations"),
        pl.col("seq").count().cast(pl.Int64).alias("counted"),
        *[pl.col(c).sum() for c in figures],
        *[pl.col(c).count().cast(pl.Int64).alias(HELD + c) for c in ground.gaps],
        *_turnout_pair(ground),
    ]


def _null_where_unheld(totals: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """A figure that no counted return of a unit has is unknown there, not 0."""
    if not ground.gaps and totals["counted"].min():
        return totals
    figures = [*ground.counts, *(VOTES + o for o in ground.options)]
    return totals.with_columns(
        pl.when(pl.col(HELD + c if c in ground.gaps else "counted") > 0).then(pl.col(c)).alias(c)
        for c in figures
    )


def _stations(ground: Ground) -> pl.DataFrame:
    """Return the same columns for single stations, which need no adding up."""
    known = pl.col("seq").is_not_null()
    figures = [*ground.counts, *(VOTES + o for o in ground.options)]
    both = pl.col("voted").is_not_null() & pl.col("registered").is_not_null()
    pair = [c.meta.output_name().removeprefix("turnout_") for c in _turnout_pair(ground)]
    return ground.frame.select(
        pl.col("station").alias("unit"),
        pl.lit(1, pl.Int64).alias("stations"),
        known.cast(pl.Int64).alias("counted"),
        *figures,
        *[pl.col(c).is_not_null().cast(pl.Int64).alias(HELD + c) for c in ground.gaps],
        *[pl.when(both).then(pl.col(c)).alias("turnout_" + c) for c in pair],
    )


def with_leaders(totals: pl.DataFrame, options: Sequence[str]) -> pl.DataFrame:
    """Return totals with `leader`, `runner_up` (option ids), `margin` (votes) and `tied`.

    `options` are those that can lead: a remainder of several options cannot. A unit where the
    first two have the same number is tied and has no leader; one without votes has neither.
    """
    ranked = [o for o in options if VOTES + o in totals.columns]
    if not ranked:
        nobody = pl.lit(None, pl.String)
        return totals.with_columns(
            nobody.alias("leader"),
            nobody.alias("runner_up"),
            pl.lit(None, pl.Int64).alias("margin"),
            pl.lit(False).alias("tied"),
        )
    # Votes and place on the ballot in one number: no two options have the same one, so that the
    # largest and the next name the first two, in ballot order where they are level.
    count = len(ranked)
    coded = [pl.col(VOTES + o) * count + (count - 1 - n) for n, o in enumerate(ranked)]
    option = pl.lit(pl.Series(ranked))
    first, second = (pl.col(c) // count for c in ("_first", "_second"))
    has_lead = (first > 0) & ~pl.col("tied")
    return (
        totals.lazy()
        .with_columns(_first=pl.max_horizontal(coded))
        .with_columns(
            _second=pl.max_horizontal(pl.when(c < pl.col("_first")).then(c) for c in coded)
        )
        .with_columns(tied=((first > 0) & (first == second)).fill_null(False))
        .with_columns(
            leader=pl.when(has_lead).then(option.gather(count - 1 - pl.col("_first") % count)),
            runner_up=pl.when(has_lead).then(option.gather(count - 1 - pl.col("_second") % count)),
            margin=pl.when(first > 0).then(first - second.fill_null(0)),
        )
        .drop("_first", "_second")
        # Few rows and a plan that is as it should be: optimising it would cost more than it saves.
        .collect(optimizations=pl.QueryOptFlags.none())
    )


def with_turnout(totals: pl.DataFrame) -> pl.DataFrame:
    """Return totals with `turnout`, voted over registered, as a fraction.

    Both are taken from the counted stations that have both, never from the whole roll: a turnout
    over boxes that are not yet open was published as final for years (Istanbul 2019, 83.53 %).
    Null where nothing is known. The helper columns are dropped.
    """
    pair = ("turnout_voted", "turnout_registered")
    if not set(pair) <= set(totals.columns):
        return totals.with_columns(pl.lit(None, pl.Float64).alias("turnout"))
    voted, registered = (pl.col(c) for c in pair)
    turnout = pl.when(registered > 0).then(voted / registered).cast(pl.Float64)
    return totals.select(pl.exclude(*pair), turnout.alias("turnout"))


def led(totals: pl.DataFrame) -> tuple[dict[str, int], int]:
    """Return in how many units each option leads, most first, and in how many the lead is tied."""
    counted = (
        totals.drop_nulls("leader")
        .group_by("leader")
        .len()
        .sort(["len", "leader"], descending=[True, False])
    )
    return dict(counted.iter_rows()), int(totals["tied"].sum())
