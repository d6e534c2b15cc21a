"""Whatever is done to the files of a published log, read from a folder or over HTTP, is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recanvass.errors import BadProof
from recanvass.ledger import Ledger, LogReader, Signer, open_files, publish_log, verify_log
from recanvass.ledger.checkpoint import Checkpoint, read_checkpoint
from recanvass.ledger.tile_paths import decode_bundle, encode_bundle
from web_server import serving

ORIGIN = "ledger.example/city"
SIZE = 700


def publish(folder: Path, key: Signer, name: str, *sizes: int, word: str = "entry") -> Path:
    """Return a log that was published at each of these sizes."""
    with Ledger.create(folder / f"{name}.db", ORIGIN, key) as ledger:
        for start, end in zip((0, *sizes), sizes, strict=False):
            numbers = range(start, end)
            bodies = [f"{word} {n}".encode() for n in numbers]
            ledger.append([f"id-{n}" for n in numbers], bodies)
            publish_log(ledger, folder / name)
    return folder / name


@pytest.fixture(scope="module")
def key() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, key: Signer) -> Path:
    """A log of 700 entries, published at 300 and 700. Nobody may write to it."""
    return publish(tmp_path_factory.mktemp("sound"), key, "log", 300, SIZE)


@pytest.fixture
def log(sound: Path, tmp_path: Path) -> Path:
    """A copy that may be spoiled."""
    return Path(shutil.copytree(sound, tmp_path / "web" / "log"))


@pytest.fixture(params=["folder", "http"])
def faults(request, tmp_path: Path, log: Path, key: Signer) -> Iterator[Callable[..., list[str]]]:
    """Return what a check of the spoiled log finds, as a stranger reads it."""

    def check(place: str, since: Checkpoint | None) -> list[str]:
        files = open_files(place)
        try:
            found = verify_log(LogReader(files, key.verifier), str(key.verifier), since)
        except BadProof as refusal:
            return [str(refusal).removeprefix(f"{place}/")]
        finally:
            files.close()
        return [fault.message for fault in found.faults]

    if request.param == "folder":
        yield lambda since=None: check(str(log), since)
    else:
        with serving(tmp_path / "web") as address:
            yield lambda since=None: check(f"{address}/log", since)


def rewrite(log: Path, bundle: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    file = log / "tile" / "entries" / bundle
    file.write_bytes(encode_bundle(change(decode_bundle(file.read_bytes()))))


def test_a_sound_log_has_no_faults(faults):
    assert faults() == []


def test_a_changed_entry_is_named(faults, log):
    rewrite(log, "001", lambda e: [*e[:4], b"entry 260, other", *e[5:]])
    assert faults() == ["tile/entries/001: entry 260 is not the one that tile/0/001 has"]


def test_a_deleted_entry_is_named_by_its_bundle(faults, log):
    rewrite(log, "001", lambda e: [*e[:4], *e[5:]])
    assert faults() == ["tile/entries/001: found 255 entries; expected 256"]


def test_an_inserted_entry_is_named_by_its_bundle(faults, log):
    rewrite(log, "001", lambda e: [*e[:4], b"new", *e[4:]])
    assert faults() == ["tile/entries/001: found 257 entries; expected 256"]


def test_two_swapped_entries_are_both_named(faults, log):
    rewrite(log, "001", lambda e: [*e[:4], e[5], e[4], *e[6:]])
    assert faults() == [
        f"tile/entries/001: entry {n} is not the one that tile/0/001 has" for n in (260, 261)
    ]


def test_two_entries_swapped_between_bundles_are_both_named(faults, log):
    rewrite(log, "000", lambda e: [*e[:7], b"entry 260", *e[8:]])
    rewrite(log, "001", lambda e: [*e[:4], b"entry 7", *e[5:]])
    assert faults() == [
        "tile/entries/000: entry 7 is not the one that tile/0/000 has",
        "tile/entries/001: entry 260 is not the one that tile/0/001 has",
    ]


def test_every_entry_of_a_bundle_in_another_order_is_named(faults, log):
    rewrite(log, "002.p/188", lambda e: e[::-1])
    messages = faults()
    assert len(messages) == 188
    assert messages[0] == (
        "tile/entries/002.p/188: entry 512 is not the one that tile/0/002.p/188 has"
    )


def test_two_whole_bundles_that_changed_places_are_named(faults, log):
    one, other = log / "tile/entries/000", log / "tile/entries/001"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    messages = faults()
    assert len(messages) == 512
    assert messages[0].startswith("tile/entries/000: entry 0 ")
    assert messages[-1].startswith("tile/entries/001: entry 511 ")


def test_a_bundle_of_another_width_than_its_name_is_named(faults, log):
    rewrite(log, "002.p/188", lambda e: e[:187])
    assert faults() == ["tile/entries/002.p/188: found 187 entries; expected 188"]


def test_a_bundle_that_is_gone_is_named(faults, log):
    (log / "tile/entries/002.p/188").unlink()
    assert faults() == ["tile/entries/002.p/188: found no file; expected 188 entries"]


def test_a_changed_hash_is_named_by_its_tile(faults, log):
    file = log / "tile/0/001"
    tile = bytearray(file.read_bytes())
    tile[4 * 32] ^= 1
    file.write_bytes(tile)
    assert faults() == ["tile/0/001: hash 4 is not that of entry 260 in tile/entries/001"]


def test_entries_changed_with_all_tiles_above_them_are_found_by_the_signed_root(
    faults, log, tmp_path, key
):
    forged = publish(tmp_path, key, "forged", 300, SIZE, word="other")
    shutil.copytree(forged / "tile", log / "tile", dirs_exist_ok=True)
    assert faults() == ["checkpoint: its root is not the one that the entries lead to"]


def test_a_checkpoint_signed_again_with_another_key_is_named(faults, log):
    stated = read_checkpoint((log / "checkpoint").read_bytes())
    (log / "checkpoint").write_bytes(stated.signed(Signer.generate(ORIGIN)))
    (message,) = faults()
    assert message.startswith(f"checkpoint: note: found signatures by {ORIGIN}+")


def test_a_checkpoint_whose_size_was_changed_is_named(faults, log):
    text = (log / "checkpoint").read_bytes()
    (log / "checkpoint").write_bytes(text.replace(b"\n700\n", b"\n699\n"))
    assert faults() == [f"checkpoint: note: the signature of {ORIGIN} does not verify"]


def test_an_old_checkpoint_shown_to_who_saw_a_newer_one_is_named(faults, log, tmp_path, key):
    newer = read_checkpoint((log / "checkpoint").read_bytes())
    older = publish(tmp_path, key, "older", 300)
    shutil.copy(older / "checkpoint", log / "checkpoint")
    assert faults() == []
    assert faults(newer) == [
        "checkpoint: found 300 entries; one saved earlier states 700, so an older log is served"
    ]


@pytest.mark.parametrize("size", [300, SIZE])
def test_two_histories_shown_to_two_readers_are_told_apart_by_the_others_checkpoint(
    faults, tmp_path, key, size
):
    fork = publish(tmp_path, key, "fork", size, word="other")
    assert faults(read_checkpoint((fork / "checkpoint").read_bytes())) == [
        f"checkpoint: the log does not go on from the one saved at size {size}; the same key "
        "signed another history, or tiles of that size are damaged"
    ]


@pytest.mark.parametrize("number", [7, 260, 600])
def test_a_changed_entry_is_never_read_as_if_it_were_signed(log, key, number):
    place = {7: "000", 260: "001", 600: "002.p/188"}[number]
    rewrite(log, place, lambda e: [*e[: number % 256], b"forged", *e[number % 256 + 1 :]])
    ledger = Ledger.of_log(LogReader(open_files(log), key.verifier))
    with pytest.raises(BadProof, match=f"tile/entries/{place}: found other entries than were"):
        ledger.read()
    assert ledger.entry(100 if number != 7 else 300)  # in bundles that are sound


@pytest.mark.parametrize(
    ("path", "says"),
    [("tile/0/001", "tile/0/001: found other hashes"), ("tile/1/000.p/2", "its last tiles do not")],
)
def test_hashes_that_do_not_lead_to_the_signed_root_vouch_for_nothing(log, key, path, says):
    sound = (log / path).read_bytes()
    (log / path).write_bytes(bytes(32) + sound[32:])
    with pytest.raises(BadProof, match=says):
        Ledger.of_log(LogReader(open_files(log), key.verifier)).read()


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 700])
def test_a_sound_log_of_any_size_is_read_whole(tmp_path, key, size):
    log = publish(tmp_path, key, "log", size)
    ledger = Ledger.of_log(LogReader(open_files(log), key.verifier))
    assert ledger.read() == [b"entry %d" % n for n in range(size)]
