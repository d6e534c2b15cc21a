from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import (
    BadInput,
    LedgerConflict,
    LedgerDamaged,
    LedgerExists,
    LedgerMissing,
    RecanvassError,
)
from recanvass.ledger import MAX_ENTRY_BYTES, Ledger, Signer, Verifier
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint
from recanvass.ledger.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    leaf_hash,
    leaf_hashes,
    node_hash,
)
from recanvass.ledger.place import ledger_place

ORIGIN = "ledger.example/city"

only_in_a_file = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, place_in: Callable[[str], Path | str]) -> Path | str:
    """What a ledger does, it does in every store."""
    return place_in(request.param)


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def state(ledger: Ledger) -> tuple[int, bytes, bytes]:
    return ledger.size, ledger.root(), ledger.checkpoint()


# Making and opening


def test_a_new_ledger_is_empty_and_signed(ledger):
    assert (ledger.size, ledger.root(), ledger.read()) == (0, EMPTY_ROOT, [])
    checkpoint = open_checkpoint(ledger.checkpoint(), ORIGIN, [Verifier.parse(ledger.verifier)])
    assert (checkpoint.size, checkpoint.root) == (0, EMPTY_ROOT)


def test_creating_over_a_file_is_refused_and_leaves_it_alone(tmp_path):
    path = tmp_path / "letters.txt"
    path.write_text("dear voters")
    with pytest.raises(LedgerExists, match=r"letters\.txt"):
        Ledger.create(path, ORIGIN)
    assert path.read_text() == "dear voters"
    assert list(tmp_path.iterdir()) == [path]


def test_creating_with_the_key_of_an_earlier_ledger_beside_it_is_refused(tmp_path):
    path = tmp_path / "record.db"
    Ledger.create(path, ORIGIN).close()
    path.unlink()
    with pytest.raises(LedgerExists, match="One key signs one history"):
        Ledger.create(path, ORIGIN)
    assert not path.exists()


def test_creating_where_there_is_no_folder_leaves_nothing(tmp_path):
    with pytest.raises(BadInput):
        Ledger.create(tmp_path / "nowhere" / "record.db", ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_an_origin_that_cannot_name_a_key_is_refused(place, tmp_path):
    with pytest.raises(BadInput, match="key name"):
        Ledger.create(place, "two words")
    assert list(tmp_path.iterdir()) == []


def test_a_given_key_is_used_and_not_written_down(place, tmp_path, signer):
    with Ledger.create(place, ORIGIN, signer) as ledger:
        assert ledger.verifier == str(signer.verifier)
    assert not (tmp_path / "record.db.key").exists()


def test_a_key_of_another_name_than_the_origin_is_refused(place):
    with pytest.raises(BadInput, match="name other"):
        Ledger.create(place, ORIGIN, Signer.generate("other"))


def test_opening_is_not_creating(place, tmp_path):
    for _ in range(2):
        with pytest.raises(LedgerMissing):
            Ledger.open(place)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database, " * 1000])
def test_a_file_that_is_no_ledger_is_refused(tmp_path, content):
    (tmp_path / "record.db").write_bytes(content)
    with pytest.raises(LedgerDamaged, match=r"record\.db.*expected a ledger"):
        Ledger.open(tmp_path / "record.db")


def test_another_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "record.db") as other:
        other.execute("CREATE TABLE songs (title)")
    other.close()
    with pytest.raises(LedgerDamaged, match="expected a ledger"):
        Ledger.open(tmp_path / "record.db")


def test_a_later_format_is_refused(ledger, place):
    ledger.close()
    change(place, "UPDATE meta SET value = '3' WHERE key = 'format'")
    with pytest.raises(BadInput, match="format '3'; expected '2'"):
        Ledger.open(place)


def change(place: Path | str, statement: str, *values: object) -> None:
    if isinstance(place, Path):
        connection = sqlite3.connect(place)
        with connection:
            connection.execute(statement, values)
        connection.close()
        return
    database = ledger_place(place)
    with psycopg.connect(database.url, options=f"-c search_path={database.schema}") as server:
        server.execute(statement.replace("?", "%s"), values)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("DELETE FROM entries WHERE seq = 299", ()),
        ("UPDATE entries SET seq = 300 WHERE seq = 0", ()),
        ("DELETE FROM checkpoints", ()),
        ("DELETE FROM checkpoints WHERE size = 300", ()),
        ("DELETE FROM tiles WHERE level = 0 AND number = 1", ()),
        ("UPDATE tiles SET hashes = ? WHERE level = 0 AND number = 1", (bytes(44 * 32),)),
        ("UPDATE checkpoints SET note = ? WHERE size = 300", (b"\0",)),
        ("UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 0)", ()),
        ("UPDATE meta SET value = 'elsewhere' WHERE key = 'origin'", ()),
        ("DELETE FROM keys", ()),
        ("DELETE FROM meta WHERE key = 'format'", ()),
        ("DROP TABLE tiles", ()),
    ],
)
def test_a_half_known_state_is_refused(ledger, fill, place, statement, values):
    fill(ledger, 300)
    ledger.close()
    change(place, statement, *values)
    for read_only in (True, False):
        with pytest.raises(LedgerDamaged):
            Ledger.open(place, read_only=read_only)


