from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadInput, RecanvassError
from recanvass.ledger import Ledger, Signer, Verification, verify
from recanvass.ledger.batch import id_digests
from recanvass.ledger.key_file import find_signers
from recanvass.ledger.merkle import leaf_hash
from recanvass.ledger.sqlite_store import SqliteStore

ORIGIN = "ledger.example/city"


def entry_id(body: bytes) -> str:
    return f"id-{int(body.split()[1])}"


@pytest.fixture
def path(tmp_path: Path, ledger: Ledger, fill) -> Path:
    """A closed ledger of 600 entries in three batches."""
    for first in (0, 200, 400):
        fill(ledger, 200, first=first)
    ledger.close()
    return tmp_path / "record.db"


def change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


def entries_at_fault(found: Verification) -> set[int | None]:
    return {fault.entry for fault in found.faults}


def test_a_sound_ledger_has_no_faults(path):
    with Ledger.open(path) as ledger:
        found = ledger.verify(ledger.verifier, id_of=entry_id)
        assert (found.ok, found.size, found.root) == (True, 600, ledger.root())
        assert (found.checkpoints, found.trusted, found.verifier) == (4, True, ledger.verifier)
        assert not ledger.verify().trusted


def test_an_empty_ledger_has_no_faults(ledger):
    assert ledger.verify(id_of=entry_id).ok


