"""Loading both polls' boxes (read, checked, hashed, signed, durable) against the bare minimum."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import recanvass as rc
from benchmarks.bare import write_bare
from benchmarks.istanbul import Istanbul, read_with_polars
from benchmarks.measure import Row, alternate

__all__ = ["measure_loading"]

_ROUNDS = 7


def measure_loading(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the row of `record.load` into a new ledger."""
    number = count()

    def ours() -> None:
        with rc.create(folder / f"ours-{next(number)}.db") as record:
            record.load(istanbul.case, istanbul.boxes)

    def bare() -> None:
        read_with_polars(istanbul.boxes)
        write_bare(folder / f"bare-{next(number)}.db", [istanbul.entries])

    best = alternate(_ROUNDS, {"ours": ours, "bare": bare})
    rate = istanbul.returns / best["ours"]
    return [
        Row(
            f"load of {istanbul.returns:,} returns into a new ledger",
            best["ours"],
            "`polars.read_csv` of the two files, then bare `sqlite3.executemany` of the same bytes",
            best["bare"],
            most_ratio=4,
            note=f"{rate:,.0f} returns a second",
        )
    ]
