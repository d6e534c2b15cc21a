"""A case folder, read whole: every fault is found before anything is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from recanvass.exchange.claims_file import claims_of
from recanvass.exchange.dated import dated_events
from recanvass.exchange.definitions import EXPECTED_FORM, Definitions, define
from recanvass.exchange.keys_file import listed_keys
from recanvass.exchange.mapping import CaseFile, UnitsSpec
from recanvass.exchange.places import STATION, ordered_tree
from recanvass.exchange.rejects import Faults
from recanvass.exchange.returns import ReturnsTable, read_returns
from recanvass.exchange.rows import Folder, RowReader
from recanvass.exchange.signed_files import SignedReturn, signed_returns
from recanvass.exchange.tiles_file import tiles_of
from recanvass.exchange.toml_file import TomlFile, read_toml
from recanvass.exchange.units_file import listed_units
from recanvass.model import AnyEvent, OfficeDefined, PollDefined, rule_units

__all__ = ["Case", "read_case"]

_TABLE_IN_PATH = re.compile(r"^\$\.(\w+)(?:\[(\d+)\])?")


@dataclass(frozen=True)
class Case:
    """An election as a folder describes it, checked, and not yet in any ledger."""

    id: str
    name: str | dict[str, str]
    origin: str | None
    note: str | dict[str, str] | None
    path: Path
    definitions: tuple[AnyEvent, ...]
    """Parties, sources, offices, contests, polls, tile maps, keys; the id of each is `kind/key`."""
    units: pl.DataFrame
    """`id`, `name`, `level`, `parent`, `station_kind`, `roll` (String), parents before children."""
    returns: tuple[ReturnsTable, ...]
    events: tuple[AnyEvent, ...]
    """The dated happenings, then the claims, each in the order of its file."""
    signed: tuple[SignedReturn, ...] = ()
    """Returns that came as files of their own, signed by who made them."""


def read_case(path: Path, *, data: Path | None = None) -> Case:
    """Return the case in a folder (its `case.toml`) or in a TOML file; `data` is searched first.

    Raise BadCase whose `rejects` hold every fault found, each with file, line, column, what was
    found and what was expected.
    """
    path = Path(path)
    toml_path = path / "case.toml" if path.is_dir() or not path.suffix else path
    faults = Faults()
    toml, content = _with_extended(toml_path)
    case = _converted(toml, content, faults)
    made = define(case, toml, faults)
    reader = RowReader(Folder(toml_path.parent, data), toml.name, faults)
    listed = listed_units(case.units, reader, toml, faults)
    returns, derived = read_returns(case, made, reader, toml)
    units = _tree(case.units, listed, derived, toml, faults)
    _known_units(made, units, toml, faults)
    tiles = tiles_of(case.units, units, reader, toml)
    if case.units.closed:
        _only_listed(returns, listed, faults)
    keys = listed_keys(case.case.keys, reader, made, units, toml)
    signed = signed_returns(case.case.signed, reader, made, units, toml)
    events_path = toml_path.parent / (case.case.events or "events.toml")
    events: tuple[AnyEvent, ...] = ()
    if case.case.events is not None or events_path.is_file():
        events = dated_events(events_path, made, faults)
    claims_path = toml_path.parent / (case.case.claims or "claims.toml")
    if case.case.claims is not None or claims_path.is_file():
        claims = claims_of(claims_path, made, [e.id for e in events], faults)
        events = (*events, *claims)
    faults.raise_if_any(str(path))
    about = case.case
    return Case(
        id=about.id,
        name=about.name,
        origin=about.origin,
        note=about.note,
        path=toml_path,
        definitions=(*made.events, *tiles, *keys),
        units=units,
        returns=returns,
        events=events,
        signed=signed,
    )


def _with_extended(path: Path) -> tuple[TomlFile, dict[str, Any]]:
    """Return a case file and its content over that of the file it extends, if any.

    A top-level table or array given here takes the place of the other's; `[case]` is merged.
    """
    toml = read_toml(path, path.name)
    about = toml.content.get("case")
    base = about.get("extends") if isinstance(about, dict) else None
    if not isinstance(base, str):
        return toml, toml.content
    faults = Faults()
    if Path(base).name != base or base == path.name:
        faults.add(toml.name, toml.line_of("case"), "extends", base, "another file of this folder")
        faults.raise_if_any(str(path))
    below = read_toml(path.parent / base, base).content
    if isinstance(below.get("case"), dict) and "extends" in below["case"]:
        faults.add(base, None, "extends", "a second `extends`", "a file that extends no other")
        faults.raise_if_any(str(path))
    return toml, below | toml.content | {"case": below.get("case", {}) | about}


def _converted(toml: TomlFile, content: dict[str, Any], faults: Faults) -> CaseFile:
    """Return the case file as structs; raise BadCase at its first wrong key or type."""
    try:
        return msgspec.convert(content, CaseFile)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        table = _TABLE_IN_PATH.match(where.strip("`"))
        line = toml.line_of(table[1], int(table[2]) if table[2] else None) if table else None
        faults.add(toml.name, line, where.strip("`$.") or None, what, EXPECTED_FORM)
        faults.raise_if_any(toml.name)
        raise


def _tree(
    spec: UnitsSpec, listed: pl.DataFrame, derived: pl.DataFrame, toml: TomlFile, faults: Faults
) -> pl.DataFrame:
    """Return all units, those that the case writes itself taking precedence."""
    every = (
        pl.concat([listed, derived])
        if not spec.closed
        else pl.concat([listed, derived.filter(pl.col("level") != STATION)])
    )
    kind = every.filter(pl.col("station_kind").is_not_null()).select("id", kind="station_kind")
    every = (
        every.unique("id", keep="first", maintain_order=True)
        .join(kind.unique("id", keep="first"), on="id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("station_kind", "kind").alias("station_kind"))
        .drop("kind")
    )
    tree, lost = ordered_tree(every)
    unknown = lost.filter(~pl.col("parent").is_in(every["id"].implode()))
    shown = unknown if unknown.height else lost
    for parent, unit in (
        shown.unique("parent", maintain_order=True).select("parent", "id").iter_rows()
    ):
        faults.add(
            toml.name if spec.file is None else spec.file, None, "parent",
            f"{parent!r} above {unit!r}", "a unit of units.csv or [[units.top]], not in a circle",
        )  # fmt: skip
    return tree


def _known_units(made: Definitions, units: pl.DataFrame, toml: TomlFile, faults: Faults) -> None:
    """Note the definitions that speak of units which the case does not have."""
    named = [(event.id, unit) for event in made.events for unit in _units_named(event)]
    asked = pl.DataFrame(named, schema={"event": pl.String, "unit": pl.String}, orient="row")
    for event, unit in asked.join(units, left_on="unit", right_on="id", how="anti").iter_rows():
        faults.add(toml.name, None, event, f"unit {unit!r}", "a unit of the case")


def _only_listed(returns: tuple[ReturnsTable, ...], listed: pl.DataFrame, faults: Faults) -> None:
    """Note the returns of stations that `units.csv` does not list."""
    stations = listed.filter(pl.col("level") == STATION)["id"].implode()
    for table in returns:
        unlisted = table.frame.filter(~pl.col("station").is_in(stations))
        faults.add_many(
            unlisted.select("file", "line", pl.format("unknown station {}", "station")).iter_rows(),
            unlisted.height,
            None,
            "a station listed in the file of [units], which is closed",
        )


def _units_named(event: AnyEvent) -> tuple[str, ...]:
    if isinstance(event, OfficeDefined):
        return (event.unit, *rule_units(event.seat_rule))
    if isinstance(event, PollDefined):
        options = [(*option.stands_in, *option.not_in) for option in event.options]
        return (*event.units, *(unit for units in options for unit in units))
    return ()
