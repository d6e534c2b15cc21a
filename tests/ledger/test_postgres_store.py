"""What only a ledger in PostgreSQL does; what every ledger does is in test_ledger.py."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import (
    LedgerConflict,
    LedgerDamaged,
    LedgerExists,
    LedgerMissing,
    RecanvassError,
)
from recanvass.ledger import Ledger, Signer, postgres_store, verify
from recanvass.ledger.place import ledger_place
from recanvass.ledger.stores import making_store, remove_new_ledger

ORIGIN = "ledger.example/city"

APPEND = """
import random, sys
from recanvass.ledger import Ledger
place, who = sys.argv[1], int(sys.argv[2])
chosen = random.Random(who)
with Ledger.open(place) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(40):
        names = [f"id-{n}" for n in chosen.sample(range(400), chosen.randrange(1, 12))]
        done = ledger.append(names, [name.encode() for name in names])
        print(done.size, *names)
"""


@pytest.fixture
def ledger(schema_url: str, signer: Signer) -> Iterator[Ledger]:
    with Ledger.create(schema_url, ORIGIN, signer) as made:
        yield made


def run(url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run a statement in a schema as the server's owner."""
    database = ledger_place(url)
    with psycopg.connect(database.url, options=f"-c search_path={database.schema}") as server:
        done = server.execute(statement, values)
        return done.fetchall() if done.description else []


def start(url: str, who: int, signer: Signer, monkeypatch) -> subprocess.Popen[str]:
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", signer.secret())
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", APPEND, url, str(who)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_processes_with_ids_in_common_make_one_sequence_of_all_that_was_acknowledged(
    ledger, schema_url, signer, monkeypatch
):
    writers = [start(schema_url, who, signer, monkeypatch) for who in range(4)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    acknowledged = set()
    for writer in writers:
        said, complaints = writer.communicate(timeout=60)
        assert (writer.returncode, complaints) == (0, "")
        batches = [line.split() for line in said.splitlines()]
        assert len(batches) == 40
        for size, *names in batches:
            assert all(ledger.find(name) < int(size) for name in names)
            acknowledged.update(names)
    bodies = ledger.read()
    assert sorted(bodies) == sorted(name.encode() for name in acknowledged)
    assert ledger.verify(ledger.verifier, id_of=bytes.decode).faults == []


batches = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.binary(max_size=40)), max_size=8), max_size=6
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=batches)
def test_any_batches_lead_to_the_same_state_in_both_stores(
    tmp_path_factory, postgres, signer, batches
):
    url = f"{postgres}&schema=any_{time.monotonic_ns()}"
    path = tmp_path_factory.mktemp("any") / "record.db"
    with Ledger.create(path, ORIGIN, signer) as one, Ledger.create(url, ORIGIN, signer) as other:
        for batch in batches:
            ids = [str(number) for number, _ in batch]
            bodies = [body for _, body in batch]
            assert outcome(one, ids, bodies) == outcome(other, ids, bodies)
        assert one.read() == other.read()
        for ask in ("ids", "key_spans", "checkpoints", "blobs", "id_spread", "tile_count"):
            answers = [getattr(ledger._store, ask)() for ledger in (one, other)]
            listed = [list(a) if isinstance(a, Iterator) else a for a in answers]
            assert listed[0] == listed[1], ask
        assert other.verify(str(signer.verifier)).faults == []


def outcome(ledger: Ledger, ids: list[str], bodies: list[bytes]) -> object:
    try:
        done = ledger.append(ids, bodies)
    except LedgerConflict as error:
        return str(error)
    return done, ledger.root(), ledger.checkpoint()


@pytest.mark.parametrize("count", [3, postgres_store.FEW, postgres_store.FEW + 1])
def test_entries_that_come_again_among_new_ones_are_recorded_once(ledger, fill, count):
    fill(ledger, 2)
    ids = [f"id-{number}" for number in range(count)]
    bodies = [b"entry %d of a made-up record" % number for number in range(count)]
    done = ledger.append(["new", *ids, "new"], [b"first", *bodies, b"first"])
    assert (done.recorded, done.known, done.size) == (count - 1, 3, count + 1)
    assert ledger.read() == [*bodies[:2], b"first", *bodies[2:]]
    assert ledger.verify().ok


# Told of new entries


