"""A list of stations in a file: one id a line, or a CSV file with a column `station`.

In a CSV file a column `tainted` may say how many ballots are tainted in each station.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from recanvass.errors import BadInput

__all__ = ["read_stations"]

_STATION, _TAINTED = "station", "tainted"
LARGEST_LIST = 100_000_000
"""Bytes: a million stations with a hundred bytes for each."""
_SEPARATORS = (",", ";", "\t")


def read_stations(path: Path | str) -> pl.DataFrame:
    """Return the stations of a file in its order: `station`, and `tainted` (Int64) if it is there.

    Blank lines are left out. Raise BadInput, naming the line, for a row without a station or with
    something else than a whole number of tainted ballots, and for a file that is not UTF-8.
    """
    file = Path(path)
    with file.open("rb") as opened:
        data = opened.read(LARGEST_LIST + 1)
    if len(data) > LARGEST_LIST:
        raise BadInput(f"{file}: found more than {LARGEST_LIST:,} bytes; expected a list")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: byte {error.start}: found no UTF-8; expected UTF-8") from None
    rows = pl.DataFrame(
        {"line": range(1, len(lines) + 1), "text": [line.strip() for line in lines]},
        schema={"line": pl.Int64, "text": pl.String},
    ).filter(pl.col("text") != "")
    separator = _separator(rows["text"][0]) if rows.height else None
    if separator is None:
        return rows.select(pl.col("text").alias(_STATION))
    return _columns(file, rows, separator)


def _separator(first: str) -> str | None:
    """Return the separator of a header that has a column `station`; None if this is no header."""
    if first.lower() == _STATION:
        return _SEPARATORS[0]
    return next((s for s in _SEPARATORS if _STATION in _cells(first, s)), None)


def _cells(header: str, separator: str) -> list[str]:
    return [c.strip().strip('"').lower() for c in header.split(separator)]


def _columns(file: Path, rows: pl.DataFrame, separator: str) -> pl.DataFrame:
    header = _cells(rows["text"][0], separator)
    cells = pl.col("text").str.split(separator).list
    table = rows.slice(1).select(
        "line",
        cells.len().alias("fields"),
        *[
            cells.get(header.index(c), null_on_oob=True).str.strip_chars(' "').alias(c)
            for c in (_STATION, _TAINTED)
            if c in header
        ],
    )
    wrong = table.filter((pl.col("fields") != len(header)) | (pl.col(_STATION) == ""))
    if wrong.height:
        row = wrong.row(0, named=True)
        found = f"{row['fields']} fields" if row["fields"] != len(header) else "no station"
        raise BadInput(
            f"{file}: line {row['line']}: found {found}; expected {len(header)} fields, as in the "
            "header, with a station"
        )
    if _TAINTED not in header:
        return table.select(_STATION)
    numbers = table[_TAINTED].str.extract(r"^(\d{1,9})$").cast(pl.Int64)
    if numbers.null_count():
        row = table.filter(numbers.is_null()).row(0, named=True)
        raise BadInput(
            f"{file}: line {row['line']}: {_TAINTED}: found {row[_TAINTED]!r}; "
            "expected a whole number of ballots"
        )
    return table.select(_STATION, numbers.alias(_TAINTED))
