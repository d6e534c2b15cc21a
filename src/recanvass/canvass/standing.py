"""The standing of each return: which one of a station's returns is the one that is added up.

The plain rule, before any law: of the returns of official sources that had been made by a moment
and have been neither withdrawn nor corrected, a station's newest one counts. The docket lays legal
standing over this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

__all__ = ["STANDINGS", "happened_by", "lay_standing"]

STANDINGS = ("counted", "superseded", "annulled", "excluded", "withdrawn", "other-source")

_NEWEST_LAST = ("at", pl.col("replaces").is_not_null(), "id")
"""Newest by when it happened. Two at the same moment: a correction beats what it is not known to
correct, and then the id decides, so that the order of arrival never does."""


def happened_by(returns: pl.DataFrame, as_of: datetime | None) -> pl.DataFrame:
    """Return the returns made by a moment, with `withdrawn` True where taken back by then."""
    if as_of is None:
        return returns.with_columns(withdrawn=pl.col("withdrawn_at").is_not_null())
    return returns.filter(pl.col("at") <= as_of).with_columns(
        withdrawn=pl.col("withdrawn_at").is_not_null() & (pl.col("withdrawn_at") <= as_of)
    )


def lay_standing(
    returns: pl.DataFrame, official: Sequence[str], keys: Sequence[str] = ("station",)
) -> pl.DataFrame:
    """Return `returns` with a column `standing`, in the order they came.

    `returns` is what `happened_by` gives. `keys` is what has one counted return: a station, or
    (for a series) a station at each of several moments.
    """
    frame = returns.with_columns(
        pl.when("withdrawn")
        .then(pl.lit("withdrawn"))
        .when(~pl.col("source").is_in(list(official)))
        .then(pl.lit("other-source"))
        .alias("standing")
    )
    frame = _mark_corrected(frame, keys)
    candidate = frame["standing"].is_null()
    if not frame.filter(candidate).select(pl.struct(*keys).is_duplicated().any()).item():
        return frame.with_columns(pl.col("standing").fill_null("counted"))
    newest = (
        frame.with_row_index("_row")
        .filter(candidate)
        .sort(*_NEWEST_LAST)
        .group_by(*keys)
        .agg(pl.col("_row").last())
    )
    return (
        frame.with_row_index("_row")
        .with_columns(
            pl.when(pl.col("_row").is_in(newest["_row"].implode()))
            .then(pl.lit("counted"))
            .otherwise(pl.col("standing").fill_null("superseded"))
            .alias("standing")
        )
        .drop("_row")
    )


def _mark_corrected(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Mark `superseded` what another return of this frame says it corrects.

    A return corrects those of its own station and source only: a copy of an observer that names
    an official return must not take it out of the total.
    """
    on = [*dict.fromkeys([*keys, "station", "source"]), "id"]
    corrections = frame.filter(pl.col("replaces").is_not_null() & ~pl.col("withdrawn"))
    if corrections.is_empty():
        return frame
    corrected = corrections.select(
        *on[:-1], pl.col("replaces").alias("id"), pl.lit(True).alias("_corrected")
    ).unique()
    return (
        frame.join(corrected, on=on, how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("standing").is_null() & pl.col("_corrected"))
            .then(pl.lit("superseded"))
            .otherwise(pl.col("standing"))
            .alias("standing")
        )
        .drop("_corrected")
    )
