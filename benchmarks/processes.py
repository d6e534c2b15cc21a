"""The command line as a whole process, against a Python that imports Polars and ends."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from benchmarks.istanbul import CONTEST, Istanbul
from benchmarks.measure import Finished, Row, alternate, run_process

__all__ = ["measure_processes"]

_ROUNDS = 15


def measure_processes(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the rows of `recanvass results` and of `recanvass --help`.

    A ledger's first question folds all its entries and keeps the frames in the user's cache folder;
    later ones, each a new process, take the frames from there. Both are shown.
    """
    recanvass = [sys.executable, "-m", "recanvass"]
    results = [*recanvass, "--ledger", str(istanbul.ledger), "results", CONTEST]
    results += ["--by", "district"]
    kept, number = folder / "kept", count()

    def first(*words: str) -> Finished:
        return run_process([*results, *words], folder / f"empty-{next(number)}")

    def later(*words: str) -> Finished:
        return run_process([*results, *words], kept)

    best = alternate(
        _ROUNDS,
        {
            "polars": lambda: run_process([sys.executable, "-c", "import polars"], kept),
            "first": first,
            "first, as JSON": lambda: first("--format", "json"),
            "later": later,
            "later, as JSON": lambda: later("--format", "json"),
            "help": lambda: run_process([*recanvass, "--help"], kept),
        },
    )
    baseline = '`python -c "import polars"`'
    shown = {
        "first": "the first question of a ledger, nothing kept",
        "later": "a later question, frames kept",
        "first, as JSON": "first question, `--format json`",
        "later, as JSON": "later question, `--format json`",
    }
    return [
        *[
            Row(
                f"`recanvass results {CONTEST} --by district`, whole process: {text}",
                best[name],
                baseline,
                best["polars"],
                most_ratio=2.5,
            )
            for name, text in shown.items()
        ],
        Row("`recanvass --help`, whole process", best["help"], baseline, best["polars"], 1.0),
    ]
