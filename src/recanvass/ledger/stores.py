"""The store of a place: opened, or made. PostgreSQL's libraries are imported where one is used."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from recanvass.errors import BadInput
from recanvass.ledger.place import Database, Place
from recanvass.ledger.sqlite_store import SqliteStore
from recanvass.ledger.store import KeySpan, Store

if TYPE_CHECKING:
    from recanvass.ledger.postgres_store import PostgresStore

__all__ = ["create_store", "making_store", "open_store", "remove_new_ledger"]


def open_store(place: Place, *, read_only: bool) -> Store:
    """Return the store of a ledger that is there.

    Raise LedgerMissing if there is none, LedgerDamaged if it is something else, BadInput if it has
    another format, RecanvassError if a server cannot be reached.
    """
    if isinstance(place, Path):
        return SqliteStore.open(place, read_only=read_only)
    return _postgres(place).open(place, read_only=read_only)


def making_store(place: Place, origin: str) -> AbstractContextManager[Store]:
    """Give a new store to fill, which is there, whole, when the block ends, or not at all.

    Raise LedgerExists if anything is there, BadInput or RecanvassError if none can be made.
    """
    if isinstance(place, Path):
        return SqliteStore.making(place, origin)
    return _postgres(place).making(place, origin)


def create_store(place: Place, origin: str, verifier: str, checkpoint: bytes) -> Store:
    """Make an empty ledger that `checkpoint` (of size 0) signs. Raise as `making_store` does."""
    with making_store(place, origin) as store:
        store.put_key(KeySpan(verifier, 0))
        store.put_checkpoint(0, checkpoint)
    try:
        return open_store(place, read_only=False)
    except BaseException:
        if isinstance(place, Path):  # a disk that is full by now; its key will be taken away too
            remove_new_ledger(place, 0)
        raise


def remove_new_ledger(place: Place, entries: int) -> bool:
    """Take a ledger away that was made a moment ago and that nobody has open; say if it is gone.

    In a database it stays if it has more than `entries` by now: another server may write there.
    """
    if isinstance(place, Database):
        store = _postgres(place).open(place, read_only=False)
        try:
            return store.remove(entries)
        finally:
            store.close()
    for file in (place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))):
        file.unlink(missing_ok=True)
    return True


def _postgres(place: Database) -> type[PostgresStore]:
    try:
        from recanvass.ledger.postgres_store import PostgresStore  # noqa: PLC0415 - starts fast
    except ImportError as error:
        raise BadInput(
            f"{place}: found no {error.name}; expected it installed: "
            "pip install 'recanvass[postgres]'"
        ) from None
    return PostgresStore
