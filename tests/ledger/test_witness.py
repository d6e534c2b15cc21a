"""A witness: what it cosigns, what it refuses, and that it never forgets."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof, RecanvassError
from recanvass.ledger import Ledger, Signer, Witness, WitnessSigner
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from recanvass.ledger.cosignature import cosignatures
from recanvass.ledger.merkle import EMPTY_ROOT
from recanvass.ledger.note import format_note
from recanvass.ledger.witness import (
    MAX_REQUEST_BYTES,
    Submission,
    WitnessService,
    parse_submission,
)

ORIGIN = "ledger.example/city"
LOG = Signer(ORIGIN, bytes(32))
OWN = WitnessSigner("bar.example/witness", bytes([1]) * 32)
ORIGIN_HASH = sha256(ORIGIN.encode()).hexdigest()
NOW = 1_700_000_000


@pytest.fixture
def witness(tmp_path: Path) -> WitnessService:
    return WitnessService(tmp_path / "seen.db", OWN, [LOG.verifier], clock=lambda: NOW)


def grown(tmp_path_factory: pytest.TempPathFactory, word: str) -> Ledger:
    """A ledger with a checkpoint at every size up to 20."""
    ledger = Ledger.create(tmp_path_factory.mktemp(word) / "record.db", ORIGIN, LOG)
    for number in range(20):
        ledger.append([f"{word}-{number}"], [f"{word} {number}".encode()])
    return ledger


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return grown(tmp_path_factory, "true")


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Another history under the same key."""
    return grown(tmp_path_factory, "false")


def request(ledger: Ledger, old: int, size: int) -> bytes:
    proof = ledger.consistency_proof(old, size) if 0 < old < size else []
    return Submission(old, tuple(proof), ledger.checkpoint(size)).format()


def signed(text: str, signer: Signer = LOG) -> bytes:
    return format_note(text, [signer.sign(text.encode())])


def test_a_checkpoint_that_goes_on_from_the_last_is_cosigned(witness, ledger):
    own = Witness.parse(str(OWN.verifier))
    for old, size in ((0, 5), (5, 5), (5, 6), (6, 20)):
        answer = witness.add_checkpoint(request(ledger, old, size))
        assert (answer.status, answer.media_type) == (200, "text/plain; charset=utf-8")
        (found,) = cosignatures(ledger.checkpoint(size) + answer.body, [own])
        assert found.time == NOW


def test_the_first_checkpoint_may_be_that_of_an_empty_log(witness, ledger):
    assert witness.add_checkpoint(request(ledger, 0, 0)).status == 200
    assert witness.add_checkpoint(request(ledger, 0, 3)).status == 200


def test_whoever_does_not_know_the_last_size_is_told(witness, ledger):
    witness.add_checkpoint(request(ledger, 0, 7))
    for old in (0, 3, 8):
        answer = witness.add_checkpoint(request(ledger, old, 9))
        assert (answer.status, answer.body, answer.media_type) == (409, b"7\n", "text/x.tlog.size")


def test_a_fork_is_refused_at_the_same_size_at_a_later_one_and_at_an_earlier_one(
    witness, ledger, fork
):
    witness.add_checkpoint(request(ledger, 0, 10))
    before = witness.latest(ORIGIN_HASH).body
    assert witness.add_checkpoint(request(fork, 10, 10)).status == 422
    assert witness.add_checkpoint(request(fork, 10, 15)).status == 422
    assert witness.add_checkpoint(request(fork, 0, 5)).status == 409
    assert witness.add_checkpoint(request(fork, 0, 15)).status == 409
    assert witness.latest(ORIGIN_HASH).body == before
    assert witness.add_checkpoint(request(ledger, 10, 15)).status == 200


def test_two_histories_get_no_common_witness(tmp_path, ledger, fork):
    """Each reader may be shown another log; a witness has signed only one of them."""
    witness = WitnessService(tmp_path / "seen.db", OWN, [LOG.verifier])
    shown = {}
    for name, log in (("ledger", ledger), ("fork", fork)):
        answer = witness.add_checkpoint(request(log, 0, 12))
        shown[name] = answer.status
    assert shown == {"ledger": 200, "fork": 409}


SIZE_ROOT = f"{ORIGIN}\n0\n{'A' * 43}=\n"


