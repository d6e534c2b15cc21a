"""The one object that other rooms hold: an append-only, ordered, signed record of opaque bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType

from recanvass.errors import BadInput, BadProof, LedgerConflict, LedgerDamaged, LedgerExists
from recanvass.ledger.batch import Appended, Batch, id_digests
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from recanvass.ledger.key_file import (
    SIGNING_KEY_FILE_VARIABLE,
    SIGNING_KEY_VARIABLE,
    Keyring,
    find_signers,
    needed_key_path,
    signer_for_new_ledger,
    write_key_file,
)
from recanvass.ledger.keys import Signer, Verifier
from recanvass.ledger.log_reader import LogReader
from recanvass.ledger.log_verification import verify_log
from recanvass.ledger.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_proof,
    inclusion_proof,
    tree_root,
)
from recanvass.ledger.note import NoteSignature, format_note, parse_note
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.store import KeySpan, Store
from recanvass.ledger.stores import create_store, open_store
from recanvass.ledger.tiles import TILE_WIDTH, Edge, KeptTiles, TreeOfTiles, level_widths
from recanvass.ledger.verification import Verification, verify_store

__all__ = ["Ledger", "verify"]


class Ledger:
    """A ledger in its store. Used by the thread that opened it; others may append meanwhile.

    Everything that takes a `size` speaks of the first `size` entries (default: all committed ones)
    and gives the same answer for ever.
    """

    def __init__(self, store: Store, origin: str, keyring: Keyring | None) -> None:
        """Use `create` or `open`."""
        self._store = store
        self.origin = origin
        """What checkpoints call this ledger; also the name of its keys."""
        self._keyring = keyring
        self._in_batch = False
        self._tree = KeptTiles(store.tile)

    @classmethod
    def create(cls, place: Place | str, origin: str, signer: Signer | None = None) -> Ledger:
        """Make an empty ledger and sign it, in a file or where a URL says (see `ledger_place`).

        Without `signer` the key is that of the environment or of the key file that it names (see
        `key_file`), or else a new one, kept in that file or in one beside the ledger. Raise
        LedgerExists if there is a ledger already, or a key file beside where it would be; BadInput
        if `origin` cannot name a key, several keys are at hand, `place` cannot be written, or a
        database has neither a key nor a file for it.
        """
        place = ledger_place(place)
        if isinstance(place, Path) and place.exists():
            raise LedgerExists(f"{place}: found a file; expected none, since it is kept")
        new_key = None
        given = signer
        signer = signer or signer_for_new_ledger()
        if signer is None:
            signer = Signer.generate(origin)
            new_key = needed_key_path(place)
            write_key_file(signer, new_key)
        if signer.verifier.name != origin:
            raise BadInput(f"signing key: found the name {signer.verifier.name}; expected {origin}")
        first = Checkpoint(origin, 0, EMPTY_ROOT).signed(signer)
        try:
            store = create_store(place, origin, str(signer.verifier), first)
        except BaseException:
            if new_key is not None:
                new_key.unlink()
            raise
        return cls(store, origin, _keyring(place, given))

    @classmethod
    def open(
        cls,
        place: Place | str,
        *,
        read_only: bool = False,
        signer: Signer | None = None,
        lost: str | None = None,
    ) -> Ledger:
        """Open a ledger that `create` made, in a file or where a URL says.

        For writing, the keys are `signer`, or those of the environment, or those beside the ledger
        (see `key_file`); every key that is not retired must be among them. If there is none at all
        the ledger can be read, and an append says what is missing. `lost` is a verifier key whose
        signing key need not be there, so that it can be retired.

        Raise LedgerMissing if there is none; LedgerDamaged if it is not a ledger, if entries,
        tree and last checkpoint do not agree, or if that is not signed by the published keys; and
        BadInput if a signing key is missing or is not that of its published key.
        """
        place = ledger_place(place)
        store = open_store(place, read_only=read_only)
        try:
            origin, keyring = _published_origin(store), None
            with store.reading():
                last = _check_agreement(store, origin)
                if not read_only and (keyring := _keyring(place, signer)):
                    _check_signers(store, keyring, last, lost)
        except BaseException:
            store.close()
            raise
        return cls(store, origin, keyring)

    @classmethod
    def of_log(cls, log: LogReader) -> Ledger:
        """Return a published log as a ledger that can be asked and not written to."""
        return cls(log, _published_origin(log), None)

    def close(self) -> None:
        """Let go of the file, or of the server."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Ledger({self._store.place!r}, origin={self.origin!r})"

    @property
    def keys(self) -> list[KeySpan]:
        """The keys that ever signed, each with the sizes at which it does; the newest last."""
        return self._store.key_spans()

    @property
    def verifier(self) -> str:
        """The published verifier key; while several sign, the newest of them."""
        return _signing(self._store)[-1].verifier

    @property
    def size(self) -> int:
        """Number of committed entries, now."""
        return self._store.size()

    def wait(self, size: int, seconds: float) -> int:
        """Return the size as soon as it is above `size`, or after `seconds` what it is then.

        This is how a reader is told of new entries, whoever appends them.
        """
        return self._store.wait(size, seconds)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the tree."""
        size = self._up_to(size)
        return tree_root(size, self._tree.up_to(size))

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed checkpoint. Raise BadInput if no batch ended at `size`."""
        size = self._up_to(size)
        note = self._store.checkpoint(size)
        if note is None:
            raise BadInput(f"{self._store.place}: no batch ended at size {size}, so none is signed")
        return note

    def read(self, start: int = 0, end: int | None = None) -> list[bytes]:
        """Return the entries from `start` up to, not including, `end`."""
        end = self._up_to(end)
        if not 0 <= start <= end:
            raise BadInput(f"{self._store.place}: found start {start}; expected 0 to {end}")
        bodies = [body for _, body in self._store.entries(start, end)]
        if len(bodies) != end - start:
            raise LedgerDamaged(
                f"{self._store.place}: found {len(bodies)} entries from {start} to {end}; "
                f"expected {end - start}"
            )
        return bodies

    def entry(self, number: int) -> bytes:
        """Return one entry."""
        self._check_number(number)
        return self.read(number, number + 1)[0]

    def find(self, id: str) -> int | None:
        """Return the number of the entry with this id, or None."""
        digests = id_digests([id])
        number = self._store.known(digests).get(digests[0])
        return number if number is not None and number < self.size else None

    def leaf_hash(self, number: int) -> bytes:
        """Return the leaf hash of one entry, as the tree has it."""
        self._check_number(number)
        tile, at = divmod(number, TILE_WIDTH)
        hashes = self._store.tile(0, tile) or b""
        return hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES]

    def tile(self, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
        """Return the first `width` hashes of a tile (see `tiles`). Raise BadInput if it has fewer.

        What it returns stays the same for ever.
        """
        held = (self.size >> 8 * level) - number * TILE_WIDTH
        if not 0 < width <= min(held, TILE_WIDTH):
            raise BadInput(
                f"{self._store.place}: found no {width} hashes in tile {number} of level {level}; "
                f"it has {max(0, min(held, TILE_WIDTH))}"
            )
        return (self._store.tile(level, number) or b"")[: width * HASH_BYTES]

    def inclusion_proof(self, number: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that lead from an entry to the root (see `merkle.check_inclusion`)."""
        size = self._up_to(size)
        return inclusion_proof(number, size, self._tree.up_to(size))

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the hashes that show that nothing before `old` changed up to `new`."""
        new = self._up_to(new)
        return consistency_proof(old, new, self._tree.up_to(new))

    def blob(self, sha256: bytes) -> bytes | None:
        """Return the blob kept under this hash, unchecked, or None."""
        return self._store.blob(sha256)

    def blobs(self) -> Iterator[bytes]:
        """Return the hash of every blob that is kept."""
        return self._store.blobs()

    @property
    def is_published(self) -> bool:
        """Whether this is a published log, which may have come without its blobs."""
        return isinstance(self._store, LogReader)

    def edge(self, size: int | None = None) -> Edge:
        """Return the right edge of the tree, from which it can be grown again."""
        size = self._up_to(size)
        widths = level_widths(size)

        def cut(level: int, number: int) -> bytes | None:
            # The tile may have grown since.
            hashes = self._store.tile(level, number)
            return None if hashes is None else hashes[: widths[level] % TILE_WIDTH * HASH_BYTES]

        return Edge.read(size, cut)

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Take entries in one transaction: all are kept when the block ends, or none if it raises.

        Waits while another process writes. Raise BadInput if a signing key is missing,
        LedgerDamaged if tree and last checkpoint do not agree.
        """
        with self._changing() as (batch, signers):
            signers.extend(self._signers(_signing(self._store)))
            yield batch

    def add_key(self, signer: Signer, id: str, body: bytes) -> Appended:
        """Let a key sign beside those that do, from the entry on that says so (`id`, `body`).

        That entry is a batch of its own: its checkpoint, the first that the new key signs, is
        signed by the others too, so whoever trusts one of them can follow to the new one.

        Raise LedgerConflict if the key signs or ever signed, or if the id is known; BadInput if
        its name is not the origin, or a signing key is missing.
        """
        new = signer.verifier
        if new.name != self.origin:
            raise BadInput(f"signing key: found the name {new.name}; expected {self.origin}")
        with self._changing() as (batch, signers):
            known = [Verifier.parse(key.verifier) for key in self._store.key_spans()]
            if any(new.key_id == key.key_id for key in known):
                raise LedgerConflict(f"key {new}: found it among the keys that signed already")
            signers.extend([*self._signers(_signing(self._store)), signer])
            self._add_alone(batch, id, body)
            self._store.put_key(KeySpan(str(new), self.size + 1))
        if self._keyring is not None:
            self._keyring.add(signer)
        return batch.appended

    def retire_key(self, verifier: str, id: str, body: bytes) -> Appended:
        """Let a key sign no more, from the entry on that says so (`id`, `body`).

        That entry is a batch of its own. The key itself need not be at hand: it may be lost. Raise
        LedgerConflict if it does not sign, if no other does, or if the id is known; BadInput if
        another signing key is missing.
        """
        with self._changing() as (batch, signers):
            signing = _signing(self._store)
            staying = [key for key in signing if key.verifier != verifier]
            if len(staying) == len(signing):
                raise LedgerConflict(
                    f"key {verifier}: it does not sign; expected one of "
                    f"{', '.join(key.verifier for key in signing)}"
                )
            if not staying:
                raise LedgerConflict(
                    f"key {verifier}: it is the only one that signs; expected another to be added "
                    "before"
                )
            (leaving,) = (key for key in signing if key.verifier == verifier)
            signers.extend(self._signers(staying))
            self._add_alone(batch, id, body)
            self._store.put_key(KeySpan(verifier, leaving.since, self.size + 1))
        return batch.appended

    def add_signatures(self, size: int, lines: Sequence[NoteSignature]) -> bytes:
        """Join what others signed below the checkpoint at `size`, and return it.

        A line takes the place of an earlier one of the same key. The caller verified them. Raise
        BadInput if no batch ended at `size`.
        """
        with self._store.writing():
            note = parse_note(self.checkpoint(size))
            signed = {(line.name, line.key_id): line for line in (*note.signatures, *lines)}
            joined = format_note(note.text, list(signed.values()))
            parse_note(joined)  # a note has only so many lines
            self._store.put_checkpoint(size, joined)
        return joined

    @contextmanager
    def _changing(self) -> Iterator[tuple[Batch, list[Signer]]]:
        """One transaction: its batch, and a list to be filled with who signs its checkpoint."""
        if self._in_batch:
            raise BadInput(f"{self._store.place}: a batch is open; expected it to end first")
        if self._keyring is None or not self._keyring:
            raise BadInput(
                f"{self._store.place}: found no signing key (or opened to be read only); expected "
                f"one beside its file (.key), in {SIGNING_KEY_VARIABLE}, or in the file that "
                f"{SIGNING_KEY_FILE_VARIABLE} names"
            )
        self._in_batch = True
        try:
            with self._store.writing():
                last = _check_agreement(self._store, self.origin)
                batch = Batch(self._store, self.origin, last.size)
                signers: list[Signer] = []
                yield batch, signers
                batch.finish(signers)
        finally:
            self._in_batch = False

    def _signers(self, keys: Sequence[KeySpan]) -> list[Signer]:
        keyring = self._keyring or Keyring(list)
        return keyring.signers([key.verifier for key in keys], self._store.place)

    def _add_alone(self, batch: Batch, id: str, body: bytes) -> None:
        if self._store.known(id_digests([id])):
            raise LedgerConflict(f"id {id!r}: it is known already; expected a new one")
        batch.add([id], [body])

    def append(self, ids: Sequence[str], bodies: Sequence[bytes]) -> Appended:
        """Record entries with their ids as one batch (see `Batch.add`)."""
        with self.batch() as batch:
            batch.add(ids, bodies)
        return batch.appended

    def verify(
        self, trusted: str | None = None, id_of: Callable[[bytes], str] | None = None
    ) -> Verification:
        """Recompute everything (see `verification.verify_store`, `log_verification.verify_log`)."""
        if isinstance(self._store, LogReader):
            return verify_log(self._store, trusted)
        return verify_store(self._store, trusted, id_of)

    def _up_to(self, size: int | None) -> int:
        committed = self.size
        if size is None:
            return committed
        if not 0 <= size <= committed:
            raise BadInput(f"{self._store.place}: found size {size}; expected 0 to {committed}")
        return size

    def _check_number(self, number: int) -> None:
        size = self.size
        if not 0 <= number < size:
            raise BadInput(f"{self._store.place}: found no entry {number}; it has {size}, from 0")


def verify(
    place: Place | str,
    trusted: str | Sequence[str] | None = None,
    id_of: Callable[[bytes], str] | None = None,
) -> Verification:
    """Recompute everything in a ledger, also one that is too damaged for `Ledger.open`.

    See `verification.verify_store`. Raise LedgerMissing if there is none, BadInput if `trusted`
    is not a verifier key, LedgerDamaged if what is there is no ledger at all.
    """
    store = open_store(ledger_place(place), read_only=True)
    try:
        return verify_store(store, trusted, id_of)
    finally:
        store.close()


def _keyring(place: Place, signer: Signer | None) -> Keyring:
    return Keyring(partial(find_signers, place) if signer is None else lambda: [signer])


def _published_origin(store: Store) -> str:
    """Return the origin of a ledger that publishes a key."""
    origin = store.meta("origin")
    if origin is None or not store.key_spans():
        raise LedgerDamaged(f"{store.place}: found no origin or verifier key; expected both")
    return origin


def _signing(store: Store) -> list[KeySpan]:
    """Return the keys that sign now. Raise LedgerDamaged if there is none."""
    signing = [key for key in store.key_spans() if key.until is None]
    if not signing:
        raise LedgerDamaged(f"{store.place}: found no key that signs; expected at least one")
    return signing


def _check_agreement(store: Store, origin: str) -> Checkpoint:
    """Return the last checkpoint if entries and tree are those that it states.

    Its signature is not verified here. Raise LedgerDamaged otherwise.
    """
    size = store.size()
    found = store.entry_span()
    if found != (0, size):
        raise LedgerDamaged(
            f"{store.place}: found entries {found[0]} to {found[1]}; the last checkpoint states "
            f"0 to {size}. Verify it, and restore it from a copy"
        )
    try:
        checkpoint = read_checkpoint(store.checkpoint(size) or b"")
    except BadProof as error:
        raise LedgerDamaged(f"{store.place}: last {error}") from None
    root = tree_root(size, TreeOfTiles(store.tile).node)
    if checkpoint != Checkpoint(origin, size, root):
        raise LedgerDamaged(
            f"{store.place}: the last checkpoint does not state this tree. "
            "Verify it, and restore it from a copy"
        )
    return checkpoint


def _check_signers(store: Store, keyring: Keyring, last: Checkpoint, lost: str | None) -> None:
    """Raise unless the keys at hand are those that are published, and these signed `last`."""
    signing = [key.verifier for key in _signing(store) if key.verifier != lost]
    text = last.text().encode()
    for published, signer in zip(signing, keyring.signers(signing, store.place), strict=True):
        key = Verifier.parse(published)
        if not key.verifies(text, signer.sign(text).signature):
            raise BadInput(f"{store.place}: what the signing key signs, {key} does not verify")
        try:
            open_checkpoint(store.checkpoint(last.size) or b"", last.origin, [key])
        except BadProof as error:
            raise LedgerDamaged(f"{store.place}: last checkpoint: {error}") from None
