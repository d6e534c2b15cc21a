"""A ledger moved, kept and brought back by commands; every question asked of PostgreSQL too."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from made_up_case import write_case
from recanvass.ledger import Ledger, Signer

CARRIED_CASE = Path(__file__).parents[2] / "src" / "recanvass" / "cases" / "istanbul-2019"


@pytest.fixture
def ledger(small_ledger: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "town.db"
    shutil.copy(small_ledger, copy)
    shutil.copy(f"{small_ledger}.key", f"{copy}.key")
    return copy


def root_of(place: Path | str) -> bytes:
    with Ledger.open(place, read_only=True) as opened:
        return opened.root()


def test_istanbul_in_postgresql_answers_as_in_a_file_and_comes_back_the_same(
    run_apart, district_ledger, schema_url, tmp_path, monkeypatch
):
    monkeypatch.setenv("RECANVASS_LANG", "en")
    key = tmp_path / "istanbul.key"
    shutil.copy(f"{district_ledger}.key", key)
    monkeypatch.setenv("RECANVASS_SIGNING_KEY_FILE", str(key))
    loaded = run_apart("--ledger", schema_url, "load", CARRIED_CASE)
    assert (loaded.status, loaded.err) == (0, "")
    assert "schema=test" in loaded.out
    monkeypatch.delenv("RECANVASS_SIGNING_KEY_FILE")
    asked = ("results", "istanbul-mayor", "--by", "district", "--format", "json")
    answers = [run_apart("--ledger", place, *asked) for place in (schema_url, district_ledger)]
    assert answers[0].status == 0
    assert answers[0].json() == answers[1].json()
    assert run_apart("--ledger", schema_url, "verify").status == 0
    back = run_apart("copy", schema_url, tmp_path / "back.db")
    assert (back.status, back.err) == (0, "")
    assert root_of(schema_url) == root_of(tmp_path / "back.db") == root_of(district_ledger)
    assert root_of(schema_url).hex() in back.out
    assert run_apart("--ledger", tmp_path / "back.db", "verify").status == 0


def test_a_new_ledger_in_postgresql_asks_for_a_key_and_makes_one_where_it_is_told(
    run, tmp_path, schema_url, monkeypatch
):
    case = write_case(tmp_path / "town")
    ran = run("--ledger", schema_url, "load", case)
    assert ran.status == 2
    assert "expected one in RECANVASS_SIGNING_KEY, or a file for it" in ran.err
    key = tmp_path / "town.key"
    monkeypatch.setenv("RECANVASS_SIGNING_KEY_FILE", str(key))
    ran = run("--ledger", schema_url, "load", case)
    assert (ran.status, ran.err) == (0, "")
    assert f"its signing key is in {key}" in ran.out
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    assert "others may have read" in run("--ledger", schema_url, "load", case).err


def test_a_key_from_the_environment_is_told_of_and_not_written_down(
    run, tmp_path, schema_url, monkeypatch
):
    case = write_case(tmp_path / "town")
    signer = Signer.generate("ledger.example/made-up")
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", signer.secret())
    ran = run("--ledger", schema_url, "load", case)
    assert (ran.status, ran.err) == (0, "")
    assert "signed with the key in RECANVASS_SIGNING_KEY" in ran.out
    assert list(tmp_path.glob("*.key")) == []


def test_a_backup_can_be_restored_and_says_that_no_key_is_in_it(run, ledger, tmp_path, schema_url):
    ran = run("--ledger", ledger, "backup", tmp_path / "town.backup")
    assert (ran.status, ran.err) == (0, "")
    assert "The signing key is not in it" in ran.out
    assert not (tmp_path / "town.backup.key").exists()
    for target in (tmp_path / "again.db", schema_url):
        ran = run("restore", tmp_path / "town.backup", target)
        assert (ran.status, ran.err) == (0, "")
        assert "verified: " in ran.out
        assert "this can only be read" in ran.out
        assert root_of(target) == root_of(ledger)
    shutil.copy(f"{ledger}.key", tmp_path / "again.db.key")
    with Ledger.open(tmp_path / "again.db") as again:
        again.append(["more"], [b"{}"])


def test_backup_and_restore_and_copy_never_overwrite(run, ledger, tmp_path):
    other = tmp_path / "letters.txt"
    other.write_text("dear voters")
    for words in (
        ("--ledger", ledger, "backup", other),
        ("restore", ledger, other),
        ("copy", ledger, other),
    ):
        ran = run(*words)
        assert (ran.status, ran.out) == (2, "")
        assert "letters.txt: found a file; expected none" in ran.err
    assert other.read_text() == "dear voters"


def test_a_backup_that_was_changed_is_not_restored(run, ledger, tmp_path):
    backup = tmp_path / "town.backup"
    run("--ledger", ledger, "backup", backup)
    connection = sqlite3.connect(backup)
    with connection:
        connection.execute("UPDATE entries SET body = x'7b7d' WHERE seq = 5")
    connection.close()
    ran = run("restore", backup, tmp_path / "again.db")
    assert ran.status == 1
    assert "entry 5: its bytes are not those" in ran.out
    assert not (tmp_path / "again.db").exists()


def test_a_backup_under_another_key_than_the_trusted_one_is_not_restored(run, ledger, tmp_path):
    run("--ledger", ledger, "backup", tmp_path / "town.backup")
    other = str(Signer.generate("recanvass.local/town").verifier)
    ran = run("restore", tmp_path / "town.backup", tmp_path / "again.db", "--key", other)
    assert ran.status == 1
    assert not (tmp_path / "again.db").exists()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("backup", "postgresql://ann:secret@h/db"), "expected a file"),
        (("restore", "postgresql://ann:secret@h/db", "x.db"), "expected the file of a backup"),
        (("restore", "none.backup", "x.db"), "none.backup: found no file"),
        (("copy", "none.db", "x.db"), "none.db: found no file"),
        (("copy", "mysql://ann:secret@h/db", "x.db"), "found mysql://…"),
    ],
)
def test_what_cannot_be_copied_is_told_in_one_line(
    run, ledger, tmp_path, monkeypatch, words, refusal
):
    monkeypatch.chdir(tmp_path)
    ran = run("--ledger", ledger, *words)
    assert (ran.status, ran.out) == (2, "")
    assert refusal in ran.err
    assert "secret" not in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "x.db").exists()


def test_a_published_log_can_be_copied_into_a_ledger(run, ledger, tmp_path):
    assert run("--ledger", ledger, "publish", tmp_path / "out").status == 0
    ran = run("copy", tmp_path / "out" / "log", tmp_path / "again.db")
    assert (ran.status, ran.err) == (0, "")
    assert run("--ledger", tmp_path / "again.db", "verify").status == 0
    assert root_of(tmp_path / "again.db") == root_of(ledger)