def test_a_last_checkpoint_that_its_key_did_not_sign_is_refused_by_a_writer(ledger, place):
    ledger.close()
    note = ledger_note_by_another_key()
    change(place, "UPDATE checkpoints SET note = ?", note)
    with pytest.raises(LedgerDamaged, match="expected one by"):
        Ledger.open(place)


def ledger_note_by_another_key() -> bytes:
    return Checkpoint(ORIGIN, 0, EMPTY_ROOT).signed(Signer.generate(ORIGIN))


def test_a_key_that_is_not_the_published_one_is_refused(ledger, place):
    ledger.close()
    with pytest.raises(BadInput, match="expected"):
        Ledger.open(place, signer=Signer.generate(ORIGIN))


def test_the_key_can_come_from_the_environment(place, tmp_path, signer, monkeypatch):
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", signer.secret())
    Ledger.create(place, ORIGIN).close()
    with Ledger.open(place) as ledger:
        assert ledger.append(["a"], [b"1"]).recorded == 1
    assert not (tmp_path / "record.db.key").exists()


def test_without_its_key_a_ledger_is_read_and_an_append_says_what_is_missing(
    ledger, place, tmp_path
):
    ledger.append(["a"], [b"1"])
    ledger.close()
    (tmp_path / "record.db.key").unlink()
    with Ledger.open(place) as reader:
        assert reader.read() == [b"1"]
        with pytest.raises(BadInput, match=r"found no signing key.*SIGNING_KEY_FILE"):
            reader.append(["b"], [b"2"])


def test_a_ledger_opened_to_be_read_does_not_write(ledger, fill, place):
    fill(ledger, 3)
    ledger.close()
    with Ledger.open(place, read_only=True) as reader:
        assert reader.size == 3
        with pytest.raises(BadInput, match="read only"):
            reader.append(["x"], [b"x"])


@only_in_a_file
def test_a_sealed_ledger_is_read_without_writing_beside_it(ledger, fill, tmp_path):
    fill(ledger, 3)
    ledger.close()
    path = tmp_path / "record.db"
    path.chmod(0o444)
    with Ledger.open(path, read_only=True) as reader:
        assert reader.size == 3
        assert reader.verify().ok
        assert {file.name for file in tmp_path.iterdir()} == {"record.db", "record.db.key"}


def test_a_reader_sees_what_another_connection_appends(ledger, fill, place):
    with Ledger.open(place, read_only=True) as reader:
        fill(ledger, 5)
        assert (reader.size, reader.root()) == (5, ledger.root())


