"""Proof files (C2SP tlog-proof): that one entry is in a log, for somebody who has nothing else.

    c2sp.org/tlog-proof@v1
    extra <base64>                 optional
    index <decimal>
    <base64 hash>                  zero or more, leaf side first
    <empty line>
    <the signed checkpoint, byte for byte>

The format leaves `extra` to the application and vouches for nothing in it. Ours holds the entry
itself, so that one file is enough; the proof does vouch for it, since its leaf hash is where the
path begins. A proof without `extra` is checked with the entry at hand.
"""

from __future__ import annotations

import msgspec

from recanvass.errors import BadProof
from recanvass.ledger.batch import MAX_ENTRY_BYTES
from recanvass.ledger.checkpoint import SIZE_LIMIT, Checkpoint, open_checkpoint, read_checkpoint
from recanvass.ledger.keys import Verifier
from recanvass.ledger.ledger import Ledger
from recanvass.ledger.merkle import HASH_BYTES, check_inclusion, leaf_hash
from recanvass.ledger.note import MAX_NOTE_BYTES, decode_base64, encode_base64

__all__ = ["MAX_PROOF_BYTES", "Proof", "parse_proof", "prove_entry"]

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_ENTRY_BYTES + 100 * MAX_HASHES


class Proof(msgspec.Struct, frozen=True):
    """A proof as it is written; nothing in it is verified yet."""

    index: int
    """The entry's number in the log."""
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    """The signed checkpoint."""
    extra: bytes | None = None
    """The entry, in a proof of ours."""

    def format(self) -> bytes:
        """Return the proof as a file's bytes."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines += [f"index {self.index}", *map(encode_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint

    def verify(self, key: Verifier, entry: bytes | None = None) -> Checkpoint:
        """Return the checkpoint that `key` signed and that has the entry in it.

        `entry` is the entry at hand; without it the one in the proof is meant. Raise BadProof if
        there is none, if the two differ, or if signature, origin or path do not verify.
        """
        if entry is None:
            entry = self.extra
        if entry is None:
            raise BadProof("proof: found no entry in it; expected one, or the entry beside it")
        if self.extra is not None and entry != self.extra:
            raise BadProof("proof: the entry in it is not the one at hand")
        checkpoint = open_checkpoint(self.checkpoint, key.name, [key])
        check_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def prove_entry(ledger: Ledger, number: int, size: int | None = None) -> Proof:
    """Return the proof of an entry, with the entry in it, under the checkpoint at `size`.

    Without a size the last checkpoint is meant. Raise BadInput if there is no such entry or
    checkpoint.
    """
    note = ledger.checkpoint(size)
    size = read_checkpoint(note).size
    hashes = tuple(ledger.inclusion_proof(number, size))
    return Proof(number, hashes, note, ledger.entry(number))


def parse_proof(data: bytes) -> Proof:
    """Return the parts of a proof file. Raise BadProof if it is not one; nothing is verified."""
    if len(data) > MAX_PROOF_BYTES:
        raise BadProof(f"proof: found more than {MAX_PROOF_BYTES} bytes")
    head, gap, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        lines = []
    if not gap or lines[:1] != [HEADER]:
        raise BadProof(f"proof: expected a file that begins with {HEADER}")
    rest = lines[1:]
    extra = None
    if rest and rest[0].startswith("extra "):
        extra = _base64(rest.pop(0).removeprefix("extra "))
    index = _index(rest.pop(0) if rest else "")
    if len(rest) > MAX_HASHES:
        raise BadProof(f"proof: found {len(rest)} hashes; expected at most {MAX_HASHES}")
    hashes = tuple(map(_base64, rest))
    if any(len(value) != HASH_BYTES for value in hashes):
        raise BadProof(f"proof: expected hashes of {HASH_BYTES} bytes")
    return Proof(index, hashes, checkpoint, extra)


def _index(line: str) -> int:
    digits = line.removeprefix("index ")
    # int() alone is too kind (see `checkpoint`); the length bounds what it is given.
    if line != digits and digits.isdigit() and len(digits) < 20 and str(int(digits)) == digits:
        index = int(digits)
        if index < SIZE_LIMIT:
            return index
    raise BadProof(f"proof: found {line[:60]!r}; expected index and a plain decimal number")


def _base64(text: str) -> bytes:
    value = decode_base64(text)
    if value is None:
        raise BadProof(f"proof: found {text[:60]!r}; expected base64")
    return value
