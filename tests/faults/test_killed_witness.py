"""`kill -9` of a witness: what it answered for, it never forgets, and so it cosigns no fork."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from batches import batch_of
from killing import KILLS, Victim
from victims import cosign

from recanvass.ledger import Ledger, Signer, Verifier
from recanvass.ledger.cosignature import WitnessSigner
from recanvass.ledger.witness import Submission, WitnessService

ORIGIN = "ledger.example/city"
CHECKPOINTS = 25
DEATHS = KILLS // 16


def requests_of(path: Path, signer: Signer, word: str) -> list[bytes]:
    """Make a ledger, and the requests to cosign that it would send as it grows."""
    with Ledger.create(path, ORIGIN, signer) as ledger:
        for number in range(CHECKPOINTS):
            ledger.append(*batch_of(word, number, 2))
        return [
            Submission(
                old, tuple(ledger.consistency_proof(old, new)), ledger.checkpoint(new)
            ).format()
            for old, new in pairwise(range(0, 2 * CHECKPOINTS + 1, 2))
        ]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> list[list[bytes]]:
    """Two histories of one log under one key."""
    folder = tmp_path_factory.mktemp("fork")
    return [requests_of(folder / f"{word}.db", signer, word) for word in ("one", "other")]


def test_a_witness_that_is_killed_never_cosigns_a_fork_of_what_it_answered_for(
    tmp_path, signer, histories
):
    draw = Random("witness")
    honest, fork = histories
    log = str(signer.verifier)
    for nth in range(DEATHS):
        state = tmp_path / f"{nth}.db"
        key = WitnessSigner.generate("witness.example")
        with Victim(cosign, state, key.secret(), log, honest) as victim:
            victim.wait_for_word()
            victim.kill(after=draw.uniform(0, 0.1))
        answered = len(victim.told) - 1
        witness = WitnessService(state, key, [Verifier.parse(log)])
        statuses = [witness.add_checkpoint(request).status for request in fork]
        if answered:
            assert 200 not in statuses
            assert honest_goes_on(witness, honest, answered)


def honest_goes_on(witness: WitnessService, honest: list[bytes], answered: int) -> bool:
    """Return whether the witness cosigns next what follows on the last that it remembers."""
    statuses = [witness.add_checkpoint(request).status for request in honest]
    remembered = statuses.index(200) if 200 in statuses else len(honest)
    return remembered in (answered, answered + 1) and set(statuses[remembered:]) <= {200}
