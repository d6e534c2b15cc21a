"""attach, blob, redact: a document bound to an event, given back, and withdrawn."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from made_up_case import write_case
from recanvass.cli.load import load_into

PDF = b"%PDF-1.4 the reasons of the board"
HASH = hashlib.sha256(PDF).hexdigest()
DECISION = """
[[event]]
kind = "decision.made"
id = "decision-1"
at = 2024-05-07T21:00:00+03:00
contest = "mayor"
body = "board"
orders = []
summary = "Rejected"
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    load_into(str(tmp_path / "town.db"), write_case(tmp_path / "case", more_events=DECISION))
    return tmp_path / "town.db"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    (tmp_path / "reasons.pdf").write_bytes(PDF)
    return tmp_path / "reasons.pdf"


@pytest.fixture
def attached(run, ledger: Path, pdf: Path) -> Path:
    words = ("attach", "decision-1", pdf, "--title", "Reasons of the decision")
    assert run("--ledger", ledger, *words).status == 0
    return ledger


def test_what_is_attached_is_shown_in_the_docket_and_given_back(run, attached, tmp_path) -> None:
    shown = run("--ledger", attached, "docket", "mayor").out
    assert f"decision-1: Reasons of the decision ({HASH}): kept" in shown
    (found,) = run("--ledger", attached, "docket", "mayor", "--format", "json").json()["evidence"]
    assert (found["sha256"], found["state"]) == (HASH, "kept")
    ran = run("--ledger", attached, "blob", HASH, "--out", tmp_path / "copy.pdf")
    assert ran.status == 0
    assert (tmp_path / "copy.pdf").read_bytes() == PDF


def test_evidence_of_a_return_is_shown_with_its_station(run, ledger, pdf) -> None:
    words = ("--ledger", ledger, "station", "land/east/1")
    (one,) = run(*words, "--format", "json").json()["returns"]
    run("--ledger", ledger, "attach", one["id"], pdf)
    assert f"application/pdf ({HASH}): kept" in run(*words).out
    assert run(*words, "--format", "json").json()["evidence"][0]["to"] == one["id"]


def test_withdrawn_evidence_stays_in_the_record_as_its_hash_and_a_reason(
    run, attached, tmp_path
) -> None:
    run("--ledger", attached, "publish", tmp_path / "out")
    assert (tmp_path / "out" / "blob" / HASH).read_bytes() == PDF
    assert run("--ledger", attached, "redact", HASH, "--because", "names a voter").status == 0
    again = run("--ledger", attached, "redact", HASH, "--because", "x")
    assert (again.status, "already" in again.out) == (0, True)
    published = run("--ledger", attached, "publish", tmp_path / "out").out
    assert "0 files written, 1 removed because withdrawn" in published
    assert not (tmp_path / "out" / "blob" / HASH).exists()
    for words in (
        ("--ledger", attached, "verify"),
        ("verify", "--dir", tmp_path / "out" / "log"),
        ("--ledger", attached, "docket", "mayor"),
    ):
        ran = run(*words)
        assert ran.status == 0
        assert f"({HASH}): withdrawn, because: names a voter" in ran.out
    refused = run("--ledger", attached, "blob", HASH, "--out", tmp_path / "copy.pdf")
    assert (refused.status, (tmp_path / "copy.pdf").exists()) == (2, False)


def test_lost_evidence_makes_the_answer_no(run, attached, tmp_path) -> None:
    run("--ledger", attached, "publish", tmp_path / "out")
    (tmp_path / "out" / "blob" / HASH).write_bytes(b"another")
    ran = run("verify", "--dir", tmp_path / "out" / "log")
    assert ran.status == 1
    assert f"evidence {HASH}: is altered" in ran.out
    shutil.rmtree(tmp_path / "out" / "blob")
    ran = run("verify", "--dir", tmp_path / "out" / "log")
    assert ran.status == 0
    assert "1 pieces of evidence not published here" in ran.out


def test_wrong_use_of_evidence_is_told_in_one_line(run, attached, pdf, tmp_path) -> None:
    program = tmp_path / "photo.jpg"
    program.write_bytes(b"\x7fELF\x01")
    wrong = {
        "expected one of application/pdf": ("attach", "decision-1", program),
        "expected the id of an event": ("attach", "nothing", pdf),
        "no-file": ("attach", "decision-1", "no-file"),
        "--limit: found 0": ("attach", "decision-1", pdf, "--limit", "0"),
        "title: found": ("attach", "report-1", pdf, "--title", ""),
        "because: found": ("redact", HASH, "--because", ""),
        "found no '00'": ("redact", "00", "--because", "x"),
        "found no 'xy'": ("blob", "xy", "--out", tmp_path / "copy.pdf"),
        "found a file": ("blob", HASH, "--out", pdf),
    }
    for message, words in wrong.items():
        ran = run("--ledger", attached, *words)
        assert (ran.status, len(ran.err.splitlines())) == (2, 1), words
        assert message in ran.err
