"""`simulate` and `replay` as their user meets them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import recanvass as rc
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.simulate import simulate

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up election in a ledger. Nobody may write to it."""
    folder = tmp_path_factory.mktemp("made")
    simulate(Recipe(stations=60, seed=5, errors=0.1, contests=2), folder / "case")
    with rc.create(folder / "made.db") as record:
        record.load(folder / "case")
    return folder / "made.db"


def test_simulate_says_what_it_made_and_what_to_do_next(run: Run, tmp_path: Path) -> None:
    ran = run("simulate", tmp_path / "case", "--stations", 50, "--error", "swapped=0.5")
    first, listed, after = ran.out.splitlines()
    assert first.startswith(f"made up {tmp_path / 'case'}: 50 stations, ")
    assert listed.endswith("planted.csv")
    assert after == f"next: recanvass load {tmp_path / 'case'}"
    assert (tmp_path / "case" / "planted.csv").read_text().count(",swapped,") > 5


def test_simulate_makes_names_in_the_readers_language(run: Run, tmp_path: Path) -> None:
    assert run("--lang", "tr", "simulate", tmp_path / "case", "--stations", 5).status == 0
    assert "Yokistan" in (tmp_path / "case" / "units.csv").read_text(encoding="utf-8")


def test_simulate_lists_its_kinds_of_error(run: Run) -> None:
    assert "swapped: two options have each other's votes" in run("simulate", "--kinds").out
    turkish = run("--lang", "tr", "simulate", "--kinds").out
    assert "swapped: iki seçenek birbirinin oyunu alır" in turkish


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "found no folder or no --stations; expected DIR --stations N"),
        (("x", "--stations", "0"), "stations: found 0; expected 1 to 2000000"),
        (("x", "--stations", "9", "--tree", "1,2"), "--tree: found '1,2'; expected regions"),
        (("x", "--stations", "9", "--error", "swapped"), "--error: found 'swapped'; expected KIND"),
        (("x", "--stations", "9", "--error", "x=0.1"), "kind of error: found 'x'; expected any of"),
        (("x", "--stations", "9", "--date", "today"), "day: found 'today'; expected a date"),
    ],
)
def test_simulate_refuses_in_one_line(
    run: Run, words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("simulate", *words)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert message in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("results", "mayor"),
        ("timeline", "mayor"),
        ("checks", "mayor", "--summary"),
        ("sources", "mayor"),
        ("docket", "mayor"),
        ("station", "nowhereland/neverton/maybeham/pretendmere-quarter/1"),
        ("whatif", "mayor", "--where", "valid > 300"),
    ],
)
def test_every_answer_says_first_that_the_election_is_made_up(
    run: Run, made: Path, words: tuple[str, ...]
) -> None:
    ran = run("--ledger", made, *words)
    assert ran.status == 0
    assert ran.out.startswith("SIMULATED: a made-up election of 60 stations (seed 5)")


def test_json_carries_it_and_csv_has_it_beside(run: Run, made: Path) -> None:
    ran = run("--ledger", made, "results", "mayor", "--format", "json")
    assert ran.json()["simulated"].startswith("a made-up election")
    ran = run("--ledger", made, "timeline", "mayor", "--format", "json")
    assert all(item["simulated"] for item in ran.json())
    ran = run("--ledger", made, "results", "mayor", "--format", "csv")
    assert ran.out.startswith("unit,") and ran.err.startswith("SIMULATED: ")


def test_a_page_to_print_says_that_the_return_is_made_up(
    run: Run, made: Path, tmp_path: Path
) -> None:
    station = "nowhereland/neverton/maybeham/pretendmere-quarter/1"
    ran = run("--ledger", made, "prove", station, "--qr", "--out", tmp_path)
    assert ran.out.startswith("SIMULATED: a made-up election")
    pages = list(tmp_path.glob("*.html"))
    assert pages
    for page in pages:
        assert "SIMULATED: a made-up election of 60 stations" in page.read_text(encoding="utf-8")


def test_a_real_election_says_nothing_of_the_kind(run: Run, district_ledger: Path) -> None:
    ran = run("--ledger", district_ledger, "results", "istanbul-mayor", "--format", "json")
    assert (ran.json()["simulated"], ran.err) == (None, "")


def test_replay_feeds_a_new_ledger_and_says_who_leads(run: Run, made: Path, tmp_path: Path) -> None:
    words = ("replay", "mayor", "--order", "by-district", "--speed", "1e9", "--tick", "0.01")
    ran = run("--ledger", made, *words, "--to", tmp_path / "night.db")
    said, *lines, over = ran.out.splitlines()
    assert said.endswith("(district by district; a night of 5 hours, seed 1)")
    assert "stations counted (" in lines[-1] and "leads by" in lines[-1]
    assert over == f"the night is over: {tmp_path / 'night.db'}"
    result = run("--ledger", tmp_path / "night.db", "results", "mayor", "--format", "json").json()
    whole = run("--ledger", made, "results", "mayor", "--format", "json").json()
    assert (result["options"], result["margin"]) == (whole["options"], whole["margin"])


def test_replay_stopped_by_hand_leaves_a_whole_ledger_and_goes_on(
    run: Run, made: Path, tmp_path: Path
) -> None:
    night = tmp_path / "night.db"
    words = ["replay", "mayor", "--order", "random", "--tick", "0.05", "--to", str(night)]
    command = [sys.executable, "-m", "recanvass", "--ledger", str(made), *words]
    with subprocess.Popen([*command, "--speed", "1000"], stdout=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None
        while "leads by" not in ran.stdout.readline():
            pass
        ran.send_signal(signal.SIGINT)
        last = ran.stdout.read().splitlines()[-1]
    assert (ran.returncode, last) == (130, "stopped; the same command goes on from here")
    assert run("--ledger", night, "verify").status == 0
    assert run("--ledger", made, *words, "--speed", "1e9").status == 0
    result = run("--ledger", night, "results", "mayor", "--format", "json").json()
    whole = run("--ledger", made, "results", "mayor", "--format", "json").json()
    assert result["options"] == whole["options"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--speed", "0"), "--speed: found 0; expected more than 0"),
        (("--speed", "nan"), "--speed: found nan"),
        (("--tick", "-1"), "--tick: found -1"),
        (("--hours", "100"), "hours: found 100; expected more than 0, up to 48"),
        (("--order", "sideways"), "--order"),
    ],
)
def test_replay_refuses_in_one_line(
    run: Run, made: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    ran = run("--ledger", made, "replay", "mayor", "--to", tmp_path / "night.db", *words)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert message in ran.err
    assert not (tmp_path / "night.db").exists()


def test_replay_does_not_feed_the_record_that_it_reads(run: Run, made: Path) -> None:
    ran = run("--ledger", made, "replay", "mayor", "--to", made)
    assert (ran.status, ran.out) == (2, "")
    assert "found another record; expected a new ledger" in ran.err
