"""A ledger in one schema of a PostgreSQL database, by SQLAlchemy Core and psycopg.

    meta(key, value)            format, origin
    keys(verifier, since, until)
    entries(seq, id, body)      seq from 0 without gaps; id: the first 16 bytes of SHA-256 of the
                                id's UTF-8, as a uuid
    tiles(level, number, hashes)
    checkpoints(size, note)     every one that was ever signed
    blobs(sha256, content)      evidence outside the tree, each bound to it by its hash in an entry

The same content as in `sqlite_store`; ids stand beside the entries because a second table would
cost a quarter of an append. Any number of processes on any number of machines may write:
`PostgresStore.writing` says how they come to one sequence.
"""

# What each method does is said in `store.Store`.
# ruff: noqa: D102

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from recanvass.errors import BadInput, LedgerDamaged, LedgerExists, LedgerMissing
from recanvass.ledger.place import Database
from recanvass.ledger.postgres_errors import refusal
from recanvass.ledger.postgres_tables import (
    BLOBS,
    CHECKPOINTS,
    DIGEST,
    ENTRIES,
    IDS_ARE_UNIQUE,
    KEYS,
    META,
    TABLES,
    TILES,
    UNIQUE_INDEXES,
    UUID,
)
from recanvass.ledger.store import BUSY_SECONDS, IdSpread, KeySpan
from recanvass.ledger.tiles import Tile

__all__ = ["PostgresStore"]

FORMAT = "2"
IDLE_SECONDS = 300
"""After so long without a word within a batch, its writer is taken for dead and undone."""
LOOK_EVERY_SECONDS = 5.0
ROWS_AT_ONCE = 1000
FEW = 500
"""Entries that are sent in one statement; more come faster as a stream of their own (`COPY`)."""

# All or none in one round trip, which is what counts where a batch is small; and without COPY's
# savepoint, an id that comes again is no error in the server's log.
_ADD_FEW = """
INSERT INTO {schema}.entries (seq, id, body)
SELECT %s + n - 1, id, body FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS g(id, body, n)
WHERE NOT EXISTS (SELECT FROM {schema}.entries WHERE id = ANY (%s::uuid[]))
"""


# The last tile of each level is where `tiles.level_widths` says; 63 bits of size make 8 levels.
_HEAD = """
SELECT size, note, (SELECT min(seq) FROM {schema}.entries), (SELECT max(seq) FROM {schema}.entries),
    (
        SELECT jsonb_agg(
            jsonb_build_array(verifier, since, until) ORDER BY since, verifier COLLATE "C"
        )
        FROM {schema}.keys
    ),
    level, number, hashes
FROM (SELECT size, note FROM {schema}.checkpoints ORDER BY size DESC LIMIT 1) AS last
LEFT JOIN LATERAL (
    SELECT level, number, hashes FROM generate_series(0, 7) AS l
    JOIN {schema}.tiles ON level = l AND number = size >> 8 * (l + 1)
) AS unfinished ON true
"""


class _Head(NamedTuple):
    """What a batch asks before it adds anything."""

    size: int
    note: bytes
    span: tuple[int, int]
    keys: list[KeySpan]
    tiles: dict[tuple[int, int], bytes]
    """The unfinished tile of each level."""


