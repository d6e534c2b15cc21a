"""Keys made, added and retired by command, and trust that follows them through a published log."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from recanvass.errors import BadInput
from recanvass.ledger import Ledger, Signer, parse_proof, prove_entry
from recanvass.ledger.key_file import read_key_file
from recanvass.model import KeyAdded, KeyRetired, encode_event
from recanvass.record import open_record
from recanvass.record.intake import Intake
from web_server import serving

ORIGIN = "ledger.example/made-up"


@pytest.fixture
def ledger(small_ledger: Path, tmp_path: Path) -> Path:
    """A copy of the made-up ledger, with its key, that may be added to."""
    copy = tmp_path / "town.db"
    shutil.copy(small_ledger, copy)
    shutil.copy(f"{small_ledger}.key", f"{copy}.key")
    return copy


def keys_of(ledger: Path) -> list[str]:
    with Ledger.open(ledger, read_only=True) as opened:
        return [key.verifier for key in opened.keys]


@pytest.fixture
def rotated(run, ledger: Path, tmp_path: Path) -> Path:
    """The ledger under a second key, published before, between and after under tmp_path/out."""
    (old,) = keys_of(ledger)
    for words in (["key", "add"], ["key", "retire", old]):
        assert run("--ledger", ledger, "publish", tmp_path / "out").status == 0
        assert run("--ledger", ledger, *words).status == 0
    assert run("--ledger", ledger, "publish", tmp_path / "out").status == 0
    return ledger


def test_a_new_key_is_written_for_its_owner_alone_and_never_over_another(run, tmp_path):
    file = tmp_path / "city.key"
    ran = run("key", "new", ORIGIN, "--out", file)
    assert ran.status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (signer,) = read_key_file(file, Signer)
    assert str(signer.verifier) in ran.out
    assert signer.secret() not in ran.out
    assert run("key", "show", file).out == f"{signer.verifier}\n"
    assert run("key", "new", ORIGIN, "--out", file).status == 2
    assert read_key_file(file, Signer)[0].secret() == signer.secret()


def test_a_key_cannot_have_any_name(run, tmp_path):
    ran = run("key", "new", "two words", "--out", tmp_path / "a.key")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert not (tmp_path / "a.key").exists()


def test_an_added_key_is_kept_beside_the_first_and_shown_with_its_span(run, ledger):
    (old,) = keys_of(ledger)
    assert "keys that sign now: 2" in run("--ledger", ledger, "key", "add").out
    shown = run("--ledger", ledger, "key", "show", "--format", "json").json()
    size = shown[1]["since"]
    assert shown[0] == {"verifier": old, "since": 0, "until": None}
    assert [str(s.verifier) for s in read_key_file(Path(f"{ledger}.key"), Signer)] == keys_of(
        ledger
    )
    assert run("--ledger", ledger, "key", "retire", old.split("+")[1]).status == 0
    shown = run("--ledger", ledger, "key", "show", "--format", "json").json()
    assert shown[0]["until"] == size + 1
    assert run("--ledger", ledger, "verify", "--key", old).status == 0


def test_a_key_made_elsewhere_can_be_added(run, ledger, tmp_path):
    run("key", "new", ORIGIN, "--out", tmp_path / "new.key")
    assert run("--ledger", ledger, "key", "add", tmp_path / "new.key").status == 0
    run("key", "new", "another", "--out", tmp_path / "other.key")
    ran = run("--ledger", ledger, "key", "add", tmp_path / "other.key")
    assert ran.status == 2
    assert f"found a key named another; expected one named {ORIGIN}" in ran.err
    assert len(keys_of(ledger)) == 2


def test_where_keys_are_in_the_environment_the_new_one_comes_from_a_file(
    run, ledger, tmp_path, monkeypatch
):
    file = Path(f"{ledger}.key")
    old = file.read_text().strip()
    file.unlink()
    run("key", "new", ORIGIN, "--out", tmp_path / "new.key")
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", old)
    assert "expected a key file" in run("--ledger", ledger, "key", "add").err
    assert run("--ledger", ledger, "key", "add", tmp_path / "new.key").status == 0
    assert not file.exists()
    with pytest.raises(BadInput, match="expected also that of"):
        Ledger.open(ledger)
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", f"{old} {(tmp_path / 'new.key').read_text()}")
    Ledger.open(ledger).close()


def test_who_trusts_the_first_key_can_check_the_log_that_a_later_one_signed(run, rotated, tmp_path):
    log = tmp_path / "out" / "log"
    old, new = keys_of(rotated)
    rotated.unlink()
    for key in (old, new):
        ran = run("verify", "--dir", log, "--key", key)
        assert (ran.status, ran.err) == (0, "")
    size = parse_proof((log / "keys" / "1.tlog-proof").read_bytes()).index
    assert f"with it {new}, added by entry {size}" in run("verify", "--dir", log, "--key", old).out
    assert run("verify", "--dir", log).status == 0
    hand_over = run("verify", log / "keys" / "1.tlog-proof", "--key", old)
    assert hand_over.status == 0 and new in hand_over.out


def test_trust_follows_a_log_on_the_web_as_in_a_folder(run, rotated, tmp_path):
    old, new = keys_of(rotated)
    with serving(tmp_path / "out") as address:
        ran = run("verify", "--url", f"{address}/log", "--key", old)
    assert (ran.status, ran.err) == (0, "")
    assert f"with it {new}, added by" in ran.out


def test_a_checkpoint_saved_under_the_first_key_is_gone_on_from(run, ledger, tmp_path):
    out, saved = tmp_path / "out", tmp_path / "saved"
    (old,) = keys_of(ledger)
    words = ("verify", "--dir", out / "log", "--key", old, "--checkpoint", saved)
    run("--ledger", ledger, "publish", out)
    assert run(*words).status == 0
    for change in (["add"], ["retire", old]):
        run("--ledger", ledger, "key", *change)
    run("--ledger", ledger, "publish", out)
    assert "2 new ones were read" in run(*words).out


def test_a_publication_that_stopped_before_its_checkpoint_leaves_the_log_as_it_was(
    run, ledger, tmp_path
):
    (old,) = keys_of(ledger)
    log = tmp_path / "out" / "log"
    run("--ledger", ledger, "publish", tmp_path / "out")
    before = (log / "checkpoint").read_bytes()
    for change in (["add"], ["retire", old]):
        run("--ledger", ledger, "key", *change)
    run("--ledger", ledger, "publish", tmp_path / "out")
    after = (log / "checkpoint").read_bytes()
    (log / "checkpoint").write_bytes(before)
    shutil.rmtree(tmp_path / "out" / "results")  # they come after the checkpoint
    ran = run("verify", "--dir", log, "--key", old)
    assert ran.status == 0
    assert "added by" not in ran.out
    run("--ledger", ledger, "publish", tmp_path / "out")
    assert (log / "checkpoint").read_bytes() == after
    assert run("verify", "--dir", log, "--key", old).status == 0


def test_a_ledger_made_again_of_a_published_log_still_leads_from_the_first_key(
    run, rotated, tmp_path
):
    old, new = keys_of(rotated)
    again = tmp_path / "again.db"
    assert run("copy", tmp_path / "out" / "log", again).status == 0
    assert keys_of(again) == [old, new]
    assert run("--ledger", again, "verify", "--key", old).status == 0
    assert run("--ledger", again, "publish", tmp_path / "more").status == 0
    assert run("verify", "--dir", tmp_path / "more" / "log", "--key", old).status == 0


def damaged(log: Path, what: str) -> None:
    first, second = log / "keys" / "1.tlog-proof", log / "keys" / "2.tlog-proof"
    match what:
        case "taken away":
            first.unlink()
        case "cut short":
            first.write_bytes(first.read_bytes()[:-30])
        case "in another order":
            content = first.read_bytes()
            first.write_bytes(second.read_bytes())
            second.write_bytes(content)
        case "another entry":
            first.write_bytes(first.read_bytes().replace(b"index ", b"index 1"))
        case "no proof":
            first.write_bytes(b"hello")


@pytest.mark.parametrize(
    "what", ["taken away", "cut short", "in another order", "another entry", "no proof"]
)
def test_a_way_between_keys_that_is_broken_is_no_way(run, rotated, tmp_path, what):
    log = tmp_path / "out" / "log"
    damaged(log, what)
    ran = run("verify", "--dir", log, "--key", keys_of(rotated)[0])
    assert ran.status == 1
    assert len(ran.err.splitlines()) <= 1


def test_a_forged_way_to_another_key_is_refused(run, rotated, tmp_path):
    """A log of somebody else's, with the true first key's word on nothing in it."""
    forged = tmp_path / "forged.db"
    with Ledger.create(forged, ORIGIN) as other:
        own = KeyAdded(id="key.added/1", verifier=keys_of(rotated)[0])
        other.append([own.id], [encode_event(own)])
    assert run("--ledger", forged, "publish", tmp_path / "forged").status == 0
    log = tmp_path / "forged" / "log"
    for key in keys_of(rotated):
        assert run("verify", "--dir", log, "--key", key).status == 1
    shutil.copytree(tmp_path / "out" / "log" / "keys", log / "keys")
    for key in keys_of(rotated):
        assert run("verify", "--dir", log, "--key", key).status == 1


def test_a_key_for_returns_does_not_lead_to_who_signs_the_log(run, ledger, tmp_path):
    """Its holder has the true log's word that it is a key, and signs a log of his own with it."""
    officer = Signer(ORIGIN, bytes(range(32)))
    event = KeyAdded(id="officer", verifier=str(officer.verifier), use="returns")
    with Ledger.open(ledger) as true:
        true.append([event.id], [encode_event(event)])
        proof = prove_entry(true, true.size - 1).format()
        (old,) = (key.verifier for key in true.keys)
        entries = true.read()
    with Ledger.create(tmp_path / "own.db", ORIGIN, officer) as own:
        own.append([str(n) for n in range(len(entries))], entries)
    assert run("--ledger", tmp_path / "own.db", "publish", tmp_path / "own").status == 0
    log = tmp_path / "own" / "log"
    (log / "keys").mkdir()
    (log / "keys" / "1.tlog-proof").write_bytes(proof)
    ran = run("verify", "--dir", log, "--key", old)
    assert ran.status == 1
    assert "expected an entry that adds or retires a key for checkpoints" in ran.err


def test_a_change_of_keys_that_the_ledger_did_not_make_is_found(run, rotated):
    connection = sqlite3.connect(rotated)
    with connection:
        connection.execute("UPDATE keys SET until = NULL")
    connection.close()
    ran = run("--ledger", rotated, "verify")
    assert ran.status == 1
    assert "not signed by" in ran.out


def test_keys_change_by_their_command_and_not_by_an_event(ledger):
    (old,) = keys_of(ledger)
    signer = Signer.generate(ORIGIN)
    with open_record(ledger) as record, Intake(ledger) as intake:
        for event, way in (
            (KeyAdded(id="k", verifier=str(signer.verifier)), "recanvass key add"),
            (KeyRetired(id="k", verifier=old), "recanvass key retire"),
            (KeyAdded(id="k", verifier=old, use="returns", role="officer"), "one for returns"),
        ):
            for append in (record.append, intake.append):
                with pytest.raises(BadInput, match=way):
                    append([event])


def test_an_unknown_key_is_not_retired(run, ledger):
    ran = run("--ledger", ledger, "key", "retire", "00000000")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
