"""An officer signs on a machine of their own; the board takes the note; everybody can check it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from made_up_keys import AGENT, OFFICER, SECOND, STRANGER, write_key
from recanvass.cli.load import load_into
from recanvass.ledger import Ledger
from recanvass.ledger.note import open_note

STATION = "land/west/1"
RETURN = {
    "contest": "mayor",
    "poll": "2024-05-05",
    "station": STATION,
    "source": "board",
    "at": "2024-05-05T23:00:00+03:00",
    "counts": {"registered": 90, "voted": 50, "valid": 49, "invalid": 1},
    "votes": {"elm": 20, "oak": 29},
}
KEYS = f"""\
verifier,role,holder,stations
{OFFICER.verifier},officer,Chair of West 1,{STATION}
{SECOND.verifier},officer,Chair of East,land/east
{AGENT.verifier},agent,Oak's agent,land
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger whose case registers three keys and has no return of West 1 yet."""
    folder = write_case(tmp_path / "case", *ROWS)
    (folder / "keys.csv").write_text(KEYS, encoding="utf-8")
    load_into(str(tmp_path / "town.db"), folder)
    return tmp_path / "town.db"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    file = tmp_path / "west-1.json"
    file.write_text(json.dumps(RETURN), encoding="utf-8")
    return file


@pytest.fixture
def note(run, form: Path, tmp_path: Path) -> Path:
    """The return signed by its officer, then by an agent."""
    for signer, file in ((OFFICER, form), (AGENT, form.with_suffix(".note"))):
        assert run("sign", file, "--key", write_key(signer, tmp_path)).status == 0
    return form.with_suffix(".note")


def test_signing_shows_what_is_signed_and_needs_no_ledger(run, form, tmp_path) -> None:
    ran = run("sign", form, "--key", write_key(OFFICER, tmp_path), "--out", tmp_path / "x.note")
    assert (ran.status, ran.err) == (0, "")
    assert "signed as officer:" in ran.out
    assert f"{STATION} · mayor 2024-05-05" in ran.out
    assert "registered 90, voted 50, valid 49, invalid 1, elm 20, oak 29" in ran.out
    note = open_note((tmp_path / "x.note").read_bytes(), [OFFICER.verifier])
    assert json.loads(note.text)["votes"] == RETURN["votes"]


def test_a_free_text_cannot_make_the_terminal_show_another_return(run, form, tmp_path) -> None:
    form.write_text(json.dumps(RETURN | {"remark": "\x1b[2Jelm 99"}), encoding="utf-8")
    ran = run("sign", form, "--key", write_key(OFFICER, tmp_path))
    assert "�[2Jelm 99" in ran.out
    assert "\x1b" not in ran.out


def test_a_cosigned_note_grows_by_a_line_where_it_lies(run, note) -> None:
    lines = note.read_text(encoding="utf-8").splitlines()
    assert [line.split(" ")[1] for line in lines[2:]] == ["agent", "officer"]


def test_a_file_that_is_there_already_is_kept(run, form, tmp_path) -> None:
    form.with_suffix(".note").write_text("mine", encoding="utf-8")
    ran = run("sign", form, "--key", write_key(OFFICER, tmp_path))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert form.with_suffix(".note").read_text(encoding="utf-8") == "mine"


def test_a_note_is_taken_once_and_the_station_shows_who_signed(run, ledger, note) -> None:
    ran = run("--ledger", ledger, "take", note)
    assert (ran.status, ran.err) == (0, "")
    assert "returns recorded: 1, of them signed: 1; known already: 0" in ran.out
    assert "recorded: 0, of them signed: 0; known" in run("--ledger", ledger, "take", note).out
    shown = run("--ledger", ledger, "station", STATION).out
    assert "Oak's agent (agent), Chair of West 1 (officer)" in shown
    plain = run("--ledger", ledger, "station", STATION, "--format", "json").json()
    assert [s["name"] for s in plain["returns"][-1]["signatures"]] == ["agent", "officer"]
    table = run("--ledger", ledger, "station", STATION, "--format", "csv").out
    assert "agent officer" in table


def test_a_station_without_signatures_is_shown_as_before(run, ledger) -> None:
    assert "signed by" not in run("--ledger", ledger, "station", "land/east/1").out


def test_verifying_counts_who_signed_here_and_in_the_published_log(
    run, ledger, note, tmp_path
) -> None:
    run("--ledger", ledger, "take", note)
    run("--ledger", ledger, "publish", tmp_path / "out")
    for words in (("--ledger", ledger, "verify"), ("verify", "--dir", tmp_path / "out" / "log")):
        ran = run(*words)
        assert ran.status == 0
        assert "1 returns signed, every signature good" in ran.out
        assert "3 returns not signed" in ran.out


def test_a_note_altered_by_one_vote_is_not_taken(run, ledger, note) -> None:
    note.write_bytes(note.read_bytes().replace(b'"oak":29', b'"oak":28'))
    ran = run("--ledger", ledger, "take", note)
    assert (ran.status, ran.out) == (2, "")
    assert "the signature of agent does not verify" in ran.err


def test_a_bad_signature_in_the_ledger_is_named_and_the_answer_is_no(
    run, ledger, note, form, tmp_path
) -> None:
    run("sign", form, "--key", write_key(SECOND, tmp_path), "--out", tmp_path / "x.note")
    text, _, line = (tmp_path / "x.note").read_text(encoding="utf-8").partition("\n\n")
    entry = json.loads(text) | {"signatures": [line.strip()]}
    with Ledger.open(ledger) as opened:
        body = json.dumps(entry, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        opened.append([entry["id"]], [body.encode()])
    ran = run("--ledger", ledger, "verify")
    assert ran.status == 1
    assert f"return of {STATION}: signed by second, whose key is for other stations" in ran.out
    assert "1 returns badly signed" in ran.out
    shown = run("--ledger", ledger, "station", STATION).out
    assert "Chair of East (officer): BAD: the key is for other stations" in shown


def test_a_proof_says_who_signed_and_checks_whom_it_has_the_key_of(
    run, ledger, note, tmp_path
) -> None:
    run("--ledger", ledger, "take", note)
    run("--ledger", ledger, "prove", STATION, "--out", tmp_path / "proofs")
    with Ledger.open(ledger, read_only=True) as opened:
        key = opened.verifier
    unsigned, proof = sorted((tmp_path / "proofs").iterdir(), key=lambda f: len(f.read_bytes()))
    names = run("verify", proof, "--key", key).out
    assert "signed by agent, not checked" in names and "signed by officer, not checked" in names
    checked = run("verify", proof, "--key", key, "--signer", OFFICER.verifier)
    assert checked.status == 0
    assert "signed by officer, verified" in checked.out
    for file in (proof, unsigned):
        other = run("verify", file, "--key", key, "--signer", STRANGER.verifier)
        assert (other.status, len(other.err.splitlines())) == (1, 1)


def test_wrong_use_of_signing_is_told_in_one_line(run, ledger, form, tmp_path) -> None:
    key = write_key(OFFICER, tmp_path)
    public = write_key(AGENT, tmp_path)
    public.chmod(0o644)
    none = tmp_path / "none.json"
    none.write_text("{}", encoding="utf-8")
    wrong = {
        "contest: found None": ("sign", none, "--key", key),
        "nothing-here": ("sign", "nothing-here", "--key", key),
        "cannot read the signing key": ("sign", form, "--key", "no-key"),
        "expected 0600": ("sign", form, "--key", public),
        "expected a ledger": ("--ledger", tmp_path / "no.db", "take", form),
        f"{none}: contest": ("--ledger", ledger, "take", form, none),
        "found no proof file": ("verify", "--signer", OFFICER.verifier),
    }
    for message, words in wrong.items():
        ran = run(*words)
        assert (ran.status, len(ran.err.splitlines())) == (2, 1), words
        assert message in ran.err


def test_all_files_are_taken_or_none(run, ledger, note, form, tmp_path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(RETURN | {"votes": {"fir": 1}, "id": "x"}), encoding="utf-8")
    before = run("--ledger", ledger, "station", STATION)
    ran = run("--ledger", ledger, "take", note, other)
    assert ran.status == 2
    assert "'fir'" in ran.err
    assert run("--ledger", ledger, "station", STATION) == before
