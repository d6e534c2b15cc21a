"""Proof files: written to the byte, and refused if a single bit of them is other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Ledger, Signer, Verifier, parse_proof, prove_entry
from recanvass.ledger.merkle import leaf_hash
from recanvass.ledger.note import encode_base64
from recanvass.ledger.proof import MAX_PROOF_BYTES, Proof

ORIGIN = "ledger.example/city"
HEAD = b"c2sp.org/tlog-proof@v1\n"
HASH = encode_base64(b"h" * 32)


@pytest.fixture
def made(ledger, fill) -> Ledger:
    fill(ledger, 300)
    return ledger


def test_a_proof_is_written_as_the_specification_says():
    proof = Proof(73894, (b"h" * 32, b"i" * 32), b"the checkpoint\n", b"entry")
    assert proof.format() == (
        HEAD
        + f"extra ZW50cnk=\nindex 73894\n{HASH}\n{encode_base64(b'i' * 32)}\n\n".encode()
        + b"the checkpoint\n"
    )
    assert Proof(0, (), b"checkpoint\n").format() == HEAD + b"index 0\n\ncheckpoint\n"


@given(
    st.builds(
        Proof,
        st.integers(0, (1 << 63) - 1),
        st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
        st.binary(max_size=200),
        st.none() | st.binary(max_size=500),
    )
)
def test_a_proof_reads_back_as_it_was(proof):
    assert parse_proof(proof.format()) == proof


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300])
def test_every_entry_is_proved_with_nothing_but_the_file_and_the_key(ledger, fill, size):
    bodies = fill(ledger, size)
    key = Verifier.parse(ledger.verifier)
    for number in {0, 1, size // 2, size - 1} & set(range(size)):
        proof = parse_proof(prove_entry(ledger, number).format())
        stated = proof.verify(key)
        assert (stated.size, stated.root) == (size, ledger.root())
        assert (proof.index, proof.extra) == (number, bodies[number])


def test_an_entry_that_is_not_there_is_not_proved(made):
    with pytest.raises(BadInput, match="found index 300"):
        prove_entry(made, 300)


def test_a_changed_bit_anywhere_in_a_proof_is_refused(made):
    key = Verifier.parse(made.verifier)
    data = prove_entry(made, 290).format()
    for at in range(len(data)):
        for bit in range(8):
            changed = data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            with pytest.raises(BadProof):
                parse_proof(changed).verify(key)


def test_a_proof_that_lacks_a_hash_or_has_one_more_is_refused(made):
    key, sound = Verifier.parse(made.verifier), prove_entry(made, 7)
    for hashes in (sound.hashes[:-1], (*sound.hashes, b"h" * 32)):
        with pytest.raises(BadProof, match="inclusion proof"):
            Proof(7, hashes, sound.checkpoint, sound.extra).verify(key)


def test_the_entry_may_lie_beside_a_proof_that_has_none(made):
    key, sound = Verifier.parse(made.verifier), prove_entry(made, 7)
    bare = Proof(sound.index, sound.hashes, sound.checkpoint)
    assert bare.verify(key, made.entry(7)) == sound.verify(key)
    with pytest.raises(BadProof, match="found no entry in it"):
        bare.verify(key)
    with pytest.raises(BadProof, match="does not lead to the root"):
        bare.verify(key, made.entry(8))


def test_an_entry_at_hand_that_is_not_the_one_proved_is_refused(made):
    with pytest.raises(BadProof, match="is not the one at hand"):
        prove_entry(made, 7).verify(Verifier.parse(made.verifier), made.entry(8))


def test_the_proof_of_another_log_is_refused(made):
    other = Signer.generate(ORIGIN).verifier
    with pytest.raises(BadProof, match="expected one by"):
        prove_entry(made, 7).verify(other)


REFUSED = {
    "nothing": b"",
    "another header": b"c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n",
    "no index": HEAD + b"\ncheckpoint\n",
    "no empty line": HEAD + b"index 0\ncheckpoint\n",
    "a sign": HEAD + b"index +8\n\ncheckpoint\n",
    "a leading zero": HEAD + b"index 08\n\ncheckpoint\n",
    "an underscore": HEAD + b"index 1_0\n\ncheckpoint\n",
    "too great": HEAD + b"index 9223372036854775808\n\ncheckpoint\n",
    "digits of another script": HEAD + "index ٣\n\ncheckpoint\n".encode(),
    "extra after index": HEAD + b"index 0\nextra AA==\n\ncheckpoint\n",
    "extra twice": HEAD + b"extra AA==\nextra AA==\nindex 0\n\ncheckpoint\n",
    "padding bits": HEAD + b"extra AB==\nindex 0\n\ncheckpoint\n",
    "a short hash": HEAD + b"index 0\nAAAA\n\ncheckpoint\n",
    "64 hashes": HEAD + b"index 0\n" + 64 * f"{HASH}\n".encode() + b"\ncheckpoint\n",
    "too long": HEAD + b"index 0\n\n" + b"x" * MAX_PROOF_BYTES,
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_proof_is_refused_in_one_line(what):
    with pytest.raises(BadProof) as refusal:
        parse_proof(REFUSED[what])
    assert len(str(refusal.value)) < 200
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_parser_down(data):
    for start in (b"", HEAD, HEAD + b"index 0\n"):
        try:
            parse_proof(start + data)
        except BadProof:
            continue


def test_another_implementation_accepts_our_proofs_and_refuses_a_changed_one(made):
    other = pytest.importorskip("metamorphic_log")
    for number in (0, 255, 256, 290, 299):
        proof = parse_proof(prove_entry(made, number).format())
        note, keys = proof.checkpoint.decode(), [made.verifier]
        path = list(proof.hashes)
        other.checkpoint_verify_inclusion(note, keys, number, leaf_hash(proof.extra), path)
        with pytest.raises(other.VerifyError):
            other.checkpoint_verify_inclusion(note, keys, number, leaf_hash(b"else"), path)
