"""The floor under every load: the same entry bytes into SQLite, and nothing else done to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["write_bare"]


def write_bare(path: Path, chunks: Iterable[Sequence[bytes]]) -> None:
    """Write entries to a new file in one durable transaction: no ids, no tree, no signature."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    connection.execute("BEGIN IMMEDIATE")
    first = 0
    for bodies in chunks:
        connection.executemany("INSERT INTO entries VALUES (?, ?)", enumerate(bodies, first))
        first += len(bodies)
    connection.execute("COMMIT")
    connection.close()
