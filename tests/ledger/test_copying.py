from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from recanvass.errors import LedgerDamaged, LedgerExists, LedgerMissing
from recanvass.ledger import (
    Ledger,
    LogReader,
    Signer,
    Verifier,
    copying,
    open_files,
    publish_log,
)
from recanvass.ledger.copying import Copied, copy_ledger, copy_store
from recanvass.ledger.key_file import find_signers
from recanvass.ledger.place import ledger_place
from recanvass.ledger.store import KeySpan, Store
from recanvass.ledger.stores import open_store

ORIGIN = "ledger.example/city"
EVIDENCE = [b"a photo of a form", b"", bytes(300_000)]

APPEND_UNTIL_STOPPED = """
import sys, threading
from recanvass.ledger import Ledger
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set())).start()
with Ledger.open(sys.argv[1]) as ledger:
    while not stop.is_set():
        size = ledger.size
        ledger.append([f"id-{n}" for n in range(size, size + 7)], [b"x"] * 7)
        print(size, flush=True)
"""

DIE = """
import os, sys
from recanvass.ledger import copying
hashed, left = copying.leaf_hashes, [3]
def leaf_hashes(bodies):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), 9)
    return hashed(bodies)
copying.leaf_hashes, copying.ENTRIES_AT_ONCE = leaf_hashes, 100
copying.copy_ledger(sys.argv[1], sys.argv[2])
"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, place_in: Callable[[str], Path | str]) -> Path | str:
    return place_in(request.param)


@pytest.fixture(params=["to sqlite", "to postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "to sqlite":
        return tmp_path / "copies" / "copy.db"
    url: str = request.getfixturevalue("schema_url")
    return f"{url}_copy"


@pytest.fixture
def filled(ledger: Ledger, fill, tmp_path: Path) -> Ledger:
    """A ledger of some batches, with a key that no longer signs and with evidence."""
    (tmp_path / "copies").mkdir()
    for first, count in ((0, 1), (1, 299), (300, 256), (556, 45)):
        fill(ledger, count, first=first)
    with ledger._store.writing():
        ledger._store.put_key(KeySpan(str(Signer(ORIGIN, bytes(32)).verifier), 300, 300))
        for content in EVIDENCE:
            ledger._store.put_blob(sha256(content).digest(), content)
    return ledger


def all_of(store: Store) -> list[object]:
    """Everything that a store can be asked, in a form that can be compared."""
    hashes = list(store.blobs())
    widths = [(level, n) for level in range(2) for n in range(3)]
    return [
        store.meta("origin"),
        store.entries(0, store.size()),
        list(store.ids()),
        list(store.checkpoints()),
        store.key_spans(),
        [(hash_, store.blob(hash_)) for hash_ in hashes],
        [store.tile(*at) for at in widths],
        store.tile_count(),
    ]


def test_a_copy_is_the_same_in_all_that_can_be_asked(filled, place, target, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "ENTRIES_AT_ONCE", 100)
    done = copy_ledger(place, target)
    assert done == Copied(601, filled.root(), 5, 3)
    copied = open_store(ledger_place(target), read_only=True)
    assert all_of(copied) == all_of(filled._store)
    copied.close()
    with Ledger.open(target, signer=find_signers(ledger_place(place))[0]) as copy:
        assert copy.verify(filled.verifier).faults == []
        copy.append(["one more"], [b""])
    left = {file.name for file in (tmp_path / "copies").iterdir()}
    assert left <= {"copy.db"}


def test_an_empty_ledger_can_be_copied(ledger, place, tmp_path):
    assert copy_ledger(place, tmp_path / "copy.db") == Copied(0, ledger.root(), 1, 0)


def test_what_is_at_the_target_is_left_alone(filled, place, target):
    copy_ledger(place, target)
    before = all_of(filled._store)
    with pytest.raises(LedgerExists):
        copy_ledger(place, target)
    with pytest.raises(LedgerExists):
        copy_ledger(target, place)
    assert all_of(filled._store) == before


def test_nothing_is_made_of_what_is_not_there(target, tmp_path):
    with pytest.raises(LedgerMissing):
        copy_ledger(tmp_path / "none.db", target)
    with pytest.raises(LedgerMissing):
        Ledger.open(target)


def test_a_ledger_is_copied_as_it_is_at_one_moment_while_others_append(
    ledger, fill, place, tmp_path
):
    fill(ledger, 500)
    pipe = subprocess.PIPE
    writer = subprocess.Popen(
        [sys.executable, "-c", APPEND_UNTIL_STOPPED, str(place)],
        stdin=pipe, stdout=pipe, stderr=pipe, text=True,
    )  # fmt: skip
    for number in range(3):
        assert writer.stdout.readline().strip().isdigit()
        done = copy_ledger(place, tmp_path / f"copy-{number}.db")
        with Ledger.open(tmp_path / f"copy-{number}.db", read_only=True) as copy:
            assert copy.verify(ledger.verifier).ok
            assert (copy.size, copy.root()) == (done.size, ledger.root(done.size))
    _, complaints = writer.communicate("stop\n", timeout=30)
    assert (writer.returncode, complaints) == (0, "")
    assert ledger.size > done.size > 500


def test_a_copy_that_is_killed_leaves_no_half_ledger_and_can_be_made_again(filled, place, target):
    victim = subprocess.run([sys.executable, "-c", DIE, str(place), str(target)], check=False)
    assert victim.returncode == -9
    with pytest.raises(LedgerMissing):
        Ledger.open(target)
    assert copy_ledger(place, target).root == filled.root()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM entries WHERE seq = 7", "entries 0 to 601 are not all there"),
        ("UPDATE entries SET body = 'text' WHERE seq = 7", "entries 0 to 601 are not all there"),
        ("UPDATE entries SET body = x'00' WHERE seq = 300", "size 556: it states another tree"),
        ("DELETE FROM ids WHERE seq = 7", "have not one id each"),
        ("UPDATE ids SET seq = 8 WHERE seq = 7", "have not one id each"),
        ("UPDATE ids SET id = x'00' WHERE seq = 7", "have not one id each"),
        ("UPDATE checkpoints SET note = x'00' WHERE size = 300", "checkpoint at size 300"),
        ("UPDATE checkpoints SET note = 'text' WHERE size = 1", "checkpoint at size 1: unreadable"),
        ("UPDATE checkpoints SET size = 301 WHERE size = 300", "checkpoint at size 301"),
        ("DELETE FROM checkpoints WHERE size = 601", "are not the 556 of"),
        ("UPDATE meta SET value = 'elsewhere' WHERE key = 'origin'", "states another tree"),
        ("DELETE FROM meta WHERE key = 'origin'", "found no origin"),
        ("UPDATE blobs SET content = x'00' WHERE length(content) = 0", "has another hash"),
    ],
)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_damaged_ledger_is_not_copied(filled, place, tmp_path, statement, words):
    filled.close()
    connection = sqlite3.connect(place)
    with connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(LedgerDamaged, match=words):
        copy_ledger(place, tmp_path / "copies" / "copy.db")
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_published_log_can_be_made_a_ledger_again(filled, place, target, tmp_path):
    publish_log(filled, tmp_path / "log")
    with pytest.raises(LedgerExists, match="found a file"):
        copy_store(LogReader(open_files(tmp_path / "log")), _existing(tmp_path), id_of)
    log = LogReader(open_files(tmp_path / "log"), Verifier.parse(filled.verifier))
    done = copy_store(log, ledger_place(target), id_of)
    assert done == Copied(601, filled.root(), 1, 0)
    with Ledger.open(target, signer=find_signers(ledger_place(place))[0]) as copy:
        assert copy.read() == filled.read()
        assert copy.verify(filled.verifier, id_of=id_of).faults == []
        assert copy.find("id-600") == 600
        assert copy.append(["id-7"], [copy.entry(7)]).known == 1


def _existing(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    path.touch()
    return path


def id_of(body: bytes) -> str:
    return f"id-{body.split()[1].decode()}"
