from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    tree_root,
)

# The leaves and roots that implementations of RFC 6962 have tested with from the beginning.
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    bytes(range(0x60, 0x70)),
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

sizes = st.integers(1, 70)


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def tree(size: int) -> tuple[list[bytes], Callable[[int, int], bytes]]:
    leaves = leaf_hashes(b"%d" % number for number in range(size))
    return leaves, lambda height, index: naive_root(leaves[index << height : (index + 1) << height])


def flipped(value: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_of_the_rfc_6962_test_leaves_come_out(size):
    leaves = leaf_hashes(LEAVES[:size])
    node = lambda height, index: naive_root(leaves[index << height : (index + 1) << height])  # noqa: E731
    assert tree_root(size, node).hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert tree_root(0, tree(0)[1]) == EMPTY_ROOT == sha256(b"").digest()


@given(sizes)
def test_a_root_is_that_of_the_definition(size):
    leaves, node = tree(size)
    assert tree_root(size, node) == naive_root(leaves)


@given(st.data(), sizes)
def test_every_inclusion_proof_verifies(data, size):
    index = data.draw(st.integers(0, size - 1))
    leaves, node = tree(size)
    proof = inclusion_proof(index, size, node)
    check_inclusion(leaves[index], index, size, proof, naive_root(leaves))


@given(st.data(), st.integers(2, 70))
def test_one_changed_bit_of_an_inclusion_proof_is_refused(data, size):
    index = data.draw(st.integers(0, size - 1))
    leaves, node = tree(size)
    root = naive_root(leaves)
    proof = inclusion_proof(index, size, node)
    part = data.draw(st.integers(0, len(proof) + 1))
    bit = data.draw(st.integers(0, 255))
    values = [*proof, leaves[index], root]
    values[part] = flipped(values[part], bit)
    with pytest.raises(BadProof):
        check_inclusion(values[-2], index, size, values[:-2], values[-1])


@given(st.data(), st.integers(2, 70))
def test_an_inclusion_proof_serves_no_other_index(data, size):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-2, size + 2).filter(lambda number: number != index))
    leaves, node = tree(size)
    proof = inclusion_proof(index, size, node)
    with pytest.raises(BadProof):
        check_inclusion(leaves[index], other, size, proof, naive_root(leaves))


@given(st.data(), sizes)
def test_every_consistency_proof_verifies(data, new):
    old = data.draw(st.integers(0, new))
    leaves, node = tree(new)
    proof = consistency_proof(old, new, node)
    check_consistency(old, new, proof, naive_root(leaves[:old]), naive_root(leaves))


@given(st.data(), sizes)
def test_one_changed_bit_of_a_consistency_proof_is_refused(data, new):
    old = data.draw(st.integers(1, new))
    leaves, node = tree(new)
    values = [
        *consistency_proof(old, new, node),
        naive_root(leaves[:old]),
        naive_root(leaves),
    ]
    part = data.draw(st.integers(0, len(values) - 1))
    values[part] = flipped(values[part], data.draw(st.integers(0, 255)))
    with pytest.raises(BadProof):
        check_consistency(old, new, values[:-2], values[-2], values[-1])


@given(st.data(), st.integers(2, 70))
def test_a_consistency_proof_serves_no_rewritten_history(data, new):
    old = data.draw(st.integers(1, new - 1))
    leaves, node = tree(new)
    proof = consistency_proof(old, new, node)
    rewritten = [*leaves[: old - 1], leaf_hash(b"another")]
    with pytest.raises(BadProof):
        check_consistency(old, new, proof, naive_root(rewritten), naive_root(leaves))


@given(st.data(), st.integers(2, 70))
def test_a_proof_that_is_one_hash_too_long_or_too_short_is_refused_before_hashing(data, new):
    old = data.draw(st.integers(1, new - 1))
    leaves, node = tree(new)
    roots = (naive_root(leaves[:old]), naive_root(leaves))
    consistency = consistency_proof(old, new, node)
    inclusion = inclusion_proof(old, new, node)
    for proof in ([*consistency, bytes(32)], consistency[1:]):
        with pytest.raises(BadProof, match="expected"):
            check_consistency(old, new, proof, *roots)
    for proof in ([*inclusion, bytes(32)], inclusion[1:]):
        with pytest.raises(BadProof, match=r"hashes; expected"):
            check_inclusion(leaves[old], old, new, proof, roots[1])


def test_a_hash_of_another_length_is_refused():
    leaves, node = tree(5)
    proof = inclusion_proof(2, 5, node)
    with pytest.raises(BadProof, match="32 bytes"):
        check_inclusion(leaves[2], 2, 5, [proof[0] + b"x", *proof[1:]], naive_root(leaves))


def test_nothing_is_consistent_with_the_empty_tree_but_by_its_own_root():
    root = naive_root(tree(3)[0])
    check_consistency(0, 3, [], EMPTY_ROOT, root)
    check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    with pytest.raises(BadProof):
        check_consistency(0, 3, [], bytes(32), root)
    with pytest.raises(BadProof):
        check_consistency(0, 0, [], bytes(32), bytes(32))
    with pytest.raises(BadProof):
        check_consistency(4, 3, [], root, root)


def test_a_proof_of_what_is_not_there_is_refused():
    with pytest.raises(BadInput):
        inclusion_proof(5, 5, tree(5)[1])
    with pytest.raises(BadInput):
        consistency_proof(6, 5, tree(5)[1])