def test_every_changed_byte_of_every_entry_in_the_file_is_found_and_named(tmp_path, signer):
    path = tmp_path / "record.db"
    bodies = [b"<the body of entry %d>" % number for number in range(40)]
    with Ledger.create(path, ORIGIN, signer) as ledger:
        ledger.append([str(number) for number in range(40)], bodies)
    sound = path.read_bytes()
    for number, body in enumerate(bodies):
        assert sound.count(body) == 1
        start = sound.index(body)
        for at in range(start, start + len(body)):
            path.write_bytes(sound[:at] + bytes([sound[at] ^ (1 << at % 8)]) + sound[at + 1 :])
            found = verify(path, str(signer.verifier))
            assert [fault.entry for fault in found.faults] == [number]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_to_the_file_brings_verification_down(path, data):
    copy = path.with_name("copy.db")
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for _ in range(data.draw(st.integers(0, 2))):
        pages = st.integers(0, len(damaged) // 8192 - 1)
        one, other = (
            slice(page * 8192, page * 8192 + 8192) for page in data.draw(st.tuples(pages, pages))
        )
        damaged[one], damaged[other] = damaged[other], damaged[one]
    copy.write_bytes(damaged[: data.draw(st.sampled_from([None, None, 8192, 20_000, 70_000]))])
    with Ledger.open(path, read_only=True) as ledger:
        sound = ledger.read()
    try:
        found = verify(copy, id_of=entry_id)
    except RecanvassError:
        return  # not recognisable as a ledger
    if found.ok:
        with Ledger.open(copy, read_only=True) as ledger:
            assert ledger.read() == sound


@pytest.mark.parametrize(
    ("statement", "entries"),
    [
        ("UPDATE entries SET body = x'00' WHERE seq = 300", {300}),
        ("UPDATE entries SET body = CAST(body AS TEXT) WHERE seq = 300", {300}),
        ("UPDATE entries SET body = 7 WHERE seq = 300", {300}),
        ("DELETE FROM entries WHERE seq = 300", {300}),
        ("UPDATE entries SET seq = 900 WHERE seq = 300", {300, None}),
        ("INSERT INTO entries VALUES (-1, x'00')", {None}),
        ("INSERT INTO entries VALUES (600, x'00')", {None}),
    ],
)
def test_a_changed_or_missing_entry_is_named(path, statement, entries):
    change(path, statement)
    assert entries_at_fault(verify(path, id_of=entry_id)) == entries


def test_two_entries_that_changed_places_are_both_named(path):
    change(path, "UPDATE entries SET seq = -1 WHERE seq = 3")
    change(path, "UPDATE entries SET seq = 3 WHERE seq = 500")
    change(path, "UPDATE entries SET seq = 500 WHERE seq = -1")
    assert entries_at_fault(verify(path)) == {3, 500}


def renumber(path: Path, statement: str) -> None:
    """Change entry numbers; by way of negative ones, so that none is there twice meanwhile."""
    change(path, statement)
    change(path, "UPDATE entries SET seq = -seq - 1 WHERE seq < 0")


def test_every_entry_after_an_inserted_one_is_named(path):
    renumber(path, "UPDATE entries SET seq = -seq - 2 WHERE seq >= 590")
    change(path, "INSERT INTO entries VALUES (590, x'00')")
    found = verify(path, id_of=entry_id)
    assert entries_at_fault(found) == {None, *range(590, 600)}
    assert found.faults[0].message == "entries: found 0 to 601; the last checkpoint states 0 to 600"


def test_every_entry_after_a_deleted_one_is_named_also_when_the_gap_was_closed(path):
    change(path, "DELETE FROM entries WHERE seq = 590")
    renumber(path, "UPDATE entries SET seq = -seq WHERE seq > 590")
    found = verify(path, id_of=entry_id)
    assert entries_at_fault(found) >= set(range(590, 599))
    assert found.faults[0].message == "entries: found 0 to 599; the last checkpoint states 0 to 600"


def test_every_entry_in_another_order_is_named(path):
    renumber(path, "UPDATE entries SET seq = -(690 - seq) - 1 WHERE seq BETWEEN 340 AND 350")
    found = verify(path, id_of=entry_id)
    assert entries_at_fault(found) == {*range(340, 351)} - {345}


def test_an_entry_forged_together_with_its_leaf_hash_is_found_by_the_layers_above(path):
    change(path, "UPDATE entries SET body = x'00' WHERE seq = 3")
    tile = bytearray(tile_of(path, 0, 0))
    tile[3 * 32 : 4 * 32] = leaf_hash(b"\0")
    change(path, "UPDATE tiles SET hashes = ? WHERE level = 0 AND number = 0", bytes(tile))
    messages = [fault.message for fault in verify(path).faults]
    assert any("hash 0 is not that of entries 0 to 256" in message for message in messages)


def tile_of(path: Path, level: int, number: int) -> bytes:
    connection = sqlite3.connect(path)
    where = (level, number)
    (hashes,) = connection.execute(
        "SELECT hashes FROM tiles WHERE level = ? AND number = ?", where
    ).fetchone()
    connection.close()
    return hashes


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM tiles WHERE level = 0 AND number = 1", "tile 1 of level 0: found 0 bytes"),
        ("UPDATE tiles SET hashes = zeroblob(64) WHERE level = 1", "tile 0 of level 1: hash 1"),
        ("UPDATE tiles SET hashes = 'text' WHERE level = 1", "tile 0 of level 1: found str"),
        ("INSERT INTO tiles VALUES (3, 0, x'00')", "tiles: found 5; expected 4"),
        ("DELETE FROM ids WHERE seq = 9", "ids: found 599"),
        ("DELETE FROM ids WHERE seq = 9", "entry 9: its id 'id-9' is found nowhere"),
        ("UPDATE ids SET seq = 8 WHERE seq = 9", "entry 9: its id 'id-9' is found at entry 8"),
        ("UPDATE checkpoints SET note = x'00' WHERE size = 200", "checkpoint at size 200: note"),
        ("UPDATE checkpoints SET note = 'text' WHERE size = 200", "size 200: unreadable"),
        ("UPDATE checkpoints SET size = 201 WHERE size = 200", "found size 200 in it"),
        ("UPDATE checkpoints SET size = 700 WHERE size = 600", "states 0 to 700"),
        ("UPDATE checkpoints SET size = 9000000000000 WHERE size = 600", "found only 600 entries"),
        ("DELETE FROM checkpoints", "found no checkpoint"),
        ("UPDATE meta SET value = 'x' WHERE key = 'origin'", "expected 'x'"),
        ("UPDATE keys SET verifier = 'x'", "verifier key"),
        ("DELETE FROM keys", "verifier key: found none"),
        ("DROP TABLE ids", "no such table: ids"),
        ("DROP TABLE entries", "no such table: entries"),
        ("DROP TABLE checkpoints", "no such table: checkpoints"),
    ],
)
def test_damage_beside_the_entries_is_named(path, statement, says):
    change(path, statement)
    messages = [fault.message for fault in verify(path, id_of=entry_id).faults]
    assert any(says in message for message in messages), messages


