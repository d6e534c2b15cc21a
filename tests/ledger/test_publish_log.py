"""A ledger as the files of a public log: which, in what order, and what a crash leaves."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from recanvass.errors import BadInput, BadProof, LedgerConflict, LedgerDamaged
from recanvass.ledger import Ledger, Signer, publish_log
from recanvass.ledger.tile_paths import bundle_path, decode_bundle, tile_path

ORIGIN = "ledger.example/city"
SIZES = (0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every published file by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def called_for(size: int) -> set[str]:
    """The files that a checkpoint of this size calls for, by the specification's arithmetic."""
    paths = {"checkpoint"}
    level = 0
    while hashes := size >> 8 * level:
        full, rest = divmod(hashes, 256)
        tiles = [(number, 256) for number in range(full)] + ([(full, rest)] if rest else [])
        paths |= {tile_path(level, *tile) for tile in tiles}
        paths |= {bundle_path(*tile) for tile in tiles} if level == 0 else set()
        level += 1
    return paths


@pytest.mark.parametrize("size", SIZES)
def test_a_log_has_the_files_that_its_size_calls_for(ledger, fill, tmp_path, size):
    fill(ledger, size)
    done = publish_log(ledger, tmp_path / "log")
    files = files_of(tmp_path / "log")
    assert set(files) == called_for(size)
    assert (done.size, done.before, done.files) == (size, 0, len(files))
    assert files["checkpoint"] == ledger.checkpoint()


