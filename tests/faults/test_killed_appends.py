"""`kill -9` at random moments of appends. RECANVASS_KILLS says how often (see `killing.KILLS`).

What was acknowledged is there; what was not is whole or absent; the ledger verifies, and takes the
next batch.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from batches import batch_of, batches_in, entry_id
from killing import KILLS, Victim
from victims import append_batches, append_in_groups

from recanvass.ledger import Ledger

ORIGIN = "ledger.example/city"
KILLS_A_LEDGER = 10
WRITERS = 4
CLIENTS = 8


def check(path: Path, acknowledged: dict[str, list[int]], marker: str) -> None:
    """Check a ledger after deaths: what was told is kept, and at most one batch more."""
    with Ledger.open(path) as ledger:
        found = batches_in(ledger)
        for who, numbers in acknowledged.items():
            kept = [number for name, number in found if name == who]
            assert kept == list(range(len(kept)))
            assert len(numbers) <= len(kept) <= len(numbers) + 1
        assert ledger.append(*batch_of(marker, 0, 2)).recorded == 2
        assert ledger.verify(ledger.verifier, entry_id).faults == []


def acknowledged_by(victim: Victim) -> list[int]:
    return [word for word in victim.told if word != "open"]


@pytest.mark.parametrize("seed", range(-(-KILLS * 3 // 10 // KILLS_A_LEDGER)))
def test_a_bulk_append_that_is_killed_is_whole_or_absent(tmp_path, seed):
    draw = Random(f"bulk {seed}")
    path = tmp_path / "record.db"
    Ledger.create(path, ORIGIN).close()
    acknowledged: dict[str, list[int]] = {}
    for nth in range(KILLS_A_LEDGER):
        sizes = [int(10 ** draw.uniform(0, 3.7)) for _ in range(50)]
        with Victim(append_batches, path, f"w{nth}", sizes) as victim:
            if draw.random() < 0.8:
                victim.wait_for_word()
            victim.kill(after=draw.uniform(0, 0.06))
        acknowledged[f"w{nth}"] = acknowledged_by(victim)
        check(path, acknowledged, f"after{nth}")


@pytest.mark.parametrize("seed", range(-(-KILLS * 4 // 10 // (2 * WRITERS))))
def test_writers_that_are_killed_one_by_one_lose_nothing_that_was_acknowledged(tmp_path, seed):
    draw = Random(f"writers {seed}")
    path = tmp_path / "record.db"
    Ledger.create(path, ORIGIN).close()
    acknowledged: dict[str, list[int]] = {}
    for nth in range(2):
        writers = {}
        for writer in range(WRITERS):
            sizes = [draw.randint(1, 5) for _ in range(2000)]
            writers[f"w{nth}-{writer}"] = Victim(append_batches, path, f"w{nth}-{writer}", sizes)
        for victim in writers.values():
            victim.wait_for_word()
        for who in draw.sample(list(writers), WRITERS):
            writers[who].kill(after=draw.uniform(0, 0.06))
            acknowledged[who] = acknowledged_by(writers[who])
        check(path, acknowledged, f"after{nth}")


@pytest.mark.parametrize("seed", range(-(-KILLS // 10 // KILLS_A_LEDGER)))
def test_clients_that_share_transactions_lose_nothing_that_was_acknowledged(tmp_path, seed):
    draw = Random(f"groups {seed}")
    path = tmp_path / "record.db"
    Ledger.create(path, ORIGIN).close()
    acknowledged: dict[str, list[int]] = {}
    for nth in range(KILLS_A_LEDGER):
        with Victim(append_in_groups, path, f"w{nth}", CLIENTS) as victim:
            victim.wait_for_word()
            victim.kill(after=draw.uniform(0, 0.06))
        for who, number in victim.told:
            acknowledged.setdefault(who, []).append(number)
        check(path, acknowledged, f"after{nth}")
