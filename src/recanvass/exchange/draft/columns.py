"""The columns of a bare file: what each holds, before anybody says what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.exchange.cells import numbers, tidy
from recanvass.exchange.draft.words import MISSING_SIGNS, SHARE_WORDS, has_word, header_words
from recanvass.exchange.mapping import Format

__all__ = ["Column", "columns_in", "missing_signs", "thousands_sign"]

MOSTLY = 0.95
_GROUPED = r"^[1-9]\d{{0,2}}(?:{0}\d{{3}})+$"
_DECIMAL = r"^\d+{0}(?:\d{{1,2}}|\d{{4,}})$"
_GROUP_SIGNS = {",": ",", ".": r"\.", "'": "['’]", " ": "[ \u00a0\u2009\u202f]"}
_REMARK = r"^\p{L}{2}"
_MOST_SIGNS = 30
_WHOLE_SHARE = 100
_PER_CENT = re.compile(r"%|‰")


@dataclass(frozen=True)
class Column:
    """One column: its name, its cells, and what they look like."""

    name: str
    words: str
    """The name as `words.plain` gives it."""
    texts: pl.Series
    values: pl.Series
    """The cells as Int64; what is no whole number is null."""
    is_number: bool
    """True if nearly all cells that are filled are whole numbers."""
    is_share: bool
    """True for per cents and rates: never read."""
    distinct: int
    blanks: int

    @property
    def is_text(self) -> bool:
        """True for names and codes."""
        return not self.is_number and not self.is_share and self.distinct > 0


def thousands_sign(texts: Sequence[pl.Series]) -> str:
    """Return the sign between groups of three digits, or an empty text.

    A column counts for a sign if it has grouped numbers and none with a decimal part after it.
    """
    best, most = "", 0
    for sign, pattern in _GROUP_SIGNS.items():
        seen = 0
        for column in texts:
            grouped = int(column.str.contains(_GROUPED.format(pattern)).sum() or 0)
            if grouped and not column.str.contains(_DECIMAL.format(pattern)).any():
                seen += grouped
        if seen > most:
            best, most = sign, seen
    return best


def missing_signs(texts: Sequence[pl.Series], form: Format) -> tuple[str, ...]:
    """Return what stands for "no figure" in columns that are otherwise numbers.

    That is a sign such as "-", or a remark such as "merged with 24" in few rows.
    """
    found: dict[str, None] = {}
    for column in texts:
        _, bad = numbers(column, form)
        odd = column.filter(bad)
        signs = odd.filter(odd.is_in(MISSING_SIGNS) | odd.str.contains(_REMARK))
        filled = column.drop_nulls().len()
        few = odd.len() < filled and odd.filter(odd.is_in(MISSING_SIGNS).not_()).len() <= (
            (1 - MOSTLY) * filled
        )
        if signs.len() and signs.len() == odd.len() and few and signs.n_unique() <= _MOST_SIGNS:
            found |= dict.fromkeys(signs.unique().sort())
    return tuple(found)


def columns_in(frame: pl.DataFrame, header: Sequence[str], form: Format) -> list[Column]:
    """Return what each column of a file looks like, in the order of the file."""
    return [_column(name, tidy(frame[name]), form) for name in header]


def _column(name: str, texts: pl.Series, form: Format) -> Column:
    values, bad = numbers(texts, form)
    filled = texts.len() - texts.null_count()
    wrong = int(bad.sum())
    words = header_words(name)
    small = int(values.set(bad, None).max() or 0) <= _WHOLE_SHARE  # type: ignore[arg-type]
    is_share = bool(_PER_CENT.search(name)) or (has_word(words, SHARE_WORDS) and small)
    if wrong and not is_share:
        decimals = texts.filter(bad).str.contains(
            r"^-?\d*[.,]\d+\s*%?$|^\d+\s*%$|^-?\d[\d.,]*e-?\d+$"
        )
        is_share = int(decimals.sum() or 0) > wrong / 2
    return Column(
        name=name,
        words=words,
        texts=texts,
        values=values.set(bad, None),
        is_number=not is_share and filled > 0 and wrong <= (1 - MOSTLY) * filled and wrong < filled,
        is_share=is_share,
        distinct=texts.drop_nulls().n_unique(),
        blanks=texts.null_count(),
    )
