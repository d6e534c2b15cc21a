"""A made-up election written as a case folder: any size, the same bytes for the same recipe."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from recanvass.errors import BadInput
from recanvass.rehearsal.afterwards import Afterwards
from recanvass.rehearsal.ballots import Ballots, Paper
from recanvass.rehearsal.case_text import PLANTED, UNITS, case_text, events_text, returns_file
from recanvass.rehearsal.draws import Draws
from recanvass.rehearsal.names import names_in
from recanvass.rehearsal.places import LEVELS, Places
from recanvass.rehearsal.planting import NOTHING_PLANTED, Planter
from recanvass.rehearsal.recipe import Recipe

__all__ = ["Simulated", "simulate"]

_STATIONS_AT_A_TIME = 50_000
"""So many are in memory. Part of what the seed means: a slip does not reach from one part over
into the next."""


@dataclass
class Simulated:
    """What was made."""

    folder: Path
    stations: int
    returns: int = 0
    """Of the board: first counts, corrections and recounts."""
    copies: int = 0
    """Of the observer mission."""
    planted: int = 0
    """Errors listed in `planted.csv`."""
    totals: dict[str, dict[str, int]] = field(default_factory=dict)
    """By contest: the votes per option that count in the end."""
    recounted: list[str] = field(default_factory=list)
    """Ids of the neighbourhoods that were counted again."""


def simulate(recipe: Recipe, folder: Path) -> Simulated:
    """Make the election of a recipe as a case folder, with its planted errors in `planted.csv`.

    Raise BadInput, before anything is written, if the folder holds something already or the recipe
    has a kind of error that there is not. A folder is there whole or not at all.
    """
    maker = _Maker(recipe)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder}: found something there already; expected a new folder")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with _new_folder(folder) as building:
        made = maker.write(building)
    made.folder = folder
    return made


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into; it gets its name at the end, or is removed with all in it."""
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        yield building
        if folder.exists():
            folder.rmdir()
        building.chmod(0o755)  # what mkdtemp makes is for its owner alone
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


class _Maker:
    """Writes an election part by part, and adds up what it writes."""

    def __init__(self, recipe: Recipe) -> None:
        draws = Draws(recipe.seed)
        self.recipe = recipe
        self.paper = Paper(recipe, draws)
        self.planter = Planter(recipe, draws, self.paper)
        self.places = Places(recipe, draws)
        self.ballots = Ballots(recipe, draws, self.paper)
        self.afterwards = Afterwards(recipe, draws, self.paper)

    def write(self, folder: Path) -> Simulated:
        """Write the whole case into a folder that is there and empty."""
        made = Simulated(folder, self.recipe.stations)
        made.totals = {
            contest: dict.fromkeys(self.paper.options, 0) for contest in self.recipe.contest_ids
        }
        neighbourhoods = self.places.neighbourhoods
        again = neighbourhoods.filter(self.afterwards.recounted(neighbourhoods))
        made.recounted = again["neighbourhood.id"].to_list()
        (folder / "returns").mkdir()
        _append(folder / UNITS, self._units_above())
        _append(folder / PLANTED, _planted_rows(NOTHING_PLANTED, "", "", ""))
        for start in range(0, self.recipe.stations, _STATIONS_AT_A_TIME):
            end = min(start + _STATIONS_AT_A_TIME, self.recipe.stations)
            stations = self.places.stations(start, end)
            _append(folder / UNITS, _station_units(stations))
            for contest in self.recipe.contest_ids:
                self._write_returns(folder, stations, contest, made)
        _write(folder / "case.toml", case_text(self.recipe, self.paper, self.places, folder))
        _write(folder / "events.toml", events_text(self.recipe, made.totals, made.recounted))
        return made

    def _write_returns(
        self, folder: Path, stations: pl.DataFrame, contest: str, made: Simulated
    ) -> None:
        true = self.ballots.returns(stations, contest)
        counted, errors = self.planter.plant(true, contest)
        corrected = self.afterwards.corrections(true, errors, contest)
        recounted, bundles = self.afterwards.recounts(true, contest)
        copies, slips = self.afterwards.copies(true, contest)
        by_reason = {"count": counted, "correction": corrected, "recount-full": recounted}
        for reason, frame in by_reason.items():
            self._append_returns(folder / returns_file(contest, "board", reason), frame)
            made.returns += frame.height
        self._append_returns(folder / returns_file(contest, "observer", "count"), copies)
        made.copies += copies.height
        listed = (("board", "count", errors), ("board", "recount-full", bundles))
        for source, reason, rows in (*listed, ("observer", "count", slips)):
            _append(folder / PLANTED, _planted_rows(rows, contest, source, reason))
            made.planted += rows.height
        last = pl.concat(by_reason.values()).unique("number", keep="last", maintain_order=True)
        for option, name in zip(self.paper.options, self.paper.votes, strict=True):
            made.totals[contest][option] += int(last[name].sum())

    def _append_returns(self, file: Path, frame: pl.DataFrame) -> None:
        if frame.height:
            place = [pl.col(f"{level}.name").alias(level) for level in LEVELS]
            at = self.ballots.moment(pl.col("at")).alias("at")
            votes = [
                pl.col(name).alias(option)
                for option, name in zip(self.paper.options, self.paper.votes, strict=True)
            ]
            own = pl.col("own").alias("station")
            _append(file, frame.select(*place, own, at, *self.paper.counts, *votes))

    def _units_above(self) -> pl.DataFrame:
        country = names_in(self.recipe.language).country
        above = self.places.units_above()
        top = {"id": self.places.root, "level": "country", "name": country}
        return pl.concat([pl.DataFrame([top]), above], how="diagonal")


def _station_units(stations: pl.DataFrame) -> pl.DataFrame:
    return stations.select(
        id="station",
        level=pl.lit("station"),
        name=pl.col("own").cast(pl.String),
        parent="neighbourhood.id",
        kind="station_kind",
    )


def _planted_rows(rows: pl.DataFrame, contest: str, source: str, reason: str) -> pl.DataFrame:
    return rows.select(
        pl.lit(contest).alias("contest"),
        "station",
        pl.lit(source).alias("source"),
        pl.lit(reason).alias("reason"),
        "kind",
        "figures",
        "was",
        "became",
        pl.col("rules").replace("", None),
    )


def _append(file: Path, frame: pl.DataFrame) -> None:
    """Add rows to a CSV file; a new one gets its header first."""
    new = not file.exists()
    with file.open("ab") as out:
        frame.write_csv(out, include_header=new)


def _write(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8"))
