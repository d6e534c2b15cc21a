"""The hash tree of RFC 6962 / RFC 9162 with SHA-256: roots, proofs, and their checking.

    leaf(d)      = SHA256(0x00 || d)
    node(l, r)   = SHA256(0x01 || l || r)
    MTH([])      = SHA256("")
    MTH([d])     = leaf(d)
    MTH(D[0:n])  = node(MTH(D[0:k]), MTH(D[k:n])),  k = the largest power of two below n

Pure functions. What makes roots and proofs asks for the hashes of whole subtrees through a
function `node(height, index)`: the root over entries `index * 2**height` up to, not including,
`(index + 1) * 2**height`. Where those hashes are kept is not this module's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from recanvass.errors import BadInput, BadProof

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "NodeReader",
    "check_consistency",
    "check_inclusion",
    "consistency_proof",
    "fold",
    "fold_once",
    "inclusion_proof",
    "leaf_hash",
    "leaf_hashes",
    "node_hash",
    "tree_root",
]

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of one entry as a leaf of the tree."""
    return sha256(b"\0" + body).digest()


def leaf_hashes(bodies: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hash of each entry, in order."""
    return [sha256(b"\0" + body).digest() for body in bodies]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


def fold_once(hashes: bytes) -> list[bytes]:
    """Return the parent of each pair of hashes, plainly joined; an odd last one has none."""
    pair = 2 * HASH_BYTES
    whole = len(hashes) - len(hashes) % pair
    return [sha256(b"\1" + hashes[at : at + pair]).digest() for at in range(0, whole, pair)]


def fold(hashes: bytes) -> bytes:
    """Return the root of a whole subtree from its 2**k hashes, plainly joined."""
    if len(hashes) == HASH_BYTES:
        return hashes
    row = fold_once(hashes)
    while len(row) > 1:
        halves = iter(row)
        row = [sha256(b"\1" + a + b).digest() for a, b in zip(halves, halves, strict=True)]
    return row[0]


def tree_root(size: int, node: NodeReader) -> bytes:
    """Return the root over the first `size` entries."""
    return _range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root at `size`, leaf side first.

    Raise BadInput if there is no such entry.
    """
    if not 0 <= index < size:
        raise BadInput(f"inclusion proof: found index {index}; expected 0 to {size - 1}")
    proof = []
    for height in range((size - 1).bit_length()):
        beside = index >> height ^ 1
        start = beside << height
        if start + (1 << height) <= size:
            proof.append(node(height, beside))
        elif start < size:  # the ragged end of the tree
            proof.append(_range_root(start, size, node))
    return proof


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Return the hashes that show that the tree of `old` entries is the start of that of `new`.

    Empty if `old` is 0 or `new`. Raise BadInput if `old` is negative or beyond `new`.
    """
    if not 0 <= old <= new:
        raise BadInput(f"consistency proof: found old size {old}; expected 0 to {new}")
    if old in (0, new):
        return []
    start, end = 0, new
    proof = []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(start, middle, node))
            start = middle
    if start:
        # The common part is not the whole old tree, so its hash cannot be taken from the old root.
        proof.append(_range_root(start, end, node))
    return proof[::-1]


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise BadProof unless `proof` shows that `leaf` is entry `index` of the tree with `root`.

    RFC 9162, section 2.1.3.2; the length is checked before anything is hashed.
    """
    if not 0 <= index < size:
        raise BadProof(f"inclusion proof: found index {index}; expected 0 to {size - 1}")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    _check_lengths("inclusion proof", proof, inner + border, (leaf, root))
    found, path = leaf, index
    for other in proof[:inner]:
        pair = other + found if path & 1 else found + other
        found = sha256(b"\1" + pair).digest()
        path >>= 1
    for other in proof[inner:]:
        found = node_hash(other, found)
    if found != root:
        raise BadProof(f"inclusion proof: entry {index} does not lead to the root at size {size}")


def check_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise BadProof unless `proof` shows that the old tree is the start of the new one.

    RFC 9162, section 2.1.4.2; the length is checked before anything is hashed.
    """
    if not 0 <= old <= new:
        raise BadProof(f"consistency proof: found old size {old}; expected 0 to {new}")
    if old in (0, new):
        _check_lengths("consistency proof", proof, 0, (old_root, new_root))
        expected_old = new_root if old == new else EMPTY_ROOT
        if old_root != expected_old or (new == 0 and new_root != EMPTY_ROOT):
            raise BadProof(f"consistency proof: the roots at sizes {old} and {new} do not agree")
        return
    trailing = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - trailing
    border = ((old - 1) >> (trailing + inner)).bit_count()
    power_of_two = old & (old - 1) == 0
    _check_lengths(
        "consistency proof", proof, inner + border + (not power_of_two), (old_root, new_root)
    )
    first, rest = (old_root, proof) if power_of_two else (proof[0], proof[1:])
    roots = _fold_consistency((old - 1) >> trailing, inner, first, rest)
    if roots != (old_root, new_root):
        raise BadProof(f"consistency proof: size {old} is not shown to be the start of size {new}")


def _fold_consistency(
    path: int, inner: int, first: bytes, rest: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency proof leads to."""
    old = new = first
    for bit, other in enumerate(rest[:inner]):
        if path >> bit & 1:
            old, new = node_hash(other, old), node_hash(other, new)
        else:
            new = node_hash(new, other)
    for other in rest[inner:]:
        old, new = node_hash(other, old), node_hash(other, new)
    return old, new


def _check_lengths(
    what: str, proof: Sequence[bytes], expected: int, others: tuple[bytes, ...]
) -> None:
    if len(proof) != expected:
        raise BadProof(f"{what}: found {len(proof)} hashes; expected {expected}")
    if set(map(len, (*proof, *others))) != {HASH_BYTES}:
        raise BadProof(f"{what}: found a hash of another length; expected {HASH_BYTES} bytes")


def _split(count: int) -> int:
    """Return the largest power of two below `count`, which is at least 2."""
    return 1 << (count - 1).bit_length() - 1


def _range_root(start: int, end: int, node: NodeReader) -> bytes:
    """Return MTH(D[start:end]) of a range that the tree's own splitting makes (not empty)."""
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(node(height, start >> height))
        start += 1 << height
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root
