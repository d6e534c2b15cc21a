"""A ledger in one SQLite file, by the standard library's `sqlite3`.

    meta(key, value)            format, origin
    keys(verifier, since, until)
    entries(seq, body)          seq from 0 without gaps
    ids(id, seq)                id: the first 16 bytes of SHA-256 of the id's UTF-8
    tiles(level, number, hashes)
    checkpoints(size, note)     every one that was ever signed
    blobs(sha256, content)      evidence outside the tree, each bound to it by its hash in an entry

WAL with `synchronous=FULL`: what a commit has returned survives a power cut.
"""

# What each method does is said in `store.Store`.
# ruff: noqa: D102

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from recanvass.errors import (
    BadInput,
    LedgerDamaged,
    LedgerExists,
    LedgerMissing,
    RecanvassError,
)
from recanvass.ledger.store import BUSY_SECONDS, ID_BYTES, IdSpread, KeySpan
from recanvass.ledger.tiles import Tile

__all__ = ["SqliteStore"]

_T = TypeVar("_T")
_KEY_ROWS = list[tuple[str, int, int | None]]

FORMAT = "2"
LOOK_EVERY_SECONDS = 0.05
CHECKPOINTS_AT_ONCE = 1000
ROWS_AT_ONCE = 100

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE ids (id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tiles (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL);
CREATE TABLE keys (verifier TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER);
CREATE TABLE blobs (sha256 BLOB PRIMARY KEY, content BLOB NOT NULL);
"""

# Ids arrive as one joined value that SQLite cuts up itself: half the time of a bound row for each.
_CUT = f"""
WITH RECURSIVE place(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM place WHERE i + 1 < :count),
given(i, id) AS (SELECT i, substr(:joined, i * {ID_BYTES} + 1, {ID_BYTES}) FROM place)
"""
_ADD_IDS = f"{_CUT} INSERT INTO ids (id, seq) SELECT id, :first + i FROM given ORDER BY id"
_KNOWN = f"{_CUT} SELECT given.id, ids.seq FROM given CROSS JOIN ids ON ids.id = given.id"
# One statement of a hundred rows takes two thirds of the time of a hundred statements.
_ADD_ENTRIES = "INSERT INTO entries (seq, body) VALUES " + ", ".join(
    f"(?1 + {nth}, ?{nth + 2})" for nth in range(ROWS_AT_ONCE)
)

_IN_PLACE = f"""
SELECT count(*) FROM ids WHERE seq >= :first AND seq < :end
AND id = substr(:joined, (seq - :first) * {ID_BYTES} + 1, {ID_BYTES})
"""

_PLACE_REFUSES = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


class SqliteStore:
    """Implements `store.Store`. One connection; used by the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.place = str(path)
        self._path = path
        self._file = _file_at(path)
        self._connection = connection
        self._removed = False
        """Whether the transaction under way, or one before it, left content to be wiped."""

    @classmethod
    @contextmanager
    def making(cls, path: Path, origin: str) -> Iterator[SqliteStore]:
        """Give a new ledger that holds nothing but its origin, to be filled in the block.

        It is made under another name, and has its own when the block ends. If the block raises
        there is nothing. Raise LedgerExists if there is a file, BadInput if none can be made here.
        """
        if path.exists():
            raise _taken(path)
        for journal in (_beside(path, "-wal"), _beside(path, "-journal")):
            if journal.exists():  # SQLite would write it into the new file
                raise LedgerExists(
                    f"{journal}: found what a ledger of this name left; expected nothing. "
                    "Move it back to its ledger, or delete it"
                )
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            unfinished.touch(exist_ok=False)
        except OSError as error:
            raise BadInput(f"{path}: cannot make a ledger here: {error.strerror}") from None
        try:
            store = cls._connect(unfinished, "rw")
            store.place = str(path)
            try:
                with store._made(origin):
                    yield store
            finally:
                store.close()
            _give_name(unfinished, path)
        finally:
            for end in ("", "-journal", "-wal", "-shm"):
                _beside(unfinished, end).unlink(missing_ok=True)
        _flush_folder(path.parent)

    @classmethod
    def open(cls, path: Path, *, read_only: bool) -> SqliteStore:
        """Open a file made by `making`.

        Raise LedgerMissing if there is none, LedgerDamaged if it is something else, BadInput if it
        has another format.
        """
        if not path.is_file():
            raise LedgerMissing(f"{path}: found no file; expected a ledger")
        mode = "rw"
        if read_only:
            # SQLite wants to write beside a WAL file even to read it, unless told it cannot change.
            mode = "ro&immutable=1" if _is_sealed(path) else "ro"
        if mode == "ro" and not (os.access(path.parent, os.W_OK) or _beside(path, "-shm").exists()):
            raise BadInput(
                f"{path}: cannot be read where you may not write but others may, since they may be "
                "writing; copy it, or make file or folder read-only for all"
            )
        store = cls._connect(path, mode)
        try:
            store._set_up()
            found = store.meta("format")
            if found is None:
                raise LedgerDamaged(f"{path}: found no format")  # noqa: TRY301 - completed below
        except LedgerDamaged as error:
            store.close()
            raise LedgerDamaged(f"{error}; expected a ledger") from None
        if found != FORMAT:
            store.close()
            raise BadInput(f"{path}: found ledger format {found!r}; expected {FORMAT!r}")
        return store

    @contextmanager
    def _made(self, origin: str) -> Iterator[None]:
        """Make the tables, in one transaction with what the block writes."""
        with self._speaking():
            self._connection.execute("PRAGMA page_size = 8192")
        self._set_up()
        # Not in WAL mode yet: nobody reads meanwhile, and all would have to be written twice.
        with self.writing():
            with self._speaking():
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._connection.execute(statement)
                self._connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("origin", origin)]
                )
            yield
        with self._speaking():
            self._connection.execute("PRAGMA journal_mode = WAL")

    @classmethod
    def _connect(cls, path: Path, mode: str) -> SqliteStore:
        address = path.absolute().as_uri()
        try:
            connection = sqlite3.connect(
                f"{address}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
            )
        except sqlite3.OperationalError as error:
            raise BadInput(f"{path}: cannot open: {error}") from None
        return cls(path, connection)

    def _set_up(self) -> None:
        """Make the settings that SQLite forgets when a connection ends."""
        with self._speaking():
            self._connection.execute("PRAGMA synchronous = FULL")
            # What is deleted, a redacted blob, must not lie on in a free page.
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("PRAGMA cache_size = -65536")
            self._connection.execute("PRAGMA journal_size_limit = 67108864")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn SQLite's errors into the package's."""
        try:
            yield
        except sqlite3.ProgrammingError as error:
            raise BadInput(f"{self.place}: {error}") from None
        except UnicodeDecodeError:
            # Python could not even read SQLite's message, which quotes the damaged text.
            raise LedgerDamaged(f"{self.place}: found text that is not UTF-8") from None
        except sqlite3.DatabaseError as error:
            primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise RecanvassError(
                    f"{self.place}: another process has been writing for {BUSY_SECONDS} s"
                ) from None
            if primary in _PLACE_REFUSES:
                raise RecanvassError(f"{self.place}: {error}") from None
            raise LedgerDamaged(f"{self.place}: {error}") from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._speaking():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._check_in_place()
            with self._speaking():
                self._connection.execute("COMMIT")
        except BaseException:
            # Not the statement: a full disk may have made SQLite roll back by itself already.
            self._connection.rollback()
            raise
        if self._removed:
            self._wipe()

    def _wipe(self) -> None:
        """Empty the file beside ours, in which what was removed still lies."""
        with self._speaking():
            busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RecanvassError(
                f"{self.place}: a content was removed, but is kept in {self.place}-wal until other "
                "processes end their reading; remove it again then"
            )
        self._removed = False

    def _check_in_place(self) -> None:
        """Raise if the file was taken away: SQLite would write on, where nobody will look."""
        if _file_at(self._path) != self._file:
            raise RecanvassError(
                f"{self.place}: the file was moved, replaced or deleted since it was opened; "
                "nothing was recorded. Open it again"
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._connection.in_transaction:
            raise BadInput(f"{self.place}: a batch is open; expected it to end first")
        with self._speaking():
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    def _row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        with self._speaking():
            row: tuple[object, ...] | None = self._connection.execute(statement, values).fetchone()
        return row

    def _bytes(self, what: str, statement: str, *values: object) -> bytes | None:
        row = self._row(statement, *values)
        if row is None:
            return None
        return _checked(row[0], bytes, f"{self.place}: {what}")

    def meta(self, key: str) -> str | None:
        row = self._row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else _checked(row[0], str, f"{self.place}: {key}")

    def size(self) -> int:
        row = self._row("SELECT max(size) FROM checkpoints")
        if row is None or row[0] is None:
            raise LedgerDamaged(f"{self.place}: found no checkpoint; expected at least one")
        return _checked(row[0], int, f"{self.place}: size of the last checkpoint")

    def entry_span(self) -> tuple[int, int]:
        # Two statements: SQLite takes one min() or max() from the index, but not both at once.
        least = self._row("SELECT min(seq) FROM entries")
        greatest = self._row("SELECT max(seq) FROM entries")
        if least is None or greatest is None or least[0] is None or greatest[0] is None:
            return (0, 0)
        what = f"{self.place}: entry number"
        return (_checked(least[0], int, what), _checked(greatest[0], int, what) + 1)

    def entries(self, start: int, end: int) -> list[tuple[int, bytes]]:
        with self._speaking():
            return self._connection.execute(
                "SELECT seq, body FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq",
                (start, end),
            ).fetchall()

    def tile(self, level: int, number: int) -> bytes | None:
        return self._bytes(
            f"tile {number} of level {level}",
            "SELECT hashes FROM tiles WHERE level = ? AND number = ?",
            level,
            number,
        )

    def tile_count(self) -> int:
        row = self._row("SELECT count(*) FROM tiles")
        return 0 if row is None else _checked(row[0], int, f"{self.place}: tiles")

    def known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        if not digests:
            return {}
        given = {"joined": b"".join(digests), "count": len(digests)}
        with self._speaking():
            return dict(self._connection.execute(_KNOWN, given).fetchall())

    def ids_in_place(self, first: int, digests: bytes) -> int:
        given = {"first": first, "end": first + len(digests) // ID_BYTES, "joined": digests}
        with self._speaking():
            row: tuple[int] = self._connection.execute(_IN_PLACE, given).fetchone()
        return row[0]

    def id_spread(self) -> IdSpread:
        with self._speaking():
            return IdSpread(
                *self._connection.execute("SELECT count(*), min(seq), max(seq) FROM ids").fetchone()
            )

    def ids(self) -> Generator[tuple[int, bytes]]:
        with self._speaking():
            yield from self._connection.execute("SELECT seq, id FROM ids ORDER BY seq")

    def key_spans(self) -> list[KeySpan]:
        with self._speaking():
            rows = self._connection.execute(
                "SELECT verifier, since, until FROM keys ORDER BY since, verifier"
            ).fetchall()
        try:
            return [KeySpan(*row) for row in msgspec.convert(rows, _KEY_ROWS)]
        except msgspec.ValidationError as error:
            raise LedgerDamaged(f"{self.place}: keys: {error}") from None

    def wait(self, size: int, seconds: float) -> int:
        end = time.monotonic() + seconds
        while (now := self.size()) <= size and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_EVERY_SECONDS))
        return now

    def blob(self, sha256: bytes) -> bytes | None:
        return self._bytes(
            f"blob {sha256.hex()}", "SELECT content FROM blobs WHERE sha256 = ?", sha256
        )

    def blobs(self) -> Iterator[bytes]:
        with self._speaking():
            for (sha256,) in self._connection.execute("SELECT sha256 FROM blobs ORDER BY sha256"):
                yield _checked(sha256, bytes, f"{self.place}: hash of a blob")

    def checkpoint(self, size: int) -> bytes | None:
        return self._bytes(
            f"checkpoint at size {size}", "SELECT note FROM checkpoints WHERE size = ?", size
        )

    def checkpoints(self) -> Iterator[tuple[int, object]]:
        after = -1
        while True:
            with self._speaking():
                rows = self._connection.execute(
                    "SELECT size, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT ?",
                    (after, CHECKPOINTS_AT_ONCE),
                ).fetchall()
            if not rows:
                return
            for size, note in rows:
                if size <= after:  # a damaged index could lead round in a circle
                    raise LedgerDamaged(f"{self.place}: checkpoints {after}, {size}: out of order")
                after = size
                yield size, note

    def add(self, first: int, digests: Sequence[bytes], bodies: Sequence[bytes]) -> bool:
        if not digests:
            return True
        given = {"joined": b"".join(digests), "count": len(digests), "first": first}
        with self._speaking():
            try:
                self._connection.execute(_ADD_IDS, given)
            except sqlite3.IntegrityError:
                return False
            whole = len(bodies) - len(bodies) % ROWS_AT_ONCE
            for at in range(0, whole, ROWS_AT_ONCE):
                rows = (first + at, *bodies[at : at + ROWS_AT_ONCE])
                self._connection.execute(_ADD_ENTRIES, rows)
            self._connection.executemany(
                "INSERT INTO entries (seq, body) VALUES (?, ?)",
                enumerate(bodies[whole:], first + whole),
            )
        return True

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        with self._speaking():
            self._connection.executemany(
                "INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?)"
                " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
                tiles,
            )

    def put_checkpoint(self, size: int, note: bytes) -> None:
        with self._speaking():
            self._connection.execute(
                "INSERT INTO checkpoints (size, note) VALUES (?, ?)"
                " ON CONFLICT (size) DO UPDATE SET note = excluded.note",
                (size, note),
            )

    def put_key(self, key: KeySpan) -> None:
        with self._speaking():
            self._connection.execute(
                "INSERT INTO keys (verifier, since, until) VALUES (?, ?, ?)"
                " ON CONFLICT (verifier) DO UPDATE"
                " SET since = excluded.since, until = excluded.until",
                (key.verifier, key.since, key.until),
            )

    def put_blob(self, sha256: bytes, content: bytes) -> None:
        with self._speaking():
            self._connection.execute(
                "INSERT INTO blobs (sha256, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (sha256, content),
            )

    def remove_blob(self, sha256: bytes) -> None:
        with self._speaking():
            self._connection.execute("DELETE FROM blobs WHERE sha256 = ?", (sha256,))
        self._removed = True

    def own_check(self) -> list[str]:
        with self._speaking():
            rows = self._connection.execute("PRAGMA quick_check").fetchall()
        return [f"SQLite: {finding}" for (finding,) in rows if finding != "ok"]


def _beside(path: Path, end: str) -> Path:
    """Return a file that SQLite keeps beside a ledger's."""
    return path.with_name(path.name + end)


def _is_sealed(path: Path) -> bool:
    """Return whether nobody may write to a file: by its mode or its folder's, or where it lies."""
    wal = _beside(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        return False
    read_only_medium = os.name == "posix" and os.statvfs(path).f_flag & os.ST_RDONLY
    closed_file = not path.stat().st_mode & 0o222
    closed_folder = not wal.exists() and not path.absolute().parent.stat().st_mode & 0o222
    return bool(read_only_medium or closed_file or closed_folder)


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return what tells the file of this name from every other one; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _give_name(unfinished: Path, path: Path) -> None:
    """Give a whole file its name at once. Raise LedgerExists if another file has it."""
    try:
        os.link(unfinished, path)  # renaming would replace what has the name
    except OSError:
        if path.exists():
            raise _taken(path) from None
        unfinished.rename(path)  # a file system without links


def _taken(path: Path) -> LedgerExists:
    return LedgerExists(f"{path}: found a file; expected none, since it is kept")


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    if os.name != "posix":  # nothing else lets a folder be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked(value: object, kind: type[_T], what: str) -> _T:
    if not isinstance(value, kind):
        raise LedgerDamaged(f"{what}: found {type(value).__name__}; expected {kind.__name__}")
    return value
