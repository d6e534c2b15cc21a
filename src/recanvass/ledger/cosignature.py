"""Cosignatures (C2SP tlog-cosignature): a witness's word on a checkpoint, and when it gave it.

    signature line   — <name> <base64(key id[4] || u64 time || Ed25519 signature[64])>
    signed message   cosignature/v1\\n
                     time <POSIX seconds, decimal>\\n
                     <the checkpoint's text with its final newline>

It says that at that time this was the largest tree of this log that the witness had seen, and that
it goes on from all it had seen before. The witness's key is of kind 0x04, so it is never mistaken
for a log's; the name is not signed, hence a key has one name only.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recanvass.errors import BadInput
from recanvass.ledger.keys import Signer, Verifier
from recanvass.ledger.note import NoteSignature, parse_note, verified_lines

__all__ = ["Cosignature", "Witness", "WitnessSigner", "cosignatures"]

HEADER = "cosignature/v1"
TIME_BYTES = 8
SIGNATURE_BYTES = 64
TIME_LIMIT = 1 << 63


class Witness(Verifier):
    """The published key of a witness. Immutable."""

    kind = b"\x04"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether `signature`, time and all, is this witness's on a checkpoint's text."""
        time = _time(signature)
        if len(signature) != TIME_BYTES + SIGNATURE_BYTES or not 0 < time < TIME_LIMIT:
            return False
        return super().verifies(_message(message, time), signature[TIME_BYTES:])


class WitnessSigner(Signer):
    """The signing key of a witness."""

    publishes = Witness

    def cosign(self, text: str, time: int) -> NoteSignature:
        """Return the cosignature line on a checkpoint's text at `time`, in POSIX seconds.

        Raise BadInput for a time that no cosignature can have: a clock was never set.
        """
        if not 0 < time < TIME_LIMIT:
            raise BadInput(f"clock: found {time} seconds since 1970; expected more than 0")
        line = self.sign(_message(text.encode(), time))
        stamped = time.to_bytes(TIME_BYTES, "big") + line.signature
        return NoteSignature(line.name, line.key_id, stamped)


class Cosignature(msgspec.Struct, frozen=True):
    """That a witness signed a checkpoint, and when."""

    witness: Witness
    time: int
    """POSIX seconds, by the witness's clock."""


def cosignatures(note: bytes, witnesses: Sequence[Witness]) -> list[Cosignature]:
    """Return what these witnesses signed below a checkpoint, one of each; none is no error.

    Raise BadProof if the note is malformed or a signature of one of them does not verify.
    """
    lines = {(one.name, one.key_id): one for one in verified_lines(parse_note(note), witnesses)}
    return [
        Cosignature(witness, _time(lines[witness.name, witness.key_id].signature))
        for witness in witnesses
        if (witness.name, witness.key_id) in lines
    ]


def _message(text: bytes, time: int) -> bytes:
    return f"{HEADER}\ntime {time}\n".encode() + text


def _time(signature: bytes) -> int:
    return int.from_bytes(signature[:TIME_BYTES], "big")
