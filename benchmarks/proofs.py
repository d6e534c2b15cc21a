"""A ledger of a million entries: appended, verified, proved from; against hashing and pymerkle."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

from pymerkle import InmemoryTree, SqliteTree

from benchmarks.bare import write_bare
from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate
from recanvass.ledger import Ledger, LogReader, Verification, publish_log, verify_log
from recanvass.ledger.keys import Verifier
from recanvass.ledger.merkle import check_inclusion
from recanvass.ledger.published_files import open_files
from recanvass.ledger.tiles import KeptTiles
from recanvass.record.verification import entry_id

__all__ = ["made_up_entries", "measure_proofs"]

_ENTRIES = 1_000_000
_ROUNDS = 2
_PROOFS = 500
_PROOFS_FROM_STORE = 50


def made_up_entries(istanbul: Istanbul, entries: int) -> tuple[list[str], list[bytes]]:
    """Return ids and entries: the real ones again and again, each with an id of its own."""
    marked = (b'"id":"', b'"id":"%d/')
    bodies: list[bytes] = []
    for number in count():
        fresh = (body.replace(marked[0], marked[1] % number, 1) for body in istanbul.entries)
        bodies += islice(fresh, entries - len(bodies))
        if len(bodies) == entries:
            break
    return [entry_id(body) for body in bodies], bodies


def measure_proofs(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the rows of appending, verifying and proving."""
    ids, bodies = made_up_entries(istanbul, _ENTRIES)
    rows = _appending(ids, bodies, folder)
    path = folder / "million.db"
    with Ledger.create(path, "benchmark.example") as ledger:
        ledger.append(ids, bodies)
        rows += _verifying(ledger, bodies, folder)
        rows += _proving(ledger, bodies, folder)
    return rows


def _appending(ids: list[str], bodies: list[bytes], folder: Path) -> list[Row]:
    number = count()

    def ours() -> None:
        path = folder / f"ledger-{next(number)}.db"
        with Ledger.create(path, "benchmark.example") as ledger:
            ledger.append(ids, bodies)
        path.unlink()

    def bare() -> None:
        path = folder / f"bare-{next(number)}.db"
        write_bare(path, [bodies])
        path.unlink()

    def in_memory() -> None:
        tree = InmemoryTree()
        tree.append_entries(bodies)
        tree.get_root()

    best = alternate(_ROUNDS, {"ours": ours, "bare": bare, "pymerkle": in_memory})
    size = sum(map(len, bodies)) / len(bodies)
    what = (
        f"`Ledger.append` of {len(bodies):,} entries of {size:.0f} bytes, with ids, tiles and "
        f"signature, durable; {len(bodies) / best['ours']:,.0f} a second"
    )
    most = len(bodies) / 125_000
    return [
        Row(what, best["ours"], "bare `sqlite3.executemany`", best["bare"], 3.0, most),
        Row(what, best["ours"], "pymerkle `InmemoryTree`, not durable", best["pymerkle"], 1.0),
    ]


def _hash_all(bodies: Sequence[bytes]) -> bytes:
    """Return the root, and do nothing but hash every leaf and every inner node once."""
    row = [sha256(b"\0" + body).digest() for body in bodies]
    while len(row) > 1:
        pairs = iter(row)
        last = [row[-1]] if len(row) % 2 else []
        row = [sha256(b"\1" + a + b).digest() for a, b in zip(pairs, pairs, strict=False)] + last
    return row[0]


def _verifying(ledger: Ledger, bodies: list[bytes], folder: Path) -> list[Row]:
    publish_log(ledger, folder / "log")
    key = Verifier.parse(ledger.verifier)
    files = open_files(folder / "log")

    def whole(verified: Callable[[], Verification]) -> None:
        if not verified().ok:
            raise RuntimeError("found faults in a ledger that has none")

    best = alternate(
        _ROUNDS,
        {
            "store": lambda: whole(partial(ledger.verify, id_of=entry_id)),
            "log": lambda: whole(lambda: verify_log(LogReader(files, key), ledger.verifier)),
            "hashes": lambda: _hash_all(bodies),
        },
    )
    baseline = "one pass of `hashlib.sha256` over the same leaves and inner nodes, in memory"
    of = f"of {len(bodies):,} entries"
    return [
        Row(f"`verify` {of} in SQLite: entries, tiles, ids, signatures", best["store"], baseline,
            best["hashes"], 3.0),
        Row(f"`verify --dir` {of}: the published files", best["log"], baseline, best["hashes"]),
    ]  # fmt: skip


def _proving(ledger: Ledger, bodies: list[bytes], folder: Path) -> list[Row]:
    """Return the rows of proofs of entries drawn with a seed. The peer's trees must be the same."""
    size, root = ledger.size, ledger.root()
    chance = random.Random(2019)
    numbers = [chance.randrange(size) for _ in range(_PROOFS)]
    few = numbers[:_PROOFS_FROM_STORE]
    proofs = {number: ledger.inclusion_proof(number) for number in numbers}
    checked = [(ledger.leaf_hash(n), n, size, proof, root) for n, proof in proofs.items()]
    in_memory = InmemoryTree()
    in_memory.append_entries(bodies)

    def with_nothing_kept() -> None:
        for number in few:
            ledger._tree = KeptTiles(ledger._store.tile)
            ledger.inclusion_proof(number)

    with SqliteTree(str(folder / "pymerkle.db")) as in_file:
        in_file.append_entries(bodies)
        if in_memory.get_root() != root or in_file.get_root() != root:
            raise RuntimeError("the peer's trees have other roots over the same entries")
        best = alternate(
            _ROUNDS,
            {
                "file": with_nothing_kept,
                "peer's file": lambda: [in_file.prove_inclusion(n + 1, size) for n in few],
                "kept": lambda: [ledger.inclusion_proof(n) for n in numbers],  # once kept, kept
                "peer's memory": lambda: [in_memory.prove_inclusion(n + 1, size) for n in numbers],
                "check": lambda: [check_inclusion(*proof) for proof in checked],
            },
            in_a_row=2,
        )
    kept, stored = f"{_PROOFS} inclusion proofs", f"{_PROOFS_FROM_STORE} inclusion proofs"
    return [
        _each(f"{kept} at {size:,} entries, tiles kept", best["kept"], _PROOFS, 50e-6,
              "pymerkle `InmemoryTree`", best["peer's memory"]),
        _each(f"{stored} from SQLite, nothing kept", best["file"], len(few), 2e-3,
              "pymerkle `SqliteTree`", best["peer's file"]),
        _each(f"{kept} checked, without signature", best["check"], len(checked), 20e-6),
    ]  # fmt: skip


def _each(
    what: str,
    taken: float,
    times: int,
    most_each: float,
    baseline: str | None = None,
    theirs: float | None = None,
) -> Row:
    note = f"{taken / times * 1e6:,.0f} µs each"
    return Row(what, taken, baseline, theirs, most_seconds=most_each * times, note=note)
