"""`kill -9` of the real `recanvass load` at random moments. RECANVASS_KILLS also raises these."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from killing import KILLS

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.model import KeyAdded, decode_event
from recanvass.record import open_record

ROWS = 8_000
DEATHS = max(3, KILLS // 33)


def load(case: Path, folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "recanvass", "--ledger", "record.db", "load", str(case)]
    return subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [f"Town {n % 40},{n},120,100,90,10,60,30" for n in range(ROWS)]
    return write_case(tmp_path_factory.mktemp("case") / "case", *rows)


@pytest.fixture(scope="module")
def moments(case: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[float, float]:
    """When a load first writes anything, and when it is done, in seconds from its start."""
    folder = tmp_path_factory.mktemp("whole")
    start = time.monotonic()
    with load(case, folder) as whole:
        while not list(folder.iterdir()):
            time.sleep(0.001)
        first = time.monotonic() - start
        assert whole.wait(timeout=120) == 0
    return first, time.monotonic() - start


@pytest.mark.parametrize("seed", range(DEATHS))
def test_a_load_that_is_killed_is_whole_or_absent_and_can_be_done_again(
    case, moments, tmp_path, seed
):
    first, done = moments
    path = tmp_path / "record.db"
    with load(case, tmp_path) as victim:
        time.sleep(Random(f"load {seed}").uniform(0.9 * first, done))
        victim.kill()
    if path.exists():
        with open_record(path, read_only=True) as record:
            assert record.ledger.verify(record.ledger.verifier).ok
            assert record.ledger.size in (0, 1) or record.ledger.size > ROWS
    else:
        (tmp_path / "record.db.key").unlink(missing_ok=True)  # as the command says, if it is there
    load_into(str(path), case)
    with open_record(path) as record:
        assert isinstance(decode_event(record.ledger.entry(0)), KeyAdded)
        assert record.contest("mayor").poll("2024-05-05").results().stations["counted"] == ROWS
        assert record.verify(record.ledger.verifier).ok
