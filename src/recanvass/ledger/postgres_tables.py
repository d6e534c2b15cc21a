"""The tables of a ledger in PostgreSQL, as SQLAlchemy Core knows them; see `postgres_store`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

__all__ = [
    "BLOBS",
    "CHECKPOINTS",
    "DIGEST",
    "ENTRIES",
    "IDS_ARE_UNIQUE",
    "KEYS",
    "META",
    "TABLES",
    "TILES",
    "UNIQUE_INDEXES",
    "UUID",
]

TABLES = sa.MetaData()
META = sa.Table(
    "meta",
    TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
# PostgreSQL's type of 16 bytes: it is indexed much faster than a bytea of that length.
UUID = postgresql.UUID(as_uuid=False)
IDS_ARE_UNIQUE = "entries_id_key"
ENTRIES = sa.Table(
    "entries",
    TABLES,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", UUID, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("id", name=IDS_ARE_UNIQUE),
)
TILES = sa.Table(
    "tiles",
    TABLES,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)
CHECKPOINTS = sa.Table(
    "checkpoints",
    TABLES,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
)
KEYS = sa.Table(
    "keys",
    TABLES,
    sa.Column("verifier", sa.Text, primary_key=True),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger),
)
BLOBS = sa.Table(
    "blobs",
    TABLES,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

UNIQUE_INDEXES = {name: 2 if name == "entries" else 1 for name in sorted(TABLES.tables)}
"""How many indexes of each table let nothing in twice."""

DIGEST = sa.func.uuid_send(ENTRIES.c.id, type_=sa.LargeBinary)
"""An id as its 16 bytes."""
