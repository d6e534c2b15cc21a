"""What the commands print: tables for people, JSON and CSV for programs, in two languages."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.record import open_record

MARCH, JUNE = "2019-03-31", "2019-06-23"
MAYOR = "istanbul-mayor"
DESIGNED = {
    *("contest", "poll", "status", "as_of", "ledger_size", "stations", "registered", "voted"),
    *("valid", "invalid", "turnout", "options", "leader", "margin", "by"),
}


def test_results_as_json_have_the_designed_keys(run, district_ledger) -> None:
    found = run(
        "--ledger", district_ledger, "results", MAYOR, "--poll", JUNE, "--by", "district",
        "--format", "json",
    ).json()  # fmt: skip
    assert found.keys() >= DESIGNED
    assert found["stations"].keys() == {"total", "counted"}
    assert all({"id", "name", "party", "votes", "share"} <= o.keys() for o in found["options"])
    assert len(found["by"]) == 39
    for unit in found["by"]:
        assert unit.keys() >= (DESIGNED - {"contest", "poll", "status", "as_of", "ledger_size"}) - {
            "by"
        } | {"unit", "name"}


@pytest.mark.parametrize("ledger", ["box_ledger", "district_ledger"])
@pytest.mark.parametrize(
    ("poll", "margin", "valid", "led"),
    [
        (MARCH, 13_729, 8_549_822, {"akp": 23, "chp": 16, "tied": 0}),
        (JUNE, 806_014, 8_746_566, {"akp": 11, "chp": 28, "tied": 0}),
    ],
)
def test_the_official_numbers_of_istanbul(run, request, ledger, poll, margin, valid, led) -> None:
    ledger = request.getfixturevalue(ledger)
    ran = run(
        "--ledger", ledger, "results", MAYOR, "--poll", poll, "--by", "district",
        "--format", "json",
    )  # fmt: skip
    found = ran.json()
    assert (found["leader"], found["margin"], found["valid"]) == ("chp", margin, valid)
    assert found["led"] == led
    assert sum(o["votes"] for o in found["options"]) == valid
    assert sum(u["valid"] for u in found["by"]) == valid


def test_compare_finds_the_twelve_districts(run, district_ledger) -> None:
    found = run(
        "--ledger", district_ledger, "compare", MAYOR, MARCH, JUNE, "--by", "district",
        "--format", "json",
    ).json()  # fmt: skip
    assert found["flipped"] == 12
    risen = {u["name"]: u["votes.akp.change"] for u in found["by"] if u["votes.akp.change"] > 0}
    assert risen == {"Sultanbeyli": 43, "Sultangazi": 635}
    assert all(u["votes.chp.change"] > 0 for u in found["by"])


@pytest.mark.parametrize(
    "words",
    [
        f"results {MAYOR}",
        f"results {MAYOR} --by district",
        f"results {MAYOR} --by kind",
        f"checks {MAYOR}",
        f"checks {MAYOR} --summary",
        "station istanbul/adalar/ordinary",
        f"compare {MAYOR} {MARCH} {JUNE} --by district",
        f"compare {MAYOR} {MARCH} {JUNE}",
        f"sources {MAYOR}",
        f"timeline {MAYOR}",
        "timeline",
        "results istanbul-council",
    ],
)
def test_every_table_is_also_json_and_csv_in_both_languages(run, district_ledger, words) -> None:
    command = ["--ledger", district_ledger, *words.split()]
    assert run(*command, "--format", "json").json() is not None
    rows = list(csv.reader(io.StringIO(run(*command, "--format", "csv").out)))
    assert len({len(row) for row in rows}) <= 1
    in_english, in_turkish = run(*command), run(*command, "--lang", "tr")
    for ran in (in_english, in_turkish):
        assert ran.status == 0
        assert ran.out.strip()
        assert ran.err == ""


def test_names_and_numbers_are_written_as_the_language_writes_them(run, district_ledger) -> None:
    command = ("--ledger", district_ledger, "results", MAYOR, "--poll", JUNE)
    assert "4,742,082" in run(*command).out
    in_turkish = run(*command, "--lang", "tr").out
    assert "4.742.082" in in_turkish and "%54,22" in in_turkish


def test_as_of_and_size_ask_two_clocks(run, district_ledger) -> None:
    command = ("--ledger", district_ledger, "results", MAYOR, "--poll", MARCH, "--format", "json")
    early = run(*command, "--as-of", "2019-04-01T09:10+03:00").json()
    assert early["stations"]["counted"] == 0
    assert early["as_of"] == "2019-04-01T09:10+03:00"
    now = run(*command).json()
    assert run(*command, "--size", now["ledger_size"]).json() == now


def test_strict_checks_answer_no_where_an_error_is(run, small_ledger, district_ledger) -> None:
    assert run("--ledger", small_ledger, "checks", "mayor", "--strict").status == 0
    assert run("--ledger", small_ledger, "checks", "mayor").status == 0


def test_timeline_can_be_narrowed_to_one_kind(run, district_ledger) -> None:
    found = run(
        "--ledger", district_ledger, "timeline", MAYOR, "--kind", "declaration.made",
        "--format", "json",
    ).json()  # fmt: skip
    assert {i["kind"] for i in found} == {"declaration.made"}


def test_demo_builds_the_record_tells_its_story_and_tries_its_site(
    run, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("CI", "1")
    ran = run("demo", tmp_path / "demo")
    assert ran.status == 0
    for figure in ("13,729", "806,014", "Sultanbeyli +43", "27,222", "312"):
        assert figure in ran.out
    assert "the site answers: /en/index.html" in ran.out
    assert ran.out.endswith(
        f"recanvass --ledger {tmp_path}/demo/istanbul-2019-districts.db serve\n"
    )
    again = run("demo", tmp_path / "demo", "--no-serve")
    assert again.status == 0
    assert "nothing new" in again.out


# ---- verify --------------------------------------------------------------------------------------


@pytest.fixture
def copy(small_ledger: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(small_ledger, tmp_path / "copy.db"))


def test_a_whole_ledger_is_verified(run, small_ledger) -> None:
    ran = run("--ledger", small_ledger, "verify")
    assert (ran.status, ran.err) == (0, "")


def test_a_flipped_byte_is_found_and_its_entry_named(run, copy) -> None:
    with sqlite3.connect(copy) as connection:
        ((seq, body),) = connection.execute(
            "SELECT seq, body FROM entries WHERE instr(body, CAST('\"elm\":60' AS BLOB))"
        )
        forged = bytes(body).replace(b'"elm":60', b'"elm":61')
        assert forged != body
        connection.execute("UPDATE entries SET body = ? WHERE seq = ?", (forged, seq))
    connection.close()
    ran = run("--ledger", copy, "verify")
    assert ran.status == 1
    assert f"entry {seq}" in ran.out


@pytest.mark.parametrize(
    ("good", "forged"),
    [
        (b'"elm":60', b'"elm":6x'),
        (b'"kind":"return.recorded"', b'"kind":"return.recorder"'),
        (b'"kind":"units.registered"', b'"kind":"units.registered";'),
        (b'"at":"', b'"at":"\xff'),
    ],
)
@pytest.mark.parametrize("words", ["results mayor", "timeline", "verify"])
def test_an_entry_that_is_no_event_is_told_in_one_line(run, copy, good, forged, words) -> None:
    with sqlite3.connect(copy) as connection:
        seq, body = connection.execute(
            "SELECT seq, body FROM entries WHERE instr(body, ?)", (good,)
        ).fetchone()
        changed = (body.replace(good, forged, 1), seq)
        connection.execute("UPDATE entries SET body = ? WHERE seq = ?", changed)
    connection.close()
    ran = run("--ledger", copy, *words.split())
    assert ran.status == (1 if words == "verify" else 2)
    assert f"entry {seq}" in ran.out + ran.err
    assert len(ran.err.splitlines()) <= 1


def test_a_saved_checkpoint_of_this_ledger_is_its_past(run, small_ledger, tmp_path) -> None:
    saved = tmp_path / "checkpoint"
    with open_record(small_ledger, read_only=True) as record:
        saved.write_bytes(record.ledger.checkpoint(1))
    assert run("--ledger", small_ledger, "verify", "--checkpoint", saved).status == 0


def test_a_checkpoint_of_another_ledger_is_not_our_past(run, copy, tmp_path, small_ledger) -> None:
    other = tmp_path / "other.db"
    load_into(str(other), write_case(tmp_path / "case"))
    saved = tmp_path / "checkpoint"
    with open_record(other, read_only=True) as record:
        saved.write_bytes(record.ledger.checkpoint())
        key = record.ledger.verifier
    ran = run("--ledger", small_ledger, "verify", "--checkpoint", saved)
    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    ran = run("--ledger", small_ledger, "verify", "--key", key)
    assert ran.status == 1
    saved.write_bytes(b"not a checkpoint")
    assert run("--ledger", small_ledger, "verify", "--checkpoint", saved).status == 1


def test_the_right_key_is_trusted_as_text_and_as_a_file(run, small_ledger, tmp_path) -> None:
    with open_record(small_ledger, read_only=True) as record:
        key = record.ledger.verifier
    (tmp_path / "key.pub").write_text(key + "\n")
    for given in (key, tmp_path / "key.pub"):
        assert run("--ledger", small_ledger, "verify", "--key", given).status == 0


def test_a_key_that_is_none_is_wrong_use(run, small_ledger) -> None:
    ran = run("--ledger", small_ledger, "verify", "--key", "made+up+key")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)


def test_a_station_is_proved(run, small_ledger) -> None:
    ran = run("--ledger", small_ledger, "verify", "--station", "land/east/1")
    assert ran.status == 0
    assert "in the tree" in ran.out


# ---- as a process --------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["results", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys\nfrom recanvass.cli.main import main\n"
        f"try: main({words!r})\nexcept SystemExit: pass\n"
        "heavy = {'polars', 'rich', 'cryptography', 'babel', 'sqlite3'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "HEAVY []" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_stops_early_sees_no_traceback(district_ledger) -> None:
    command = [sys.executable, "-m", "recanvass", "--ledger", str(district_ledger)]
    command += ["results", MAYOR, "--by", "station", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_the_program_says_no_with_its_exit_status(run_apart, copy) -> None:
    assert run_apart("--ledger", copy, "verify").status == 0
    assert run_apart("--ledger", copy, "results", "nobody").status == 2
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE entries SET body = x'7b7d' WHERE seq = 3")
    connection.close()
    ran = run_apart("--ledger", copy, "verify")
    assert ran.status == 1
    assert "Traceback" not in ran.out + ran.err
