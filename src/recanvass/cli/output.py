"""Printing: a table for people, JSON or CSV for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recanvass.errors import one_line

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Column", "print_csv", "print_json", "print_line", "print_table"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether its cells are numbers."""

    title: str
    number: bool = False
    wrap: bool = False


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str | None = None
) -> None:
    """Print rows of text under headings; numbers stand right.

    On a terminal the table fits its width. Piped output is for other programs and for files:
    nothing is wrapped or cut to a screen that there is not.
    """
    rows = [[one_line(cell) for cell in row] for row in rows]
    if title:
        print(one_line(title))
    if sys.stdout.isatty():
        _print_fitted(columns, rows)
    else:
        _print_plain(columns, rows)


def _print_plain(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    cells = [[c.title for c in columns], *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if column.number else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in cells
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    print("\n".join(("", *lines, "")))


def _print_fitted(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.number else "left",
            no_wrap=not column.wrap,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False).print(table)


def print_line(text: str = "") -> None:
    """Print one line of text."""
    print(one_line(text))


def print_json(value: Any) -> None:
    """Print plain values as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_csv(frame: pl.DataFrame) -> None:
    """Print a frame as CSV; nested columns as JSON text."""
    import polars as pl  # noqa: PLC0415

    nested = [c for c, t in frame.schema.items() if isinstance(t, pl.Struct)]
    flat = frame.with_columns(pl.col(c).struct.json_encode() for c in nested)
    sys.stdout.write(flat.write_csv())
