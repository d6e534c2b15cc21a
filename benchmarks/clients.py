"""Single durable appends of 32 clients at once, each waiting for its answer before the next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row
from recanvass.ledger import Ledger
from recanvass.ledger.group_commit import GroupCommit

__all__ = ["measure_clients", "measure_clients_of"]

_CLIENTS = 32
_EACH = 200
_ROUNDS = 3
_ALONE = 200
_A_SECOND = 2_000
_P99_SECONDS = 0.05


def measure_clients(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the rows of clients of a ledger in SQLite."""
    place = str(folder / "clients.db")
    Ledger.create(place, "benchmark.example").close()
    return measure_clients_of("SQLite", partial(Ledger.open, place), istanbul)


def measure_clients_of(
    store: str, open_ledger: Callable[[], Ledger], istanbul: Istanbul
) -> list[Row]:
    """Return the rows of clients of any ledger, called `store` in the table.

    The baseline is one client that appends by itself, each append a transaction of its own.
    """
    body = istanbul.entries[-1]
    names = count()

    def entry() -> tuple[list[str], list[bytes]]:
        number = next(names)
        return [f"entry/{number}"], [b"%d %b" % (number, body)]

    with open_ledger() as ledger:
        start = time.perf_counter()
        for _ in range(_ALONE):
            ledger.append(*entry())
        alone = (time.perf_counter() - start) / _ALONE
    with GroupCommit(open_ledger) as writer:
        rows = []
        for kind, run in (("threads", _threads), ("tasks", _tasks)):
            runs = [run(writer, entry) for _ in range(_ROUNDS + 1)][1:]
            rows += _rows(f"{_CLIENTS} {kind}, one ledger in {store}", *min(runs), alone)
    return rows


def _threads(
    writer: GroupCommit, entry: Callable[[], tuple[list[str], list[bytes]]]
) -> tuple[float, list[float]]:
    """Return how long it took in all, and each append."""

    def client(_: int) -> list[float]:
        waited = []
        for _ in range(_EACH):
            begun = time.perf_counter()
            writer.append(*entry())
            waited.append(time.perf_counter() - begun)
        return waited

    with ThreadPoolExecutor(_CLIENTS) as clients:
        start = time.perf_counter()
        waited = [one for each in clients.map(client, range(_CLIENTS)) for one in each]
        return time.perf_counter() - start, waited


def _tasks(
    writer: GroupCommit, entry: Callable[[], tuple[list[str], list[bytes]]]
) -> tuple[float, list[float]]:
    """Return the same of tasks of one event loop."""
    waited: list[float] = []

    async def client() -> None:
        for _ in range(_EACH):
            begun = time.perf_counter()
            await writer.append_async(*entry())
            waited.append(time.perf_counter() - begun)

    async def clients() -> None:
        await asyncio.gather(*(client() for _ in range(_CLIENTS)))

    start = time.perf_counter()
    asyncio.run(clients())
    return time.perf_counter() - start, waited


def _rows(who: str, taken: float, waited: list[float], alone: float) -> list[Row]:
    appends = len(waited)
    p99 = sorted(waited)[appends * 99 // 100]
    return [
        Row(
            f"{appends:,} durable appends of one entry by {who}",
            taken,
            "one client, a transaction for each",
            alone * appends,
            most_seconds=appends / _A_SECOND,
            note=f"{appends / taken:,.0f} a second",
        ),
        Row(f"the same: 99 of 100 were answered within, {who}", p99, most_seconds=_P99_SECONDS),
    ]
