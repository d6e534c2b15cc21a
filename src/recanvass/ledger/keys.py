"""The keys of a log: those that sign checkpoints, and those published to verify them.

    verifier key   <name>+<key id, 8 hex digits>+<base64(kind || public key[32])>
    signing key    PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64(kind || seed[32])>
    key id         SHA256(name || "\\n" || kind || public key)[:4]

The kind 0x01 is a log's Ed25519 key; 0x04 is that of a witness (see `cosignature`). The first form
is C2SP's, the second that of Go's `sumdb/note`, which other transparency-log tools read too.

`cryptography` is imported where a key is used and not before: reading a ledger needs no key, and
importing it would take longer than reading.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import ClassVar, Self

from recanvass.errors import BadInput
from recanvass.ledger.note import NoteSignature, decode_base64, encode_base64, is_key_name

__all__ = ["Signer", "Verifier"]

ED25519 = b"\x01"
KEY_BYTES = 32
MAX_KEY_TEXT = 1000
_PRIVATE = "PRIVATE+KEY+"


class Verifier:
    """A published Ed25519 key with its name. Immutable."""

    kind: ClassVar[bytes] = ED25519

    def __init__(self, name: str, public_key: bytes) -> None:
        """Raise BadInput if a key cannot have this name."""
        _check_name(name)
        self.name = name
        self.public_key = public_key
        self.key_id = sha256(name.encode() + b"\n" + self.kind + public_key).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a verifier key text states. Raise BadInput if it is not one."""
        name, key_id, public_key = _parse_key(text.strip(), "verifier key", cls.kind)
        verifier = cls(name, public_key)
        if verifier.key_id.hex() != key_id:
            raise BadInput(
                f"verifier key {name}: found key id {key_id}; expected {verifier.key_id.hex()}"
            )
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self.kind + self.public_key)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verifier) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether `signature` is this key's on `message`."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """An Ed25519 key that signs in a name. It never shows its seed but in `secret`."""

    publishes: ClassVar[type[Verifier]] = Verifier

    def __init__(self, name: str, seed: bytes) -> None:
        """Raise BadInput if a key cannot have this name."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        _check_name(name)
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = self.publishes(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Self:
        """Return a new key called `name`. Raise BadInput if a key cannot have this name."""
        return cls(name, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, text: str, where: str = "signing key") -> Self:
        """Return the key that a signing key text states. Raise BadInput, without showing the text.

        `where` says in the message where the text came from.
        """
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise BadInput(f"{where}: expected a key that starts with {_PRIVATE}")
        name, key_id, seed = _parse_key(text.removeprefix(_PRIVATE), where, cls.publishes.kind)
        signer = cls(name, seed)
        if signer.verifier.key_id.hex() != key_id:
            raise BadInput(f"{where}: its key id is not that of its key; the text was altered")
        return signer

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.verifier.name!r}, key id {self.verifier.key_id.hex()})"

    def secret(self) -> str:
        """Return the text form that holds the seed; whoever has it can sign."""
        head = f"{_PRIVATE}{self.verifier.name}+{self.verifier.key_id.hex()}"
        return f"{head}+{encode_base64(self.verifier.kind + self._seed)}"

    def sign(self, message: bytes) -> NoteSignature:
        """Return this key's signature line for `message`."""
        return NoteSignature(self.verifier.name, self.verifier.key_id, self._key.sign(message))


def _check_name(name: str) -> None:
    if not is_key_name(name):
        raise BadInput(f"key name: found {name[:80]!r}; expected text without white space and '+'")


def _parse_key(text: str, where: str, kind: bytes) -> tuple[str, str, bytes]:
    """Return name, key id and the 32 bytes of a key. The text may be secret: never show it."""
    parts = text.split("+", 2) if len(text) <= MAX_KEY_TEXT else []  # base64 may hold further '+'
    decoded = decode_base64(parts[2]) if len(parts) == 3 else None
    if decoded is None or len(decoded) != 1 + KEY_BYTES or decoded[:1] != kind:
        whose = "a log's" if kind == ED25519 else "a witness's"
        raise BadInput(f"{where}: expected <name>+<key id>+<base64 of {whose} Ed25519 key>")
    return parts[0], parts[1], decoded[1:]
