"""Two polls, or two sources of one poll, beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns

__all__ = ["compare_sources", "compare_totals"]


def _shares(totals: pl.DataFrame, options: Sequence[str]) -> list[pl.Expr]:
    """Return each option's votes over all votes, as `share.<option>`."""
    votes = vote_columns(totals.columns)
    everyone = pl.sum_horizontal(votes)
    return [
        pl.when(everyone > 0).then(pl.col(VOTES + o) / everyone).alias("share." + o)
        for o in options
    ]


def compare_totals(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return what changed from one poll to another, a row per unit of either.

    Both are totals with leaders and turnout (`tally`). Columns: `unit`; for every count and every
    option `<figure>.before`, `<figure>.after`, `<figure>.change`; `swing.<option>` (change of its
    share, as a fraction); `flipped`; leader, margin and turnout before and after. An option that
    stood in one poll only has nulls in the other.
    """
    figures = [c for c in ("registered", "voted", "valid", "invalid") if _in_both(c, before, after)]
    options = list(
        dict.fromkeys(
            c.removeprefix(VOTES)
            for c in [*vote_columns(before.columns), *vote_columns(after.columns)]
        )
    )
    first, second = (_side(t, figures, options) for t in (before, after))
    sides = [c for c in first.columns if c != "unit"]
    joined = first.join(
        second, on="unit", how="full", coalesce=True, suffix=".after", nulls_equal=True
    )
    joined = joined.rename({c: c + ".before" for c in sides})
    changing = [*figures, *(VOTES + o for o in options)]
    return joined.with_columns(
        *[(pl.col(c + ".after") - pl.col(c + ".before")).alias(c + ".change") for c in changing],
        *[
            (pl.col(f"share.{o}.after") - pl.col(f"share.{o}.before")).alias("swing." + o)
            for o in options
        ],
        flipped=(pl.col("leader.before") != pl.col("leader.after")).fill_null(False),
    )


def _in_both(column: str, before: pl.DataFrame, after: pl.DataFrame) -> bool:
    return column in before.columns and column in after.columns


def _side(totals: pl.DataFrame, figures: Sequence[str], options: Sequence[str]) -> pl.DataFrame:
    """Return one poll's totals with the same columns as the other's."""
    missing = [VOTES + o for o in options if VOTES + o not in totals.columns]
    full = totals.with_columns(pl.lit(None, pl.Int64).alias(c) for c in missing)
    return full.select(
        "unit",
        *figures,
        *[VOTES + o for o in options],
        "leader",
        "margin",
        "turnout",
        *_shares(full, options),
    )


def compare_sources(returns: pl.DataFrame) -> pl.DataFrame:
    """Return where other sources' copies of a return differ from the one that counts.

    `returns` has `standing`. A row per station, other source and figure that differs: `station`,
    `source`, `figure`, `official`, `other`, `difference` (other − official). Of each other source
    the newest copy is taken. Figures that either side lacks are not compared.
    """
    figures = [*count_columns(returns.columns), *vote_columns(returns.columns)]
    official = returns.filter(pl.col("standing") == "counted").select("station", *figures)
    others = (
        returns.filter(pl.col("standing") == "other-source")
        .sort("at", "id")
        .unique(["station", "source"], keep="last", maintain_order=True)
        .select("station", "source", *figures)
    )
    long_official, long_others = (
        f.unpivot(figures, index=i, variable_name="figure", value_name=v)
        for f, i, v in (
            (official, ["station"], "official"),
            (others, ["station", "source"], "other"),
        )
    )
    return (
        long_others.join(long_official, on=["station", "figure"], maintain_order="left")
        .filter(pl.col("official") != pl.col("other"))
        .with_columns(difference=pl.col("other") - pl.col("official"))
        .select("station", "source", "figure", "official", "other", "difference")
    )
