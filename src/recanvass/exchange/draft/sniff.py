"""How a file of returns is written: its encoding, separator and header lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from recanvass.errors import BadInput
from recanvass.exchange.cells import tidy_text
from recanvass.exchange.table import LARGEST_FILE

__all__ = ["Sniffed", "sniff"]

_HEAD = 400_000
_ROWS = 300
_SURELY = 2
"""As often as this in four of five lines a sign rarer than the comma is the separator."""
_HEADER_FILLED = 0.6
_SEPARATORS = (",", ";", "\t", "|")
_NUMBER = re.compile(r"^\d[\d.,'’\u00a0\u2009\u202f ]*%?$")
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True)
class Sniffed:
    """How a file is written, and the lines that stand above its header."""

    encoding: str
    separator: str
    skip_lines: int
    header_lines: int
    titles: tuple[str, ...]
    width: int
    """Fields of most rows."""
    header: tuple[str, ...]
    """The cells of the header's last line."""


def sniff(path: Path) -> Sniffed:
    """Return how a CSV file is written. Raise BadInput if it is none."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE or not path.is_file():  # a device has no end
            found = f"{size:,} bytes" if path.is_file() else "no file"
            raise BadInput(
                f"{path}: found {found}; expected a file of at most {LARGEST_FILE:,} bytes"
            )
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: found {error.strerror}; expected a file of returns") from None
    for start, kind in _OTHER_KINDS.items():
        if data.startswith(start):
            raise BadInput(f"{path}: found {kind}; expected CSV (export the sheet as CSV)")
    encoding = _encoding(data)
    text = data[:_HEAD].decode(encoding, "ignore").replace("\ufeff", "")
    if not text.strip():
        raise BadInput(f"{path}: found an empty file; expected a header and rows of returns")
    if text.lstrip().startswith(("<!DOCTYPE", "<html", "<?xml", "{", "[")):
        raise BadInput(f"{path}: found HTML, XML or JSON; expected CSV")
    separator = _separator(text)
    rows, starts = _rows(text, separator)
    first, header_lines = _header(rows)
    titles = tuple(" ".join(cell for cell in row if cell) for row in rows[:first] if any(row))
    widths = Counter(len(row) for row in rows[first + header_lines :] if any(row))
    width = widths.most_common(1)[0][0] if widths else len(rows[first])
    last = first + header_lines - 1
    header = tuple(rows[last]) if header_lines == 1 else ()
    return Sniffed(encoding, separator, starts[first], header_lines, titles, width, header)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte_encoding(data)
    return "utf-8"


def _one_byte_encoding(data: bytes) -> str:
    """Return which one-byte encoding text is in, by the letters that it gives in cp1252."""
    high = Counter(byte for byte in data[: 4 * _HEAD] if byte >= 0x80)
    letters = sum(1 for byte in data[: 4 * _HEAD] if chr(byte).isalpha() and byte < 0x80)
    if sum(count for byte, count in high.items() if byte >= 0xC0) > letters:
        return "cp1251"
    turkish = sum(high[byte] for byte in (0xDD, 0xFD, 0xDE, 0xFE, 0xD0, 0xF0))
    polish = sum(
        high[byte]
        for byte in (0xB3, 0xB9, 0x9C, 0x9F, 0xBF, 0xA3, 0x8C, 0xAF, 0x9A, 0x9E, 0xF8, 0xEC)
    )
    western = sum(
        high[byte] for byte in (0xE9, 0xE0, 0xE7, 0xF1, 0xE3, 0xF5, 0xED, 0xE1, 0xF3, 0xDF)
    )
    if turkish and turkish >= polish:
        return "cp1254"
    return "cp1250" if polish > western else "cp1252"


def _separator(text: str) -> str:
    """Return the separator that gives most lines the same, large number of fields."""
    filled = [line for line in text.splitlines() if line.strip()][:_ROWS]
    counts = {sign: sorted(line.count(sign) for line in filled) for sign in _SEPARATORS[1:]}
    rare = {s: own[len(own) // 2] for s, own in counts.items() if own[len(own) // 5] >= _SURELY}
    if rare:
        return max(rare, key=lambda sign: rare[sign])
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        widths = Counter(len(row) for row in _rows(text, separator)[0] if any(row))
        width, lines = widths.most_common(1)[0] if widths else (0, 0)
        score = lines / max(1, sum(widths.values())) * min(width, 12) if width > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


def _rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """Return the first records, tidied, and how many lines stand before each."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    starts: list[int] = []
    line = 0
    try:
        for row in reader:
            rows.append([tidy_text(cell) for cell in row])
            starts.append(line)
            line = reader.line_num
            if len(rows) == _ROWS:
                break
    except csv.Error:
        pass
    return rows, starts


def _header(rows: list[list[str]]) -> tuple[int, int]:
    """Return the number of the header's first row, and how many rows the header has.

    The header ends above the first row with figures. It has a second row above where its own cells
    repeat or are blank, as under merged cells.
    """
    numbers = [sum(1 for cell in row if _NUMBER.match(cell)) for row in rows]
    usual = median(numbers[len(numbers) // 2 :]) if numbers else 0
    enough = max(1, usual / 2)
    figures = next(
        (n for n, row in enumerate(rows) if _filled(row) >= 2 and numbers[n] >= enough), len(rows)
    )
    if figures == 0:
        return 0, 0
    if figures == len(rows):
        return next((n for n, row in enumerate(rows) if _filled(row) >= 2), 0), 1
    last = figures - 1
    while last > 0 and _filled(rows[last]) < 2:
        last -= 1
    width = max(len(row) for row in rows[: figures + 1])
    words = [
        n for n in range(figures) if not numbers[n] and _filled(rows[n]) > _HEADER_FILLED * width
    ]
    if words and all(numbers[n] for n in range(words[-1] + 1, figures)):
        last = words[-1]
    first = last
    while (
        first > 0
        and last - first < 2
        and _filled(rows[first - 1]) >= 2
        and _needs_more(rows[first : last + 1], width)
    ):
        first -= 1
    return first, last - first + 1


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell)


def _needs_more(rows: list[list[str]], width: int) -> bool:
    cells = [tuple(row[n] if n < len(row) else "" for row in rows) for n in range(width)]
    return len(set(cells)) < width or any(not cell[-1] for cell in cells)
