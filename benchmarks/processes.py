"""The command line as a whole process, against a Python that imports Polars and ends."""

from __future__ import annotations

import sys

from benchmarks.istanbul import CONTEST, Istanbul
from benchmarks.measure import Row, alternate, run_process

__all__ = ["measure_processes"]

_ROUNDS = 15


def measure_processes(istanbul: Istanbul) -> list[Row]:
    """Return the rows of a cold `recanvass results` and of `recanvass --help`."""
    recanvass = [sys.executable, "-m", "recanvass"]
    asked = [*recanvass, "--ledger", str(istanbul.ledger), "results", CONTEST, "--by", "district"]
    best = alternate(
        _ROUNDS,
        {
            "polars": lambda: run_process([sys.executable, "-c", "import polars"]),
            "table": lambda: run_process(asked),
            "json": lambda: run_process([*asked, "--format", "json"]),
            "help": lambda: run_process([*recanvass, "--help"]),
        },
    )
    baseline = '`python -c "import polars"`'
    shown = f"`recanvass results {CONTEST} --by district"
    return [
        Row(f"{shown}`, whole process", best["table"], baseline, best["polars"], most_ratio=2.5),
        Row(f"{shown} --format json`, whole process", best["json"], baseline, best["polars"], 2.5),
        Row("`recanvass --help`, whole process", best["help"], baseline, best["polars"], 1.0),
    ]
