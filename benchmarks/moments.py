"""A thousand moments of a count against one result: the real boxes, at made-up times."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import polars as pl

import recanvass as rc
from benchmarks.istanbul import BOX_FILES, CONTEST, MARCH, Istanbul
from benchmarks.measure import Row, alternate

__all__ = ["measure_moments"]

_ROUNDS = 5
_POINTS = 1000
_CLOSED = datetime(2019, 3, 31, 14, tzinfo=UTC)
_NIGHT_SECONDS = 12 * 3600

_CASE = f"""
[case]
id = "night"
name = "A made-up night"

[[sources]]
id = "board"
name = "Board"
official = true

[[offices]]
id = "mayor"
name = "Mayor"
unit = "istanbul"

[[contests]]
id = "{CONTEST}"
office = "mayor"
name = "Mayor"

[[polls]]
date = {MARCH}
options = [
    {{ id = "akp", name = "AKP" }}, {{ id = "chp", name = "CHP" }}, {{ id = "sp", name = "SP" }},
    {{ id = "other", name = "others", residual = true }},
]

[[units.top]]
id = "istanbul"
level = "province"

[[returns]]
files = "night.csv"
at = {{ column = "time" }}
station = {{ levels = ["district"], path = ["district"], id = "number", under = "istanbul" }}

[returns.counts]
registered = "registered"
voted = "voted"
valid = "valid"

[returns.votes]
akp = "akp"
chp = "chp"
sp = "sp"
other = "valid - akp - chp - sp"
"""


def _write_night(boxes: Path, folder: Path) -> Path:
    """Write a case in which every box of March reports at a second of the night of its own."""
    frame = pl.read_csv(boxes / BOX_FILES[0]).with_row_index("number")
    dice = random.Random(2019)
    times = [
        (_CLOSED + timedelta(seconds=dice.randrange(_NIGHT_SECONDS))).isoformat()
        for _ in range(frame.height)
    ]
    case = folder / "night"
    case.mkdir()
    frame.with_columns(time=pl.Series(times)).write_csv(case / "night.csv")
    (case / "case.toml").write_text(_CASE, encoding="utf-8")
    return case


def measure_moments(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the row of `poll.margins` at a thousand moments."""
    with rc.create(folder / "night.db") as record:
        record.load(_write_night(istanbul.boxes, folder))
        poll = record.contest(CONTEST).poll(MARCH)
        step = timedelta(seconds=_NIGHT_SECONDS / _POINTS)
        points = [_CLOSED + step * (number + 1) for number in range(_POINTS)]
        unasked = (points[-1] + timedelta(seconds=n) for n in count())
        best = alternate(
            _ROUNDS,
            {
                "ours": lambda: poll.margins(points),
                "one": lambda: poll.results(as_of=next(unasked)),
            },
        )
        boxes = poll.results().stations["total"]
        halfway = poll.margins(points)["margin"][_POINTS // 2]
        if halfway != poll.results(as_of=points[_POINTS // 2]).margin:
            raise RuntimeError("margins and results differ at the same moment")
    return [
        Row(
            f"`margins` at {_POINTS:,} moments of a night of {boxes:,} boxes",
            best["ours"],
            "one `results` at a moment not asked about before",
            best["one"],
            most_seconds=1,
            note=f"{_POINTS:,} results one by one: about {best['one'] * _POINTS:,.0f} s",
        )
    ]
