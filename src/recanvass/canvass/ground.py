"""The ground of a result: a row per station of the poll, with the return that counts, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.canvass.places import UNIT, levels_of

__all__ = ["Ground", "lay_ground"]


@dataclass(frozen=True)
class Ground:
    """Stations of a poll with what is counted of each; everything that is shown is added up here.

    `frame` has a row per station: `station`, `name`, `station_kind`, `position`, `unit.<level>`,
    `seq` (the entry that counts, null where none does), `source`, `reason`, `at`, counts, votes.
    """

    frame: pl.DataFrame
    counts: tuple[str, ...]
    options: tuple[str, ...]
    levels: tuple[str, ...]
    gaps: tuple[str, ...]
    """Counts and votes that some counted return lacks."""


def _in_tree_order(units: pl.Series) -> pl.Enum:
    """Return the type of a unit column: grouped by number, sorted as the tree has its units."""
    return pl.Enum(units.drop_nulls().unique(maintain_order=True))


def lay_ground(
    stations: pl.DataFrame, returns: pl.DataFrame, standings: Sequence[str] = ("counted",)
) -> Ground:
    """Return the ground of a poll from its stations and its returns with their standing.

    `standings` are those that are added up: a poll's own result goes on showing what was annulled.

    A counted return of a station that is not on the poll's roll is kept, in no unit, so that no
    vote is lost between two views of the same returns.
    """
    counts, votes = count_columns(returns.columns), vote_columns(returns.columns)
    counted = returns.filter(pl.col("standing").is_in(list(standings))).select(
        "station", "seq", "source", "reason", "at", *counts, *votes
    )
    frame = stations.join(counted, on="station", how="left", maintain_order="left")
    if frame["seq"].count() < counted.height:
        stray = counted.join(stations.select("station"), on="station", how="anti")
        frame = pl.concat([frame, stray], how="diagonal")
    levels = levels_of(stations)
    held = counted.select(pl.col(c).count() for c in (*counts, *votes))
    return Ground(
        frame=frame.with_columns(
            pl.col("station_kind").fill_null("unknown").cast(pl.Categorical),
            *[pl.col(UNIT + level).cast(_in_tree_order(frame[UNIT + level])) for level in levels],
        ).rechunk(),
        counts=tuple(counts),
        options=tuple(c.removeprefix(VOTES) for c in votes),
        levels=tuple(levels),
        gaps=tuple(c for c in held.columns if held[c].item() < counted.height),
    )
