"""The tree of a made-up country: regions, districts, neighbourhoods, and stations of any number."""

from __future__ import annotations

import polars as pl

from recanvass.model import slug
from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.draws import Draws
from recanvass.rehearsal.names import names_in
from recanvass.rehearsal.recipe import Recipe

__all__ = ["LEVELS", "Places"]

LEVELS = ("region", "district", "neighbourhood")
_PRISONS = 0.004
_LARGEST_WEIGHT = 4


class Places:
    """The places of a recipe. Only those above the stations are held; stations are made in parts.

    `neighbourhoods` has a row each: `neighbourhood`, `district`, `region` (their numbers from 0),
    `<level>.name`, `<level>.id`, and `first`, the number of its first station.
    """

    def __init__(self, recipe: Recipe, draws: Draws) -> None:
        self.recipe = recipe
        self.draws = draws
        names = names_in(recipe.language)
        self.root = slug(names.country)
        regions, districts, neighbourhoods = recipe.divisions
        number = pl.col("neighbourhood")
        frame = pl.select(
            neighbourhood=pl.int_range(regions * districts * neighbourhoods, dtype=pl.Int64)
        ).with_columns(
            district=number // neighbourhoods, region=number // (neighbourhoods * districts)
        )
        above, parts = pl.lit(self.root), regions
        for level, below in zip(LEVELS, (districts, neighbourhoods, 1), strict=True):
            # No two in one place have the same name, and not all places have the same ones.
            turn = 37 * LEVELS.index(level)
            name = [names.place(n % parts, turn + 7 * (n // parts)) for n in frame[level]]
            if level == "neighbourhood":
                name = [names.neighbourhood.format(name=one) for one in name]
            own = pl.Series("_own", [slug(one) for one in name])
            frame = frame.with_columns(pl.Series(f"{level}.name", name), own)
            frame = frame.with_columns((above + "/" + pl.col("_own")).alias(f"{level}.id"))
            above, parts = pl.col(f"{level}.id"), below
        first = self._first_stations(frame["neighbourhood"])
        self.neighbourhoods = frame.drop("_own").with_columns(first.alias("first"))

    def _first_stations(self, neighbourhood: pl.Series) -> pl.Series:
        """Return each neighbourhood's first station: some have up to four times as many."""
        weight = 1 + self.draws.below("size", neighbourhood, _LARGEST_WEIGHT)
        before = weight.cum_sum() - weight
        return before * self.recipe.stations // int(weight.sum())

    def stations(self, start: int, end: int) -> pl.DataFrame:
        """Return the stations from `start` up to, not including, `end`, in the order of the tree.

        Columns: `number` (from 0), `own` (its number in its neighbourhood, from 1), `station` (id),
        `station_kind`, `registered`, and those of its neighbourhood.
        """
        frame = pl.select(number=pl.int_range(start, end, dtype=pl.Int64)).join_asof(
            self.neighbourhoods.unique("first", keep="last", maintain_order=True),
            left_on="number",
            right_on="first",
        )
        number = frame["number"]
        half = self.recipe.registered // 2
        more = [self.draws.below(f"registered/{n}", number, half + 1) for n in (1, 2)]
        prison = self.draws.happens("prison", number, _PRISONS)
        own = number - frame["first"] + 1
        return frame.with_columns(
            own=own,
            registered=half + more[0] + more[1],
            station=pl.col("neighbourhood.id") + "/" + own.cast(pl.String),
            station_kind=pl.when(prison).then(pl.lit("prison")).otherwise(pl.lit("ordinary")),
        )

    def units_above(self) -> pl.DataFrame:
        """Return the units above the stations: `id`, `level`, `name`, `parent`, `kind` (null).

        Neighbourhoods that got no station are left out.
        """
        used = self.neighbourhoods.filter(
            pl.col("first") < pl.col("first").shift(-1, fill_value=self.recipe.stations)
        )
        parents = (None, *LEVELS)
        return pl.concat(
            used.unique(f"{level}.id", maintain_order=True).select(
                id=f"{level}.id",
                level=pl.lit(level),
                name=f"{level}.name",
                parent=pl.lit(self.root) if above is None else pl.col(f"{above}.id"),
                kind=pl.lit(None, pl.String),
            )
            for above, level in zip(parents, LEVELS, strict=False)
        )

    def regions_without(self, paper: Paper, option: str) -> list[str]:
        """Return the ids of the regions where an option does not stand."""
        regions = self.neighbourhoods.unique("region", maintain_order=True)
        return regions.filter(~paper.stands(option))["region.id"].to_list()
