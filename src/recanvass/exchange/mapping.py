"""The part of `case.toml` that maps columns of files to the words of an election.

One struct per TOML table, with the names of `docs/case-format.md`. They hold what was written;
whether the files have such columns is for the readers to find.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from recanvass.errors import BadInput
from recanvass.exchange.formula import LONGEST_FORMULA, parse_formula

__all__ = [
    "AtColumn",
    "CaseFile",
    "CaseInfo",
    "Format",
    "KindRule",
    "Layout",
    "Long",
    "ReturnsSpec",
    "RowTest",
    "StationSpec",
    "TopUnit",
    "UnitsSpec",
]

Reason = Literal["count", "correction", "recount-invalid", "recount-full", "order"]
Columns = str | tuple[str, ...]
Formula = Annotated[str, msgspec.Meta(max_length=LONGEST_FORMULA)]
MOST_SKIPPED = 1000
MOST_HEADER_LINES = 10
SUM_OF_VOTES = "sum(votes)"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: an unknown key in it is a fault, not silence."""


class Format(_Table, frozen=True, kw_only=True):
    """How the bytes of a CSV file become cells."""

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    thousands: str = ""
    missing: tuple[str, ...] = ()
    skip_lines: int = 0
    header_lines: int = 1
    header: tuple[str, ...] = ()
    short_lines: bool = False
    """True if a line may have fewer fields than the header: the others are blank."""


class RowTest(_Table, frozen=True, kw_only=True):
    """Which rows are meant, by one of their cells."""

    column: str
    equals: Columns = ()
    contains: Columns = ()
    blank: bool = False


class KindRule(_Table, frozen=True, kw_only=True):
    """What tells the kind of a station."""

    column: str
    kind: str | None = None
    equals: Columns = ()
    contains: Columns = ()
    map: dict[str, str] = {}


class StationSpec(_Table, frozen=True, kw_only=True):
    """Which columns say where a return is from."""

    id: Columns = ()
    path: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    under: str | None = None
    name: str | None = None
    kind: KindRule | tuple[KindRule, ...] = ()

    @property
    def kind_rules(self) -> tuple[KindRule, ...]:
        """The rules that tell the kind, in order."""
        return (self.kind,) if isinstance(self.kind, KindRule) else self.kind


class Long(_Table, frozen=True, kw_only=True):
    """A row per station and option."""

    option: Columns
    votes: Formula
    """A column, or a formula of columns."""
    options: dict[str, str] = {}
    counts: dict[str, str] = {}
    add_rows: bool = False


class AtColumn(_Table, frozen=True, kw_only=True):
    """The column that holds the time of each return."""

    column: str
    offset: str | None = None
    format: str | None = None


