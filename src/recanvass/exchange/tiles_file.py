"""`tiles.csv`: where each unit stands on a map of equal tiles."""

from __future__ import annotations

from urllib.parse import quote

import polars as pl

from recanvass.exchange.cells import tidy
from recanvass.exchange.mapping import Format, Layout, UnitsSpec
from recanvass.exchange.rejects import Faults
from recanvass.exchange.rows import RowReader
from recanvass.exchange.table import FILE, LINE
from recanvass.exchange.toml_file import TomlFile
from recanvass.model import Tile, TilesDefined

__all__ = ["tiles_of"]

DEFAULT_FILE = "tiles.csv"
MOST_TILES = 600
"""Tiles on one map; more could not be told apart, and would not fit into one entry."""
MOST_ROWS = 100
LONGEST_LABEL = 6

_NEEDED = {"unit": "unit", "row": "row", "column": "column"}


def tiles_of(
    spec: UnitsSpec, units: pl.DataFrame, reader: RowReader, toml: TomlFile
) -> tuple[TilesDefined, ...]:
    """Return the tile maps of a case, one for each level that has tiles, noting what is wrong.

    `units` is the whole tree of the case.
    """
    file = spec.tiles or DEFAULT_FILE
    if spec.tiles is None and not reader.folder.find(file):
        return ()
    form = {name: getattr(spec, name) for name in Format.__struct_fields__}
    rows = reader.read_some(
        Layout(files=file, **form), _NEEDED, {"label": "label"}, toml.line_of("units")
    )
    if rows is None:
        return ()
    tiles = _placed(rows, units)
    if _check(tiles, reader.faults):
        return ()
    return tuple(
        TilesDefined(
            id=f"tiles.defined/{quote(str(level), safe='')}",
            level=str(level),
            tiles=tuple(Tile(**tile) for tile in group.drop("level").to_dicts()),
        )
        for (level,), group in tiles.drop(FILE, LINE, "given_row", "given_column").group_by(
            ["level"], maintain_order=True
        )
    )


def _placed(rows: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as numbers, with the level of each unit (null for an unknown one)."""
    label = tidy(rows["label"]) if "label" in rows.columns else pl.Series([None] * rows.height)
    tiles = rows.select(
        FILE,
        LINE,
        tidy(rows["unit"]).alias("unit"),
        tidy(rows["row"]).alias("given_row"),
        tidy(rows["column"]).alias("given_column"),
        label.cast(pl.String).alias("label"),
    )
    places = units.select(pl.col("id").alias("unit"), "level")
    return tiles.with_columns(
        pl.col("given_row").cast(pl.Int64, strict=False).alias("row"),
        pl.col("given_column").cast(pl.Int64, strict=False).alias("column"),
    ).join(places, on="unit", how="left", maintain_order="left")


def _check(tiles: pl.DataFrame, faults: Faults) -> bool:
    """Note every fault, and return whether there is one."""
    inside = f"a whole number from 0 to {MOST_ROWS}"
    wrong: list[tuple[str, pl.Expr, pl.Expr, str]] = [
        ("unit", pl.col("level").is_null(), pl.col("unit").fill_null(""), "a unit of the case"),
        ("unit", ~pl.col("unit").is_first_distinct(), pl.col("unit"), "each unit once"),
        *(
            (
                name,
                ~pl.col(name).is_between(0, MOST_ROWS).fill_null(False),
                pl.col(f"given_{name}").fill_null(""),
                inside,
            )
            for name in ("row", "column")
        ),
        (
            "row",
            ~pl.struct("level", "row", "column").is_first_distinct(),
            pl.format("{} again at row {}, column {}", "unit", "row", "column"),
            "a tile of its own for each unit",
        ),
        (
            "label",
            (pl.col("label").str.len_chars() > LONGEST_LABEL).fill_null(False),
            pl.col("label"),
            f"at most {LONGEST_LABEL} letters",
        ),
        (
            "unit",
            pl.int_range(pl.len()).over("level") == MOST_TILES,
            pl.col("unit"),
            f"at most {MOST_TILES} tiles of one level",
        ),
    ]
    before = len(faults.found)
    for column, is_wrong, found, expected in wrong:
        bad = tiles.filter(is_wrong).select(FILE, LINE, found.alias("found"))
        faults.add_many(bad.iter_rows(), bad.height, column, expected)
    return len(faults.found) > before
