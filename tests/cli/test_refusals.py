"""Wrong use and bad input: status 2, one line that says what and where, and no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recanvass.record import open_record

WRONG = {
    "results nobody": "contest: found 'nobody'; this record has: mayor",
    "results mayor --poll 2020-01-01": "found '2020-01-01'; this record has: 2024-05-05",
    "results mayor --by street": "level: found 'street'; expected one of land, town",
    "results mayor --as-of 2024-05-05T22:00": "expected a time with a UTC offset",
    "results mayor --as-of yesterday": "found 'yesterday'; expected a time",
    "results mayor --as-of 2024-13-05T22:00Z": "2024-13-05",
    "results mayor --size 999": "size: found 999; expected 0 to",
    "results mayor --size -1": "size: found -1; expected 0 to",
    "results mayor --size many": "many",
    "results mayor --format xml": "xml",
    "results mayor --lang xx": "xx",
    "results": "contest",
    "checks mayor --code Z99": "found 'Z99'",
    "station land/east/9": "station: found 'land/east/9'; expected one such as land/east/1",
    "compare mayor 2024-05-05 2020-01-01": "found '2020-01-01'",
    "sources nobody": "found 'nobody'",
    "timeline nobody": "found 'nobody'",
    "verify --key nothing-here": "--key: found 'nothing-here'",
    "verify --station nowhere": "station: found 'nowhere'",
    "verify --checkpoint nothing-here": "nothing-here",
    "load nothing-here": "nothing-here",
    "demo --boxes nothing-here": "--boxes",
    "frobnicate": "frobnicate",
    "": "COMMAND",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_word_is_told_in_one_line(run, small_ledger, tmp_path, monkeypatch, words) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("--ledger", small_ledger, *words.split())
    assert ran.status == 2
    assert WRONG[words] in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert ran.err.startswith("recanvass")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ledger", "words"),
    [
        ("none.db", "none.db: found no file; expected a ledger"),
        ("sqlite:///none.db", "none.db: found no file; expected a ledger"),
        ("mysql://me:secret@host/db", "found mysql://…; expected sqlite:///PATH"),
        (".", "expected a ledger"),
    ],
)
@pytest.mark.parametrize("command", ["results mayor", "verify", "timeline", "station x"])
def test_a_ledger_that_is_not_there_is_told_and_not_made(
    run, tmp_path, monkeypatch, ledger, words, command
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("--ledger", ledger, *command.split())
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["results mayor", "verify"])
@pytest.mark.parametrize("content", [b"", b"not a ledger at all\n" * 400])
def test_a_file_that_is_no_ledger_is_told_and_left_as_it_is(
    run, tmp_path, command, content
) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(content)
    ran = run("--ledger", file, *command.split())
    assert ran.status in (1, 2)
    assert "letter.txt" in ran.err + ran.out
    assert len(ran.err.splitlines()) <= 1
    assert file.read_bytes() == content


def test_a_ledger_may_be_named_by_the_environment(run, small_ledger, monkeypatch) -> None:
    monkeypatch.setenv("RECANVASS_LEDGER", f"sqlite:///{small_ledger}")
    assert run("results", "mayor", "--format", "json").json()["contest"] == "mayor"


def test_the_ledger_may_stand_before_or_after_the_command(run, small_ledger) -> None:
    before = run("--ledger", small_ledger, "results", "mayor")
    after = run("results", "mayor", "--ledger", small_ledger)
    assert before == after
    assert before.status == 0


def test_a_ledger_with_no_signing_key_can_be_read(run, small_ledger, tmp_path) -> None:
    alone = tmp_path / "alone.db"
    alone.write_bytes(Path(small_ledger).read_bytes())
    assert run("--ledger", alone, "results", "mayor").status == 0
    with open_record(alone) as record:
        assert record.verify().ok


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_told(run, tmp_path, small_ledger) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ran = run("--ledger", closed / "new.db", "load", small_ledger.parent / "case")
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