def cases(ledger: Ledger) -> dict[str, tuple[int, bytes]]:
    """Requests to a witness that has seen size 8, and how each is answered."""
    good = request(ledger, 8, 12)
    note = ledger.checkpoint(12)
    head, _, _ = good.partition(b"\n\n")
    other = Signer(ORIGIN, bytes([5]) * 32)
    foreign = Signer("elsewhere.example", bytes(32))
    elsewhere = Checkpoint("elsewhere.example", 12, bytes(32)).text()
    text = read_checkpoint(note).text()
    return {
        "nothing": (400, b""),
        "no old": (400, b"\n\n" + note),
        "no empty line": (400, b"old 8\n"),
        "another word": (400, good.replace(b"old", b"new", 1)),
        "a signed size": (400, good.replace(b"old 8", b"old +8")),
        "a padded size": (400, good.replace(b"old 8", b"old 08")),
        "a huge size": (400, good.replace(b"old 8", b"old " + b"9" * 5000)),
        "two spaces": (400, good.replace(b"old 8", b"old  8")),
        "a short hash": (400, b"old 8\nAAAA\n\n" + note),
        "64 hashes": (400, b"old 8\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + note),
        "not ASCII": (400, "old 8\nş\n\n".encode() + note),
        "no checkpoint": (400, head + b"\n\nhello\n"),
        "a checkpoint of no form": (400, head + b"\n\n" + signed("a\nb\nc\n")),
        "too long": (400, good + b"x" * MAX_REQUEST_BYTES),
        "old above the size": (400, request(ledger, 8, 7).replace(b"old 8", b"old 9")),
        "an unknown log": (404, b"old 0\n\n" + signed(elsewhere, foreign)),
        "another key": (403, head + b"\n\n" + signed(text, other)),
        "a bad signature": (403, good.replace(b"\n12\n", b"\n13\n")),
        "no proof": (422, b"old 8\n\n" + note),
        "a proof too short": (422, b"\n".join(head.split(b"\n")[:-1]) + b"\n\n" + note),
        "a proof too long": (422, head + b"\n" + b"A" * 43 + b"=\n\n" + note),
        "the proof of another size": (
            422,
            request(ledger, 8, 13).split(b"\n\n")[0] + b"\n\n" + note,
        ),
        "an empty log with a root": (409, b"old 0\n\n" + signed(SIZE_ROOT)),
    }


def test_every_wrong_request_is_answered_by_its_status_and_changes_nothing(witness, ledger):
    witness.add_checkpoint(request(ledger, 0, 8))
    before = witness.latest(ORIGIN_HASH).body
    for what, (status, body) in cases(ledger).items():
        answer = witness.add_checkpoint(body)
        assert answer.status == status, (what, answer.body)
        assert len(answer.body) < 500
        assert witness.latest(ORIGIN_HASH).body == before, what


def test_an_empty_log_has_only_one_root_and_needs_no_proof(witness):
    assert witness.add_checkpoint(b"old 0\n\n" + signed(SIZE_ROOT)).status == 422
    empty = signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text())
    assert witness.add_checkpoint(b"old 0\n" + b"A" * 43 + b"=\n\n" + empty).status == 422
    assert witness.add_checkpoint(b"old 0\n\n" + empty).status == 200


def test_the_last_checkpoint_is_shown_with_both_signatures(witness, ledger):
    assert witness.latest(ORIGIN_HASH).status == 404
    assert witness.latest("no such hash").status == 404
    witness.add_checkpoint(request(ledger, 0, 4))
    witness.add_checkpoint(request(ledger, 4, 9))
    note = witness.latest(ORIGIN_HASH).body
    assert open_checkpoint(note, ORIGIN, [LOG.verifier]).size == 9
    assert len(cosignatures(note, [Witness.parse(str(OWN.verifier))])) == 1


def test_what_others_wrote_below_a_checkpoint_is_not_repeated(witness, ledger):
    stranger = WitnessSigner("stranger.example", bytes(32))
    note = ledger.checkpoint(4)
    text = read_checkpoint(note).text()
    lines = format_note(text, [LOG.sign(text.encode()), stranger.cosign(text, 5)])
    assert witness.add_checkpoint(b"old 0\n\n" + lines).status == 200
    assert b"stranger" not in witness.latest(ORIGIN_HASH).body


