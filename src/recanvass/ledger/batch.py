"""One batch of entries: taken in chunks, kept whole or not at all, ended by one signature."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import chain

import msgspec

from recanvass.errors import BadInput, LedgerConflict, LedgerDamaged, RecanvassError
from recanvass.ledger.checkpoint import Checkpoint
from recanvass.ledger.keys import Signer
from recanvass.ledger.merkle import HASH_BYTES, leaf_hashes
from recanvass.ledger.store import ID_BYTES, MAX_BLOB_BYTES, Store
from recanvass.ledger.tiles import TILE_WIDTH, Edge

__all__ = [
    "FLUSH_BYTES",
    "FLUSH_ENTRIES",
    "MAX_ENTRY_BYTES",
    "Appended",
    "Batch",
    "Entries",
    "check_entries",
    "id_digests",
]

MAX_ENTRY_BYTES = 65_535
"""C2SP tlog-tiles gives the length of an entry in two bytes."""

FLUSH_ENTRIES = 65_536
FLUSH_BYTES = 32 << 20

Entries = tuple[Sequence[str], Sequence[bytes]]
"""Ids, and the entries that they belong to."""

_Row = tuple[bytes, bytes, bytes]
"""Digest of the id, entry, leaf hash."""


class Appended(msgspec.Struct, frozen=True):
    """What a batch did."""

    first: int
    """Number of the first entry that it recorded, if it recorded any."""
    recorded: int
    """New entries."""
    known: int
    """Entries that came again with the same id and bytes, and were not recorded again."""
    size: int
    """Entries in the ledger afterwards."""


def id_digests(ids: Sequence[str]) -> list[bytes]:
    """Return each id as it is stored. Raise BadInput if one is not valid Unicode."""
    try:
        return [sha256(id_.encode()).digest()[:ID_BYTES] for id_ in ids]
    except UnicodeEncodeError as error:
        raise BadInput(f"id {error.object!r}: expected text that can be written as UTF-8") from None


def check_entries(ids: Sequence[str], bodies: Sequence[bytes]) -> int:
    """Return the bytes of some entries in all.

    Raise BadInput if there are not as many ids, or an entry has more than 65,535 bytes.
    """
    if len(ids) != len(bodies):
        raise BadInput(f"batch: found {len(ids)} ids for {len(bodies)} entries")
    lengths = list(map(len, bodies))
    if lengths and max(lengths) > MAX_ENTRY_BYTES:
        at = next(at for at, length in enumerate(lengths) if length > MAX_ENTRY_BYTES)
        raise BadInput(
            f"entry {ids[at]!r}: found {lengths[at]} bytes; expected at most {MAX_ENTRY_BYTES}"
        )
    return sum(lengths)


class Batch:
    """The entries of one transaction. Made by `Ledger.batch`, and over when its block ends.

    Entries wait in memory until there are enough of them to be worth a statement; so a refusal
    (LedgerConflict) may come from a later `add` or from the end of the block.
    """

    def __init__(self, store: Store, origin: str, size: int) -> None:
        self._store = store
        self._origin = origin
        self._first = size
        self._edge = Edge.read(size, store.tile)
        self._known = 0
        self._ids: list[str] = []
        self._bodies: list[bytes] = []
        self._waiting_bytes = 0
        self._open = True
        self._appended: Appended | None = None

    @property
    def appended(self) -> Appended:
        """What the batch did. Raise BadInput unless its block has ended and was kept."""
        if self._appended is None:
            raise BadInput("batch: it is open or was refused; expected its block to end first")
        return self._appended

    def add(self, ids: Sequence[str], bodies: Sequence[bytes]) -> None:
        """Add entries with their ids, in order. After an error the whole batch is refused.

        Raise BadInput if an entry has more than 65,535 bytes or there are not as many ids as
        entries, and LedgerConflict if an id is known with other bytes.
        """
        if not self._open:
            raise BadInput("batch: it has ended; expected an open one")
        self._open = False  # stays so if anything below raises
        size = check_entries(ids, bodies)
        self._ids += ids
        self._bodies += bodies
        self._waiting_bytes += size
        if len(self._ids) >= FLUSH_ENTRIES or self._waiting_bytes >= FLUSH_BYTES:
            self._flush()
        self._open = True

    def add_each(self, submissions: Sequence[Entries]) -> list[Appended | RecanvassError]:
        """Add entries of several clients, those of each whole or not at all, in one go.

        Return for each what was done, or why it was refused (LedgerConflict); a refusal does not
        touch the others. `size` counts what came before it in the same batch. All of it is held at
        once, so it should not be more than `FLUSH_ENTRIES`, and each should pass `check_entries`.
        """
        if not self._open:
            raise BadInput("batch: it has ended; expected an open one")
        self._open = False
        self._flush()
        first = self._edge.size
        digests = [id_digests(ids) for ids, _ in submissions]
        look_up = _LookUp(self._store, first, list(chain(*digests)))
        rows: list[_Row] = []
        outcomes: list[Appended | RecanvassError] = []
        for (ids, bodies), keys in zip(submissions, digests, strict=True):
            given = list(zip(keys, bodies, leaf_hashes(bodies), strict=True))
            try:
                fresh = look_up.fresh(ids, given)
            except LedgerConflict as conflict:
                outcomes.append(conflict)
                continue
            at, known = first + len(rows), len(ids) - len(fresh)
            rows += [given[nth] for nth in fresh]
            self._known += known
            outcomes.append(Appended(at, len(fresh), known, first + len(rows)))
        self._record(rows)
        self._open = True
        return outcomes

    def put_blob(self, content: bytes) -> bytes:
        """Keep a blob, in this very transaction, and return its SHA-256.

        Raise BadInput if it has more than 100,000,000 bytes.
        """
        if len(content) > MAX_BLOB_BYTES:
            raise BadInput(f"blob: found {len(content)} bytes; expected at most {MAX_BLOB_BYTES}")
        digest = sha256(content).digest()
        self._store.put_blob(digest, content)
        return digest

    def remove_blob(self, sha256: bytes) -> None:
        """Let go of a blob with this very transaction, so that it can no longer be read."""
        self._store.remove_blob(sha256)

    def finish(self, signers: Sequence[Signer]) -> None:
        """Write what waits, and a checkpoint signed by each of `signers`.

        The caller's transaction makes it durable.
        """
        if not self._open:
            raise BadInput("batch: an entry was refused, so nothing of it is recorded")
        self._open = False
        self._flush()
        size = self._edge.size
        if size > self._first:
            checkpoint = Checkpoint(self._origin, size, self._edge.root())
            self._store.put_checkpoint(size, checkpoint.signed(*signers))
        self._appended = Appended(self._first, size - self._first, self._known, size)

    def _flush(self) -> None:
        ids, bodies = self._ids, self._bodies
        self._ids, self._bodies, self._waiting_bytes = [], [], 0
        for start in range(0, len(ids), FLUSH_ENTRIES):
            end = start + FLUSH_ENTRIES
            self._write(ids[start:end], bodies[start:end])

    def _write(self, ids: list[str], bodies: list[bytes]) -> None:
        first = self._edge.size
        digests = id_digests(ids)
        leaves = leaf_hashes(bodies)
        # Batches that come again come whole, mostly: one look saves adding what would be refused.
        if self._store.known(digests[:1]) or not self._store.add(first, digests, bodies):
            given = list(zip(digests, bodies, leaves, strict=True))
            fresh = _LookUp(self._store, first, digests).fresh(ids, given)
            self._known += len(ids) - len(fresh)
            self._record([given[nth] for nth in fresh])
        else:
            self._grow(leaves)

    def _record(self, rows: list[_Row]) -> None:
        """Write new entries, each with the digest of its id and its leaf hash."""
        if not rows:
            return
        digests, bodies, leaves = map(list, zip(*rows, strict=True))
        if not self._store.add(self._edge.size, digests, bodies):
            raise LedgerDamaged(f"{self._store.place}: an id is found only when it is added")
        self._grow(leaves)

    def _grow(self, leaves: list[bytes]) -> None:
        self._store.put_tiles(self._edge.extend(leaves) + self._edge.unfinished())


class _LookUp:
    """Which entries of a chunk are new: to the store, and among those that came before them."""

    def __init__(self, store: Store, size: int, digests: Sequence[bytes]) -> None:
        """Look all `digests` up; what is new will be numbered from `size`."""
        self._stored = store.known(digests)
        self._leaf_of = _LeafReader(store)
        self._size = size
        self._new: dict[bytes, tuple[int, bytes]] = {}

    def fresh(self, ids: Sequence[str], rows: Sequence[_Row]) -> list[int]:
        """Return the positions of the entries that are new, and remember them.

        Raise LedgerConflict if one that is known, or came before, has other bytes; then none of
        these is remembered.
        """
        mine: dict[bytes, tuple[int, bytes]] = {}
        fresh: list[int] = []
        for nth, (digest, _, leaf) in enumerate(rows):
            known = self._found(digest) or mine.get(digest)
            if known is None:
                mine[digest] = (self._size + len(self._new) + len(mine), leaf)
                fresh.append(nth)
            elif known[1] != leaf:
                raise LedgerConflict(
                    f"id {ids[nth]!r}: found other bytes than those of entry {known[0]}; "
                    "expected the same, or a new id"
                )
        self._new |= mine
        return fresh

    def _found(self, digest: bytes) -> tuple[int, bytes] | None:
        """Return number and leaf hash of the entry that has this id, if there is one."""
        if digest in self._stored:
            number = self._stored[digest]
            return number, self._leaf_of(number)
        return self._new.get(digest)


class _LeafReader:
    """Leaf hashes of recorded entries, each tile read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tiles: dict[int, bytes] = {}

    def __call__(self, number: int) -> bytes:
        tile, at = divmod(number, TILE_WIDTH)
        if tile not in self._tiles:
            self._tiles[tile] = self._store.tile(0, tile) or b""
        return self._tiles[tile][at * HASH_BYTES : (at + 1) * HASH_BYTES]
