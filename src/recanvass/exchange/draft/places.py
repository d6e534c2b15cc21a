"""Which columns say where a return is from, and which rows are totals of others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.exchange.draft.columns import Column
from recanvass.exchange.draft.words import (
    CODE_WORDS,
    LEVEL_WORDS,
    STATION_WORDS,
    TOTAL_WORDS,
    VOTES_WORDS,
    essence,
    has_word,
    plain,
)

__all__ = ["Places", "find_places", "level_of", "total_rows"]

_SURE_TOTALS = frozenset(word for word in TOTAL_WORDS if len(word) > 4)
"""Those that also mean a total with a place's name before or after them."""


@dataclass(frozen=True)
class Places:
    """The columns of the tree, top down, and of the station."""

    levels: tuple[tuple[str, str], ...]
    """(level, column)."""
    station: tuple[str, ...]
    """The station's columns; `("#",)` is the order of rows."""
    name: str | None
    unsure: tuple[str, ...]


def level_of(column: Column) -> str | None:
    """Return the level that a column's name speaks of."""
    exact = [level for level, words in LEVEL_WORDS.items() if column.words in words]
    if exact:
        return exact[0]
    bare = essence(column.words)
    return next((level for level, words in LEVEL_WORDS.items() if bare in words), None)


def _is_station(column: Column) -> bool:
    exact = column.words in STATION_WORDS or essence(column.words) in STATION_WORDS
    if has_word(column.words, VOTES_WORDS) and not exact:
        return False
    named = has_word(column.words, STATION_WORDS) or has_word(essence(column.words), STATION_WORDS)
    return named and (level_of(column) is None or column.words in STATION_WORDS)


def _is_code(column: Column) -> bool:
    return has_word(column.words, CODE_WORDS) or column.is_number


def find_places(columns: Sequence[Column], *, one_row_each: bool) -> Places:
    """Return the place columns of a file. `one_row_each` if each row is a station (wide)."""
    by_level: dict[str, Column] = {}
    for column in columns:
        level = level_of(column)
        if level is None or not column.distinct or _is_station(column):
            continue
        known = by_level.get(level)
        if known is None or (_is_code(known) and not _is_code(column)):
            by_level[level] = column
    levels = _top_down(by_level)
    stations = [column for column in columns if _is_station(column) and column.distinct]
    unsure: list[str] = []
    if not stations and not levels:
        stations = _by_looks(columns, unsure)
    if not stations:
        return _finest_level(levels, columns, one_row_each, unsure)
    stations.sort(key=lambda column: (not _is_code(column), column.blanks))
    own = stations[0]
    name = next((c.name for c in stations[1:] if not _is_code(c)), None)
    path = [column for _, column in levels]
    if one_row_each and not _tells_apart([*path, own]):
        wider = next((c for c in stations[1:] if _tells_apart([*path, c])), None)
        if wider is not None:
            own, name = wider, None
        elif len(stations) > 1 and _tells_apart([*path, *stations[:2]]):
            columns_of = tuple(column.name for column in stations[:2])
            return Places(_names(levels), columns_of, None, tuple(unsure))
        elif (number := _numbers_apart(path, columns)) is not None:
            own, name = number, own.name
        else:
            own_level = (own.words.replace(" ", "-"), own)
            unsure.append(
                f"{own.name!r} does not tell the stations apart; they are numbered in file order"
            )
            return Places(_names([*levels, own_level]), ("#",), None, tuple(unsure))
    return Places(_names(levels), (own.name,), name, tuple(unsure))


def _top_down(by_level: dict[str, Column]) -> list[tuple[str, Column]]:
    """Return the levels with the wider first.

    One that tells which of another a row is in is below it; where neither does (names come twice in
    a country), the usual order of such levels decides.
    """
    usual = list(LEVEL_WORDS)
    tells = {
        level: sum(
            1
            for other in by_level.values()
            if other is not column and _pairs(column, other) == column.distinct
            and other.distinct < column.distinct
        )
        for level, column in by_level.items()
    }  # fmt: skip
    return sorted(by_level.items(), key=lambda item: (tells[item[0]], usual.index(item[0])))


def _pairs(one: Column, other: Column) -> int:
    return (
        pl.DataFrame([one.texts.alias("one"), other.texts.alias("other")]).drop_nulls().n_unique()
    )


def _names(levels: Sequence[tuple[str, Column]]) -> tuple[tuple[str, str], ...]:
    return tuple((level, column.name) for level, column in levels)


def _by_looks(columns: Sequence[Column], unsure: list[str]) -> list[Column]:
    """Return the text columns to the left of the figures, when no header word is known."""
    left: list[Column] = []
    for column in columns:
        if column.is_number and not has_word(column.words, CODE_WORDS) and left:
            break
        if column.is_text or (column.is_number and has_word(column.words, CODE_WORDS)):
            left.append(column)
    if not left:
        unsure.append("no column was recognised as a place; rows are numbered in file order")
        return []
    finest = max(left, key=lambda column: column.distinct)
    unsure.append(f"{finest.name!r} was taken for the place of a return because it stands first")
    return [finest]


def _finest_level(
    levels: list[tuple[str, Column]],
    columns: Sequence[Column],
    one_row_each: bool,
    unsure: list[str],
) -> Places:
    """Return places whose station is the finest level there is, or the order of rows."""
    if not levels:
        return Places((), ("#",), None, tuple(unsure))
    path = [column for _, column in levels]
    if not one_row_each or _tells_apart(path):
        level, own = levels[-1]
        unsure.append(f"no column of stations was found; each {level} ({own.name!r}) is one")
        return Places(_names(levels[:-1]), (own.name,), None, tuple(unsure))
    number = _numbers_apart(path, columns)
    if number is not None:
        return Places(_names(levels), (number.name,), None, tuple(unsure))
    unsure.append("no column tells the stations apart; they are numbered in file order")
    return Places(_names(levels), ("#",), None, tuple(unsure))


def _numbers_apart(path: Sequence[Column], columns: Sequence[Column]) -> Column | None:
    """Return a column of numbers or codes that tells the rows of a place apart."""
    for column in columns:
        is_code = column not in path and has_word(column.words, CODE_WORDS)
        if is_code and not column.blanks and _tells_apart([*path, column]):
            return column
    return None


def _tells_apart(columns: Sequence[Column]) -> bool:
    keys = pl.DataFrame([c.texts.alias(str(n)) for n, c in enumerate(columns)])
    return not keys.is_duplicated().any()


def total_rows(columns: Sequence[Column], wanted: Collection[str]) -> dict[str, list[str]]:
    """Return, per column of a place, the spellings in it that mean a total of other rows."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if column.name not in wanted or column.is_number:
            continue
        spelled = [
            text
            for text in column.texts.drop_nulls().unique(maintain_order=True)
            if _is_total(text)
        ]
        if spelled and len(spelled) < column.distinct:
            found[column.name] = spelled
    return found


def _is_total(text: str) -> bool:
    words = plain(text)
    ends = words.split()
    return words in TOTAL_WORDS or any(
        end in _SURE_TOTALS for end in (*ends[:1], *ends[-1:], " ".join(ends[:2]))
    )
