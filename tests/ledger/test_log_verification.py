"""A published log checked from its files alone: whatever was changed is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof, LedgerMissing, RecanvassError
from recanvass.ledger import (
    Ledger,
    LogReader,
    Signer,
    Verification,
    open_files,
    publish_log,
    verify_log,
)
from recanvass.ledger.checkpoint import Checkpoint, read_checkpoint
from recanvass.ledger.key_file import read_key_file
from recanvass.ledger.tile_paths import decode_bundle, encode_bundle

ORIGIN = "ledger.example/city"
SIZE = 700


@pytest.fixture(scope="module")
def key() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, key: Signer) -> Path:
    """The log of 700 entries, published at 100 and at 700. Nobody may write to it."""
    folder = tmp_path_factory.mktemp("published")
    with Ledger.create(folder / "record.db", ORIGIN, key) as ledger:
        for start, end in ((0, 100), (100, SIZE)):
            numbers = range(start, end)
            ledger.append([f"id-{n}" for n in numbers], [b"entry %d" % n for n in numbers])
            publish_log(ledger, folder / "log")
    return folder / "log"


@pytest.fixture
def log(published: Path, tmp_path: Path) -> Path:
    """A copy of the log that may be spoiled."""
    return Path(shutil.copytree(published, tmp_path / "log"))


def check(folder: Path, key: Signer, since: Checkpoint | None = None) -> Verification:
    return verify_log(LogReader(open_files(folder), key.verifier), str(key.verifier), since)


def messages(folder: Path, key: Signer) -> list[str]:
    """What is wrong, also where it is so wrong that the log cannot be opened."""
    try:
        return [fault.message for fault in check(folder, key).faults]
    except (BadProof, LedgerMissing) as refusal:
        return [str(refusal)]


def every_file(folder: Path) -> list[str]:
    return sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file())


def test_a_sound_log_has_no_faults(published, key):
    found = check(published, key)
    assert (found.ok, found.size, found.trusted) == (True, SIZE, True)
    assert found.root == read_checkpoint((published / "checkpoint").read_bytes()).root


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537])
def test_a_log_of_any_size_has_no_faults(ledger, fill, tmp_path, size):
    fill(ledger, size)
    publish_log(ledger, tmp_path / "log")
    assert messages(tmp_path / "log", read_key_file(tmp_path / "record.db.key", Signer)[0]) == []


def test_a_published_log_is_a_ledger_that_can_be_asked(published, key):
    with Ledger.of_log(LogReader(open_files(published), key.verifier)) as ledger:
        assert (ledger.size, ledger.entry(300), ledger.origin) == (SIZE, b"entry 300", ORIGIN)
        assert ledger.verify(str(key.verifier)).ok
        with pytest.raises(BadInput, match="no signing key"):
            ledger.append(["x"], [b"x"])


def test_a_changed_byte_in_any_file_is_found_and_the_file_is_named(log, key):
    for path in every_file(log):
        sound = (log / path).read_bytes()
        for at in range(0, len(sound), max(1, len(sound) // 25)):
            changed = sound[:at] + bytes([sound[at] ^ (1 << at % 8)]) + sound[at + 1 :]
            (log / path).write_bytes(changed)
            found = messages(log, key)
            assert found, f"byte {at} of {path}"
            assert all(path in message for message in found), (path, at, found)
        (log / path).write_bytes(sound)


def test_a_file_that_is_gone_is_named(log, key):
    for path in every_file(log):
        sound = (log / path).read_bytes()
        (log / path).unlink()
        found = messages(log, key)
        older = path.split(".p/")[-1] == "100"  # the full tile has taken its place
        assert bool(found) != older, path
        assert older or path in found[0]
        (log / path).write_bytes(sound)


@pytest.mark.parametrize("by", [-33, -32, -1, 1, 32])
def test_a_file_that_is_longer_or_shorter_is_named(log, key, by):
    for path in every_file(log):
        sound = (log / path).read_bytes()
        (log / path).write_bytes(sound + bytes(by) if by > 0 else sound[:by])
        found = messages(log, key)
        assert found and path in found[0], path
        (log / path).write_bytes(sound)


Change = Callable[[list[bytes]], list[bytes]]
CHANGES: dict[str, Change] = {
    "changed": lambda e: [*e[:7], b"entry 7, other", *e[8:]],
    "deleted": lambda e: [*e[:7], *e[8:]],
    "inserted": lambda e: [*e[:7], b"new", *e[7:]],
    "swapped": lambda e: [*e[:7], e[8], e[7], *e[9:]],
    "moved to the end": lambda e: [*e[:7], *e[8:], e[7]],
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("bundle", ["000", "001", "002.p/188"])
def test_entries_that_were_changed_in_a_bundle_are_named(log, key, what, bundle):
    file = log / "tile" / "entries" / bundle
    file.write_bytes(encode_bundle(CHANGES[what](decode_bundle(file.read_bytes()))))
    found = messages(log, key)
    assert found
    assert all(m.startswith(f"tile/entries/{bundle}: ") for m in found)
    if what == "changed":
        number = int(bundle[:3]) * 256 + 7
        assert [fault.entry for fault in check(log, key).faults] == [number]


def test_an_entry_changed_with_all_tiles_above_it_is_found_by_the_signed_root(tmp_path, log, key):
    bodies = [b"entry %d" % n for n in range(SIZE)]
    bodies[300] = b"entry 300, other"
    with Ledger.create(tmp_path / "b.db", ORIGIN, Signer.generate(ORIGIN)) as forged:
        forged.append([str(n) for n in range(SIZE)], bodies)
        publish_log(forged, tmp_path / "forged")
    checkpoint = (log / "checkpoint").read_bytes()
    shutil.rmtree(log)
    shutil.copytree(tmp_path / "forged", log)
    assert "expected one by" in messages(log, key)[0]
    (log / "checkpoint").write_bytes(checkpoint)
    assert messages(log, key) == ["checkpoint: its root is not the one that the entries lead to"]


def test_a_checkpoint_signed_again_with_another_key_is_refused(log, key):
    stated = read_checkpoint((log / "checkpoint").read_bytes())
    (log / "checkpoint").write_bytes(stated.signed(Signer.generate(ORIGIN)))
    assert "found signatures by" in messages(log, key)[0]


def test_a_checkpoint_of_another_origin_is_refused(log, key):
    stated = read_checkpoint((log / "checkpoint").read_bytes())
    other = Checkpoint("ledger.example/else", stated.size, stated.root)
    (log / "checkpoint").write_bytes(other.signed(key))
    assert "found origin 'ledger.example/else'" in messages(log, key)[0]


def test_a_folder_without_a_checkpoint_is_no_log(tmp_path, key):
    with pytest.raises(LedgerMissing, match="found no file checkpoint"):
        LogReader(open_files(tmp_path), key.verifier)


def test_a_size_beyond_all_files_ends_the_check_and_does_not_hang(log, key):
    stated = read_checkpoint((log / "checkpoint").read_bytes())
    (log / "checkpoint").write_bytes(Checkpoint(ORIGIN, 1 << 62, stated.root).signed(key))
    assert "what follows is not checked" in messages(log, key)[-1]


def test_a_directory_in_the_place_of_a_file_is_named(log, key):
    (log / "tile/0/000").unlink()
    (log / "tile/0/000").mkdir()
    assert messages(log, key) == ["tile/0/000: found no file; expected 8192 bytes"]


# Going on from a checkpoint that was saved


def grown(folder: Path, key: Signer, name: str, *counts: int, word: bytes = b"entry") -> Path:
    """A log published after batches of so many entries."""
    with Ledger.create(folder / f"{name}.db", ORIGIN, key) as ledger:
        size = 0
        for count in counts:
            numbers = range(size, size + count)
            ledger.append([f"id-{n}" for n in numbers], [b"%s %d" % (word, n) for n in numbers])
            size += count
            publish_log(ledger, folder / name)
    return folder / name


def checkpoint_of(folder: Path) -> Checkpoint:
    return read_checkpoint((folder / "checkpoint").read_bytes())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.integers(0, 600), more=st.integers(0, 600))
def test_a_log_goes_on_from_every_checkpoint_that_it_ever_had(tmp_path_factory, signer, old, more):
    folder = tmp_path_factory.mktemp("grown")
    since = checkpoint_of(grown(folder, signer, "old", old))
    found = check(grown(folder, signer, "new", old, more), signer, since)
    assert (found.faults, found.size) == ([], old + more)


@pytest.mark.parametrize("old", [1, 255, 256, 300, 512])
def test_another_history_is_not_what_was_saved(tmp_path, signer, old):
    since = checkpoint_of(grown(tmp_path, signer, "ours", old))
    fork = grown(tmp_path, signer, "fork", old, 300, word=b"other")
    assert check(fork, signer).ok
    (fault,) = check(fork, signer, since).faults
    assert f"does not go on from the one saved at size {old}" in fault.message


def test_an_older_log_is_named(tmp_path, signer):
    since = checkpoint_of(grown(tmp_path, signer, "new", 300))
    (fault,) = check(grown(tmp_path, signer, "old", 200), signer, since).faults
    assert fault.message.endswith("one saved earlier states 300, so an older log is served")


def test_with_a_saved_checkpoint_entries_before_it_are_not_read_and_those_after_it_are(
    tmp_path, signer
):
    since = checkpoint_of(grown(tmp_path, signer, "old", 300))
    log = grown(tmp_path, signer, "log", 300, 400)
    (log / "tile/entries/000").unlink()
    assert check(log, signer, since).ok
    (log / "tile/entries/002.p/188").unlink()
    assert "tile/entries/002.p/188" in check(log, signer, since).faults[0].message


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_brings_the_check_down(log, key, data):
    path = data.draw(st.sampled_from(every_file(log)))
    sound = (log / path).read_bytes()
    (log / path).write_bytes(
        data.draw(st.binary(max_size=600)) + sound[: data.draw(st.integers(0, 99))]
    )
    try:
        check(log, key)
    except RecanvassError as refusal:
        assert "\n" not in str(refusal)
    finally:
        (log / path).write_bytes(sound)
