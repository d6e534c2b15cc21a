"""A CSV file as a table of texts, every line of it accounted for.

Polars reads the cells; it fills a short line with nulls and cuts a long one, so the fields of each
line are counted here, and a line that does not have as many as the header is named.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from recanvass.exchange.cells import tidy_text
from recanvass.exchange.mapping import Format
from recanvass.exchange.rejects import Faults

__all__ = ["FILE", "LINE", "Table", "open_table"]

FILE = "::file"
LINE = "::line"
"""Columns added to every table; no header holds them after `tidy_text` and the check for `::`."""

MOST_COLUMNS = 10_000
LARGEST_FILE = 1 << 30
"""Bytes: a million stations with a thousand bytes for each."""
MOST_LINES = 30_000_000
LONGEST_LINE = 1_000_000
"""Bytes."""
MOST_LINES_OF_A_RECORD = 1_000
_HEAD_BYTES = 1_000_000
_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Table:
    """A CSV file whose header is known and whose rows are still bytes."""

    name: str
    """The file as faults call it."""
    form: Format
    header: tuple[str, ...]
    first_line: int
    """The line of the first row, from 1."""
    data: bytes
    """The whole file in UTF-8, without a byte order mark."""

    def rows(self, columns: Collection[str], faults: Faults) -> pl.DataFrame:
        """Return `columns` as String, with `FILE` and `LINE`; blank rows are left out.

        A line with a wrong number of fields is a fault, and is not among the rows.
        """
        empty = pl.DataFrame(schema=dict.fromkeys((*columns, FILE), pl.String) | {LINE: pl.Int64})
        records = _records(self, faults)
        if records is None:
            return empty
        width = len(self.header)
        fits = pl.col("fields") <= width if self.form.short_lines else pl.col("fields") == width
        wrong = records.filter(~fits & ~pl.col("blank"))
        faults.add_many(
            wrong.select(pl.lit(self.name), "line", pl.format("{} fields", "fields")).iter_rows(),
            wrong.height,
            None,
            f"{width} fields, as in the header" + (" or fewer" * self.form.short_lines),
        )
        cells = self._cells(columns, records, faults)
        if cells is None:
            return empty
        whole = records.select(fits).to_series()
        frame = cells.with_columns(
            pl.lit(self.name).alias(FILE), records["line"].cast(pl.Int64).alias(LINE)
        )
        kept = whole & ~records["blank"]
        return frame if kept.all() else frame.filter(kept)

    def widths(self) -> pl.Series:
        """Return how many fields each line has that is not blank."""
        records = _records(self, Faults())
        if records is None:
            return pl.Series("fields", [], pl.Int64)
        return records.filter(~pl.col("blank"))["fields"]

    def _cells(
        self, columns: Collection[str], records: pl.DataFrame, faults: Faults
    ) -> pl.DataFrame | None:
        """Return the cells of `columns`, one row a record; None, with a fault, if unreadable."""
        names = [f"c{number}" for number in range(len(self.header))]
        wanted = {names[self.header.index(column)]: column for column in columns}
        if records.height == 0:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        try:
            scan = pl.scan_csv(
                self.data,
                has_header=False,
                separator=self.form.separator,
                quote_char=self.form.quote or None,
                skip_lines=self.first_line - 1,
                schema=dict.fromkeys(names, pl.String),
                truncate_ragged_lines=True,
                missing_columns="insert",
            )
            frame = scan.select(list(wanted) or names[:1]).collect()
        except pl.exceptions.PolarsError:
            frame = pl.DataFrame()
        if frame.height != records.height:
            _name_bad_quotes(self, records, faults)
            return None
        return frame.select(pl.col(name).alias(column) for name, column in wanted.items())


def _records(table: Table, faults: Faults) -> pl.DataFrame | None:
    """Return one row a record: `line` where it starts, number of `fields`, whether it is `blank`.

    A record goes over several lines where a quoted cell holds line breaks: it starts on a line
    before which the quotation marks are even. None, with a fault, if a line or a record is longer
    than any real one.
    """
    separator, quote = table.form.separator, table.form.quote
    sign = re.escape(quote)
    text = pl.col("text")
    lines = (
        pl.read_lines(table.data, name="text", row_index_name="line", row_index_offset=1)
        .slice(table.first_line - 1)
        .with_columns(pl.col("line").cast(pl.Int64))
    )
    if _too_long(lines, table, faults):
        return None
    unquoted = text
    if quote and quote.encode() in table.data:
        joined = _joined(lines, quote, table, faults)
        if joined is None:
            return None
        lines = joined
        unquoted = pl.col("text").str.replace_all(f"{sign}[^{sign}]*{sign}", "")
    return lines.select(
        "line",
        (unquoted.str.count_matches(separator, literal=True).cast(pl.Int64) + 1).alias("fields"),
        text.str.strip_chars(f"{separator}{quote} \t\r\u00a0").eq("").alias("blank"),
        *(["text"] if quote else []),
    )


def _too_long(lines: pl.DataFrame, table: Table, faults: Faults) -> bool:
    """Note the lines that are longer than any real one; return whether there are some."""
    length = pl.col("text").str.len_bytes()
    long = lines.filter(length > LONGEST_LINE)
    found = long.select(pl.lit(table.name), "line", pl.format("{} bytes", length))
    faults.add_many(found.iter_rows(), long.height, None, f"at most {LONGEST_LINE:,} bytes a line")
    return long.height > 0


def _joined(lines: pl.DataFrame, quote: str, table: Table, faults: Faults) -> pl.DataFrame | None:
    """Return the lines with those of one record made one; None if a record has far too many.

    That and a quotation left open are faults.
    """
    marks = pl.col("text").str.count_matches(quote, literal=True).cast(pl.Int64)
    lines = lines.with_columns((marks.cum_sum() % 2 == 1).alias("open"))
    starts = ~pl.col("open").shift(1, fill_value=False)
    if not lines["open"].any():
        return lines
    lines = lines.with_columns(starts.cum_sum().alias("record"))
    if lines["open"][-1]:
        first = lines.filter(pl.col("record") == pl.col("record").max())
        faults.add(
            table.name,
            first["line"][0],
            None,
            f"a quotation mark {quote} that is not closed: {first['text'][0]}",
            f"a closing {quote}",
        )
    long = lines.group_by("record").agg(pl.col("line").min(), count=pl.len())
    long = long.filter(pl.col("count") > MOST_LINES_OF_A_RECORD).sort("line")
    if long.height:
        found = long.select(
            pl.lit(table.name), "line", pl.format("a quoted cell over {} lines", "count")
        )
        expected = f"at most {MOST_LINES_OF_A_RECORD:,} lines a row"
        faults.add_many(found.iter_rows(), long.height, None, expected)
        return None
    single = pl.col("record").is_unique()
    several = (
        lines.filter(~single)
        .group_by("record", maintain_order=True)
        .agg(pl.col("text").str.join("\n"), pl.col("line").first())
    )
    return pl.concat(
        [lines.filter(single).select("record", "text", "line"), several], how="vertical"
    ).sort("record")


def _name_bad_quotes(table: Table, records: pl.DataFrame, faults: Faults) -> None:
    """Note the records with text after a closing quotation mark, which no reader can split."""
    separator, quote = re.escape(table.form.separator), re.escape(table.form.quote)
    stray = rf"(?:^|{separator}){quote}(?:[^{quote}]|{quote}{quote})*{quote}[^{separator}{quote}\r]"
    expected = f"{quote}…{quote} around a whole cell, and {quote}{quote} inside it"
    bad = records.filter(pl.col("text").str.contains(stray)) if quote else records.clear()
    faults.add_many(
        bad.select(pl.lit(table.name), "line", "text").iter_rows(), bad.height, None, expected
    )
    if bad.height == 0 and not any(reject.file == table.name for reject in faults.found):
        faults.add(table.name, None, None, "quotation marks that do not pair up", expected)


def open_table(path: Path, name: str, form: Format, faults: Faults) -> Table | None:
    """Return the table in a file, called `name` in faults; None, with a fault, if there is none."""
    try:
        data = _within_bounds(path, name, faults)
    except OSError as error:
        faults.add(name, None, None, error.strerror or str(error), "a file that can be read")
        return None
    text = None if data is None else _as_utf8(data, name, form, faults)
    del data
    if text is None:
        return None
    header, first_line = _header(text, name, form, faults)
    if not header:
        return None
    return Table(name, form, header, first_line, text)


def _within_bounds(path: Path, name: str, faults: Faults) -> bytes | None:
    """Return the bytes of a file; None, with a fault, if it is larger than any real one."""
    expected = f"at most {LARGEST_FILE:,} bytes and {MOST_LINES:,} lines (split the file)"
    size = path.stat().st_size
    if size > LARGEST_FILE:
        faults.add(name, None, None, f"{size:,} bytes", expected)
        return None
    data = path.read_bytes()
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if lines > MOST_LINES:
        faults.add(name, None, None, f"{lines:,} lines", expected)
        return None
    return data


def _as_utf8(data: bytes, name: str, form: Format, faults: Faults) -> bytes | None:
    """Return the bytes of a file in UTF-8; None, with a fault a line, if they are not text."""
    encoding = next((codec for bom, codec in _BOMS if data.startswith(bom)), form.encoding)
    if not _is_of_files(encoding):
        faults.add(name, None, None, f"encoding {encoding!r}", "the name of a text encoding")
        return None
    before = len(faults.found)
    try:
        if encoding in ("utf-8-sig", "utf-8"):
            data = data.removeprefix(codecs.BOM_UTF8)
            data.decode("utf-8")
        else:
            data = data.decode(encoding).encode("utf-8")
    except UnicodeError:
        _name_broken_lines(data, name, encoding, faults)
    if len(faults.found) == before and b"\0" in data:
        rows = [
            (name, number, "a NUL byte")
            for number, line in enumerate(data.split(b"\n"), start=1)
            if b"\0" in line
        ]
        faults.add_many(rows, len(rows), None, f"text in {encoding}")
    if len(faults.found) > before:
        return None
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _is_of_files(encoding: str) -> bool:
    """Return whether files are written in this encoding: not names of hosts, nor escapes."""
    try:
        "".encode(encoding)  # unlike a look-up, it knows which codecs are of text
        return codecs.lookup(encoding).name not in _NOT_OF_FILES
    except (LookupError, ValueError):
        return False


def _name_broken_lines(data: bytes, name: str, encoding: str, faults: Faults) -> None:
    """Note each line that cannot be decoded."""
    expected = f"text in {encoding} (or say `encoding` in the case)"
    rows: list[tuple[str, int, str]] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError as error:
            around = line[max(0, error.start - 12) : error.start + 12]
            rows.append((name, number, f"byte 0x{line[error.start]:02x} in {around!r}"))
    if encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32")) or not rows:
        faults.add(name, None, None, "bytes of another encoding", expected)
        return
    faults.add_many(rows, len(rows), None, expected)


def _header(text: bytes, name: str, form: Format, faults: Faults) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns, tidied, and the line of the first row."""
    head = io.StringIO(text[:_HEAD_BYTES].decode("utf-8", "ignore"), newline="")
    for _ in range(form.skip_lines):
        head.readline()
    reader = csv.reader(
        head,
        delimiter=form.separator,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, form.header_lines))
    except csv.Error as error:
        faults.add(name, form.skip_lines + 1, None, str(error), "a header line")
        return (), 0
    names = list(form.header) or _merged(rows)
    line = form.skip_lines + reader.line_num
    expected = "a header line that names the columns"
    if not any(names):
        found = f"nothing after {form.skip_lines} lines" if form.skip_lines else "an empty file"
        faults.add(name, line or None, None, found, expected)
        return (), 0
    if len(names) > MOST_COLUMNS:
        faults.add(name, line, None, f"{len(names):,} columns", f"at most {MOST_COLUMNS:,}")
        return (), 0
    return tuple(names), line + 1


def _merged(rows: list[list[str]]) -> list[str]:
    """Return the names of columns whose header goes over several lines.

    Above the last line a blank cell means "as to the left", the way merged cells are exported.
    """
    width = max((len(row) for row in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        left = ""
        for column in range(width):
            cell = tidy_text(row[column]) if column < len(row) else ""
            left = cell or left
            shown = cell if number == len(rows) - 1 else left
            if shown:
                parts[column].append(shown)
    return [" ".join(part) for part in parts]
