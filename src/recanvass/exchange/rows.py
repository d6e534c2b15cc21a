"""The rows of a case's files that a `[[returns]]` means, with the columns that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from recanvass.exchange.cells import tidy, tidy_text
from recanvass.exchange.mapping import (
    AtColumn,
    Columns,
    Format,
    Layout,
    RowTest,
    as_tuple,
    columns_of,
)
from recanvass.exchange.rejects import Faults
from recanvass.exchange.table import FILE, LINE, Table, open_table

__all__ = ["Folder", "RowReader"]


@dataclass(frozen=True)
class Folder:
    """Where the files of a case may be: its own folder, and one that the user named."""

    case: Path
    data: Path | None = None

    def find(self, pattern: str) -> list[tuple[Path, str]]:
        """Return the files that a name or a pattern of a case means, each with its name in faults.

        Nothing outside the two folders is found, unless the pattern is an absolute path.
        """
        if Path(pattern).is_absolute():
            return [(Path(pattern), pattern)] if Path(pattern).is_file() else []
        if ".." in Path(pattern).parts or pattern.count("**") > 1:  # several go through all again
            return []
        for root in (self.data, self.case):
            if root is None:
                continue
            files = _found_below(root, pattern)
            inside = [
                (file, file.relative_to(root).as_posix())
                for file in files
                if file.is_file() and file.resolve().is_relative_to(root.resolve())
            ]
            if inside:
                return inside
        return []

    @property
    def shown(self) -> str:
        """Where `find` looks, for a message."""
        return " or ".join(str(root) for root in (self.data, self.case) if root is not None)


@dataclass
class RowReader:
    """Reads the rows of layouts. It keeps the last files read, for the next layout of the same."""

    folder: Folder
    case_file: str
    faults: Faults
    _key: object = None
    _tables: list[Table] = field(default_factory=list)
    _last_melted: tuple[object, pl.DataFrame] | None = None
    _frames: dict[str, tuple[frozenset[str], pl.DataFrame]] = field(default_factory=dict)

    def read(self, layout: Layout, at: AtColumn | None, line: int | None) -> pl.DataFrame | None:
        """Return the rows that a layout means, as String with `FILE` and `LINE`, in file order.

        `line` is where the layout stands in the case file. None if nothing could be read; the
        faults say why.
        """
        tables = self._open(layout, line)
        frames = [
            frame
            for table in tables
            if (frame := self._table_rows(table, layout, at, line)) is not None
        ]
        if not frames:
            return None
        if len({frozenset(frame.columns) for frame in frames}) > 1:
            return None
        rows = pl.concat(frames, how="vertical", rechunk=False) if len(frames) > 1 else frames[0]
        if layout.groups:
            rows = self._melted(rows, layout)
        if rows.height == 0 and not self.faults.found:
            self._no_rows(layout, line, "no rows", "rows with returns below the header")
        return self._meant(rows, layout, line)

    def _melted(self, rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        """Return the melted rows, kept for the next contest of the same file."""
        key = (self._key, tuple(layout.groups.items()), tuple(rows.columns))
        if self._last_melted is None or self._last_melted[0] != key:
            self._last_melted = (key, melted(rows, layout.groups))
        return self._last_melted[1]

    def read_some(
        self, layout: Layout, needed: dict[str, str], optional: dict[str, str], line: int | None
    ) -> pl.DataFrame | None:
        """Return columns (with the key of the case) of one file, and those of `optional` it has.

        None if they could not be read; the faults say why.
        """
        for table in self._open(layout, line):
            there = {name: key for name, key in optional.items() if name in table.header}
            if self._has_columns(table, needed | there, line):
                return table.rows([*needed, *there], self.faults)
        return None

    def _open(self, layout: Layout, line: int | None) -> list[Table]:
        form = Format(**{name: getattr(layout, name) for name in Format.__struct_fields__})
        key = (layout.files, form)
        if key == self._key:
            return self._tables
        self._key, self._tables, self._frames = key, [], {}
        for pattern in as_tuple(layout.files):
            found = self.folder.find(pattern)
            if not found:
                self.faults.add(
                    self.case_file, line, "files", f"no file {pattern!r}",
                    f"a file in {self.folder.shown}",
                )  # fmt: skip
            opened = (open_table(path, name, form, self.faults) for path, name in found)
            self._tables += [table for table in opened if table is not None]
        return self._tables

    def _table_rows(
        self, table: Table, layout: Layout, at: AtColumn | None, line: int | None
    ) -> pl.DataFrame | None:
        needed = columns_of(layout, at, frozenset(table.header))
        if not self._has_columns(table, needed, line):
            return None
        known, frame = self._frames.get(table.name, (frozenset[str](), pl.DataFrame()))
        if not known >= needed.keys():
            known = frozenset(known | needed.keys())
            frame = table.rows(sorted(known), self.faults)
            self._frames[table.name] = (known, frame)
        if known == needed.keys():
            return frame
        return frame.select(*sorted(needed), FILE, LINE)

    def _has_columns(self, table: Table, needed: dict[str, str], line: int | None) -> bool:
        there = True
        for column, key in needed.items():
            times = table.header.count(column)
            if times == 1:
                continue
            there = False
            if times:
                self.faults.add(
                    table.name, table.first_line - 1, column, f"{times} columns of this name",
                    "one (or say `header = [...]` in the case to name them apart)",
                )  # fmt: skip
            else:
                names = ", ".join(repr(name) for name in table.header if name)
                self.faults.add(
                    self.case_file, line, key, f"column {column!r}",
                    f"a column of {table.name}, which has {names}",
                )  # fmt: skip
        return there

    def _meant(self, rows: pl.DataFrame, layout: Layout, line: int | None) -> pl.DataFrame:
        if layout.fill:
            rows = rows.with_columns(tidy(rows[column]).forward_fill() for column in layout.fill)
        for column, values in layout.where.items():
            rows = rows.filter(tidy(rows[column]).is_in([tidy_text(v) for v in as_tuple(values)]))
        for test in layout.skip:
            rows = rows.filter(~matches(rows, test))
        if rows.height == 0 and (layout.where or layout.skip) and not self.faults.found:
            self._no_rows(layout, line, "no row left", "rows that `where` and `skip` leave")
        return rows

    def _no_rows(self, layout: Layout, line: int | None, found: str, expected: str) -> None:
        files = ", ".join(table.name for table in self._tables) or str(layout.files)
        self.faults.add(self.case_file, line, "files", f"{found} in {files}", expected)


def _found_below(root: Path, pattern: str) -> list[Path]:
    """Return what a name or a pattern means in a folder; nothing if it can mean nothing."""
    try:
        return [root / pattern] if (root / pattern).is_file() else sorted(root.glob(pattern))
    except (OSError, ValueError, IndexError, RecursionError):  # each is one of Path.glob's
        return []


def melted(rows: pl.DataFrame, groups: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """Return a row for each group of columns of each row, in that order.

    `groups` says for each new column which columns it is made of, group by group. A group whose
    cells are all blank makes no row.
    """
    sources = {column for columns in groups.values() for column in columns}
    kept = [column for column in rows.columns if column not in sources]
    number = len(next(iter(groups.values())))
    several = [
        rows.with_row_index("::row").select(
            "::row", *kept, *(pl.col(columns[n]).alias(name) for name, columns in groups.items())
        )
        for n in range(number)
    ]
    filled = pl.any_horizontal(pl.col(name).str.strip_chars().ne("") for name in groups)
    whole = pl.concat(several, rechunk=False).filter(filled.fill_null(value=False))
    return whole.sort("::row", maintain_order=True).drop("::row")


def matches(rows: pl.DataFrame, test: RowTest) -> pl.Series:
    """Return which rows a test means: those whose cell equals, contains, or is blank."""
    return cell_matches(tidy(rows[test.column]), test.equals, test.contains, blank=test.blank)


def cell_matches(
    cells: pl.Series, equals: Columns, contains: Columns, *, blank: bool = False
) -> pl.Series:
    """Return which tidied cells equal one of a list, contain one of a list, or are blank."""
    known = cells.fill_null("")
    found = known.is_in([tidy_text(text) for text in as_tuple(equals)])
    for part in as_tuple(contains):
        found |= known.str.contains(part, literal=True)
    return found | cells.is_null() if blank else found