def test_a_reader_that_waits_is_woken_by_a_commit(ledger, schema_url, monkeypatch):
    monkeypatch.setattr(postgres_store, "LOOK_EVERY_SECONDS", 1000)
    woken: list[tuple[int, float]] = []

    def wait() -> None:
        with Ledger.open(schema_url, read_only=True) as reader:
            reader.wait(-1, 0)  # it listens from here on
            listening.set()
            for size in (0, 1):
                woken.append((reader.wait(size, 30), time.monotonic()))
                listening.set()

    listening = threading.Event()
    reader = threading.Thread(target=wait)
    reader.start()
    for number in range(2):
        assert listening.wait(30)
        listening.clear()
        time.sleep(0.2)
        with pytest.raises(ZeroDivisionError), ledger.batch() as batch:
            batch.add(["lost"], [b""])
            raise ZeroDivisionError
        ledger.append([f"{number}"], [b""])
        committed = time.monotonic()
    reader.join(30)
    assert [size for size, _ in woken] == [1, 2]
    assert woken[-1][1] - committed < 2


def test_what_is_there_already_is_not_waited_for_and_time_runs_out_otherwise(ledger):
    ledger.append(["a"], [b"1"])
    start = time.monotonic()
    assert ledger.wait(0, 30) == 1
    assert time.monotonic() - start < 5
    assert ledger.wait(1, 0.1) == 1
    assert ledger.wait(7, 0.1) == 1


# Places and rights


def test_a_schema_that_holds_something_is_left_alone(schema_url, signer):
    schema = ledger_place(schema_url).schema
    run(schema_url, f"CREATE SCHEMA {schema}")
    with pytest.raises(LedgerMissing, match=f"schema={schema}: found nothing"):
        Ledger.open(schema_url)
    run(schema_url, "CREATE TABLE songs (title text)")
    with pytest.raises(LedgerExists, match="found songs in the schema"):
        Ledger.create(schema_url, ORIGIN, signer)
    with pytest.raises(LedgerDamaged, match="expected a ledger"):
        Ledger.open(schema_url)
    run(schema_url, "DROP TABLE songs")
    Ledger.create(schema_url, ORIGIN, signer).close()
    with pytest.raises(LedgerExists):
        Ledger.create(schema_url, ORIGIN, signer)


def test_a_ledger_whose_making_fails_is_not_there(schema_url):
    place = ledger_place(schema_url)
    with pytest.raises(ZeroDivisionError), making_store(place, ORIGIN) as store:
        store.put_checkpoint(0, b"")
        raise ZeroDivisionError
    with pytest.raises(LedgerMissing):
        Ledger.open(schema_url)
    assert run(schema_url, "SELECT 1 FROM pg_namespace WHERE nspname = %s", place.schema) == []


def test_a_new_ledger_is_taken_away_unless_somebody_has_written_to_it(ledger, schema_url):
    ledger.append(["a", "b"], [b"1", b"2"])
    assert not remove_new_ledger(ledger_place(schema_url), 1)
    assert ledger.size == 2
    assert remove_new_ledger(ledger_place(schema_url), 2)
    with pytest.raises(LedgerMissing):
        Ledger.open(schema_url)


def test_a_role_that_may_not_change_or_delete_entries_can_append(ledger, schema_url, signer):
    schema = ledger_place(schema_url).schema
    for role in ("writer", "reader"):
        run(schema_url, f"CREATE ROLE {schema}_{role} LOGIN")
        run(schema_url, f"GRANT USAGE ON SCHEMA {schema} TO {schema}_{role}")
        run(schema_url, f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {schema}_{role}")
    run(schema_url, f"GRANT INSERT ON ALL TABLES IN SCHEMA {schema} TO {schema}_writer")
    run(schema_url, f"GRANT UPDATE ON tiles, checkpoints, keys TO {schema}_writer")
    as_writer = schema_url.replace("postgres:@", f"{schema}_writer@")
    with Ledger.open(as_writer, signer=signer) as writer:
        for number in range(300):
            writer.append([f"{number}"], [b"x"])
        writer.append(["0", "300"], [b"x", b"y"])
    for statement in ("DELETE FROM entries", "UPDATE entries SET body = ''", "DELETE FROM keys"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(as_writer, statement)
    with Ledger.open(schema_url.replace("postgres:@", f"{schema}_reader@")) as reader:
        assert reader.verify().ok
        assert reader.wait(300, 10) == 301
    with (
        pytest.raises(RecanvassError, match="permission denied"),
        Ledger.open(schema_url.replace("postgres:@", f"{schema}_reader@"), signer=signer) as reader,
    ):
        reader.append(["a"], [b""])
    assert ledger.size == 301


def test_a_store_opened_to_be_read_writes_nothing_even_if_told_to(ledger, schema_url):
    with (
        Ledger.open(schema_url, read_only=True) as reader,
        pytest.raises(RecanvassError, match="read-only"),
        reader._store.writing(),
    ):
        reader._store.put_blob(bytes(32), b"")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("postgres:@", "nobody:secret@"), 'role "nobody" does not exist'),
        (("/postgres?", "/nowhere?"), 'database "nowhere" does not exist'),
        (("postgres:@/", "postgres:secret@localhost:1/"), "connection is bad"),
        (("?host=", "?hosst="), 'invalid connection option "hosst"'),
    ],
)
def test_a_server_that_refuses_is_told_in_one_line_without_the_password(schema_url, change, words):
    with pytest.raises(RecanvassError, match=words) as refused:
        Ledger.open(schema_url.replace(*change))
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


