"""Totals by district of 31,186 stations, against the same group-by written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl

from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate
from recanvass.canvass.entry_columns import count_columns, vote_columns
from recanvass.record import Poll

__all__ = ["figures_of", "hand_written", "measure_grouping"]

_ROUNDS = 12
_IN_A_ROW = 10


def hand_written(frame: pl.DataFrame, key: str) -> dict[str, Callable[[], Any]]:
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


def figures_of(poll: Poll, level: str) -> pl.DataFrame:
    """Return the column `level` (String) and all figures that results add up, a row per station."""
    # A poll goes on showing what was annulled, so the baseline adds it up too.
    shown = pl.col("standing").is_in(["counted", "annulled"])
    returns = poll.returns().filter(shown)
    figures = [*count_columns(returns.columns), *vote_columns(returns.columns)]
    unit = pl.col(f"unit.{level}").cast(pl.String).alias(level)
    joined = poll.stations().join(returns, on="station", how="left")
    return joined.select(unit, *figures).rechunk()


def measure_grouping(istanbul: Istanbul) -> list[Row]:
    """Return a row per baseline of `results(by="district")`, warm."""
    with istanbul.record() as record:
        march = istanbul.march(record)
        frame = figures_of(march, "district")
        by_hand = hand_written(frame, "district")
        best = alternate(
            _ROUNDS, {"ours": lambda: march.results(by="district")} | by_hand, _IN_A_ROW
        )
        figures = frame.columns[1:]
        shown = march.results(by="district").frame.select("unit", "stations", *figures)
        if set(shown.iter_rows()) != set(by_hand["DuckDB"]()):
            raise RuntimeError("the group-by by hand gives other totals than the results")
    what = f"`results` by district of {frame.height:,} stations, warm"
    bars = {"Polars by hand, String key": 3.0, "Polars by hand, Categorical key": 3.0}
    return [
        Row(what, best["ours"], name, best[name], most_ratio=bars.get(name)) for name in by_hand
    ]
