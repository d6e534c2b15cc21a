"""The keys of a log: the one that signs checkpoints, and the one published to verify them.

    verifier key   <name>+<key id, 8 hex digits>+<base64(0x01 || public key[32])>
    signing key    PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64(0x01 || seed[32])>
    key id         SHA256(name || "\\n" || 0x01 || public key)[:4]

0x01 is Ed25519. The first form is C2SP's, the second that of Go's `sumdb/note`, which other
transparency-log tools read too.

`cryptography` is imported where a key is used and not before: reading a ledger needs no key, and
importing it would take longer than reading.
"""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from recanvass.errors import BadInput, LedgerExists
from recanvass.ledger.note import NoteSignature, decode_base64, encode_base64, is_key_name
from recanvass.ledger.place import Place

__all__ = [
    "SIGNING_KEY_FILE_VARIABLE",
    "SIGNING_KEY_VARIABLE",
    "Signer",
    "Verifier",
    "key_path",
    "read_key_file",
    "read_signer",
    "signer_from_environment",
    "write_signer",
]

SIGNING_KEY_VARIABLE = "RECANVASS_SIGNING_KEY"
SIGNING_KEY_FILE_VARIABLE = "RECANVASS_SIGNING_KEY_FILE"

ED25519 = b"\x01"
KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class Verifier:
    """A published Ed25519 key with its name. Immutable."""

    def __init__(self, name: str, public_key: bytes) -> None:
        """Raise BadInput if a key cannot have this name."""
        _check_name(name)
        self.name = name
        self.public_key = public_key
        self.key_id = _key_id(name, public_key)

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Return the key that a verifier key text states. Raise BadInput if it is not one."""
        name, key_id, public_key = _parse_key(text.strip(), "verifier key")
        verifier = cls(name, public_key)
        if verifier.key_id.hex() != key_id:
            raise BadInput(
                f"verifier key {name}: found key id {key_id}; expected {verifier.key_id.hex()}"
            )
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self.public_key)}"

    def __repr__(self) -> str:
        return f"Verifier({str(self)!r})"

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
    """An Ed25519 key that signs in the name of a log. It never shows its seed but in `secret`."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Raise BadInput if a key cannot have this name."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

        _check_name(name)
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Signer:
        """Return a new key called `name`. Raise BadInput if a key cannot have this name."""
        return cls(name, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, text: str, where: str = "signing key") -> Signer:
        """Return the key that a signing key text states. Raise BadInput, without showing the text.

        `where` says in the message where the text came from.
        """
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise BadInput(f"{where}: expected a key that starts with {_PRIVATE}")
        name, key_id, seed = _parse_key(text.removeprefix(_PRIVATE), where)
        signer = cls(name, seed)
        if signer.verifier.key_id.hex() != key_id:
            raise BadInput(f"{where}: its key id is not that of its key; the text was altered")
        return signer

    def __repr__(self) -> str:
        return f"Signer({self.verifier.name!r}, key id {self.verifier.key_id.hex()})"

    def secret(self) -> str:
        """Return the text form that holds the seed; whoever has it can sign."""
        head = f"{_PRIVATE}{self.verifier.name}+{self.verifier.key_id.hex()}"
        return f"{head}+{encode_base64(ED25519 + self._seed)}"

    def sign(self, message: bytes) -> NoteSignature:
        """Return this key's signature line for `message`."""
        return NoteSignature(self.verifier.name, self.verifier.key_id, self._key.sign(message))


def key_path(ledger: Place) -> Path | None:
    """Return the file that holds a ledger's signing key, if it is there, or will.

    It is named by the environment, or lies beside a ledger file; None for a database otherwise.
    """
    if named := os.environ.get(SIGNING_KEY_FILE_VARIABLE):
        return Path(named)
    return ledger.with_name(ledger.name + ".key") if isinstance(ledger, Path) else None


def signer_from_environment() -> Signer | None:
    """Return the signing key that the environment holds, or that in the file it names, or None.

    Raise BadInput if it is malformed, cannot be read, or can be read by others.
    """
    if text := os.environ.get(SIGNING_KEY_VARIABLE):
        return Signer.parse(text, SIGNING_KEY_VARIABLE)
    named = os.environ.get(SIGNING_KEY_FILE_VARIABLE)
    return _read_key_file(Path(named)) if named else None


def read_signer(ledger: Place) -> Signer | None:
    """Return the signing key kept in a ledger's key file, or None if there is none.

    Raise BadInput if it is malformed, cannot be read, or can be read by others.
    """
    path = key_path(ledger)
    return None if path is None else _read_key_file(path)


def _read_key_file(path: Path) -> Signer | None:
    return read_key_file(path) if path.exists() else None


def read_key_file(path: Path) -> Signer:
    """Return the signing key in a file.

    Raise BadInput if it is malformed, cannot be read, or can be read by others.
    """
    try:
        if os.name == "posix" and (mode := path.stat().st_mode & 0o777) & 0o077:
            raise BadInput(
                f"{path}: found mode {mode:04o}, so others may have read this key; expected 0600"
            )
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot read the signing key: {error}") from None
    return Signer.parse(text, str(path))


def write_signer(signer: Signer, ledger: Place) -> Path:
    """Write a new signing key to a ledger's key file, for its owner only, and return its path.

    Raise LedgerExists if a key is there already: it signed another history, and a key that signs
    two is worth nothing. Raise BadInput if it cannot be written, or a database has no key file.
    """
    path = key_path(ledger)
    if path is None:
        raise BadInput(
            f"{ledger}: found no signing key; expected one in {SIGNING_KEY_VARIABLE}, or a file "
            f"for it, to be made if there is none, in {SIGNING_KEY_FILE_VARIABLE}"
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise LedgerExists(
            f"{path}: found the key of an earlier ledger; expected none. "
            "One key signs one history: move it away, or delete it"
        ) from None
    except OSError as error:
        raise BadInput(f"{path}: cannot write the signing key: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(signer.secret() + "\n")
        file.flush()
        os.fsync(handle)
    return path


def _check_name(name: str) -> None:
    if not is_key_name(name):
        raise BadInput(f"key name: found {name!r}; expected text without white space and '+'")


def _key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def _parse_key(text: str, where: str) -> tuple[str, str, bytes]:
    """Return name, key id and the 32 bytes of a key. The text may be secret: never show it."""
    parts = text.split("+", 2)  # base64 may hold further plus signs
    decoded = decode_base64(parts[2]) if len(parts) == 3 else None
    if decoded is None or len(decoded) != 1 + KEY_BYTES or decoded[:1] != ED25519:
        raise BadInput(f"{where}: expected <name>+<key id>+<base64 of an Ed25519 key>")
    return parts[0], parts[1], decoded[1:]
