"""Made-up elections: the same for the same seed, sound as cases, and labelled."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recanvass as rc
from recanvass.errors import BadInput
from recanvass.rehearsal.draws import LARGEST_SEED
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.simulate import simulate

SMALL = Recipe(
    stations=150, seed=4, form="full", contests=2, errors=0.3, recounts=0.2, tree=(3, 2, 3)
)
RECIPES = st.builds(
    Recipe,
    stations=st.integers(1, 120),
    hours=st.integers(1, 24),
    seed=st.integers(0, LARGEST_SEED),
    language=st.sampled_from(["en", "tr"]),
    options=st.integers(2, 12),
    contests=st.integers(1, 2),
    form=st.sampled_from(["short", "full"]),
    registered=st.integers(20, 2_000),
    turnout=st.floats(0.05, 0.95),
    spread=st.floats(0, 2),
    late=st.floats(0, 1),
    missing=st.floats(0, 1),
    errors=st.floats(0, 1),
    corrections=st.floats(0, 1),
    recounts=st.floats(0, 0.2),
    observer=st.floats(0, 1),
)


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        simulate(SMALL, tmp_path / name)
    assert files(tmp_path / "one") == files(tmp_path / "other")


def test_the_bytes_are_these_on_every_machine(tmp_path: Path) -> None:
    simulate(SMALL, tmp_path / "case")
    tables = {name: data for name, data in files(tmp_path / "case").items() if "csv" in name}
    digest = sha256(b"".join(name.encode() + tables[name] for name in sorted(tables)))
    assert digest.hexdigest()[:16] == "bfaef7263cf867d8"


def test_another_seed_gives_other_votes(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(Recipe(stations=40, seed=seed), tmp_path / str(seed))
    one, two = files(tmp_path / "1"), files(tmp_path / "2")
    assert one["returns/mayor-board-count.csv"] != two["returns/mayor-board-count.csv"]


@settings(max_examples=8)
@given(RECIPES)
def test_every_recipe_loads_and_declares_what_its_returns_add_up_to(recipe: Recipe) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = simulate(recipe, Path(name) / "case")
        with rc.create(Path(name) / "made.db") as record:
            loaded = record.load(Path(name) / "case")
            assert loaded.returns == made.returns + made.copies
            for contest, totals in made.totals.items():
                votes = record.contest(contest).results().votes
                assert {o: v or 0 for o, v in votes.items()} == totals
                assert not [c for c in record.contest(contest).statements() if c.differences]


@settings(max_examples=5)
@given(st.integers(0, LARGEST_SEED), st.sampled_from(["short", "full"]), st.floats(0.05, 0.95))
def test_without_errors_no_rule_finds_one(seed: int, form: str, turnout: float) -> None:
    recipe = Recipe(
        stations=200, seed=seed, form=form, turnout=turnout, errors=0, recounts=0.2, contests=2
    )
    with tempfile.TemporaryDirectory() as name:
        simulate(recipe, Path(name) / "case")
        with rc.create(Path(name) / "made.db") as record:
            record.load(Path(name) / "case")
            for contest in recipe.contest_ids:
                found = record.contest(contest).poll().checks()
                assert found.filter(pl.col("severity") == "error").is_empty()


def test_votes_differ_more_from_place_to_place_with_more_spread(tmp_path: Path) -> None:
    shares = []
    for spread in (0.0, 1.0):
        folder = tmp_path / str(spread)
        simulate(Recipe(stations=300, spread=spread, errors=0), folder)
        frame = pl.read_csv(folder / "returns" / "mayor-board-count.csv")
        shares.append(float(str(frame.select((pl.col("o1") / pl.col("valid")).std()).item())))
    assert shares[1] > 2 * shares[0]


def test_some_stations_never_report_and_some_report_late(tmp_path: Path) -> None:
    made = simulate(
        Recipe(stations=1_000, missing=0.1, late=0.1, errors=0, recounts=0, hours=6),
        tmp_path / "case",
    )
    frame = pl.read_csv(tmp_path / "case" / "returns" / "mayor-board-count.csv")
    assert made.returns == frame.height
    assert 850 < frame.height < 950
    next_day = frame["at"].str.starts_with("2030-06-03T0").sum()
    assert 20 < next_day < 200


def test_a_case_of_many_parts_is_that_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(stations=500, errors=0)
    simulate(recipe, tmp_path / "whole")
    monkeypatch.setattr("recanvass.rehearsal.simulate._STATIONS_AT_A_TIME", 64)
    simulate(recipe, tmp_path / "parts")
    whole, parts = files(tmp_path / "whole"), files(tmp_path / "parts")
    # What is planted is listed part by part.
    listed = [sorted(case.pop("planted.csv").splitlines()) for case in (whole, parts)]
    assert whole == parts
    assert listed[0] == listed[1]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="expected a new folder"):
        simulate(Recipe(stations=5), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_what_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recanvass.rehearsal.simulate._write", full)
    with pytest.raises(OSError, match="No space"):
        simulate(Recipe(stations=5), tmp_path / "case")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"stations": 0}, "stations: found 0; expected 1 to"),
        ({"stations": 10**9}, "stations: found 1000000000; expected 1 to 2000000"),
        ({"seed": -1}, "seed: found -1"),
        ({"turnout": float("nan")}, "turnout: found nan; expected 0.05 to 0.95"),
        ({"errors": 0.7, "rates": {"swapped": 0.6}}, "found 1.3 in all; expected 1 at most"),
        ({"rates": {"swapped": -0.1}}, "rate of swapped: found -0.1"),
        ({"rates": {"upside-down": 0.1}}, "found 'upside-down'; expected any of digit-dropped"),
        ({"rates": {"off-roll-many": 0.1}}, "which this form and tree do not allow"),
        ({"tree": (4, 4, 4)}, "found 64 neighbourhoods for 9 stations"),
        ({"tree": (0, 1, 1)}, "expected three numbers from 1"),
        ({"day": "2 June"}, "day: found '2 June'"),
        ({"language": "xx"}, "language: found 'xx'"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(
    wrong: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=message):
        simulate(Recipe(**({"stations": 9} | wrong)), tmp_path / "case")  # type: ignore[arg-type]
    assert not (tmp_path / "case").exists()


def test_the_record_says_that_it_is_made_up_wherever_it_is_asked(tmp_path: Path) -> None:
    simulate(Recipe(stations=30, seed=8), tmp_path / "case")
    with rc.create(tmp_path / "made.db") as record:
        record.load(tmp_path / "case")
        poll = record.contest("mayor").poll()
        said = "a made-up election of 30 stations (seed 8): no such place, no such vote"
        results = record.contest("mayor").results(language="en")
        assert results.to_dict()["simulated"] == said
        assert said in results._repr_html_()
        assert "(simulated)" in repr(results)
        assert poll.definition().simulated is not None
        assert {item.simulated for item in record.timeline("mayor")} == {said}
        station = record.station(poll.stations()["station"][0])
        assert [one.simulated for one in station.returns] == [poll.definition().simulated]
