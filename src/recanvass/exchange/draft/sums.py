"""What adds up to what in a file: columns that are the sum of others, rows that are totals.

Arithmetic speaks every language. A run of columns that adds up to another column, row after row, is
a paper's options and their total, whatever the header calls them; a row that is the sum of the
rows around it is a total, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from recanvass.exchange.draft.columns import Column

__all__ = ["Block", "adds_up", "find_blocks", "leaf_blocks", "makes_up", "sum_rows"]

_ENOUGH = 0.9
"""Share of rows that must add up within a small difference, as real returns do."""
_EXACT = 0.5
"""Share of rows that must add up exactly."""
_NEAR = 0.02
_WINDOWS = 24
_WINDOW_ROWS = 2
_ROOM = 48
"""Bits for the figure of one row, so that the figures of a window are one whole number."""
_MOST_COLUMNS = 250
_FEW = 3
"""Columns of figures below which equal sums of rows may well be chance."""


@dataclass(frozen=True)
class Block:
    """Columns that stand side by side, and the column that is their sum."""

    members: tuple[Column, ...]
    whole: Column
    right: int
    rows: int

    @property
    def weight(self) -> int:
        """How many of the members hold any figure above 0."""
        return sum(1 for member in self.members if member.values.max())


def adds_up(parts: Sequence[Column], whole: Column) -> tuple[int, int]:
    """Return in how many rows the parts add up to the whole, and how many rows have it.

    A blank part is as good as 0 here: many files leave out those who did not stand.
    """
    total = pl.DataFrame([c.values.alias(str(n)) for n, c in enumerate(parts)]).sum_horizontal()
    compared = whole.values.is_not_null() & ((whole.values > 0) | (total > 0))
    return int((total == whole.values).filter(compared).sum()), int(compared.sum())


def makes_up(parts: Sequence[Column], whole: Column) -> bool:
    """Return whether the parts make up the whole: in most rows, and nearly so in almost all.

    Returns that do not add up are what a recount is for; they must not hide what a column is.
    """
    right, rows = adds_up(parts, whole)
    if not parts or right < _EXACT * rows or not rows:
        return False
    total = pl.DataFrame([c.values.alias(str(n)) for n, c in enumerate(parts)]).sum_horizontal()
    near = (total - whole.values).abs() <= _NEAR * whole.values
    return int(near.sum()) >= _ENOUGH * int(whole.values.is_not_null().sum())


def find_blocks(columns: Sequence[Column]) -> list[Block]:
    """Return the longest run of columns for each column that is the sum of such a run."""
    columns = columns[:_MOST_COLUMNS]
    if not columns or columns[0].values.len() < 2:
        return []
    found: dict[tuple[int, int], int] = {}
    for window in _windows(columns):
        for first, last, whole in _sums_in(window):
            found[first, whole] = max(last, found.get((first, whole), 0))
    blocks: dict[int, Block] = {}
    for (first, whole), last in sorted(found.items()):
        members = tuple(columns[first:last])
        right, rows = adds_up(members, columns[whole])
        block = Block(members, columns[whole], right, rows)
        known = blocks.get(whole)
        varied = columns[whole].values.n_unique() > min(2, columns[whole].values.len() - 1)
        sure = varied and block.weight >= 2 and makes_up(members, columns[whole])
        if sure and (known is None or block.weight > known.weight):
            blocks[whole] = block
    return list(blocks.values())


def leaf_blocks(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks whose members are not sums of other columns themselves."""
    wholes = {block.whole.name for block in blocks}
    return [block for block in blocks if not any(m.name in wholes for m in block.members)]


def _windows(columns: Sequence[Column]) -> list[list[int]]:
    """Return the figures of a few rows here and there: one number a column and window."""
    height = columns[0].values.len()
    rows = _WINDOW_ROWS if height > _WINDOW_ROWS else height
    step = max(rows, height // _WINDOWS)
    windows = []
    for start in range(0, height, step):
        cells = [c.values.slice(start, _WINDOW_ROWS).fill_null(0).to_list() for c in columns]
        windows.append([sum(n << (_ROOM * row) for row, n in enumerate(own)) for own in cells])
    return windows[: _WINDOWS + 1]


def _sums_in(window: list[int]) -> list[tuple[int, int, int]]:
    """Return (first, after the last, whole) of each run of columns whose sum another one is."""
    before = list(accumulate(window, initial=0))
    latest = {total: place for place, total in enumerate(before)}
    found = []
    for first in range(len(window) - 1):
        for whole, figure in enumerate(window):
            last = latest.get(before[first] + figure, 0) if figure else 0
            if last - first >= 2 and not first <= whole < last:
                found.append((first, last, whole))
    return found


def sum_rows(columns: Sequence[Column]) -> list[int]:
    """Return the rows that are the sum of the rows right below or above, totals of totals too."""
    if len(columns) < _FEW:
        return []
    figures = [_row_number(row) for row in _filled_rows(columns)]
    left = list(range(len(figures)))
    totals: set[int] = set()
    while found := _totals_among([figures[row] for row in left]):
        totals |= {left[place] for place in found}
        left = [row for row in left if row not in totals]
    return sorted(totals)


def _filled_rows(columns: Sequence[Column]) -> list[tuple[int, ...]]:
    frame = pl.DataFrame([c.values.fill_null(0).alias(str(n)) for n, c in enumerate(columns)])
    return frame.rows()


def _row_number(row: tuple[int, ...]) -> int:
    """Return the figures of a row as one number, 0 for a row with too few to tell by."""
    if sum(1 for figure in row if figure) < _FEW:
        return 0
    return sum(figure << (_ROOM * place) for place, figure in enumerate(row))


def _totals_among(figures: list[int]) -> set[int]:
    """Return the places of the figures that are the sum of two or more right after or before."""
    before = list(accumulate(figures, initial=0))
    first = {total: place for place, total in reversed(list(enumerate(before)))}
    last = {total: place for place, total in enumerate(before)}
    found: set[int] = set()
    for place, figure in enumerate(figures):
        if not figure:
            continue
        end = first.get(before[place + 1] + figure, 0)
        start = last.get(before[place] - figure, place)
        if (end - (place + 1) >= 2 and not found & set(range(place + 1, end))) or (
            place - start >= 2 and not found & set(range(start, place))
        ):
            found.add(place)
    return found