def test_70000_entries_make_the_tiles_of_the_specification(ledger, fill, tmp_path):
    fill(ledger, 70_000)
    publish_log(ledger, tmp_path)
    files = {p: len(c) // 32 for p, c in files_of(tmp_path).items() if p.startswith("tile/")}
    assert sum(p.startswith("tile/0/") for p in files) == 273 + 1
    assert {p: n for p, n in files.items() if n < 256 and "entries" not in p} == {
        "tile/0/273.p/112": 112,
        "tile/1/001.p/17": 17,
        "tile/2/000.p/1": 1,
    }


def test_the_bundles_hold_the_entries(ledger, fill, tmp_path):
    bodies = fill(ledger, 300)
    publish_log(ledger, tmp_path)
    parts = [(tmp_path / path).read_bytes() for path in (bundle_path(0), bundle_path(1, 44))]
    assert [entry for part in parts for entry in decode_bundle(part)] == bodies


def test_a_log_that_grows_gets_new_files_and_keeps_the_old_ones_as_they_were(
    ledger, fill, tmp_path
):
    log = tmp_path / "log"
    kept: dict[str, bytes] = {}
    for first, count in ((0, 200), (200, 56), (256, 44), (300, 1), (301, 700)):
        fill(ledger, count, first=first)
        before = {p: (log / p).stat().st_ino for p in kept if p != "checkpoint"}
        done = publish_log(ledger, log)
        files = files_of(log)
        assert done.files == len(set(files) - set(kept) | {"checkpoint"})
        assert {p: files[p] for p in kept if p != "checkpoint"} == {
            p: c for p, c in kept.items() if p != "checkpoint"
        }
        assert {p: (log / p).stat().st_ino for p in before} == before, "a file was written again"
        assert called_for(first + count) <= set(files)
        kept = files


def test_publishing_twice_writes_nothing(ledger, fill, tmp_path):
    fill(ledger, 300)
    publish_log(ledger, tmp_path)
    assert publish_log(ledger, tmp_path).files == 0


def test_a_log_published_in_parts_has_what_one_published_at_once_has(ledger, fill, tmp_path):
    for first in range(0, 1200, 300):
        fill(ledger, 300, first=first)
        publish_log(ledger, tmp_path / "parts")
    publish_log(ledger, tmp_path / "once")
    once, parts = files_of(tmp_path / "once"), files_of(tmp_path / "parts")
    assert {path: parts[path] for path in once} == once


class Crash(BaseException):
    """The machine stops here."""


def crash_at(patch: pytest.MonkeyPatch, nth: int) -> None:
    """Stop at the nth call that changes what is on the disk; half-way through if it can be."""
    left = [nth]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    real = {"fsync": os.fsync, "replace": Path.replace, "mkdir": Path.mkdir}

    def fsync(handle: int) -> None:
        if stop():
            if os.fstat(handle).st_size and stat.S_ISREG(os.fstat(handle).st_mode):
                os.ftruncate(handle, os.fstat(handle).st_size // 2)
            raise Crash
        real["fsync"](handle)

    def replace(self: Path, target: Path) -> Path:
        if stop():
            raise Crash
        return real["replace"](self, target)

    def mkdir(self: Path, *words: object, **named: object) -> None:
        if stop():
            raise Crash
        real["mkdir"](self, *words, **named)

    patch.setattr(os, "fsync", fsync)
    patch.setattr(Path, "replace", replace)
    patch.setattr(Path, "mkdir", mkdir)


def test_a_crash_between_any_two_writes_leaves_a_whole_log_and_the_next_run_ends_it(
    ledger, fill, tmp_path
):
    fill(ledger, 200)
    start = tmp_path / "start"
    publish_log(ledger, start)
    fill(ledger, 400, first=200)
    publish_log(ledger, tmp_path / "whole")
    whole = files_of(tmp_path / "whole")
    first = files_of(start)
    for nth in range(1000):
        log = tmp_path / f"log-{nth}"
        for path, content in first.items():
            (log / path).parent.mkdir(parents=True, exist_ok=True)
            (log / path).write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            crash_at(patch, nth)
            try:
                publish_log(ledger, log)
                break
            except Crash:
                pass
        left = files_of(log)
        stated = {first["checkpoint"]: called_for(200), whole["checkpoint"]: called_for(600)}
        assert stated[left["checkpoint"]] <= set(left), "a checkpoint without its tiles"
        known = whole | {p: c for p, c in first.items() if p != "checkpoint"}
        assert all(
            known[p] == c for p, c in left.items() if p not in ("checkpoint", ".unfinished")
        ), "a file with other bytes has a published name"
        publish_log(ledger, log)
        assert {p: c for p, c in files_of(log).items() if p in whole} == whole
    assert nth > 20


def test_another_history_under_the_same_key_is_not_written_over(tmp_path, signer, fill):
    with Ledger.create(tmp_path / "a.db", ORIGIN, signer) as ledger:
        fill(ledger, 10)
        publish_log(ledger, tmp_path / "log")
    with Ledger.create(tmp_path / "b.db", ORIGIN, signer) as ledger:
        fill(ledger, 20, first=5)
        before = files_of(tmp_path / "log")
        with pytest.raises(LedgerConflict, match="another history of 10 entries"):
            publish_log(ledger, tmp_path / "log")
    assert files_of(tmp_path / "log") == before


def test_a_ledger_that_was_cut_back_does_not_take_a_checkpoint_back(tmp_path, signer, fill):
    with Ledger.create(tmp_path / "a.db", ORIGIN, signer) as ledger:
        fill(ledger, 10)
        publish_log(ledger, tmp_path / "log")
    with Ledger.create(tmp_path / "b.db", ORIGIN, signer) as ledger:
        fill(ledger, 5)
        with pytest.raises(LedgerConflict, match=r"found 10 entries published; .* has only 5"):
            publish_log(ledger, tmp_path / "log")


def test_the_log_of_another_key_is_not_written_over(tmp_path, ledger, fill):
    with Ledger.create(tmp_path / "b.db", ORIGIN, Signer.generate(ORIGIN)) as other:
        publish_log(other, tmp_path / "log")
    fill(ledger, 5)
    with pytest.raises(BadProof, match=r"log.checkpoint: note: found signatures by"):
        publish_log(ledger, tmp_path / "log")


def test_a_second_publication_at_the_same_time_is_refused(ledger, tmp_path):
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BadInput, match="another process is publishing here"):
        publish_log(ledger, tmp_path)
    os.close(handle)
    assert publish_log(ledger, tmp_path).files == 1


def test_a_damaged_entry_is_not_published(ledger, fill, tmp_path):
    fill(ledger, 300)
    ledger._store._connection.execute("UPDATE entries SET body = ? WHERE seq = 7", (b"other",))
    with pytest.raises(LedgerDamaged, match="do not lead to the root signed at size 300"):
        publish_log(ledger, tmp_path / "log")
    assert not (tmp_path / "log" / "checkpoint").exists()
