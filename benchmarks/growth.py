"""Made-up countries of growing size: loaded by the command, then asked, each in its own process."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

import recanvass as rc
from benchmarks.bare import write_bare
from benchmarks.country import POLL, PROVINCES, Country, write_country
from benchmarks.grouping import figures_of, hand_written
from benchmarks.measure import Row, alternate, run_process, seconds
from recanvass.record import Record

__all__ = ["measure_growth"]

_STATIONS = (2_000, 20_000, 200_000)
_LARGE = 1_000_000
"""Returns from which the bars of a country apply."""
_ROUNDS = 5
_IN_A_ROW = 5
_READ_AT_A_TIME = 50_000
_HAND = "Polars by hand, Categorical key"


def measure_growth(folder: Path, stations: Sequence[int] = _STATIONS) -> list[Row]:
    """Return the rows of loading and of asking, for each size; its files are removed again."""
    loads: list[Row] = []
    answers: list[Row] = []
    for count in stations:
        country = Country(count)
        place = folder / f"country-{count}"
        try:
            write_country(country, place / "case")
            loads.append(_load(country, place))
            answers += _ask(country, place)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return loads + answers


def _load(country: Country, place: Path) -> Row:
    ledger = place / "country.db"
    command = [sys.executable, "-m", "recanvass", "--ledger", ledger, "load", place / "case"]
    loaded = run_process([str(word) for word in command], place / "kept")
    bare = _bare_seconds(country, place, ledger)
    large = country.returns >= _LARGE
    return Row(
        f"`recanvass load` of {country.returns:,} returns "
        f"({country.stations:,} stations × {country.contests} contests, {country.options} options)",
        loaded.seconds,
        "`polars.read_csv` of the files, then bare `sqlite3.executemany` of the same bytes",
        bare,
        most_seconds=60 if large else None,
        most_bytes=2 << 30 if large else None,
        peak_bytes=loaded.peak_bytes,
        note=f"{country.returns / loaded.seconds:,.0f} returns a second, "
        f"{loaded.cpu_seconds:,.1f} s of processor time",
    )


def _bare_seconds(country: Country, place: Path, ledger: Path) -> float:
    """Return how long the same bytes take without anything else; reading them is not counted."""
    reading = 0.0

    def chunks() -> Iterator[list[bytes]]:
        nonlocal reading
        with rc.open(ledger, read_only=True) as record:
            size = record.ledger.size
            for start in range(0, size, _READ_AT_A_TIME):
                before = time.perf_counter()
                bodies = record.ledger.read(start, min(start + _READ_AT_A_TIME, size))
                reading += time.perf_counter() - before
                yield bodies

    def read_files() -> None:
        for number in range(country.contests):
            pl.read_csv(place / "case" / f"{country.contest(number)}.csv")

    writing = seconds(lambda: write_bare(place / "bare.db", chunks()))
    return writing - reading + seconds(read_files)


def _ask(country: Country, place: Path) -> list[Row]:
    """Return the rows of one contest's totals by province: first, in a later process, and warm."""
    ledger, contest = place / "country.db", country.contest(0)
    command = [sys.executable, "-m", "benchmarks.growth", str(ledger), contest]
    first, later = (run_process(command, place / cache) for cache in ("empty", "kept"))
    times, again = json.loads(first.output), json.loads(later.output)
    of = f"one contest's totals by {PROVINCES} provinces, {country.stations:,} stations"
    every = f"of a ledger of {country.returns:,} returns"
    large = country.returns >= _LARGE
    return [
        Row(f"{of}, warm", times["warm"], _HAND, times[_HAND], most_seconds=0.5 if large else None),
        Row(
            f"{of}: opened {every}, and first answer, nothing kept",
            times["first"],
            peak_bytes=first.peak_bytes,
        ),
        Row(
            f"{of}: the same, frames kept by `load`",
            again["first"],
            peak_bytes=later.peak_bytes,
        ),
    ]


def _asked(ledger: Path, contest: str) -> dict[str, float]:
    """Return the times of opening and a first answer, of a warm answer, and of one by hand."""
    opened: list[Record] = []

    def first() -> None:
        opened.append(rc.open(ledger, read_only=True))
        opened[0].contest(contest).poll(POLL).results(by="province")

    taken = seconds(first)
    with opened[0] as record:
        poll = record.contest(contest).poll(POLL)
        by_hand = hand_written(figures_of(poll, "province"), "province")
        best = alternate(
            _ROUNDS,
            {"warm": lambda: poll.results(by="province"), _HAND: by_hand[_HAND]},
            _IN_A_ROW,
        )
    return {"first": taken} | best


if __name__ == "__main__":
    print(json.dumps(_asked(Path(sys.argv[1]), sys.argv[2])))
