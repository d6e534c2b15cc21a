"""Where each return is from: station ids, and the tree of units that columns describe.

A station id is a path of slugs, `istanbul/adalar/burgazada-mah/1`. Two spellings with the same
slug are the same place, so a double space or an accent does not make a second one.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.exchange.cells import slugs, tidy
from recanvass.exchange.mapping import KindRule, StationSpec, as_tuple
from recanvass.exchange.rejects import Faults
from recanvass.exchange.rows import cell_matches
from recanvass.exchange.table import FILE, LINE

__all__ = ["STATION", "UNIT_COLUMNS", "ordered_tree", "place_rows", "unit_frame"]

STATION = "station"
UNIT_COLUMNS = ("id", "name", "level", "parent", "station_kind", "roll")
_LONGEST_ID = 240


def unit_frame(columns: dict[str, object] | None = None) -> pl.DataFrame:
    """Return a frame of units (all columns String) from lists, or an empty one."""
    return pl.DataFrame(columns or {}, schema=dict.fromkeys(UNIT_COLUMNS, pl.String))


def place_rows(
    rows: pl.DataFrame, spec: StationSpec, roll: str | None, faults: Faults
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with their `STATION`, without those whose place is blank, and their units.

    The units come parents first, in file order, and may repeat: the first spelling names one.
    """
    kinds = kind_of_rows(rows, spec.kind_rules)
    texts = {name: tidy(rows[name]) for name in (*spec.path, *_id_columns(spec))}
    parts = {name: slugs(text) for name, text in texts.items()}
    good = _named(rows, parts, faults)
    if not good.all():
        rows, kinds = rows.filter(good), kinds.filter(good)
        texts = {name: text.filter(good) for name, text in texts.items()}
        parts = {name: part.filter(good) for name, part in parts.items()}

    prefix = pl.repeat(spec.under, rows.height, dtype=pl.String, eager=True).alias("parent")
    levels = []
    for column, level in zip(spec.path, spec.levels, strict=True):
        place = _below(prefix, parts[column])
        levels.append(_units(place, texts[column], level, prefix))
        prefix = place
    own, shown = _own_part(spec, prefix, parts, texts)
    station = _below(prefix, own)
    _short_enough(rows, station, faults)
    name = tidy(rows[spec.name]).fill_null(shown) if spec.name is not None else shown
    stations = _units(station, name, STATION, prefix).with_columns(
        kinds.alias("station_kind"),
        pl.lit(roll, pl.String).alias("roll"),
    )
    units = pl.concat([unit_frame(), *levels, stations], how="diagonal")
    return rows.with_columns(station.alias(STATION)), units


def _id_columns(spec: StationSpec) -> tuple[str, ...]:
    return tuple(column for column in as_tuple(spec.id) if column != "#")


def _named(rows: pl.DataFrame, parts: dict[str, pl.Series], faults: Faults) -> pl.Series:
    """Return which rows have every part of their place, noting a fault for each part absent."""
    good = pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
    for column, part in parts.items():
        absent = part.is_null() | (part == "").fill_null(value=False)
        if absent.any():
            bad = rows.filter(absent).select(FILE, LINE, pl.col(column).fill_null(""))
            faults.add_many(
                bad.iter_rows(), bad.height, column,
                "the name or number of a place (or `skip` such rows in the case)",
            )  # fmt: skip
            good &= ~absent
    return good


def _below(prefix: pl.Series, part: pl.Series) -> pl.Series:
    """Return the ids of places one level below."""
    frame = pl.select(prefix.alias("prefix"), part.alias("part"))
    return frame.select(
        pl.concat_str("prefix", "part", separator="/", ignore_nulls=True)
    ).to_series()


def _own_part(
    spec: StationSpec,
    prefix: pl.Series,
    parts: dict[str, pl.Series],
    texts: dict[str, pl.Series],
) -> tuple[pl.Series, pl.Series]:
    """Return the last part of the station ids, and how it is shown."""
    if as_tuple(spec.id) == ("#",):
        number = pl.int_range(1, pl.len() + 1).over("prefix").cast(pl.String)
        order = pl.select(prefix.alias("prefix")).select(number).to_series()
        return order, order
    columns = as_tuple(spec.id)
    if len(columns) == 1:
        return parts[columns[0]], texts[columns[0]]
    own = pl.DataFrame([parts[column].alias(column) for column in columns])
    shown = pl.DataFrame([texts[column].alias(column) for column in columns])
    return (
        own.select(pl.concat_str(pl.all(), separator="-")).to_series(),
        shown.select(pl.concat_str(pl.all(), separator=" ")).to_series(),
    )


def _units(ids: pl.Series, names: pl.Series, level: str, parents: pl.Series) -> pl.DataFrame:
    frame = pl.select(
        ids.alias("id"), names.alias("name"), pl.lit(level).alias("level"), parents.alias("parent")
    )
    return frame if level == STATION else frame.unique("id", keep="first", maintain_order=True)


def _short_enough(rows: pl.DataFrame, station: pl.Series, faults: Faults) -> None:
    long = station.str.len_chars() > _LONGEST_ID
    if long.any():
        bad = rows.select(FILE, LINE, station).filter(long)
        faults.add_many(
            bad.iter_rows(), bad.height, None, f"a station id of at most {_LONGEST_ID} characters"
        )


def kind_of_rows(rows: pl.DataFrame, rules: Sequence[KindRule]) -> pl.Series:
    """Return the kind of station of each row, null for an ordinary one. The first rule wins."""
    kinds = pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    for rule in rules:
        cells = tidy(rows[rule.column])
        if rule.map:
            told = cells.replace_strict(rule.map, default=None, return_dtype=pl.String)
        else:
            hit = cell_matches(cells, rule.equals, rule.contains)
            told = pl.repeat(None, rows.height, dtype=pl.String, eager=True).set(hit, rule.kind)
        kinds = kinds.fill_null(told)
    return kinds.set((kinds == "ordinary").fill_null(value=False), None)


def ordered_tree(units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the units with parents before children, and those without a known way to the top.

    Within a depth the order is that of the rows given. The loop is over the levels of the tree.
    """
    done = [units.filter(pl.col("parent").is_null())]
    left = units.filter(pl.col("parent").is_not_null())
    while left.height and done[-1].height:
        above = done[-1]["id"]
        below = left["parent"].is_in(above.implode())
        done.append(left.filter(below))
        left = left.filter(~below)
    return pl.concat(done), left
