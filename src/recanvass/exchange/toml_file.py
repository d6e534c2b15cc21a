"""TOML files of a case: read within a bound, with the line where a table starts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from recanvass.errors import BadCase
from recanvass.exchange.rejects import Reject

__all__ = ["TomlFile", "is_tables", "read_toml"]

LARGEST_TOML = 5_000_000
"""Bytes. The longest real story of a contest is a hundredth of this."""

DEEPEST_KEY = 12
"""Parts of a dotted key. The standard library's parser takes time in the square of them."""

_HEADING = re.compile(r"[ \t]*\[(\[?[^\[\]]+\]?)\]")
_DEEP_KEY = re.compile(
    rf"""(?:(?<![\w-])(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEEPEST_KEY}}}"""
)
_ERROR_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True)
class TomlFile:
    """A TOML file: what it says, and its text for finding lines."""

    name: str
    text: str
    content: dict[str, Any]

    def line_of(self, table: str, number: int | None = None) -> int | None:
        """Return the line of `[table]`, or of the `number`th (from 0) `[[table]]`, if written."""
        lines = self._headings.get(table if number is None else f"[{table}]", [])
        return lines[number or 0] if (number or 0) < len(lines) else None

    @cached_property
    def _headings(self) -> dict[str, list[int]]:
        """The lines of each table's headings; those of an array of tables under `[name]`."""
        lines: dict[str, list[int]] = {}
        for number, line in enumerate(self.text.split("\n"), start=1):
            if heading := _HEADING.match(line):
                lines.setdefault(heading[1].replace(" ", ""), []).append(number)
        return lines


def _refuse(name: str, line: int | None, found: str, expected: str) -> BadCase:
    reject = Reject(name, line, None, found, expected)
    return BadCase(str(reject), (reject,))


def read_toml(path: Path, name: str) -> TomlFile:
    """Return the TOML file at `path`, called `name` in faults. Raise BadCase if it is none."""
    expected = f"a TOML file of at most {LARGEST_TOML:,} bytes"
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TOML + 1)
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        found = getattr(error, "strerror", None) or str(error)
        raise _refuse(name, None, found, expected) from None
    if len(data) > LARGEST_TOML:
        raise _refuse(name, None, f"more than {LARGEST_TOML:,} bytes", expected)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refuse(name, line, f"byte 0x{data[error.start]:02x}", "UTF-8") from None
    if deep := _DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise _refuse(name, line, deep[0], f"keys of at most {DEEPEST_KEY} parts")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _ERROR_LINE.search(str(error))
        what = _ERROR_LINE.sub("", str(error))
        raise _refuse(name, int(at[1]) if at else None, what, "TOML") from None
    except ValueError:
        raise _refuse(name, None, "a number of thousands of digits", "TOML") from None
    except RecursionError:
        raise _refuse(name, None, "tables nested too deep", "TOML") from None
    return TomlFile(name, text, content)


def is_tables(value: object) -> bool:
    """Return whether a value of a TOML file is an array of tables."""
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)
