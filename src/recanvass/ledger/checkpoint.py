"""Checkpoints (C2SP tlog-checkpoint): a log's signed word on its size and root.

    <origin>
    <number of entries, decimal>
    <base64 of the 32-byte root>
    [<extension line> ...]

as the text of a signed note. Lines are never empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from recanvass.errors import BadProof
from recanvass.ledger.keys import Signer
from recanvass.ledger.merkle import EMPTY_ROOT, HASH_BYTES
from recanvass.ledger.note import (
    KnownKey,
    decode_base64,
    encode_base64,
    format_note,
    open_note,
    parse_note,
)

__all__ = [
    "Checkpoint",
    "open_checkpoint",
    "open_signed",
    "parse_checkpoint",
    "parse_claim",
    "parse_size",
    "read_checkpoint",
]

AnyKey = TypeVar("AnyKey", bound=KnownKey)

MAX_SIZE_DIGITS = 19
SIZE_LIMIT = 1 << 63


class Checkpoint(msgspec.Struct, frozen=True):
    """A log's origin, its number of entries, and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def signed(self, *signers: Signer) -> bytes:
        """Return this checkpoint as a note signed by each of `signers`."""
        text = self.text()
        return format_note(text, [signer.sign(text.encode()) for signer in signers])


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text states. Raise BadProof if it states none."""
    checkpoint = parse_claim(text)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise BadProof("checkpoint: found size 0 with a root that is not that of the empty tree")
    return checkpoint


def parse_claim(text: str) -> Checkpoint:
    """Return the checkpoint that a text has the form of, also one that no tree can have.

    A witness tells the two apart. Raise BadProof if it has not the form of one.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise BadProof("checkpoint: expected lines for origin, size and root, none of them empty")
    origin, size_line, root_line, *extensions = lines
    size = parse_size(size_line)
    root = decode_base64(root_line)
    if root is None or len(root) != HASH_BYTES:
        raise BadProof(
            f"checkpoint: found root {root_line[:60]!r}; expected the base64 of 32 bytes"
        )
    return Checkpoint(origin, size, root, tuple(extensions))


def read_checkpoint(data: bytes) -> Checkpoint:
    """Return what a signed checkpoint states, its signatures unverified. Raise BadProof if none."""
    return parse_checkpoint(parse_note(data).text)


def open_checkpoint(data: bytes, origin: str, keys: Sequence[KnownKey]) -> Checkpoint:
    """Return a checkpoint of `origin` that one of `keys` signed. Raise BadProof otherwise."""
    return open_signed(data, origin, keys)[0]


def open_signed(
    data: bytes, origin: str, keys: Sequence[AnyKey]
) -> tuple[Checkpoint, list[AnyKey]]:
    """Return a checkpoint of `origin`, and those of `keys` that signed it, at least one.

    Raise BadProof if there is none, if the signature of one does not verify, or if the checkpoint
    is malformed or of another origin.
    """
    note = open_note(data, keys)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise BadProof(f"checkpoint: found origin {checkpoint.origin!r}; expected {origin!r}")
    lines = {(line.name, line.key_id) for line in note.signatures}
    return checkpoint, [key for key in keys if (key.name, key.key_id) in lines]


def parse_size(line: str) -> int:
    """Return the size that a plain decimal number below 2**63 states. Raise BadProof if another."""
    # int() alone is too kind: it takes "+8", " 8", "1_000" and digits of other scripts.
    if line.isascii() and line.isdigit() and len(line) <= MAX_SIZE_DIGITS:
        size = int(line)
        if str(size) == line and size < SIZE_LIMIT:
            return size
    raise BadProof(f"checkpoint: found size {line[:40]!r}; expected a plain decimal number")
