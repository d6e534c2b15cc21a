"""The record as published files: written whole, brought up to date, and checked again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, seconds
from recanvass.ledger import Ledger, LogReader, Verifier, open_files, publish_log, verify_log
from recanvass.ledger.checkpoint import Checkpoint, read_checkpoint
from recanvass.ledger.merkle import HASH_BYTES
from recanvass.record import Record
from recanvass.record.publish_results import publish_results

__all__ = ["measure_publishing"]

_ROUNDS = 3
_NEW = 500


def measure_publishing(istanbul: Istanbul, folder: Path) -> list[Row]:
    """Return the rows of publishing all entries, then the last 500, and of verifying both."""
    bodies = istanbul.entries
    before, size = len(bodies) - _NEW, len(bodies)
    ids = [f"entry/{number}" for number in range(size)]
    with Ledger.create(folder / "ledger.db", "benchmark.example") as ledger:
        key = Verifier.parse(ledger.verifier)
        ledger.append(ids[:before], bodies[:before])
        publish_log(ledger, folder / "older")
        past = read_checkpoint(ledger.checkpoint())
        ledger.append(ids[before:], bodies[before:])
        record = Record(ledger)
        record.view()
        log, grown, results = folder / "log", folder / "grown", folder / "results"
        log_time = _best(lambda: publish_log(ledger, log), lambda: _remove(log))
        grown_time = _best(
            lambda: publish_log(ledger, grown), lambda: _copy(folder / "older", grown)
        )
        results_time = _best(
            lambda: publish_results(record, results, size, "en", 0), lambda: _remove(results)
        )
    contents = [f.read_bytes() for f in _files(log)]
    bare = folder / "bare"
    bare_time = _best(lambda: _write_bare(bare, contents), lambda: _remove(bare))
    return [
        Row(
            f"`publish` of {size:,} entries: the log, hashed again on its way",
            log_time,
            f"the same {len(contents)} files written and flushed to the disk, one by one",
            bare_time,
        ),
        Row(f"`publish` of {_NEW} entries more", grown_time, "the whole log", log_time),
        Row(
            f"`publish`: {len(_files(results))} files of totals, record folded already",
            results_time,
        ),
        Row(
            f"a published log of {size:,} entries verified from its files, totals not folded",
            _best(lambda: _verify(log, key)),
            "one pass of `hashlib.sha256` over the same entries and nodes",
            _best(lambda: _hash(bodies)),
        ),
        Row(
            f"the same from a saved checkpoint on, {_NEW} entries more",
            _best(lambda: _verify(log, key, past)),
        ),
    ]


def _best(do: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Return the best time of a call, in seconds; what comes before each is not measured."""
    taken = []
    for _ in range(_ROUNDS):
        prepare()
        taken.append(seconds(do))
    return min(taken)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    _remove(target)
    shutil.copytree(source, target)


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _write_bare(folder: Path, contents: list[bytes]) -> None:
    folder.mkdir()
    for number, content in enumerate(contents):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _hash(bodies: list[bytes]) -> None:
    for body in bodies:
        sha256(b"\0" + body).digest()
    node = b"\1" + bytes(2 * HASH_BYTES)
    for _ in range(len(bodies) - 1):
        sha256(node).digest()


def _verify(log: Path, key: Verifier, since: Checkpoint | None = None) -> None:
    if not verify_log(LogReader(open_files(log), key), str(key), since).ok:
        raise RuntimeError(f"{log}: the log that was measured has faults")
