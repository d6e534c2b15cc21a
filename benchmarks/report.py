"""The table of README.md, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Row

__all__ = ["put_between", "report", "write_report"]

_BEGIN = "<!-- measured: begin (written by `make bench`; change the text around it, not this) -->"
_END = "<!-- measured: end -->"
_NAMED = ("recanvass", "polars", "pandas", "duckdb", "pymerkle", "apportionment", "scipy")


def report(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, under a line that names machine and versions."""
    head = (
        "| what | Recanvass | baseline | its time | ratio | bar | |",
        "|---|--:|---|--:|--:|---|---|",
    )
    return "\n".join([_machine(), "", *head, *map(_line, rows)])


def write_report(rows: Sequence[Row], readme: Path) -> None:
    """Put the table between its marks in a file. Raise ValueError if it has none."""
    put_between(readme, _BEGIN, _END, report(rows))


def put_between(file: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between two marks of a file. Raise ValueError if it has none."""
    whole = file.read_text(encoding="utf-8")
    before, first, rest = whole.partition(begin)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise ValueError(f"{file}: found no marks; expected {begin} and {end}")
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = ", ".join(f"{name} {version(name)}" for name in _NAMED)
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {platform.system()} {platform.machine()}, "
        f"{cores} cores; Python {platform.python_version()}, {packages}."
    )


def _line(row: Row) -> str:
    beside = [_memory(row.peak_bytes)] if row.peak_bytes else []
    what = "; ".join([row.what, *([row.note] if row.note else []), *beside])
    cells = (
        what,
        _time(row.ours),
        row.baseline or "",
        "" if row.theirs is None else _time(row.theirs),
        "" if row.ratio is None else _ratio(row.ratio),
        _bar(row),
        {True: "held", False: "**missed**", None: ""}[row.holds],
    )
    return f"| {' | '.join(cells)} |"


def _bar(row: Row) -> str:
    bars = [
        f"≤ {row.most_ratio:g} ×" if row.most_ratio else "",
        f"< {row.most_seconds:g} s" if row.most_seconds else "",
        f"< {row.most_bytes / (1 << 30):g} GB" if row.most_bytes else "",
    ]
    return ", ".join(bar for bar in bars if bar)


def _time(taken: float) -> str:
    return f"{taken:,.2f} s" if taken >= 1 else f"{taken * 1000:,.{0 if taken >= 0.1 else 1}f} ms"


def _ratio(ratio: float) -> str:
    return f"{ratio:,.{0 if ratio >= 100 else 2}f}"


def _memory(held: int) -> str:
    return f"peak memory {held / (1 << 30):.2f} GB"
