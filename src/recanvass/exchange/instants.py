"""Times of a case as text with a UTC offset: from TOML, and from a column."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.cells import tidy
from recanvass.exchange.mapping import AtColumn
from recanvass.exchange.rejects import Faults
from recanvass.exchange.table import FILE, LINE
from recanvass.model import parse_instant

__all__ = ["EXPECTED_INSTANT", "instant_text", "instants"]

EXPECTED_INSTANT = "a time with a UTC offset, such as 2019-04-01T09:10:00+03:00"
_OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"


def instant_text(value: object) -> str:
    """Return a TOML value as an instant with an offset; raise BadInput if it is none."""
    if isinstance(value, datetime):
        value = value.isoformat()
    if not isinstance(value, str):
        raise BadInput(f"found {value}; expected {EXPECTED_INSTANT}")
    parse_instant(value)
    return value


def instants(rows: pl.DataFrame, at: AtColumn, faults: Faults) -> pl.Series:
    """Return the column of times as ISO 8601 texts with an offset; each other cell is a fault.

    `at.format` (strftime) reads other spellings; `at.offset` is put on times that carry none.
    """
    texts = tidy(rows[at.column])
    if at.format is not None:
        parsed = texts.str.strptime(pl.Datetime, at.format, strict=False)
        texts = parsed.dt.strftime(
            "%Y-%m-%dT%H:%M:%S%:z" if "%z" in at.format else "%Y-%m-%dT%H:%M:%S"
        )
    texts = texts.str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T")
    if at.offset is not None:
        bare = ~texts.str.contains(_OFFSET) & texts.str.contains(r"T\d\d:\d\d")
        texts = texts.zip_with(~bare.fill_null(value=False), texts + at.offset)
    known = texts.drop_nulls().unique()
    good = known.filter(pl.Series([_is_instant(text) for text in known], dtype=pl.Boolean))
    bad = ~texts.is_in(good.implode()).fill_null(value=False)
    if bad.any():
        found = rows.filter(bad).select(FILE, LINE, pl.col(at.column).fill_null(""))
        faults.add_many(found.iter_rows(), found.height, at.column, EXPECTED_INSTANT)
    return texts.set(bad, None)


def _is_instant(text: str) -> bool:
    try:
        parse_instant(text)
    except BadInput:
        return False
    return True
