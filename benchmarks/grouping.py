"""Totals by district of 31,186 stations, against the same group-by written by hand."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd
import polars as pl

from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate

__all__ = ["hand_written", "measure_grouping"]

_ROUNDS = 60


def hand_written(frame: pl.DataFrame, key: str) -> dict[str, Callable[[], object]]:
    """Return the group-by as somebody would write it who has the figures in one frame already.

    `frame` has the key (String) and figures (Int64); each answer is the number of stations and the
    sum of every figure, a row per key.
    """
    figures = [c for c in frame.columns if c != key]
    categorical = frame.with_columns(pl.col(key).cast(pl.Categorical))
    in_pandas = pd.DataFrame(frame.to_dict(as_series=False))
    duck = duckdb.connect()
    duck.register("given", frame.to_arrow())
    duck.execute("CREATE TABLE stations AS SELECT * FROM given")
    sums = ", ".join(f'sum("{c}")' for c in figures)
    query = f'SELECT "{key}", count(*), {sums} FROM stations GROUP BY "{key}"'

    def polars(of: pl.DataFrame) -> pl.DataFrame:
        return of.group_by(key).agg(pl.len(), pl.col(figures).sum())

    def pandas() -> pd.DataFrame:
        groups = in_pandas.groupby(key, sort=False)
        return groups[figures].sum().assign(stations=groups.size())

    return {
        "Polars by hand, String key": lambda: polars(frame),
        "Polars by hand, Categorical key": lambda: polars(categorical),
        "pandas": pandas,
        "DuckDB": lambda: duck.execute(query).fetchall(),
    }


def measure_grouping(istanbul: Istanbul) -> list[Row]:
    """Return a row per baseline of `results(by="district")`, warm."""
    with istanbul.record() as record:
        march = istanbul.march(record)
        ground = march.ground()
        figures = [*ground.counts, *(f"votes.{o}" for o in ground.options)]
        frame = ground.frame.select(pl.col("unit.district").cast(pl.String), *figures)
        by_hand = hand_written(frame, "unit.district")
        best = alternate(_ROUNDS, {"ours": lambda: march.results(by="district")} | by_hand)
    what = f"`results` by district of {frame.height:,} stations, warm"
    bars = {"Polars by hand, String key": 3.0, "Polars by hand, Categorical key": 3.0}
    return [
        Row(what, best["ours"], name, best[name], most_ratio=bars.get(name)) for name in by_hand
    ]