class Layout(Format, frozen=True, kw_only=True):
    """Files of one layout: how they are read, and what their columns mean."""

    files: Columns = ()
    where: dict[str, Columns] = {}
    skip: tuple[RowTest, ...] = ()
    fill: tuple[str, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    """Column of the melted rows → the columns of the file that it is made of, group by group."""
    station: StationSpec | None = None
    new_stations: bool = True
    """False in a further part: only stations that an earlier part has are taken from it."""
    counts: dict[str, Formula] = {}
    votes: dict[str, Formula] = {}
    long: Long | None = None


class ReturnsSpec(Layout, frozen=True, kw_only=True):
    """One `[[returns]]`: whose returns these are, and where they are."""

    contest: str | None = None
    poll: Any = None
    source: str | None = None
    reason: Reason = "count"
    at: Any = None
    """A TOML date-time or text with an offset, or an `AtColumn` table."""
    parts: tuple[Layout, ...] = ()


class TopUnit(_Table, frozen=True, kw_only=True):
    """A unit written in the case file itself."""

    id: str
    name: str | None = None
    level: str = "area"
    parent: str | None = None


class UnitsSpec(Format, frozen=True, kw_only=True):
    """Where the tree is written."""

    file: str | None = None
    columns: dict[str, str] = {}
    roll: str | None = None
    closed: bool = False
    tiles: str | None = None
    """The file of the tile map; `tiles.csv` if that is there and nothing is said."""
    top: tuple[TopUnit, ...] = ()


class CaseInfo(_Table, frozen=True, kw_only=True):
    """The `[case]` table."""

    id: str
    name: str | dict[str, str]
    origin: str | None = None
    note: str | dict[str, str] | None = None
    extends: str | None = None
    events: str | None = None
    claims: str | None = None
    keys: str | None = None
    signed: Columns = ()
    """Files of signed returns, or patterns."""


class CaseFile(_Table, frozen=True, kw_only=True):
    """A whole `case.toml`; definitions stay plain, they become events."""

    case: CaseInfo
    parties: tuple[dict[str, Any], ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    offices: tuple[dict[str, Any], ...] = ()
    contests: tuple[dict[str, Any], ...] = ()
    polls: tuple[dict[str, Any], ...] = ()
    units: UnitsSpec = UnitsSpec()
    returns: tuple[ReturnsSpec, ...] = ()


def check_format(form: Format) -> None:
    """Raise BadInput if a file cannot be in this format."""
    for name, size in (("separator", 1), ("quote", 0), ("thousands", 0)):
        text = getattr(form, name)
        if not size <= len(text) <= 1 or not (
            text == "" or text.isprintable() or text in "\t\u202f"
        ):
            raise BadInput(f"found {name} {text!r}; expected one character")
    if not form.separator.isascii() or not form.quote.isascii():
        raise BadInput("found a separator or quote that is not ASCII; expected one of ASCII")
    if not 0 <= form.skip_lines <= MOST_SKIPPED or not 0 <= form.header_lines <= MOST_HEADER_LINES:
        raise BadInput(
            f"found skip_lines or header_lines out of range; expected 0 to {MOST_SKIPPED} and "
            f"{MOST_HEADER_LINES} lines"
        )
    if form.header_lines == 0 and not form.header:
        raise BadInput("found header_lines = 0 without `header`; expected the names of the columns")


def as_tuple(columns: Columns) -> tuple[str, ...]:
    """Return one name or several as a tuple."""
    return (columns,) if isinstance(columns, str) else columns


def columns_of(layout: Layout, at: AtColumn | None, header: frozenset[str]) -> dict[str, str]:
    """Return each column of the file that a layout reads, with the key that names it."""
    asked = columns_asked(layout, at, header)
    plain = {column: key for column, key in asked.items() if column not in layout.groups}
    return plain | {
        column: f"groups.{name}" for name, columns in layout.groups.items() for column in columns
    }


def columns_asked(layout: Layout, at: AtColumn | None, header: frozenset[str]) -> dict[str, str]:
    """Return each column that a layout speaks of, made of groups or not, with its key."""
    header = header | layout.groups.keys()
    pairs = [("where", column) for column in layout.where]
    pairs += [("skip", test.column) for test in layout.skip]
    pairs += [("fill", column) for column in layout.fill]
    pairs += _station_columns(layout.station) if layout.station is not None else []
    formulas = {f"counts.{name}": text for name, text in layout.counts.items()}
    formulas |= {f"votes.{name}": text for name, text in layout.votes.items()}
    if layout.long is not None:
        pairs += [("long.option", column) for column in as_tuple(layout.long.option)]
        formulas["long.votes"] = layout.long.votes
    for key, text in formulas.items():
        if text != SUM_OF_VOTES:
            pairs += [(key, column) for _, column in parse_formula(text, header)]
    pairs += [("at", at.column)] if at is not None else []
    return {column: key for key, column in reversed(pairs)}


def _station_columns(station: StationSpec) -> list[tuple[str, str]]:
    pairs = [("station.path", column) for column in station.path]
    pairs += [("station.id", column) for column in as_tuple(station.id) if column != "#"]
    pairs += [("station.kind", rule.column) for rule in station.kind_rules]
    pairs += [("station.name", station.name)] if station.name is not None else []
    return pairs
