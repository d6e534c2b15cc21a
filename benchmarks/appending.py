"""The ledger alone, appending entries that are ready, against pymerkle's SQLite tree."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from pymerkle import SqliteTree

from benchmarks.bare import write_bare
from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate
from recanvass.ledger import Ledger

__all__ = ["measure_appending"]

_ROUNDS = 5


def measure_appending(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the rows of `Ledger.append` of all entries as one batch, up to the tree's root.

    Both trees are RFC 9162's with SHA-256, so the roots must be the same.
    """
    bodies = istanbul.entries
    ids = [f"entry/{number}" for number in range(len(bodies))]
    number = count()
    roots: dict[str, bytes] = {}

    def ours() -> None:
        with Ledger.create(folder / f"ledger-{next(number)}.db", "benchmark.example") as ledger:
            ledger.append(ids, bodies)
            roots["ours"] = ledger.root()

    def pymerkle() -> None:
        with SqliteTree(str(folder / f"pymerkle-{next(number)}.db")) as tree:
            tree.append_entries(bodies)
            roots["pymerkle"] = tree.get_state()

    def bare() -> None:
        write_bare(folder / f"bare-entries-{next(number)}.db", [bodies])

    best = alternate(_ROUNDS, {"ours": ours, "pymerkle": pymerkle, "bare": bare})
    if roots["ours"] != roots["pymerkle"]:
        raise RuntimeError("the two trees have different roots over the same entries")
    what = f"`Ledger.append` of {len(bodies):,} ready entries, with ids, tree and signature"
    return [
        Row(what, best["ours"], "pymerkle `SqliteTree`: append in bulk, root", best["pymerkle"]),
        Row(what, best["ours"], "bare `sqlite3.executemany`", best["bare"]),
    ]
