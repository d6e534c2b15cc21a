"""Printing: a table for people, JSON or CSV for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Column", "print_csv", "print_json", "print_line", "print_table"]

_PIPED_WIDTH = 200


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether its cells are numbers."""

    title: str
    number: bool = False
    wrap: bool = False


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str | None = None
) -> None:
    """Print rows of text under headings; numbers stand right."""
    from rich import box  # noqa: PLC0415 - only tables need it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.number else "left",
            no_wrap=not column.wrap,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
    else:
        # Piped output is for other programs: nothing is cut to a screen that there is not.
        Console(highlight=False, width=_PIPED_WIDTH).print(table)


def print_line(text: str = "") -> None:
    """Print one line of text as it is."""
    print(text)


def print_json(value: Any) -> None:
    """Print plain values as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_csv(frame: pl.DataFrame) -> None:
    """Print a frame as CSV; nested columns as JSON text."""
    import polars as pl  # noqa: PLC0415

    nested = [c for c, t in frame.schema.items() if isinstance(t, pl.Struct)]
    flat = frame.with_columns(pl.col(c).struct.json_encode() for c in nested)
    sys.stdout.write(flat.write_csv())
