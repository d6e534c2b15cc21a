from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recanvass.ledger import Ledger

APPEND = """
import sys
from recanvass.ledger import Ledger
place, who = sys.argv[1], sys.argv[2]
with Ledger.open(place) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for batch in range(25):
        names = [f"{who}-{batch}-{nth}" for nth in range(9)] + [f"shared-{batch}"]
        ledger.append(names, [name.encode() for name in names])
"""

DIE = """
import os, sys
from recanvass.ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger, ledger.batch() as batch:
    names = [f"lost-{nth}" for nth in range(200_000)]
    batch.add(names, [name.encode() * 10 for name in names])
    os.kill(os.getpid(), 9)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, place_in: Callable[[str], Path | str]) -> Path | str:
    return place_in(request.param)


def start(code: str, place: Path | str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(place), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_append_at_once_make_one_sequence(ledger, place):
    writers = [start(APPEND, place, who) for who in ("anna", "boris")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, complaints = writer.communicate(timeout=60)
        assert (writer.returncode, complaints) == (0, "")
    bodies = ledger.read()
    assert len(bodies) == 25 * (9 + 9 + 1)
    for who in (b"anna", b"boris"):
        own = [body for body in bodies if body.startswith(who)]
        assert own == [b"%s-%d-%d" % (who, batch, nth) for batch in range(25) for nth in range(9)]
    assert ledger.verify(ledger.verifier, id_of=bytes.decode).faults == []


def test_a_process_that_is_killed_within_a_batch_leaves_nothing_of_it(ledger, fill, place):
    fill(ledger, 5)
    before = ledger.checkpoint()
    ledger.close()
    victim = start(DIE, place)
    victim.communicate(timeout=60)
    assert victim.returncode == -9
    with Ledger.open(place) as again:
        assert (again.size, again.checkpoint(), again.find("lost-1")) == (5, before, None)
        fill(again, 5, first=5)
        assert again.verify(again.verifier).ok