def test_a_witness_that_is_started_again_knows_what_it_signed(tmp_path, ledger, fork):
    path = tmp_path / "seen.db"
    WitnessService(path, OWN, [LOG.verifier]).add_checkpoint(request(ledger, 0, 10))
    again = WitnessService(path, OWN, [LOG.verifier])
    assert again.add_checkpoint(request(fork, 0, 12)).status == 409
    assert again.add_checkpoint(request(fork, 10, 12)).status == 422
    assert again.add_checkpoint(request(ledger, 10, 12)).status == 200


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    asked=st.lists(
        st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20), st.booleans()), max_size=12
    )
)
def test_whatever_is_asked_in_whatever_order_what_is_cosigned_is_one_history(
    tmp_path_factory, ledger, fork, asked
):
    path = tmp_path_factory.mktemp("witness") / "seen.db"
    witness = WitnessService(path, OWN, [LOG.verifier])
    last: tuple[int, bytes] = (0, EMPTY_ROOT)
    for is_true, old, size, restarted in asked:
        if restarted:
            witness = WitnessService(path, OWN, [LOG.verifier])
        log = ledger if is_true else fork
        answer = witness.add_checkpoint(request(log, old, size))
        if answer.status == 200:
            assert old == last[0]
            assert size >= last[0]
            if last[0]:
                assert log.root(last[0]) == last[1], "a fork was cosigned"
            last = (size, log.root(size))
        else:
            assert answer.status in (400, 409, 422)
            if answer.status == 409:
                assert answer.body == f"{last[0]}\n".encode()


def test_the_memory_of_another_witness_is_not_taken_over(tmp_path):
    path = tmp_path / "seen.db"
    WitnessService(path, OWN, [LOG.verifier])
    other = WitnessSigner("other.example", bytes([2]) * 32)
    with pytest.raises(BadInput, match=f"found the memory of {OWN.verifier.name}"):
        WitnessService(path, other, [LOG.verifier])


def test_a_file_that_is_no_memory_is_refused_and_left_alone(tmp_path):
    letters = tmp_path / "letters.txt"
    letters.write_text("dear voters, " * 1000)
    songs = tmp_path / "songs.db"
    with sqlite3.connect(songs) as other:
        other.execute("CREATE TABLE songs (title)")
    other.close()
    before = [file.read_bytes() for file in (letters, songs)]
    for file in (letters, songs):
        with pytest.raises(BadInput, match=file.name):
            WitnessService(file, OWN, [LOG.verifier])
    assert [file.read_bytes() for file in (letters, songs)] == before


def test_a_witness_that_cannot_remember_does_not_sign(tmp_path, ledger):
    path = tmp_path / "seen.db"
    witness = WitnessService(path, OWN, [LOG.verifier])
    path.unlink()
    path.mkdir()
    with pytest.raises(RecanvassError, match="memory"):
        witness.add_checkpoint(request(ledger, 0, 5))


def test_a_log_may_have_two_keys_while_they_overlap(tmp_path, ledger):
    after = Signer(ORIGIN, bytes([8]) * 32)
    witness = WitnessService(tmp_path / "seen.db", OWN, [LOG.verifier, after.verifier])
    assert witness.add_checkpoint(request(ledger, 0, 5)).status == 200
    text = read_checkpoint(ledger.checkpoint(6)).text()
    proof = tuple(ledger.consistency_proof(5, 6))
    assert witness.add_checkpoint(Submission(5, proof, signed(text, after)).format()).status == 200


SIGN = """
import sys
from pathlib import Path
from recanvass.ledger import Verifier, WitnessSigner
from recanvass.ledger.witness import WitnessService
path, own, log, *requests = sys.argv[1:]
witness = WitnessService(Path(path), WitnessSigner.parse(own), [Verifier.parse(log)])
print("ready", flush=True)
sys.stdin.readline()
for name in requests:
    answer = witness.add_checkpoint(Path(name).read_bytes())
    print(answer.status, flush=True)
"""


def test_of_two_processes_on_one_memory_one_is_refused(tmp_path, ledger, fork):
    """The race of the specification: both ask to go on from 0, at the same moment."""
    words = [sys.executable, "-c", SIGN, str(tmp_path / "seen.db"), OWN.secret(), str(LOG.verifier)]
    started = []
    for name, log in (("true", ledger), ("false", fork)):
        file = tmp_path / name
        file.write_bytes(request(log, 0, 10))
        started.append(
            subprocess.Popen(
                [*words, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
    for process in started:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = sorted(process.communicate(timeout=60)[0] for process in started)
    assert answers == ["200\n", "409\n"]


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_of_requests_down(data):
    for start in (b"", b"old 0\n", b"old 0\n\n"):
        try:
            found = parse_submission(start + data)
        except BadProof:
            continue
        assert parse_submission(found.format()) == found
