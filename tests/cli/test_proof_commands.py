"""What a stranger does: publish, verify the folder, prove a return, check the file offline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.ledger import Ledger, Proof, parse_proof
from recanvass.ledger.tile_paths import decode_bundle, encode_bundle
from recanvass.record import open_record

STATION = "land/east/1"


@pytest.fixture
def ledger(small_ledger: Path, tmp_path: Path) -> Path:
    """A copy of the made-up ledger, with its key, that may be added to."""
    copy = tmp_path / "town.db"
    shutil.copy(small_ledger, copy)
    shutil.copy(f"{small_ledger}.key", f"{copy}.key")
    return copy


@pytest.fixture
def key(ledger: Path) -> str:
    with Ledger.open(ledger, read_only=True) as opened:
        return opened.verifier


@pytest.fixture
def log(run, ledger: Path, tmp_path: Path) -> Path:
    assert run("--ledger", ledger, "publish", tmp_path / "out").status == 0
    return tmp_path / "out" / "log"


@pytest.fixture
def proof(run, ledger: Path, tmp_path: Path) -> Path:
    assert run("--ledger", ledger, "prove", STATION, "--out", tmp_path / "proofs").status == 0
    (file,) = (tmp_path / "proofs").iterdir()
    return file


def test_publish_says_what_it_wrote_and_how_to_check_it(run, ledger, key, tmp_path) -> None:
    ran = run("--ledger", ledger, "publish", tmp_path / "out")
    log = tmp_path / "out" / "log"
    assert f"recanvass verify --dir {log} --key '{key}'" in ran.out
    assert (log / "checkpoint").is_file()
    assert "0 files written" in run("--ledger", ledger, "publish", tmp_path / "out").out


def test_a_published_log_is_verified_without_the_ledger(run, ledger, log, key) -> None:
    ledger.unlink()
    ran = run("verify", "--dir", log, "--key", key, "--station", STATION)
    assert (ran.status, ran.err) == (0, "")
    assert "verified: ledger.example/made-up" in ran.out
    assert "1 polls folded twice with equal totals" in ran.out
    assert "is in the tree" in ran.out
    assert "own word" not in ran.out


def test_without_a_key_the_log_is_whole_by_its_own_word(run, log) -> None:
    ran = run("verify", "--dir", log)
    assert ran.status == 0
    assert "The key is the ledger's own word" in ran.out


def test_the_log_of_another_key_is_not_verified(run, log) -> None:
    other = "PRIVATE+KEY"
    assert run("verify", "--dir", log, "--key", other).status == 2
    foreign = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    ran = run("verify", "--dir", log, "--key", foreign)
    assert ran.status == 1
    assert "expected one by example.com/foo" in ran.err


def test_a_changed_vote_in_a_published_bundle_is_named(run, log, key) -> None:
    (bundle,) = (log / "tile" / "entries" / "000.p").iterdir()
    entries = decode_bundle(bundle.read_bytes())
    at = next(n for n, e in enumerate(entries) if b'"elm":60' in e)
    entries[at] = entries[at].replace(b'"elm":60', b'"elm":61')
    bundle.write_bytes(encode_bundle(entries))
    ran = run("verify", "--dir", log, "--key", key)
    assert ran.status == 1
    assert f"tile/entries/000.p/{bundle.name}: entry {at} is not the one" in ran.out


def test_a_folder_that_is_no_log_is_told(run, tmp_path) -> None:
    ran = run("verify", "--dir", tmp_path)
    assert ran.status == 2
    assert "found no file checkpoint; expected a log" in ran.err


def test_every_question_can_be_asked_of_a_published_log(run, ledger, log) -> None:
    for words in (["results", "mayor"], ["station", STATION], ["timeline"]):
        assert run("--ledger", log, *words) == run("--ledger", ledger, *words)
    with open_record(log) as record:
        assert record.verify().ok


def test_nothing_can_be_loaded_into_a_published_log(run, log, tmp_path) -> None:
    ran = run("--ledger", log, "load", write_case(tmp_path / "case", "East,1,120,101,91,10,61,30"))
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


def test_a_monitor_reads_only_what_is_new_since_it_looked_last(
    run, ledger, log, key, tmp_path
) -> None:
    saved = tmp_path / "saved"
    words = ("verify", "--dir", log, "--key", key, "--checkpoint", saved)
    assert "folded twice" in run(*words).out
    assert saved.read_bytes() == (log / "checkpoint").read_bytes()
    load_into(str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))
    run("--ledger", ledger, "publish", tmp_path / "out")
    second = run(*words)
    assert second.status == 0
    assert "1 new ones were read" in second.out
    assert saved.read_bytes() == (log / "checkpoint").read_bytes()


def test_a_monitor_keeps_what_it_saved_when_the_log_is_taken_back(
    run, ledger, log, key, tmp_path
) -> None:
    older, saved = tmp_path / "older", tmp_path / "saved"
    shutil.copytree(log, older)
    load_into(str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))
    run("--ledger", ledger, "publish", tmp_path / "out")
    run("verify", "--dir", log, "--key", key, "--checkpoint", saved)
    before = saved.read_bytes()
    ran = run("verify", "--dir", older, "--key", key, "--checkpoint", saved)
    assert ran.status == 1
    assert "an older log is served" in ran.out
    assert saved.read_bytes() == before


def test_a_return_is_proved_by_one_file_and_the_key(run, proof, key, ledger) -> None:
    ledger.unlink()
    ran = run("verify", proof, "--key", key)
    assert (ran.status, ran.err) == (0, "")
    assert "of ledger.example/made-up, signed at" in ran.out
    assert f"{STATION} · mayor 2024-05-05" in ran.out
    assert "elm 60, oak 30" in ran.out


def test_each_return_of_a_station_has_a_proof_of_its_own(run, ledger, key, tmp_path) -> None:
    load_into(str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))
    ran = run("--ledger", ledger, "prove", STATION, "--out", tmp_path / "proofs")
    files = sorted((tmp_path / "proofs").iterdir())
    assert len(files) == 2
    assert "superseded" in ran.out and "counted" in ran.out
    assert [run("verify", file, "--key", key).status for file in files] == [0, 0]


def test_a_published_log_proves_as_the_ledger_does(run, log, proof, tmp_path) -> None:
    run("--ledger", log, "prove", STATION, "--out", tmp_path / "again")
    assert (tmp_path / "again" / proof.name).read_bytes() == proof.read_bytes()


def test_a_proof_of_other_votes_is_refused(run, proof, key) -> None:
    sound = parse_proof(proof.read_bytes())
    entry = (sound.extra or b"").replace(b'"elm":60', b'"elm":61')
    proof.write_bytes(Proof(sound.index, sound.hashes, sound.checkpoint, entry).format())
    ran = run("verify", proof, "--key", key)
    assert (ran.status, ran.out) == (1, "")
    assert "does not lead to the root" in ran.err
    assert proof.name in ran.err


def test_the_entry_may_be_given_beside_a_bare_proof(run, proof, key, tmp_path) -> None:
    sound = parse_proof(proof.read_bytes())
    entry = tmp_path / "entry.json"
    entry.write_bytes(sound.extra or b"")
    proof.write_bytes(Proof(sound.index, sound.hashes, sound.checkpoint).format())
    assert run("verify", proof, "--key", key).status == 1
    assert run("verify", proof, "--key", key, "--entry", entry).status == 0


def test_a_proof_copied_as_text_is_the_same_proof(run, proof, key) -> None:
    sound = proof.read_bytes()
    for copied in (sound.rstrip(b"\n"), sound.replace(b"\n", b"\r\n")):
        proof.write_bytes(copied)
        assert run("verify", proof, "--key", key).status == 0


def test_a_page_to_print_lies_beside_each_proof(run, ledger, tmp_path) -> None:
    folder = tmp_path / "printed"
    ran = run("--ledger", ledger, "prove", STATION, "--out", folder, "--qr", "--lang", "tr")
    proof, page = sorted(folder.iterdir(), key=lambda f: f.suffix, reverse=True)
    assert (proof.suffix, page.suffix, proof.stem) == (".tlog-proof", ".html", page.stem)
    assert str(page) in ran.out
    assert '<html lang="tr">' in page.read_text(encoding="utf-8")


def test_a_ledger_that_was_cut_back_is_told_by_a_checkpoint_saved_before(
    run, ledger, log, key, tmp_path
) -> None:
    older = tmp_path / "older.db"
    shutil.copy(ledger, older)
    load_into(str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))
    run("--ledger", ledger, "publish", tmp_path / "out")
    ran = run("--ledger", older, "verify", "--key", key, "--checkpoint", log / "checkpoint")
    assert ran.status == 1
    assert "this ledger has only" in ran.err


def test_two_histories_are_told_apart_by_each_others_checkpoint(
    run, ledger, log, key, tmp_path
) -> None:
    fork = tmp_path / "fork.db"
    shutil.copy(ledger, fork)
    shutil.copy(f"{ledger}.key", f"{fork}.key")
    for place, votes in ((ledger, 61), (fork, 62)):
        row = f"East,1,120,{votes + 40},{votes + 30},10,{votes},30"
        load_into(str(place), write_case(tmp_path / "case", row, *ROWS[1:]))
    run("--ledger", ledger, "publish", tmp_path / "out")
    run("--ledger", fork, "publish", tmp_path / "shown-to-another")
    theirs = tmp_path / "shown-to-another" / "log" / "checkpoint"
    for words in (("--dir", log), ("--ledger", ledger)):
        ran = run("verify", *words, "--key", key, "--checkpoint", theirs)
        assert ran.status == 1
        assert "does not go on from" in ran.out + ran.err
        assert "the same key signed another history" in ran.out + ran.err


def test_an_edited_figure_is_found_by_a_monitor_that_looked_before(run, log, key, tmp_path) -> None:
    words = ("verify", "--dir", log, "--key", key, "--checkpoint", tmp_path / "saved")
    assert "6 files of totals" in run(*words).out
    (file,) = (tmp_path / "out").glob("results/*/mayor/2024-05-05/by-town.json")
    file.write_text(file.read_text().replace('"votes":130', '"votes":131'))
    ran = run(*words)
    assert ran.status == 1
    assert "by land/east options elm votes: found 131; expected 130" in ran.out


def test_a_log_without_totals_says_so(run, log, key, tmp_path) -> None:
    shutil.rmtree(tmp_path / "out" / "results")
    ran = run("verify", "--dir", log, "--key", key)
    assert ran.status == 0
    assert "no published totals beside the log" in ran.out


def test_wrong_use_of_proofs_is_told_in_one_line(run, proof, key, ledger, tmp_path) -> None:
    wrong = {
        "expected --key with the verifier key": ("verify", proof),
        "nothing-here": ("verify", "nothing-here", "--key", key),
        "found no proof file": ("verify", "--entry", proof),
        "with a proof": ("verify", proof, "--key", key, "--station", STATION),
        "station: found 'nowhere'": ("--ledger", ledger, "prove", "nowhere", "--out", tmp_path),
    }
    for message, words in wrong.items():
        ran = run(*words)
        assert (ran.status, len(ran.err.splitlines())) == (2, 1), words
        assert message in ran.err
