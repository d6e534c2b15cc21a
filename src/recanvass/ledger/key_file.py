"""Where signing keys are kept: in the environment, or in a file for their owner's eyes only.

A key file holds one signing key a line. A ledger has one beside it, with every key that signs its
checkpoints; RECANVASS_SIGNING_KEY_FILE names another place for it. RECANVASS_SIGNING_KEY holds the
keys themselves, parted by white space, and goes before any file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from recanvass.errors import BadInput, LedgerExists
from recanvass.ledger.keys import Signer
from recanvass.ledger.place import Place

__all__ = [
    "SIGNING_KEY_FILE_VARIABLE",
    "SIGNING_KEY_VARIABLE",
    "Keyring",
    "add_to_key_file",
    "find_signers",
    "key_path",
    "needed_key_path",
    "read_key_file",
    "read_one_key",
    "signer_for_new_ledger",
    "signers_from_environment",
    "write_key_file",
]

SIGNING_KEY_VARIABLE = "RECANVASS_SIGNING_KEY"
SIGNING_KEY_FILE_VARIABLE = "RECANVASS_SIGNING_KEY_FILE"
MAX_KEY_FILE_BYTES = 100_000

AnySigner = TypeVar("AnySigner", bound=Signer)


class Keyring:
    """The signing keys at hand.

    They are looked for again when one is asked for that is missing: so a process that runs for
    long learns of a key that was added meanwhile.
    """

    def __init__(self, find: Callable[[], Sequence[Signer]]) -> None:
        self._find = find
        self._signers = {str(signer.verifier): signer for signer in find()}

    def add(self, signer: Signer) -> None:
        """Have one more key at hand."""
        self._signers[str(signer.verifier)] = signer

    def __bool__(self) -> bool:
        return bool(self._signers)

    def signers(self, verifiers: Sequence[str], place: str) -> list[Signer]:
        """Return the signing keys of these verifier keys, in their order.

        Raise BadInput, naming `place` and the keys, if one is not at hand.
        """
        if not self._signers.keys() >= set(verifiers):
            for signer in self._find():
                self.add(signer)
        missing = [verifier for verifier in verifiers if verifier not in self._signers]
        if missing:
            found = ", ".join(self._signers) or "none"
            raise BadInput(
                f"{place}: found the signing keys of {found}; expected also that of "
                f"{', '.join(missing)}, since every key that is not retired signs"
            )
        return [self._signers[verifier] for verifier in verifiers]


def key_path(ledger: Place) -> Path | None:
    """Return the key file of a ledger, if it is there, or will be.

    It is named by the environment, or lies beside a ledger file; None for a database otherwise.
    """
    if named := os.environ.get(SIGNING_KEY_FILE_VARIABLE):
        return Path(named)
    return ledger.with_name(ledger.name + ".key") if isinstance(ledger, Path) else None


def needed_key_path(ledger: Place) -> Path:
    """Return the key file of a ledger. Raise BadInput for a database that has none."""
    path = key_path(ledger)
    if path is None:
        raise BadInput(
            f"{ledger}: found no signing key; expected one in {SIGNING_KEY_VARIABLE}, or a file "
            f"for it, to be made if there is none, in {SIGNING_KEY_FILE_VARIABLE}"
        )
    return path


def find_signers(ledger: Place) -> list[Signer]:
    """Return the signing keys at hand for a ledger: the environment's, or those of its key file.

    Raise BadInput if one is malformed, or the file cannot be read or can be read by others.
    """
    path = key_path(ledger)
    if (signers := signers_from_environment()) or path is None or not path.exists():
        return signers
    return read_key_file(path, Signer)


def signer_for_new_ledger() -> Signer | None:
    """Return the one key that the environment holds or names a file of, or None.

    Raise BadInput if it is malformed or there are several.
    """
    named = os.environ.get(SIGNING_KEY_FILE_VARIABLE)
    signers = signers_from_environment()
    if not signers and named and Path(named).exists():
        return read_one_key(Path(named), Signer)
    if len(signers) > 1:
        raise BadInput(f"signing key: found {len(signers)}; expected one to begin a ledger with")
    return signers[0] if signers else None


def signers_from_environment() -> list[Signer]:
    """Return the signing keys that the environment holds. Raise BadInput if one is malformed."""
    text = os.environ.get(SIGNING_KEY_VARIABLE, "")
    return [Signer.parse(word, SIGNING_KEY_VARIABLE) for word in text.split()]


def read_key_file(path: Path, kind: type[AnySigner]) -> list[AnySigner]:
    """Return the signing keys of one kind in a file, at least one.

    Raise BadInput if one is malformed, or the file cannot be read or can be read by others.
    """
    try:
        if os.name == "posix" and (mode := path.stat().st_mode & 0o777) & 0o077:
            raise BadInput(
                f"{path}: found mode {mode:04o}, so others may have read this key; expected 0600"
            )
        with path.open("rb") as file:
            text = file.read(MAX_KEY_FILE_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot read the signing key: {error}") from None
    return [kind.parse(word, str(path)) for word in text.split() or [""]]


def read_one_key(path: Path, kind: type[AnySigner]) -> AnySigner:
    """Return the only signing key in a file. Raise BadInput if there are several, or as above."""
    signers = read_key_file(path, kind)
    if len(signers) != 1:
        raise BadInput(f"{path}: found {len(signers)} signing keys; expected one")
    return signers[0]


def write_key_file(signer: Signer, path: Path) -> None:
    """Write a new key file, for its owner only.

    Raise LedgerExists if there is a file already: its key may have signed another history, and a
    key that signs two is worth nothing. Raise BadInput if it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise LedgerExists(
            f"{path}: found a key file; expected none. "
            "One key signs one history: move it away, or delete it"
        ) from None
    except OSError as error:
        raise BadInput(f"{path}: cannot write the signing key: {error.strerror}") from None
    try:
        _write_keys([signer.secret()], handle)
    except BaseException:
        path.unlink()  # half a key would stand in the way of a whole one
        raise


def add_to_key_file(signer: Signer, path: Path) -> None:
    """Keep one more signing key in a file that has some; nothing changes if it is there.

    The file is replaced whole, so that a crash loses no key. Raise BadInput as `read_key_file`.
    """
    import fcntl  # noqa: PLC0415 - POSIX only; elsewhere a ledger can still be read

    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Two processes that add a key at once must not each write what the other has not read.
        fcntl.flock(folder, fcntl.LOCK_EX)
        known = [one.secret() for one in read_key_file(path, Signer)]
        if signer.secret() not in known:
            unfinished = path.with_name(f"{path.name}.unfinished")
            unfinished.unlink(missing_ok=True)
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            _write_keys([*known, signer.secret()], handle)
            unfinished.replace(path)
            os.fsync(folder)
    finally:
        os.close(folder)


def _write_keys(secrets: Sequence[str], handle: int) -> None:
    """Write keys to a file that was just opened, durably, and close it."""
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("".join(f"{secret}\n" for secret in secrets))
        file.flush()
        os.fsync(handle)
