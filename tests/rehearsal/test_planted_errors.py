"""Planted errors: they are in the returns, and nowhere else; the checks see what they claim to."""

from __future__ import annotations

from pathlib import Path

import msgspec
import polars as pl
import pytest

import recanvass as rc
from recanvass.canvass.rules import RULES
from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.draws import Draws
from recanvass.rehearsal.mistakes import MISTAKES
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.simulate import simulate

RECIPE = Recipe(
    stations=3_000, seed=11, form="full", contests=2, errors=0.4, recounts=0, corrections=0.5
)
KEYS = ["region", "district", "neighbourhood", "station"]
ALWAYS = {
    *("M01", "M02", "M03", "M04", "A02", "A03", "A06", "A07", "R01", "R06"),
    *("P01", "P02", "U04", "U05", "U06", "S01"),
}
"""Rules that miss none of what names them, whatever else is wrong nearby."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    simulate(RECIPE, folder / "case")
    simulate(msgspec.structs.replace(RECIPE, errors=0), folder / "true")
    return folder


@pytest.fixture(scope="module")
def planted(case: Path) -> pl.DataFrame:
    frame = pl.read_csv(case / "case" / "planted.csv", infer_schema=False)
    return frame.filter(pl.col("source") == "board")


def returns(folder: Path, contest: str, reason: str = "count") -> pl.DataFrame:
    """The returns as text, each with the id of its station."""
    file = folder / "returns" / f"{contest}-board-{reason}.csv"
    frame = pl.read_csv(file, infer_schema=False)
    path = pl.concat_str(pl.lit("nowhereland"), *KEYS, separator="/")
    return frame.with_columns(station=path.str.to_lowercase().str.replace_all(" ", "-"))


def test_every_kind_of_error_can_be_planted(planted: pl.DataFrame) -> None:
    paper = Paper(RECIPE, Draws(RECIPE.seed))
    assert set(planted["kind"]) == {name for name, m in MISTAKES.items() if m.possible(paper)}


def test_each_listed_error_is_in_the_returns_and_no_other(
    case: Path, planted: pl.DataFrame
) -> None:
    for contest in RECIPE.contest_ids:
        listed = planted.filter(pl.col("contest") == contest).rows_by_key(
            "station", named=True, include_key=True
        )
        true = returns(case / "true", contest).rows_by_key(
            "station", named=True, unique=True, include_key=True
        )
        for row in returns(case / "case", contest).iter_rows(named=True):
            errors = listed.get(row["station"], [])
            was: dict[str, str] = {}
            became: dict[str, str] = {}
            for error in errors:
                figures = [name.removeprefix("votes.") for name in error["figures"].split()]
                was |= dict(zip(figures, error["was"].split(), strict=True))
                became |= dict(zip(figures, error["became"].split(), strict=True))
            differ = {n for n, v in row.items() if v != true[row["station"]][n]}
            assert differ == set(was)
            assert {n: true[row["station"]][n] or "-" for n in differ} == was
            assert {n: row[n] or "-" for n in differ} == became


def test_a_return_has_one_error_at_most(planted: pl.DataFrame) -> None:
    assert not planted.select("contest", "station").is_duplicated().any()


def test_a_correction_is_what_the_return_should_have_been(case: Path) -> None:
    corrected = returns(case / "case", "mayor", "correction")
    true = returns(case / "true", "mayor")
    assert corrected.height > 100
    figures = [name for name in corrected.columns if name != "at"]
    assert corrected.select(figures).join(true, on=figures, nulls_equal=True).height == (
        corrected.height
    )


def test_the_checks_find_what_the_list_says_they_should(
    case: Path, planted: pl.DataFrame, tmp_path: Path
) -> None:
    recipe = msgspec.structs.replace(RECIPE, errors=0.03, corrections=0)
    simulate(recipe, tmp_path / "case")
    listed = pl.read_csv(tmp_path / "case" / "planted.csv", infer_schema=False)
    with rc.create(tmp_path / "made.db") as record:
        record.load(tmp_path / "case")
        for contest in recipe.contest_ids:
            found = record.contest(contest).poll().checks()
            pairs = set(found.select("station", pl.col("code").cast(pl.String)).iter_rows())
            mine = listed.filter((pl.col("contest") == contest) & (pl.col("source") == "board"))
            for station, kind, rules in mine.select("station", "kind", "rules").iter_rows():
                for code in set((rules or "").split()) & ALWAYS:
                    assert (station, code) in pairs, (kind, station)


def test_the_kinds_name_rules_that_there_are() -> None:
    for mistake in MISTAKES.values():
        text = mistake.rules if isinstance(mistake.rules, str) else ""
        assert set(f"{text} {mistake.siblings}".split()) <= set(RULES)
        assert set(mistake.says) == {"en", "tr"}


def test_an_observers_slip_is_found_against_the_official_return(tmp_path: Path) -> None:
    simulate(Recipe(stations=600, observer=1, errors=0, recounts=0), tmp_path / "case")
    slips = pl.read_csv(tmp_path / "case" / "planted.csv")
    assert set(slips["source"]) == {"observer"}
    with rc.create(tmp_path / "made.db") as record:
        record.load(tmp_path / "case")
        differences = record.contest("mayor").poll().sources()
    assert set(differences["station"]) == set(slips["station"])
    assert differences.height == slips.height


def test_the_docs_list_every_kind_as_the_catalogue_has_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `")]
    for name, mistake in MISTAKES.items():
        (line,) = [row for row in listed if row.startswith(f"| `{name}` | ")]
        assert mistake.says["en"] in line
        if isinstance(mistake.rules, str):
            assert all(code in line for code in mistake.rules.split())