@only_in_a_file
def test_reading_imports_nothing_that_signing_needs(ledger, fill, tmp_path):
    fill(ledger, 3)
    ledger.close()
    code = (
        "import sys; from pathlib import Path; from recanvass.ledger import Ledger\n"
        f"print(len(Ledger.open(Path({str(tmp_path / 'record.db')!r}), read_only=True).read()))\n"
        "print([m for m in ('cryptography', 'polars', 'rich', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["3", "[]"]


# Appending and reading


def test_entries_come_back_in_order_and_by_number_and_id(ledger, fill):
    bodies = fill(ledger, 300)
    assert ledger.read() == bodies
    assert ledger.read(10, 12) == bodies[10:12]
    assert ledger.read(300) == []
    assert ledger.entry(299) == bodies[299]
    assert ledger.find("id-42") == 42
    assert ledger.find("id-300") is None
    assert ledger.leaf_hash(42) == leaf_hash(bodies[42])


def test_a_batch_says_what_it_did(ledger):
    first = ledger.append(["a", "b"], [b"1", b"2"])
    assert (first.first, first.recorded, first.known, first.size) == (0, 2, 0, 2)
    second = ledger.append(["b", "c", "a"], [b"2", b"3", b"1"])
    assert (second.first, second.recorded, second.known, second.size) == (2, 1, 2, 3)
    assert ledger.read() == [b"1", b"2", b"3"]


def test_appending_the_same_again_changes_nothing(ledger, fill):
    fill(ledger, 300)
    before = state(ledger)
    fill(ledger, 300)
    assert state(ledger) == before


def test_an_empty_batch_changes_nothing(ledger):
    before = state(ledger)
    assert ledger.append([], []).recorded == 0
    assert state(ledger) == before


def test_one_id_twice_in_a_batch_is_recorded_once(ledger):
    done = ledger.append(["a", "b", "a"], [b"1", b"2", b"1"])
    assert (done.recorded, done.known) == (2, 1)
    assert ledger.read() == [b"1", b"2"]


def test_the_same_bytes_under_two_ids_are_two_entries(ledger):
    assert ledger.append(["a", "b"], [b"1", b"1"]).recorded == 2


@pytest.mark.parametrize(
    ("ids", "bodies", "entry"),
    [
        (["new", "id-3"], [b"x", b"other"], 3),
        (["id-3"], [b""], 3),
        (["new", "id-4", "new"], [b"x", b"entry 4 of a made-up record", b"y"], 5),
    ],
)
def test_an_id_with_other_bytes_is_a_conflict_and_the_batch_leaves_nothing(
    ledger, fill, ids, bodies, entry
):
    fill(ledger, 5)
    before = state(ledger)
    with pytest.raises(LedgerConflict, match=f"id '{ids[-1]}'.* entry {entry};"):
        ledger.append(ids, bodies)
    assert state(ledger) == before
    assert ledger.find("new") is None


def test_a_batch_whose_block_raises_leaves_nothing(ledger, fill):
    fill(ledger, 5)
    before = state(ledger)
    with pytest.raises(ZeroDivisionError), ledger.batch() as batch:
        batch.add(["x"], [b"x"])
        raise ZeroDivisionError
    assert state(ledger) == before
    assert fill(ledger, 5, first=5)
    assert ledger.size == 10


def test_a_refusal_that_the_caller_swallows_still_refuses_the_batch(ledger):
    with pytest.raises(BadInput, match="nothing of it is recorded"), ledger.batch() as batch:
        batch.add(["a"], [b"1"])
        with pytest.raises(BadInput, match="65536 bytes"):
            batch.add(["b"], [bytes(MAX_ENTRY_BYTES + 1)])
    assert ledger.size == 0


def test_what_was_written_before_a_failure_late_in_a_large_batch_is_undone(ledger, monkeypatch):
    monkeypatch.setattr("recanvass.ledger.batch.FLUSH_ENTRIES", 100)
    with pytest.raises(LedgerConflict), ledger.batch() as batch:
        for start in range(0, 1000, 50):
            ids = [str(number) for number in range(start, start + 50)]
            batch.add(ids, [b"x"] * 50)
        batch.add(["7"], [b"y"])
    assert (ledger.size, ledger.root(), ledger.find("7")) == (0, EMPTY_ROOT, None)
    assert ledger.verify().ok


def test_entries_from_nothing_to_the_longest_are_taken_and_one_byte_more_is_not(ledger):
    ledger.append(["empty", "longest"], [b"", bytes(MAX_ENTRY_BYTES)])
    assert ledger.read() == [b"", bytes(MAX_ENTRY_BYTES)]
    with pytest.raises(BadInput, match="'too long': found 65536 bytes; expected at most 65535"):
        ledger.append(["fine", "too long"], [b"", bytes(MAX_ENTRY_BYTES + 1)])
    assert ledger.size == 2


def test_as_many_ids_as_entries_are_expected(ledger):
    with pytest.raises(BadInput, match="1 ids for 2 entries"):
        ledger.append(["a"], [b"1", b"2"])


def test_an_id_that_is_not_unicode_is_refused(ledger):
    with pytest.raises(BadInput, match="UTF-8"):
        ledger.append(["\ud800"], [b"1"])


def test_a_batch_within_a_batch_is_refused(ledger):
    with ledger.batch() as outer:
        with pytest.raises(BadInput, match="a batch is open"):
            ledger.append(["a"], [b"1"])
        outer.add(["b"], [b"2"])
    assert ledger.read() == [b"2"]


def test_a_batch_is_unseen_until_it_is_kept(ledger, place):
    with Ledger.open(place, read_only=True) as reader:
        with ledger.batch() as batch:
            batch.add(["a"], [b"1"])
            assert (reader.size, ledger.size, ledger.find("a")) == (0, 0, None)
            with pytest.raises(BadInput, match="expected its block to end"):
                _ = batch.appended
        assert (reader.size, ledger.size) == (1, 1)
    with pytest.raises(BadInput, match="it has ended"):
        batch.add(["b"], [b"2"])


@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: ledger.entry(3),
        lambda ledger: ledger.entry(-1),
        lambda ledger: ledger.leaf_hash(3),
        lambda ledger: ledger.read(0, 4),
        lambda ledger: ledger.read(-1),
        lambda ledger: ledger.read(3, 2),
        lambda ledger: ledger.root(4),
        lambda ledger: ledger.checkpoint(2),
        lambda ledger: ledger.checkpoint(4),
        lambda ledger: ledger.inclusion_proof(3),
        lambda ledger: ledger.inclusion_proof(2, 2),
        lambda ledger: ledger.consistency_proof(4),
        lambda ledger: ledger.consistency_proof(3, 2),
    ],
)
def test_what_is_not_there_is_refused_and_not_guessed(ledger, fill, ask):
    fill(ledger, 3)
    with pytest.raises(BadInput):
        ask(ledger)


