"""Where a ledger is kept, as its URL names it: a file, or a schema of a PostgreSQL database.

sqlite:///relative  sqlite:////absolute  a/plain/path
postgresql://user@host:port/database?schema=name     (further options are libpq's)
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from recanvass.errors import BadInput

__all__ = ["Database", "Place", "ledger_place"]

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql", "postgres")
_SCHEMA = "recanvass"
# What needs no quoting, so that grants can be typed; PostgreSQL would cut off what is longer.
_SCHEMA_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")


class Database(msgspec.Struct, frozen=True):
    """A ledger's place in PostgreSQL. Its text form has no password, and no more than names it."""

    url: str
    """What to connect to; may hold a password, so it is never shown."""
    schema: str
    """The schema that holds the ledger's tables, and nothing else."""
    shown: str

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Database({self.shown!r})"

    @property
    def name(self) -> str:
        """What the ledger may be called after: its schema, or the database if that has no name."""
        database = urlsplit(self.shown).path.strip("/")
        return database if database and self.schema == _SCHEMA else self.schema


Place = Path | Database
"""The file or the schema of a ledger."""


def ledger_place(url: Place | str) -> Place:
    """Return the place that a URL names; a plain path is taken as it is.

    Raise BadInput for another kind of store, or a URL that cannot be read.
    """
    if not isinstance(url, str):
        return url
    if url.startswith(_SQLITE):
        return Path(url.removeprefix(_SQLITE))
    scheme, separator, _ = url.partition("://")
    if not separator:
        return Path(url)
    if scheme not in _POSTGRES:
        # Not the whole text: it may hold a password.
        raise BadInput(
            f"ledger: found {scheme}://…; expected sqlite:///PATH, a path or "
            "postgresql://USER@HOST/DATABASE"
        )
    return _database(url)


def _database(url: str) -> Database:
    try:
        parts = urlsplit(url)
        options: dict[str, str] = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
        _ = parts.port  # read only when it is asked for
    except ValueError:
        raise BadInput(
            "ledger: found a URL that cannot be read; expected "
            "postgresql://USER@HOST:PORT/DATABASE?schema=NAME"
        ) from None
    schema = options.pop("schema", _SCHEMA)
    if not _SCHEMA_NAME.fullmatch(schema):
        raise BadInput(
            f"ledger: found schema {schema!r}; expected at most 63 of a to z, 0 to 9 and _, "
            "starting with a letter, not with pg_"
        )
    address = f"//{parts.netloc}{parts.path}"
    login, at, host = parts.netloc.rpartition("@")
    shown = f"//{login.partition(':')[0]}{at}{host}{parts.path}"
    named = [(name, options[name]) for name in ("host", "port") if name in options]
    return Database(
        url=f"postgresql:{address}?{urlencode(options)}",
        schema=schema,
        shown=f"postgresql:{shown}?{urlencode([*named, ('schema', schema)], safe='/')}",
    )
