"""Whatever bytes come as a note, checkpoint, key, proof, bundle or tile: an answer or a refusal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated

from recanvass.errors import BadInput, BadProof, RecanvassError
from recanvass.ledger import (
    Ledger,
    LogReader,
    Signer,
    Verifier,
    open_files,
    parse_proof,
    prove_entry,
    publish_log,
    verify_log,
)
from recanvass.ledger.checkpoint import open_checkpoint, parse_checkpoint, read_checkpoint
from recanvass.ledger.note import format_note, parse_note
from recanvass.ledger.proof import MAX_PROOF_BYTES
from recanvass.ledger.tile_paths import decode_bundle, encode_bundle

ORIGIN = "ledger.example/city"
SECONDS_AT_MOST = 5.0
EXAMPLES = int(os.environ.get("RECANVASS_EXAMPLES", "100"))

signer = Signer("ledger.example/city", bytes(range(32)))
other = Signer("other.example", bytes(range(1, 33)))
TEXT = f"{ORIGIN}\n2\n{'A' * 43}=\n"
NOTE = format_note(TEXT, [signer.sign(TEXT.encode()), other.sign(TEXT.encode())])
BUNDLE = encode_bundle([b"", b"one", b"x" * 300, b"\n\n"])

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def in_time() -> Iterator[None]:
    """Fail if what happens inside takes a processor longer than any honest input does."""
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS_AT_MOST


def refused(parse: Callable[[], object], *kinds: type[RecanvassError]) -> bool:
    """Return whether some input is refused, with one line; any other exception is a failure."""
    with in_time():
        try:
            parse()
        except kinds as error:
            assert len(str(error).splitlines()) == 1
            assert len(str(error)) < 2000
            return True
    return False


@fuzzed
@given(st.one_of(st.binary(max_size=300), mutated(NOTE)))
def test_a_note_is_taken_only_as_it_is_written(data):
    if not refused(lambda: parse_note(data), BadProof):
        note = parse_note(data)
        assert format_note(note.text, note.signatures) == data


@fuzzed
@given(mutated(NOTE))
def test_no_damaged_checkpoint_says_anything_else_under_the_same_key(data):
    if not refused(lambda: open_checkpoint(data, ORIGIN, [signer.verifier]), BadProof):
        assert open_checkpoint(data, ORIGIN, [signer.verifier]) == read_checkpoint(NOTE)


@fuzzed
@given(mutated(TEXT.encode()).map(lambda data: data.decode(errors="replace")))
def test_the_text_of_a_checkpoint_is_taken_only_as_it_is_written(text):
    if not refused(lambda: parse_checkpoint(text), BadProof):
        assert parse_checkpoint(text).text() == text


@fuzzed
@given(mutated(str(signer.verifier).encode(), signer.secret().encode()))
def test_a_damaged_key_is_none(data):
    text = data.decode(errors="replace")
    if not refused(lambda: Verifier.parse(text), BadInput):
        assert Verifier.parse(text) == Verifier.parse(str(Verifier.parse(text)))
        assert str(Verifier.parse(text)) == text.strip()
    if not refused(lambda: Signer.parse(text), BadInput):
        assert Signer.parse(text).secret() == text.strip()


@fuzzed
@given(mutated(signer.secret().encode()))
def test_a_refused_signing_key_is_not_shown(data):
    text = data.decode(errors="replace")
    seed = signer.secret().rpartition("+")[2]
    try:
        Signer.parse(text)
    except BadInput as error:
        assert not any(seed[at : at + 8] in str(error) for at in range(len(seed) - 8))


@fuzzed
@given(st.one_of(st.binary(max_size=300), mutated(BUNDLE)))
def test_a_bundle_is_taken_only_as_it_is_written(data):
    if not refused(lambda: decode_bundle(data), BadProof):
        assert encode_bundle(decode_bundle(data)) == data


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published log of 300 entries."""
    folder = tmp_path_factory.mktemp("log")
    with Ledger.create(folder / "record.db", ORIGIN, signer) as ledger:
        ledger.append([str(n) for n in range(300)], [b"entry %d" % n for n in range(300)])
        publish_log(ledger, folder / "log")
        (folder / "proof").write_bytes(prove_entry(ledger, 7).format())
    return folder


@fuzzed
@given(data=st.data())
def test_no_damaged_proof_proves_anything_else(log, data):
    sound = (log / "proof").read_bytes()
    changed = data.draw(mutated(sound, NOTE))
    if not refused(lambda: parse_proof(changed).verify(signer.verifier), BadProof):
        proof = parse_proof(changed)
        assert (proof.index, proof.extra) == (7, b"entry 7")


@fuzzed
@given(data=st.data())
def test_a_damaged_file_of_a_log_is_found_or_was_not_asked_for(log, data):
    folder = log / "log"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    file = data.draw(st.sampled_from(files))
    sound = file.read_bytes()
    changed = data.draw(mutated(sound))
    file.write_bytes(changed)
    try:
        with in_time():
            found = verify_log(LogReader(open_files(folder), signer.verifier), str(signer.verifier))
        assert found.faults or changed == sound
        assert all(len(fault.message.splitlines()) == 1 for fault in found.faults)
    except BadProof:
        assert file.name == "checkpoint"
    finally:
        file.write_bytes(sound)


def test_a_log_that_claims_to_be_endless_is_found_out_at_once(log):
    text = f"{ORIGIN}\n{2**63 - 1}\n{'A' * 43}=\n"
    checkpoint = log / "log" / "checkpoint"
    sound = checkpoint.read_bytes()
    checkpoint.write_bytes(format_note(text, [signer.sign(text.encode())]))
    try:
        with in_time():
            assert not verify_log(
                LogReader(open_files(log / "log"), signer.verifier), str(signer.verifier)
            ).ok
    finally:
        checkpoint.write_bytes(sound)


@pytest.mark.parametrize(
    "parse",
    [
        parse_note,
        lambda data: parse_checkpoint(data.decode()),
        parse_proof,
        decode_bundle,
        lambda data: Verifier.parse(data.decode()),
        lambda data: Signer.parse(data.decode()),
    ],
)
@pytest.mark.parametrize(
    "piece", [b"\n", b"+", b"A", b"\xe2\x80\x94 a AAAAAAAA\n", b"AAAA\n", b"9", b" ", b"\x7f\x7f"]
)
def test_a_flood_of_anything_is_answered_in_time(parse, piece):
    flood = piece * (MAX_PROOF_BYTES // len(piece))
    for data in (flood, NOTE + flood, flood + NOTE, b"PRIVATE+KEY+" + flood):
        refused(lambda data=data: parse(data), BadProof, BadInput)
