"""Timing on a noisy machine: what is compared runs by turns, and the best of each is taken."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Finished", "Row", "alternate", "run_process", "seconds"]

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Row:
    """One line of the table: our time beside a baseline's of the same run."""

    what: str
    ours: float
    """Seconds."""
    baseline: str | None = None
    """What the baseline did; None where a figure stands alone."""
    theirs: float | None = None
    """Seconds."""
    most_ratio: float | None = None
    """The bar: ours over theirs may be at most this."""
    most_seconds: float | None = None
    """The bar in seconds, where that is what was promised."""
    most_bytes: int | None = None
    peak_bytes: int | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over theirs."""
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def holds(self) -> bool | None:
        """Whether every bar of this row is kept; None where it has none."""
        bars = (
            (self.most_ratio, self.ratio),
            (self.most_seconds, self.ours),
            (self.most_bytes, self.peak_bytes),
        )
        asked = [(most, found) for most, found in bars if most is not None]
        if not asked:
            return None
        return all(found is not None and found <= most for most, found in asked)


@dataclass(frozen=True)
class Finished:
    """A process that ended well: how long it took, and the most memory that it held."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def seconds(do: Callable[[], object], *, collect: bool = True) -> float:
    """Return how long a call takes, by default with no garbage of earlier calls about."""
    if collect:
        gc.collect()
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def alternate(
    rounds: int, candidates: Mapping[str, Callable[[], object]], in_a_row: int = 1
) -> dict[str, float]:
    """Return the best time of each candidate in seconds; in every round each has its turn.

    `in_a_row`: calls in one turn. What takes milliseconds has several, so that it is not measured
    while it waits for what the one before pushed out of the processor's caches. A first round that
    is not counted warms files, allocators and caches for all of them alike.
    """
    best = dict.fromkeys(candidates, float("inf"))
    for number in range(rounds + 1):
        for name, do in candidates.items():
            taken = min(seconds(do, collect=call == 0) for call in range(in_a_row))
            if number:
                best[name] = min(best[name], taken)
    return best


def run_process(command: Sequence[str], cache: Path) -> Finished:
    """Run a command and return its wall time and its own peak memory.

    `cache` is the folder where recanvass keeps frames between questions. Raise RuntimeError, with
    what it wrote, if it ends with a status other than 0.
    """
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", *command],
        cwd=_ROOT,
        env=os.environ | {"RECANVASS_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout)
    if found["status"]:
        raise RuntimeError(f"{command}: ended with {found['status']}: {found['errors'].strip()}")
    return Finished(found["seconds"], found["cpu_seconds"], found["peak_bytes"], found["output"])
