"""A clock that goes backwards, or lies: the record has none, and a witness only states its own."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from recanvass.errors import BadInput
from recanvass.ledger import Ledger, Signer
from recanvass.ledger.cosignature import WitnessSigner, cosignatures
from recanvass.ledger.witness import Submission, WitnessService

LEDGER_WITH_A_BROKEN_CLOCK = """
import datetime, itertools, sys, time
from pathlib import Path
from recanvass.ledger import Ledger, LogReader, Verifier
from recanvass.ledger import open_files, prove_entry, publish_log, verify_log

asked = []
backwards = itertools.count(2_000_000_000, -3600)

def now(*_):
    asked.append("time")
    return next(backwards)

class Backwards(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(now(), tz)

    utcnow = today = now

time.time = now
time.time_ns = lambda: now() * 10**9
time.localtime = time.gmtime = time.ctime = now
datetime.datetime = Backwards

folder = Path(sys.argv[1])
with Ledger.create(folder / "record.db", "ledger.example/city") as ledger:
    for batch in range(3):
        ledger.append([f"{batch}-{n}" for n in range(300)], [b"%d" % n for n in range(300)])
    publish_log(ledger, folder / "log")
    key = Verifier.parse(ledger.verifier)
    prove_entry(ledger, 700).verify(key)
    assert ledger.verify(ledger.verifier).faults == []
assert verify_log(LogReader(open_files(folder / "log"), key), trusted=str(key)).faults == []
assert Ledger.open(folder / "record.db").size == 900
print("asked for the time:", len(asked))
"""


def test_a_ledger_never_asks_what_time_it_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEDGER_WITH_A_BROKEN_CLOCK, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("asked for the time: 0\n", "")


def test_a_witness_whose_clock_goes_backwards_cosigns_as_before(tmp_path: Path) -> None:
    clock = count(2_000_000_000, -3600)
    log, key = Signer.generate("ledger.example/city"), WitnessSigner.generate("witness.example")
    witness = WitnessService(tmp_path / "seen.db", key, [log.verifier], clock=lambda: next(clock))
    with Ledger.create(tmp_path / "record.db", "ledger.example/city", log) as ledger:
        for size in range(3):
            ledger.append([str(size)], [b"entry"])
            proof = tuple(ledger.consistency_proof(size))
            answer = witness.add_checkpoint(Submission(size, proof, ledger.checkpoint()).format())
            assert answer.status == 200
            (cosigned,) = cosignatures(ledger.checkpoint() + answer.body, [key.verifier])
            assert cosigned.time == 2_000_000_000 - 3600 * size


@pytest.mark.parametrize("time", [0.0, -5.0, 2.0**63])
def test_a_witness_whose_clock_was_never_set_signs_nothing(tmp_path: Path, time: float) -> None:
    log, key = Signer.generate("ledger.example/city"), WitnessSigner.generate("witness.example")
    witness = WitnessService(tmp_path / "seen.db", key, [log.verifier], clock=lambda: time)
    with Ledger.create(tmp_path / "record.db", "ledger.example/city", log) as ledger:
        request = Submission(0, (), ledger.checkpoint()).format()
    with pytest.raises(BadInput, match="clock: found"):
        witness.add_checkpoint(request)
    assert witness.latest(sha256(b"ledger.example/city").hexdigest()).status == 404
