"""`load`: all or nothing, whatever is wrong and whenever it is stopped."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from recanvass.record import open_record

BAD = "East,2,200,150,150,0,seventy,80"


def test_a_case_makes_the_ledger_and_loading_it_again_adds_nothing(run, tmp_path) -> None:
    case = write_case(tmp_path / "case")
    ledger = tmp_path / "new" / "record.db"
    assert run("--ledger", ledger, "load", case).status == 0
    before = ledger.read_bytes()
    ran = run("--ledger", ledger, "load", case)
    assert ran.status == 0
    assert "nothing new" in ran.out
    assert ledger.read_bytes() == before


def test_a_bad_case_makes_no_ledger_and_no_key(run, tmp_path) -> None:
    case = write_case(tmp_path / "case", ROWS[0], BAD)
    place = tmp_path / "ledger"
    place.mkdir()
    ran = run("--ledger", place / "record.db", "load", case)
    assert ran.status == 2
    assert list(place.iterdir()) == []
    assert "Traceback" not in ran.err


def test_a_bad_case_leaves_the_ledger_byte_for_byte(run, tmp_path) -> None:
    ledger = tmp_path / "record.db"
    run("--ledger", ledger, "load", write_case(tmp_path / "case"))
    before = ledger.read_bytes()
    ran = run("--ledger", ledger, "load", write_case(tmp_path / "case", ROWS[0], BAD))
    assert ran.status == 2
    assert ledger.read_bytes() == before


def test_faults_are_shown_by_twenty_and_all_written_beside_the_case(run, tmp_path) -> None:
    rows = [f"East,{n},1,1,1,0,x{n},1" for n in range(50)]
    case = write_case(tmp_path / "case", *rows)
    ran = run("--ledger", tmp_path / "record.db", "load", case)
    shown = [line for line in ran.err.splitlines() if "returns.csv line" in line]
    assert len([line for line in shown if line.startswith("  ")]) == 20
    lines = (case / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "file,line,column,found,expected"
    assert len(lines) == 51
    assert lines[1].startswith("returns.csv,2,elm,x0,")


def test_the_list_of_faults_is_taken_away_once_the_case_is_sound(run, tmp_path) -> None:
    case = write_case(tmp_path / "case", BAD)
    run("--ledger", tmp_path / "record.db", "load", case)
    assert (case / "rejects.csv").exists()
    assert run("--ledger", tmp_path / "record.db", "load", write_case(case)).status == 0
    assert not (case / "rejects.csv").exists()


def test_a_case_with_older_returns_says_that_they_do_not_count(run, tmp_path) -> None:
    ledger = tmp_path / "record.db"
    run("--ledger", ledger, "load", write_case(tmp_path / "case"))
    older = write_case(tmp_path / "case", at="2024-05-05T12:00:00Z")
    assert "older" in run("--ledger", ledger, "load", older).out


def test_a_record_cannot_be_loaded_into_without_its_key(run, tmp_path) -> None:
    ledger = tmp_path / "record.db"
    run("--ledger", ledger, "load", write_case(tmp_path / "case"))
    alone = tmp_path / "alone.db"
    shutil.copy(ledger, alone)
    changed = write_case(tmp_path / "case", name="Lord Mayor")
    ran = run("--ledger", alone, "load", changed)
    assert ran.status == 2
    assert "signing key" in ran.err
    assert len(ran.err.splitlines()) == 1


# ---- stopped half-way ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Long:
    """A ledger, and a case that takes a while to be loaded into it."""

    ledger: Path
    case: Path
    before: int
    after: int
    seconds: float


def load_command(ledger: Path, case: Path) -> list[str]:
    return [sys.executable, "-m", "recanvass", "--ledger", str(ledger), "load", str(case)]


def with_key(ledger: Path, place: Path) -> Path:
    """Copy a ledger and its signing key."""
    for file in ledger.parent.glob(ledger.name + "*"):
        shutil.copy(file, place.with_name(file.name.replace(ledger.name, place.name)))
    return place


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Long:
    folder = tmp_path_factory.mktemp("long")
    start = folder / "start.db"
    subprocess.run(load_command(start, write_case(folder / "small")), check=True)
    rows = [f"North,{n},900,800,790,10,400,390" for n in range(25_000)]
    case = write_case(folder / "long", *ROWS, *rows)
    whole = with_key(start, folder / "whole.db")
    began = time.monotonic()
    subprocess.run(load_command(whole, case), check=True)
    seconds = time.monotonic() - began
    sizes = []
    for place in (start, whole):
        with open_record(place, read_only=True) as record:
            sizes.append(record.ledger.size)
    return Long(start, case, *sizes, seconds)


def stop(command: list[str], how: signal.Signals, after: float) -> tuple[int, str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(after)
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("share", [0.4, 0.7, 0.85, 0.95])
def test_a_load_that_is_stopped_leaves_all_of_it_or_nothing(
    long: Long, tmp_path: Path, how: signal.Signals, share: float
) -> None:
    ledger = with_key(long.ledger, tmp_path / "copy.db")
    moment = long.seconds * share * random.Random(f"{how}{share}").uniform(0.9, 1.05)
    status, err = stop(load_command(ledger, long.case), how, moment)
    if how is signal.SIGINT and status not in (0, -signal.SIGINT):
        assert status == 130
        assert len(err.splitlines()) == 1
    with open_record(ledger) as record:
        assert record.ledger.size in (long.before, long.after)
        assert record.verify().ok
        record.load(long.case)
        assert record.ledger.size == long.after


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_first_load_that_is_stopped_can_be_done_again(
    long: Long, tmp_path: Path, how: signal.Signals, run: Callable
) -> None:
    ledger = tmp_path / "first.db"
    stop(load_command(ledger, long.case), how, long.seconds * 0.8)
    again = run("--ledger", ledger, "load", long.case)
    if how is signal.SIGKILL and again.status == 2:
        # Killed between its key and its name: the key signed nothing, and the message says so.
        assert "found a key file; expected none" in again.err
        assert not ledger.exists()
        ledger.with_name("first.db.key").unlink()
        again = run("--ledger", ledger, "load", long.case)
    assert again.status == 0
    with open_record(ledger) as record:
        assert record.verify().ok
