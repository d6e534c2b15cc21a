"""`units.csv`: the tree of a case, written as a table."""

from __future__ import annotations

import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.cells import tidy
from recanvass.exchange.mapping import Format, Layout, UnitsSpec, check_format
from recanvass.exchange.places import STATION, unit_frame
from recanvass.exchange.rejects import Faults
from recanvass.exchange.rows import RowReader
from recanvass.exchange.table import FILE, LINE
from recanvass.exchange.toml_file import TomlFile
from recanvass.model import ID_PATTERN, check_id

__all__ = ["listed_units"]

_COLUMNS = {"id": "id", "name": "name", "level": "level", "parent": "parent", "kind": "kind"}


def listed_units(
    spec: UnitsSpec, reader: RowReader, toml: TomlFile, faults: Faults
) -> pl.DataFrame:
    """Return the units that a case writes itself: those under `[[units.top]]`, then its file's."""
    top = unit_frame(
        {
            "id": [unit.id for unit in spec.top],
            "name": [unit.name or unit.id for unit in spec.top],
            "level": [unit.level for unit in spec.top],
            "parent": [unit.parent for unit in spec.top],
        }
        | {name: [None] * len(spec.top) for name in ("station_kind", "roll")}
    )
    for number, unit in enumerate(spec.top):
        if not _is_id(unit.id):
            line = toml.line_of("units.top", number)
            faults.add(toml.name, line, "id", unit.id, "an id without white space or quotes")
    if spec.file is None:
        return top
    return pl.concat([top, _from_file(spec, reader, toml, faults)])


def _from_file(spec: UnitsSpec, reader: RowReader, toml: TomlFile, faults: Faults) -> pl.DataFrame:
    wanted = _COLUMNS | spec.columns
    asked = {wanted[name]: f"units.{name}" for name in ("id", "level", *spec.columns)}
    optional = {wanted[name]: f"units.{name}" for name in _COLUMNS}
    form = {name: getattr(spec, name) for name in Format.__struct_fields__}
    try:
        check_format(Format(**form))
    except BadInput as error:
        found, _, expected = str(error).removeprefix("found ").partition("; expected ")
        faults.add(toml.name, toml.line_of("units"), "units", found, expected)
        return unit_frame()
    layout = Layout(files=spec.file or "", **form)
    rows = reader.read_some(layout, asked, optional, toml.line_of("units"))
    if rows is None:
        return unit_frame()
    absent = [column for column in optional if column not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(column) for column in absent)
    units = rows.select(
        FILE,
        LINE,
        *(tidy(rows[wanted[name]]).alias(name) for name in ("id", "name", "level", "parent")),
        tidy(rows[wanted["kind"]]).alias("station_kind"),
        pl.lit(spec.roll, pl.String).alias("roll"),
    )
    _check(units, wanted, faults)
    is_station = pl.col("level") == STATION
    kind = pl.when(is_station & (pl.col("station_kind") != "ordinary")).then("station_kind")
    return units.select(
        "id",
        pl.col("name").fill_null(pl.col("id")),
        "level",
        "parent",
        kind.alias("station_kind"),
        pl.when(is_station).then("roll").alias("roll"),
    )


def _check(units: pl.DataFrame, wanted: dict[str, str], faults: Faults) -> None:
    for name, expected in (("id", "the id of a unit"), ("level", "a level, such as district")):
        bad = units.filter(pl.col(name).is_null()).select(FILE, LINE, pl.lit(""))
        faults.add_many(bad.iter_rows(), bad.height, wanted[name], expected)
    again = units.filter(~pl.col("id").is_first_distinct() & pl.col("id").is_not_null())
    again = again.select(FILE, LINE, pl.format("{} again", "id"))
    faults.add_many(again.iter_rows(), again.height, wanted["id"], "each unit once")
    columns = {"id": "id", "level": "level", "parent": "parent", "station_kind": "kind"}
    for name, column in columns.items():
        odd = units.filter(~pl.col(name).str.contains(ID_PATTERN)).select(FILE, LINE, name)
        faults.add_many(
            odd.iter_rows(), odd.height, wanted[column], "an id without white space or quotes"
        )


def _is_id(text: str) -> bool:
    try:
        check_id(text, "id")
    except BadInput:
        return False
    return True