def test_a_closed_ledger_says_so(ledger):
    ledger.close()
    with pytest.raises(BadInput, match="closed"):
        _ = ledger.size


@only_in_a_file
def test_a_disk_that_is_full_refuses_the_batch_and_the_ledger_stays(ledger, fill):
    fill(ledger, 3)
    before = state(ledger)
    connection = ledger._store._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RecanvassError, match="full"):
        ledger.append(["big"], [bytes(60_000)])
    connection.execute("PRAGMA max_page_count = 1000000")
    assert state(ledger) == before
    assert ledger.append(["big"], [bytes(60_000)]).size == 4


# Tree and signatures


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=st.lists(st.integers(0, 400), min_size=1, max_size=5), data=st.data())
def test_any_batching_gives_the_same_tree_and_every_proof_of_it_verifies(
    tmp_path_factory, signer, fill, counts, data
):
    path = tmp_path_factory.mktemp("batching") / "record.db"
    with Ledger.create(path, ORIGIN, signer) as ledger:
        ends = [0]
        for count in counts:
            fill(ledger, count, first=ends[-1])
            ends.append(ends[-1] + count)
        leaves = leaf_hashes(ledger.read())
        new = data.draw(st.integers(0, len(leaves)))
        old = data.draw(st.integers(0, new))
        root = naive_root(leaves[:new])
        assert ledger.root(new) == root
        proof = ledger.consistency_proof(old, new)
        check_consistency(old, new, proof, ledger.root(old), root)
        if old < new:
            check_inclusion(leaves[old], old, new, ledger.inclusion_proof(old, new), root)
        for end in ends:
            checkpoint = open_checkpoint(ledger.checkpoint(end), ORIGIN, [signer.verifier])
            assert (checkpoint.size, checkpoint.root) == (end, naive_root(leaves[:end]))
        assert ledger.verify().faults == []


def test_chunks_of_one_batch_make_the_tree_of_one_append(tmp_path, signer, monkeypatch):
    monkeypatch.setattr("recanvass.ledger.batch.FLUSH_ENTRIES", 300)
    ids = [f"id-{number % 1000}" for number in range(1500)]
    bodies = [name.encode() for name in ids]
    with Ledger.create(tmp_path / "one.db", ORIGIN, signer) as one:
        one.append(ids, bodies)
        with Ledger.create(tmp_path / "many.db", ORIGIN, signer) as many:
            with many.batch() as batch:
                for start in range(0, 1500, 70):
                    batch.add(ids[start : start + 70], bodies[start : start + 70])
            assert batch.appended.known == 500
            assert state(many) == state(one)


def test_a_reopened_ledger_is_the_same_and_goes_on(ledger, fill, place):
    fill(ledger, 300)
    before, verifier = state(ledger), ledger.verifier
    ledger.close()
    with Ledger.open(place) as again:
        assert (again.origin, again.verifier) == (ledger.origin, verifier)
        assert state(again) == before
        fill(again, 300, first=300)
        check_consistency(300, 600, again.consistency_proof(300), before[1], again.root())


def test_an_independent_implementation_accepts_checkpoints_and_proofs(ledger, fill):
    other = pytest.importorskip("metamorphic_log")
    for first, count in ((0, 7), (7, 600), (607, 1)):
        fill(ledger, count, first=first)
    new = ledger.checkpoint().decode()
    keys = [ledger.verifier]
    assert other.checkpoint_verify(new, keys).size == 608
    for old in (7, 607):
        proof = ledger.consistency_proof(old)
        other.checkpoint_verify_consistency(ledger.checkpoint(old).decode(), new, keys, proof)
    for number in (0, 6, 255, 256, 607):
        leaf, proof = ledger.leaf_hash(number), ledger.inclusion_proof(number)
        other.checkpoint_verify_inclusion(new, keys, number, leaf, proof)


def test_a_ledger_is_not_made_beside_the_journal_of_an_earlier_one(tmp_path, fill):
    path = tmp_path / "record.db"
    journal = tmp_path / "record.db-wal"
    with Ledger.create(path, ORIGIN) as ledger:
        fill(ledger, 5)
        left = journal.read_bytes()
    path.unlink()
    journal.write_bytes(left)
    (tmp_path / "record.db.key").unlink()
    with pytest.raises(LedgerExists, match="what a ledger of this name left"):
        Ledger.create(path, ORIGIN)
    assert [file.name for file in tmp_path.iterdir()] == ["record.db-wal"]
