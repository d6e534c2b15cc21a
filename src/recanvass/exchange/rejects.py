"""What was refused on the way in: each fault by file, line, column, what was found and expected."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from recanvass.errors import BadCase, one_line

__all__ = ["Faults", "Reject", "write_rejects"]

FAULTS_PER_COLUMN = 10_000
"""Faults of one kind in one column of one file that are named one by one; the rest is counted.

A wrong `thousands` makes every cell of a column a fault; naming millions of them helps nobody."""

_LONGEST_FOUND = 120


@dataclass(frozen=True)
class Reject:
    """One fault. `line` counts from 1 at the top of the file, blank lines included."""

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """Return the fault as one line: where, found, expected."""
        where = self.file if self.line is None else f"{self.file} line {self.line}"
        if self.column is not None:
            where += f", {self.column}"
        return one_line(f"{where}: found {self.found}; expected {self.expected}")


@dataclass
class Faults:
    """The faults found so far in one case; only the reader of that case adds to it."""

    found: list[Reject] = field(default_factory=list)

    def add(
        self, file: str, line: int | None, column: str | None, found: str, expected: str
    ) -> None:
        """Note one fault. `found` is shortened if it is long."""
        found = found or "a blank"
        shown = found if len(found) <= _LONGEST_FOUND else found[: _LONGEST_FOUND - 1] + "…"
        self.found.append(Reject(file, line, column, shown, expected))

    def add_many(
        self, rows: Iterable[tuple[str, int, object]], total: int, column: str | None, expected: str
    ) -> None:
        """Note the faults of one column, given as (file, line, value), up to a bound."""
        file = ""
        for number, (file, line, value) in enumerate(rows):
            if number == FAULTS_PER_COLUMN:
                break
            self.add(file, line, column, value if isinstance(value, str) else repr(value), expected)
        if total > FAULTS_PER_COLUMN:
            self.add(file, None, column, f"{total - FAULTS_PER_COLUMN} more like these", expected)

    def raise_if_any(self, what: str) -> None:
        """Raise BadCase with every fault, in file order, if there is one."""
        if not self.found:
            return
        files = {name: n for n, name in enumerate(dict.fromkeys(r.file for r in self.found))}
        rejects = tuple(
            sorted(dict.fromkeys(self.found), key=lambda r: (files[r.file], r.line or 0))
        )
        more = f" (and {len(rejects) - 1} more)" if len(rejects) > 1 else ""
        raise BadCase(f"{what}: {rejects[0]}{more}", rejects)


def write_rejects(rejects: Iterable[Reject], path: Path) -> None:
    """Write faults as CSV with the columns file, line, column, found, expected."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("file", "line", "column", "found", "expected"))
        writer.writerows(
            (r.file, r.line if r.line is not None else "", r.column or "", r.found, r.expected)
            for r in rejects
        )