def test_a_checkpoint_of_another_history_is_found(path, tmp_path, fill):
    (signer,) = find_signers(path)
    with Ledger.create(tmp_path / "other.db", ORIGIN, signer) as other:
        other.append(["x"], [b"x"])
        fill(other, 199, first=1)
        note = other.checkpoint()
    change(path, "UPDATE checkpoints SET note = ? WHERE size = 200", note)
    assert [fault.message for fault in verify(path).faults] == [
        "checkpoint at size 200: it states another root than the tree has there"
    ]


def test_a_ledger_signed_anew_with_another_key_is_refused_by_the_key_that_is_trusted(path, fill):
    with Ledger.open(path, read_only=True) as ledger:
        trusted = ledger.verifier
    with Ledger.create(path.with_name("forged.db"), ORIGIN, Signer.generate(ORIGIN)) as forged:
        fill(forged, 600)
        assert forged.verify().ok
        messages = [fault.message for fault in forged.verify(trusted).faults]
    assert any("publishes another one" in message for message in messages)
    assert any("checkpoint at size 600" in message for message in messages)


def test_a_trusted_key_that_is_none_is_bad_input(path):
    with pytest.raises(BadInput):
        verify(path, "nonsense")


def test_a_flood_of_faults_is_counted_and_not_all_listed(tmp_path, signer, fill):
    path = tmp_path / "record.db"
    with Ledger.create(path, ORIGIN, signer) as ledger:
        fill(ledger, 1500)
    change(path, "UPDATE entries SET body = x'00'")
    found = verify(path)
    assert (len(found.faults), found.unlisted) == (1000, 500)


def test_entries_that_state_another_id_are_named(path):
    found = verify(path, id_of=lambda body: entry_id(body) if b" 7 " not in body else "id-8")
    assert entries_at_fault(found) == {7}
    found = verify(path, id_of=lambda body: entry_id(body) if b" 7 " not in body else 1 // 0)
    assert entries_at_fault(found) == {7}


def test_a_ledger_is_not_verified_from_within_its_own_batch(tmp_path, signer):
    path = tmp_path / "record.db"
    with Ledger.create(path, ORIGIN, signer) as ledger, ledger.batch():  # noqa: SIM117
        with pytest.raises(BadInput, match="a batch is open"):
            ledger.verify()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_store_counts_the_ids_that_lead_to_their_own_entries(place_in, kind, fill):
    with Ledger.create(place_in(kind), ORIGIN) as ledger:
        fill(ledger, 300)
        digests = id_digests([f"id-{number}" for number in range(300)])
        in_place = ledger._store.ids_in_place
        assert in_place(0, b"".join(digests)) == 300
        assert in_place(250, b"".join(digests[250:290])) == 40
        assert in_place(250, b"".join(digests[:50])) == 0
        assert in_place(0, b"".join([digests[1], digests[0], *digests[2:]])) == 298
        assert in_place(290, b"".join(digests[290:]) + digests[0]) == 10
        assert in_place(7, b"") == 0


def test_ids_are_compared_in_parts_where_there_are_many(path, monkeypatch):
    monkeypatch.setattr("recanvass.ledger.verification.ENTRIES_AT_ONCE", 256)
    monkeypatch.setattr("recanvass.ledger.verification.IDS_AT_ONCE", 256)
    assert verify(path, id_of=entry_id).ok
    change(path, "UPDATE ids SET seq = 1000 - seq WHERE seq IN (450, 550)")
    found = verify(path, id_of=entry_id)
    assert entries_at_fault(found) == {450, 550}
    assert any("'id-450' is found at entry 550" in fault.message for fault in found.faults)


def test_ids_beside_a_damaged_entry_are_still_checked(path):
    change(path, "UPDATE entries SET body = x'00' WHERE seq = 3")
    change(path, "UPDATE ids SET seq = 1000 - seq WHERE seq IN (450, 550)")
    assert entries_at_fault(verify(path, id_of=entry_id)) == {3, 450, 550}


def test_an_index_that_says_one_thing_read_whole_and_another_looked_up_is_damaged(
    path, monkeypatch
):
    # No single statement makes an index contradict itself, so one of its two answers is altered.
    monkeypatch.setattr(SqliteStore, "ids_in_place", lambda self, first, digests: 599)
    assert [fault.message for fault in verify(path, id_of=entry_id).faults] == [
        "ids of entries 0 to 600: found 599 in place when all are read, and every one when it is "
        "looked up; their index is damaged"
    ]
