"""Whatever bytes come as a policy, as a cosigned checkpoint, or as a request to a witness."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Ledger, Signer
from recanvass.ledger.cosignature import WitnessSigner, cosignatures
from recanvass.ledger.note import format_note
from recanvass.ledger.policy import MAX_POLICY_BYTES, parse_policy
from recanvass.ledger.witness import MAX_REQUEST_BYTES, Submission, WitnessService

ORIGIN = "ledger.example/city"
log = Signer(ORIGIN, bytes(range(32)))
keys = [WitnessSigner(f"w{n}.example", bytes([n]) * 32) for n in range(3)]
TEXT = f"{ORIGIN}\n2\n{'A' * 43}=\n"
COSIGNED = format_note(
    TEXT, [log.sign(TEXT.encode()), *(key.cosign(TEXT, 1_700_000_000) for key in keys)]
)
POLICY = f"""
# who counts
log {log.verifier} https://ledger.example
witness one {keys[0].verifier} https://w0.example/prefix
witness two {keys[1].verifier}
witness three {keys[2].verifier}
group pair 2 one two
group all all pair three
quorum all
""".encode()

fuzzed = settings(
    max_examples=int(os.environ.get("RECANVASS_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@fuzzed
@given(mutated(POLICY, COSIGNED))
def test_a_policy_is_one_or_is_refused_in_a_line(data):
    try:
        policy = parse_policy(data)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1
        assert len(str(error)) < 2000
        return
    names = [witness.name for witness in policy.witnesses]
    assert policy.is_met_by(names) or policy.quorum not in names
    assert policy.quorum == "none" or not policy.is_met_by([])


@fuzzed
@given(mutated(COSIGNED))
def test_no_damaged_cosignature_says_anything_else(data):
    try:
        judged = parse_policy(POLICY).judge(data)
        found = cosignatures(data, [key.verifier for key in keys])
    except BadProof as error:
        assert len(str(error).splitlines()) == 1
        return
    assert judged.checkpoint.size == 2
    assert {one.time for one in found} <= {1_700_000_000}
    assert judged.met == (len(found) == len(keys))


@pytest.mark.parametrize("piece", [b"\n", b"# \n", b"a ", b"group a all ", b"quorum none\n", b"+"])
def test_a_flood_in_place_of_a_policy_or_a_request_is_answered(tmp_path, piece):
    witness = WitnessService(tmp_path / "seen.db", keys[0], [log.verifier])
    for size in (MAX_POLICY_BYTES, MAX_REQUEST_BYTES, MAX_REQUEST_BYTES + 1):
        flood = piece * (size // len(piece))
        assert witness.add_checkpoint(flood).status == 400
        try:
            parse_policy(flood)
        except BadInput as error:
            assert len(str(error)) < 2000


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What a log of three checkpoints asks of a witness."""
    path = tmp_path_factory.mktemp("log") / "record.db"
    with Ledger.create(path, ORIGIN, log) as ledger:
        found = []
        for old, new in ((0, 3), (3, 7), (7, 12)):
            ledger.append([str(n) for n in range(old, new)], [b"%d" % n for n in range(old, new)])
            proof = tuple(ledger.consistency_proof(old, new))
            found.append(Submission(old, proof, ledger.checkpoint(new)).format())
        return found


@fuzzed
@given(data=st.data())
def test_a_witness_cosigns_nothing_but_what_the_log_signed(requests, tmp_path, data):
    state = tmp_path / "seen.db"
    state.unlink(missing_ok=True)
    witness = WitnessService(state, keys[0], [log.verifier])
    remembered = 0
    for request in requests:
        sent = data.draw(st.one_of(st.just(request), mutated(request, *requests)))
        answer = witness.add_checkpoint(sent)
        assert answer.status in (200, 400, 403, 404, 409, 422)
        if answer.status == 200:
            note = sent.partition(b"\n\n")[2]
            (one,) = cosignatures(note + answer.body, [keys[0].verifier])
            assert one.witness == keys[0].verifier
            size = int(note.split(b"\n")[1])
            assert (size, note.split(b"\n\n")[0]) in {
                (s, r.partition(b"\n\n")[2].split(b"\n\n")[0])
                for s, r in zip((3, 7, 12), requests, strict=True)
            }
            assert size >= remembered
            remembered = size
    latest = witness.latest(sha256(ORIGIN.encode()).hexdigest())
    assert latest.status == (200 if remembered else 404)


def test_a_memory_that_is_damaged_is_told_in_one_line(tmp_path: Path):
    state = tmp_path / "seen.db"
    for content in (b"not a memory at all\n" * 400, b"SQLite format 3\0" + b"\xff" * 5000):
        state.write_bytes(content)
        with pytest.raises(BadInput) as refused:
            WitnessService(state, keys[0], [log.verifier])
        assert len(str(refused.value).splitlines()) == 1
        assert state.read_bytes() == content
