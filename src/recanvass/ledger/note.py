"""Signed notes (C2SP signed-note): a text that people can read, and signatures below it.

    <text, UTF-8, ends in newline>
    <empty line>
    — <name> <base64(key id[4] || signature)>        one or more; each ends in newline

The dash is U+2014. Text and signatures part at the *last* empty line, so the text may hold empty
lines of its own. The signed bytes are the text with its final newline.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import Protocol

import msgspec

from recanvass.errors import BadProof

__all__ = [
    "MAX_NOTE_BYTES",
    "KnownKey",
    "Note",
    "NoteSignature",
    "decode_base64",
    "encode_base64",
    "format_note",
    "format_signature",
    "is_key_name",
    "open_note",
    "parse_note",
    "verified_lines",
]

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
KEY_ID_BYTES = 4

_MARK = "\u2014 "


class NoteSignature(msgspec.Struct, frozen=True):
    """One signature line: whose it says it is, and its bytes."""

    name: str
    key_id: bytes
    signature: bytes


class Note(msgspec.Struct, frozen=True):
    """A note as it is written; nothing in it is verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]


class KnownKey(Protocol):
    """A verifier key that is trusted for the note at hand."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that label it."""

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's on `message`."""


def is_key_name(name: str) -> bool:
    """Return whether a key can be called so: not empty, no white space, no `+`, no controls."""
    return bool(name) and not any(
        sign == "+" or sign.isspace() or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name
    )


def encode_base64(value: bytes) -> str:
    """Return the standard base64 of `value`, padded, on one line."""
    return b2a_base64(value, newline=False).decode("ascii")


def decode_base64(text: str) -> bytes | None:
    """Return the bytes that `text` encodes, or None unless it is exactly how they are encoded."""
    try:
        value = a2b_base64(text)
    except ValueError:
        return None
    return value if encode_base64(value) == text else None


def format_note(text: str, signatures: Sequence[NoteSignature]) -> bytes:
    """Return a note with these signatures below `text`."""
    return f"{text}\n{''.join(map(format_signature, signatures))}".encode()


def format_signature(line: NoteSignature) -> str:
    """Return a signature line with its newline."""
    return f"{_MARK}{line.name} {encode_base64(line.key_id + line.signature)}\n"


def parse_note(data: bytes) -> Note:
    """Return the parts of a note. Raise BadProof if it is not one; no signature is verified."""
    if len(data) > MAX_NOTE_BYTES:
        raise BadProof(f"note: found {len(data)} bytes; expected at most {MAX_NOTE_BYTES}")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise BadProof(f"note: found bytes that are not UTF-8 at offset {error.start}") from None
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise BadProof("note: found a control character; expected none but newlines")
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise BadProof("note: found no signatures; expected an empty line and signature lines")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadProof(f"note: found {len(lines)} signatures; expected at most {MAX_SIGNATURES}")
    return Note(text + "\n", tuple(map(_parse_signature, lines)))


def open_note(data: bytes, keys: Sequence[KnownKey]) -> Note:
    """Return a note with only those signatures that a known key verified, at least one.

    A line counts if name and key id are those of a key in `keys`; other lines are skipped. Raise
    BadProof if the note is malformed, if a line that counts does not verify, or if none counts.
    """
    note = parse_note(data)
    counting = verified_lines(note, keys)
    if not counting:
        wanted = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in keys)
        found = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in note.signatures)
        raise BadProof(f"note: found signatures by {found}; expected one by {wanted}")
    return Note(note.text, counting)


def verified_lines(note: Note, keys: Sequence[KnownKey]) -> tuple[NoteSignature, ...]:
    """Return those signature lines of a note that a known key verified, perhaps none.

    Raise BadProof if a line that has the name and key id of one of `keys` does not verify.
    """
    message = note.text.encode()
    known = {(key.name, key.key_id): key for key in keys}
    counting = [line for line in note.signatures if (line.name, line.key_id) in known]
    for line in counting:
        if not known[line.name, line.key_id].verifies(message, line.signature):
            raise BadProof(f"note: the signature of {line.name} does not verify")
    return tuple(counting)


def _parse_signature(line: str) -> NoteSignature:
    name, gap, encoded = line.removeprefix(_MARK).partition(" ")
    payload = decode_base64(encoded)
    if (
        not line.startswith(_MARK)
        or not gap
        or not is_key_name(name)
        or payload is None
        or len(payload) <= KEY_ID_BYTES
    ):
        raise BadProof(
            f"note: found the signature line {line[:80]!r}; expected a dash, a name and base64"
        )
    return NoteSignature(name, payload[:KEY_ID_BYTES], payload[KEY_ID_BYTES:])