def _upsert(table: sa.Table) -> postgresql.Insert:
    """Return the statement that inserts rows, in place of those with the same primary key."""
    insert = postgresql.insert(table)
    others = {c.name: insert.excluded[c.name] for c in table.c if not c.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


def _settings() -> sa.Select[Any]:
    """Return the statement that sets what holds until the end of a writing transaction."""
    commit = sa.func.current_setting("synchronous_commit")
    # Where a server is set to answer before it has written, raise it; never lower it.
    weak = commit.in_(("off", "local", "remote_write"))
    return sa.select(
        sa.func.set_config("synchronous_commit", sa.case((weak, "on"), else_=commit), True),
        sa.func.set_config("lock_timeout", f"{BUSY_SECONDS}s", True),
        sa.func.set_config("idle_in_transaction_session_timeout", f"{IDLE_SECONDS}s", True),
    )


_SETTINGS = _settings()
_PUT_TILE, _PUT_CHECKPOINT, _PUT_KEY = map(_upsert, (TILES, CHECKPOINTS, KEYS))


class PostgresStore:
    """Implements `store.Store`. Used by the thread that opened it; connects again when cut off."""

    def __init__(self, database: Database, *, read_only: bool) -> None:
        """Connect to nothing yet. Raise BadInput if there can be no such place."""
        self.place = str(database)
        self.schema = database.schema
        try:
            url = sa.make_url(database.url).set(drivername="postgresql+psycopg")
        except (sa.exc.ArgumentError, ValueError):
            raise BadInput(f"{self.place}: expected postgresql://USER@HOST/DATABASE") from None
        # The pool, of one connection, tries it before it is used again: servers are restarted.
        engine = sa.create_engine(
            url, pool_size=1, pool_pre_ping=True, hide_parameters=True, use_native_hstore=False
        ).execution_options(schema_translate_map={None: self.schema})
        self._engine = engine
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        # Not left to the database's own default: `writing` and `reading` say what each is for.
        self._writing = engine.execution_options(
            isolation_level="READ COMMITTED", postgresql_readonly=read_only
        )
        self._reading = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._transaction: sa.Connection | None = None
        self._listener: sa.Connection | None = None
        self._head: _Head | None = None
        self._closed = False
        name = sha256(b"recanvass ledger " + self.schema.encode()).digest()
        self._lock = int.from_bytes(name[:8], signed=True)
        self._channel = f"recanvass_{self.schema}"[:63]

    # Making and opening

    @classmethod
    @contextmanager
    def making(cls, database: Database, origin: str) -> Iterator[PostgresStore]:
        """Give a new ledger that holds nothing but its origin, to be filled in the block.

        All of it is one transaction: it is there when the block ends, and not if it raises. Raise
        LedgerExists if the schema holds anything, BadInput or RecanvassError if none can be made.
        """
        store = cls(database, read_only=False)
        try:
            with store.writing():
                store._make_tables(origin)
                yield store
        finally:
            store.close()

    @classmethod
    def open(cls, database: Database, *, read_only: bool) -> PostgresStore:
        """Open a ledger made by `making`.

        Raise LedgerMissing if there is no such schema or nothing in it, LedgerDamaged if it is
        something else, BadInput if it has another format, RecanvassError if the server refuses.
        """
        store = cls(database, read_only=read_only)
        try:
            store._check_format()
        except BaseException:
            store.close()
            raise
        return store

    def _make_tables(self, origin: str) -> None:
        with self._asking() as connection:
            names = sa.text("SELECT true FROM pg_namespace WHERE nspname = :name")
            if connection.scalar(names, {"name": self.schema}) is None:
                connection.execute(sa.schema.CreateSchema(self.schema))
            elif found := self._relations(connection):
                raise LedgerExists(
                    f"{self.place}: found {found[0]} in the schema; expected it empty or absent"
                )
            TABLES.create_all(connection, checkfirst=False)
            # Hashes do not compress; trying to would cost more than writing them.
            connection.execute(
                sa.text(f"ALTER TABLE {self.schema}.tiles ALTER hashes SET STORAGE EXTERNAL")
            )
            facts = [{"key": "format", "value": FORMAT}, {"key": "origin", "value": origin}]
            connection.execute(META.insert(), facts)

    def _relations(self, connection: sa.Connection) -> list[str]:
        """Return the names of all that lies in the schema, in order."""
        names = sa.text(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = :name ORDER BY relname"
        )
        return list(connection.scalars(names, {"name": self.schema}))

    def _check_format(self) -> None:
        with self._asking() as connection:
            relations = self._relations(connection)
        if not relations:
            raise LedgerMissing(f"{self.place}: found nothing in this schema; expected a ledger")
        found = self.meta("format") if META.name in relations else None
        if found is None:
            raise LedgerDamaged(f"{self.place}: found no format; expected a ledger")
        if found != FORMAT:
            raise BadInput(f"{self.place}: found ledger format {found!r}; expected {FORMAT!r}")

    def remove(self, entries: int) -> bool:
        """Take the ledger away if it has no more than `entries`; return whether that was done.

        The schema stays, empty, as whoever gave it had made it.
        """
        with self.writing():
            if self.size() > entries:
                return False
            with self._asking() as connection:
                TABLES.drop_all(connection, checkfirst=False)
        return True

    def close(self) -> None:
        self._drop_listener()
        self._engine.dispose()
        self._closed = True

    # Transactions

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn the errors of psycopg and SQLAlchemy into the package's."""
        try:
            yield
        except (psycopg.Error, sa.exc.SQLAlchemyError) as error:
            raise refusal(self.place, error) from None

    @contextmanager
    def _asking(self, engine: sa.Engine | None = None) -> Iterator[sa.Connection]:
        """Give the connection of the open transaction.

        If none is open, one of `engine`; without that, one on which every statement is its own
        transaction.
        """
        if self._closed:
            raise BadInput(f"{self.place}: the ledger is closed")
        with self._speaking():
            if self._transaction is not None:
                yield self._transaction
            else:
                with (engine or self._single).connect() as connection:
                    yield connection

    @contextmanager
    def _within(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        """Make all that is asked in the block one transaction."""
        if self._transaction is not None:
            raise BadInput(f"{self.place}: a batch is open; expected it to end first")
        with self._asking(engine) as connection, connection.begin():
            self._transaction = connection
            try:
                yield connection
            finally:
                self._transaction = self._head = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for other writers, then write alone; readers go on.

        What makes writers wait is an advisory lock of the transaction. It goes when the
        transaction ends, however it ends; it needs no right that an append-only role lacks (a
        locked row needs UPDATE), and it does not stop vacuuming (a locked table would).

        READ COMMITTED, on purpose: each statement sees what was committed before it, so those
        after the lock see all that the writer before had written. In REPEATABLE READ the state
        would be that of the first statement, the lock itself, from before the wait.
        """
        with self._within(self._writing) as connection:
            # One round trip; the settings come first, so the lock's own wait has its limit.
            connection.execute(_SETTINGS.add_columns(sa.func.pg_advisory_xact_lock(self._lock)))
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._within(self._reading):
            yield

    # Reading

    def _scalar(self, statement: sa.Select[Any]) -> Any:
        with self._asking() as connection:
            return connection.scalar(statement)

    def meta(self, key: str) -> str | None:
        return cast("str | None", self._scalar(sa.select(META.c.value).where(META.c.key == key)))

    def _look(self) -> _Head:
        """Ask all that a batch needs to know in one round trip, once for a transaction.

        Whatever is written in that transaction makes it void.
        """
        if self._head is None:
            with self._asking() as connection:
                head = _HEAD.format(schema=self.schema)
                rows = _driver(connection).execute(head, binary=True).fetchall()
            if not rows:
                raise LedgerDamaged(f"{self.place}: found no checkpoint; expected at least one")
            size, note, least, greatest, keys = rows[0][:5]
            tiles = {(level, number): hashes for *_, level, number, hashes in rows if hashes}
            span = (0, 0) if least is None else (least, greatest + 1)
            spans = [KeySpan(*key) for key in keys or ()]
            self._head = _Head(size, note, span, spans, tiles)
        return self._head

    def size(self) -> int:
        if self._transaction is not None:
            return self._look().size
        size = self._scalar(sa.select(sa.func.max(CHECKPOINTS.c.size)))
        if size is None:
            raise LedgerDamaged(f"{self.place}: found no checkpoint; expected at least one")
        return cast("int", size)

    def entry_span(self) -> tuple[int, int]:
        if self._head is not None:
            return self._head.span
        number = ENTRIES.c.seq
        with self._asking() as connection:
            row = connection.execute(sa.select(sa.func.min(number), sa.func.max(number))).one()
        return (0, 0) if row[0] is None else (row[0], row[1] + 1)

    def entries(self, start: int, end: int) -> list[tuple[int, bytes]]:
        # In binary: SQLAlchemy would have the bytes come as twice as many hexadecimal digits.
        rows = (
            f"SELECT seq, body FROM {self.schema}.entries WHERE seq >= %s AND seq < %s ORDER BY seq"
        )
        with self._asking() as connection:
            return _driver(connection).execute(rows, (start, end), binary=True).fetchall()

    def tile(self, level: int, number: int) -> bytes | None:
        if self._head is not None and (level, number) in self._head.tiles:
            return self._head.tiles[level, number]
        at = (TILES.c.level == level) & (TILES.c.number == number)
        return cast("bytes | None", self._scalar(sa.select(TILES.c.hashes).where(at)))

    def tile_count(self) -> int:
        return cast("int", self._scalar(sa.select(sa.func.count()).select_from(TILES)))

    def known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        # Sent as the text of one array, which PostgreSQL reads faster than Python writes values.
        given = sa.cast(sa.literal(_array(digests), sa.Text), postgresql.ARRAY(UUID))
        statement = sa.select(DIGEST, ENTRIES.c.seq).where(ENTRIES.c.id == sa.any_(given))
        with self._asking() as connection:
            return dict(connection.execute(statement).all())

    def ids_in_place(self, first: int, digests: bytes) -> int:
        in_place = (
            f"SELECT count(*) FROM {self.schema}.entries"
            " WHERE seq >= %(first)s AND seq < %(first)s + length(%(joined)b) / 16"
            " AND uuid_send(id) = substring(%(joined)b, (seq - %(first)s)::int * 16 + 1, 16)"
        )
        with self._asking() as connection:
            given = {"first": first, "joined": digests}
            row = _driver(connection).execute(in_place, given).fetchone()
        return 0 if row is None else row[0]

    def id_spread(self) -> IdSpread:
        number = ENTRIES.c.seq
        spread = sa.select(sa.func.count(), sa.func.min(number), sa.func.max(number))
        with self._asking() as connection:
            return IdSpread(*connection.execute(spread).one())

    def ids(self) -> Generator[tuple[int, bytes]]:
        rows = sa.select(ENTRIES.c.seq, DIGEST)
        yield from self._in_parts(rows, ENTRIES.c.seq, -1)

    def key_spans(self) -> list[KeySpan]:
        if self._head is not None:
            return list(self._head.keys)
        rows = sa.select(KEYS).order_by(KEYS.c.since, KEYS.c.verifier.collate("C"))
        with self._asking() as connection:
            return [KeySpan(*row) for row in connection.execute(rows)]

    def checkpoint(self, size: int) -> bytes | None:
        if self._head is not None and size == self._head.size:
            return self._head.note
        note = sa.select(CHECKPOINTS.c.note).where(CHECKPOINTS.c.size == size)
        return cast("bytes | None", self._scalar(note))

    def checkpoints(self) -> Iterator[tuple[int, object]]:
        yield from self._in_parts(sa.select(CHECKPOINTS), CHECKPOINTS.c.size, -1)

    def blob(self, sha256: bytes) -> bytes | None:
        content = sa.select(BLOBS.c.content).where(BLOBS.c.sha256 == sha256)
        return cast("bytes | None", self._scalar(content))

    def blobs(self) -> Iterator[bytes]:
        for (hash_,) in self._in_parts(sa.select(BLOBS.c.sha256), BLOBS.c.sha256, b""):
            yield hash_

    def _in_parts(
        self, rows: sa.Select[Any], key: sa.Column[Any], after: int | bytes
    ) -> Iterator[Any]:
        """Yield rows in order of their first column `key`, from above `after`."""
        rows = rows.order_by(key).limit(ROWS_AT_ONCE)
        while True:
            with self._asking() as connection:
                part = connection.execute(rows.where(key > after)).all()
            if not part:
                return
            after = part[-1][0]
            yield from part

    def wait(self, size: int, seconds: float) -> int:
        end = time.monotonic() + seconds
        try:
            with self._speaking():
                # Listening comes before looking: what is committed in between is seen either way.
                listener = self._listening()
                while (now := self.size()) <= size and (left := end - time.monotonic()) > 0:
                    # Looked at again now and then, should something between swallow the word.
                    timeout = min(left, LOOK_EVERY_SECONDS)
                    for _ in listener.notifies(timeout=timeout, stop_after=1):
                        pass
        except BaseException:
            self._drop_listener()
            raise
        return now

    def _listening(self) -> psycopg.Connection[Any]:
        """Return a connection of its own that listens, the same one every time."""
        if self._listener is None:
            with self._asking(self._single):
                self._listener = self._single.connect()
                self._listener.detach()
                self._listener.execute(sa.text(f"LISTEN {self._channel}"))
        return _driver(self._listener)

    def _drop_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(psycopg.Error, sa.exc.SQLAlchemyError):  # it may be what broke
                listener.close()

    # Writing

    def add(self, first: int, digests: Sequence[bytes], bodies: Sequence[bytes]) -> bool:
        self._head = None
        if len(digests) > FEW:
            return self._add_many(first, digests, bodies)
        if len(set(digests)) < len(digests):
            return False
        ids = _array(digests)
        with self._asking() as connection, _driver(connection).cursor() as cursor:
            cursor.execute(_ADD_FEW.format(schema=self.schema), (first, ids, list(bodies), ids))
            return cursor.rowcount == len(digests)

    def _add_many(self, first: int, digests: Sequence[bytes], bodies: Sequence[bytes]) -> bool:
        with self._asking() as connection:
            copy = f"COPY {self.schema}.entries (seq, id, body) FROM STDIN (FORMAT BINARY)"
            try:
                with connection.begin_nested(), _driver(connection).cursor().copy(copy) as rows:
                    rows.set_types(["int8", "bytea", "bytea"])  # on the wire a uuid is its bytes
                    for row in zip(count(first), digests, bodies, strict=False):
                        rows.write_row(row)
            except psycopg.errors.UniqueViolation as error:
                if error.diag.constraint_name == IDS_ARE_UNIQUE:
                    return False
                raise
        return True

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        self._head = None
        if tiles:
            rows = [
                {"level": level, "number": number, "hashes": hashes}
                for level, number, hashes in tiles
            ]
            with self._asking() as connection:
                connection.execute(_PUT_TILE, rows)

    def put_checkpoint(self, size: int, note: bytes) -> None:
        self._head = None
        # PostgreSQL tells those who wait, at the moment of the commit and only if it comes.
        tell = sa.func.pg_notify(self._channel, str(size))
        upsert = _PUT_CHECKPOINT.returning(tell)
        with self._asking() as connection:
            connection.execute(upsert, {"size": size, "note": note})

    def put_key(self, key: KeySpan) -> None:
        self._head = None
        row = {"verifier": key.verifier, "since": key.since, "until": key.until}
        with self._asking() as connection:
            connection.execute(_PUT_KEY, row)

    def put_blob(self, sha256: bytes, content: bytes) -> None:
        insert = postgresql.insert(BLOBS).on_conflict_do_nothing()
        with self._asking() as connection:
            connection.execute(insert, {"sha256": sha256, "content": content})

    def remove_blob(self, sha256: bytes) -> None:
        with self._asking() as connection:
            connection.execute(BLOBS.delete().where(BLOBS.c.sha256 == sha256))

    def own_check(self) -> list[str]:
        """Return which tables have lost an index that lets no number, id or key in twice."""
        indices = sa.text(
            "SELECT relname, count(*) FROM pg_index JOIN pg_class c ON c.oid = indrelid"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = :name AND indisunique AND indisvalid GROUP BY relname"
        )
        with self._asking() as connection:
            rows = connection.execute(indices, {"name": self.schema}).all()
        found = {name: n for name, n in rows}  # noqa: C416 - typed so
        return [
            f"PostgreSQL: table {name}: found {found.get(name, 0)} working unique indexes, not {n}"
            for name, n in UNIQUE_INDEXES.items()
            if found.get(name) != n
        ]


def _array(digests: Sequence[bytes]) -> str:
    return f"{{{','.join([digest.hex() for digest in digests])}}}"


def _driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    """Return psycopg's own connection, for what SQLAlchemy has no word for."""
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