# When something goes wrong


def cut_off(url: str) -> None:
    """End every other connection to the server, as a restart does."""
    run(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'")  # fmt: skip


def test_a_ledger_goes_on_after_its_server_was_restarted(ledger, fill, schema_url):
    fill(ledger, 3)
    ledger.wait(0, 1)
    cut_off(schema_url)
    assert ledger.size == 3
    assert fill(ledger, 3, first=3)
    with pytest.raises(RecanvassError, match="terminat"):
        ledger.wait(6, 5)
    assert ledger.wait(5, 5) == 6


def test_a_batch_that_is_cut_off_leaves_nothing_and_says_so(ledger, fill, schema_url):
    fill(ledger, 3)
    with pytest.raises(RecanvassError, match="terminat"), ledger.batch() as batch:
        batch.add(["x"], [b"x"])
        cut_off(schema_url)
    assert (ledger.size, ledger.find("x")) == (3, None)
    assert fill(ledger, 3, first=3)
    assert ledger.verify().ok


def test_a_batch_does_not_wait_for_ever(ledger, schema_url, signer, monkeypatch):
    quick = sa.select(sa.func.set_config("lock_timeout", "100ms", True))
    with Ledger.open(schema_url, signer=signer) as other, ledger.batch():
        monkeypatch.setattr(postgres_store, "_SETTINGS", quick)
        with pytest.raises(RecanvassError, match="another process has been writing"):
            other.append(["a"], [b"1"])


def test_a_batch_is_durable_where_the_server_would_answer_earlier(schema_url, signer):
    hasty = f"{schema_url}&options=-csynchronous_commit%3Doff"
    Ledger.create(hasty, ORIGIN, signer).close()
    with Ledger.open(hasty, signer=signer) as ledger:
        ask = sa.text("SHOW synchronous_commit")
        with ledger._store._asking() as connection:
            assert connection.scalar(ask) == "off"
        with ledger.batch(), ledger._store._asking() as connection:
            assert connection.scalar(ask) == "on"


def test_a_snapshot_does_not_see_what_others_append(ledger, schema_url, fill):
    with Ledger.open(schema_url, read_only=True) as reader, reader._store.reading():
        assert reader._store.entry_span() == (0, 0)
        fill(ledger, 5)
        assert (reader._store.entry_span(), reader.size) == ((0, 0), 0)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE entries SET body = 'x' WHERE seq = 5", "entry 5: its bytes are not those"),
        ("UPDATE entries SET seq = seq + 2 WHERE seq >= 10", "found 0 to 14"),
        ("UPDATE entries SET id = gen_random_uuid() WHERE seq = 5", "'id-5' is found nowhere"),
        ("UPDATE tiles SET hashes = hashes || hashes", "tile 0 of level 0: found"),
        ("UPDATE checkpoints SET note = 'x' WHERE size = 12", "checkpoint at size 12"),
        ("ALTER TABLE entries DROP CONSTRAINT entries_id_key", "entries: found 1 working unique"),
        ("DROP TABLE tiles", "tiles: found 0 working unique indexes, not 1"),
        ("ALTER TABLE meta DROP CONSTRAINT meta_pkey", "meta: found 0 working unique"),
    ],
)
def test_what_was_changed_in_the_database_is_found_and_named(
    ledger, schema_url, fill, statement, words
):
    fill(ledger, 12)
    run(schema_url, statement)

    def id_of(body: bytes) -> str:
        return f"id-{body.split()[1].decode()}"

    assert words in " ".join(fault.message for fault in verify(schema_url, id_of=id_of).faults)


def test_reading_a_file_does_not_import_what_a_server_needs(tmp_path: Path, signer):
    Ledger.create(tmp_path / "record.db", ORIGIN, signer).close()
    code = (
        "import sys; from recanvass.ledger import Ledger\n"
        f"Ledger.open({str(tmp_path / 'record.db')!r}, read_only=True).close()\n"
        "print([m for m in ('sqlalchemy', 'psycopg') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
