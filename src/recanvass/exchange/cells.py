"""Cells of a returns file as whole numbers, and as names: column at a time, never cell by cell."""

from __future__ import annotations

import re

import polars as pl

from recanvass.exchange.mapping import Format
from recanvass.model import slug

__all__ = ["EXPECTED_NUMBER", "LARGEST", "numbers", "slugs", "tidy", "tidy_text"]

LARGEST = 999_999_999
"""More than any box, district or country has counted; what is above is a column gone wrong."""

EXPECTED_NUMBER = f"a whole number from 0 to {LARGEST:,}"

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"


def tidy_text(text: str) -> str:
    """Return a text without a byte order mark, its white space collapsed to single spaces."""
    return " ".join(text.replace("\ufeff", "").split())


def tidy(series: pl.Series) -> pl.Series:
    """Return the texts with white space collapsed; a blank one is null."""
    known = series.unique()
    clean = known.str.replace_all(r"\s+", " ").str.strip_chars()
    clean = clean.set(clean.fill_null("") == "", None)
    if known.equals(clean, null_equal=True):
        return series
    return series.replace_strict(known, clean, return_dtype=pl.String)


def slugs(series: pl.Series) -> pl.Series:
    """Return `recanvass.model.slug` of each text; null stays null.

    Plain ASCII, most of a large file, goes through Polars; the rest once for each spelling.
    """
    known = series.drop_nulls().unique()
    ascii_only = known.str.len_bytes() == known.str.len_chars()
    plain = known.filter(ascii_only)
    plain_slugs = plain.str.to_lowercase().str.replace_all("[^a-z0-9]+", "-").str.strip_chars("-")
    other = known.filter(~ascii_only)
    other_slugs = pl.Series([slug(text) for text in other], dtype=pl.String)
    return series.replace_strict(
        pl.concat([plain, other]), pl.concat([plain_slugs, other_slugs]), return_dtype=pl.String
    )


def _group_sign(thousands: str) -> str:
    """Return the pattern of the sign between groups of three digits; alike signs go together."""
    if thousands in _SPACES:
        return f"[{_SPACES}]"
    if thousands in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    return re.escape(thousands)


def _rewritten(text: pl.Series, form: Format) -> pl.Series:
    """Return the texts without thousands signs, and `1234.0` as `1234`."""
    if form.thousands:
        sign = _group_sign(form.thousands)
        grouped = text.str.contains(rf"^\d{{1,3}}(?:{sign}\d{{3}})+(?:\.0+)?$")
        text = text.zip_with(~grouped, text.str.replace_all(rf"{sign}(\d{{3}})", "$1"))
    if form.thousands != ".":
        text = text.str.replace(r"^(\d+)\.0+$", "$1")
    return text


def numbers(series: pl.Series, form: Format) -> tuple[pl.Series, pl.Series]:
    """Return the cells as Int64 (a blank one is null), and a mask of those that are no count.

    A count is a whole number from 0 to `LARGEST`, with or without the thousands sign of `form`;
    `1234.0`, as spreadsheets export whole numbers, is one too.
    """
    values = series.cast(pl.Int64, strict=False)
    if not values.has_nulls() and values.is_between(0, LARGEST).all():
        return values, pl.repeat(value=False, n=series.len(), dtype=pl.Boolean, eager=True)
    text = series.str.strip_chars()
    missing = text.is_null() | text.is_in(["", *form.missing])
    values = text.cast(pl.Int64, strict=False)
    if (values.is_null() & ~missing).any():
        values = _rewritten(text, form).cast(pl.Int64, strict=False)
    values = values.set(missing, None)
    bad = ~missing & ~values.is_between(0, LARGEST).fill_null(value=False)
    return values, bad
