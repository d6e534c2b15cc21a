"""One batch of entries: taken in chunks, kept whole or not at all, ended by one signature."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from recanvass.errors import BadInput, LedgerConflict, LedgerDamaged
from recanvass.ledger.checkpoint import Checkpoint
from recanvass.ledger.keys import Signer
from recanvass.ledger.merkle import HASH_BYTES, leaf_hashes
from recanvass.ledger.store import ID_BYTES, Store
from recanvass.ledger.tiles import TILE_WIDTH, Edge

__all__ = ["MAX_ENTRY_BYTES", "Appended", "Batch", "id_digests"]

MAX_ENTRY_BYTES = 65_535
"""C2SP tlog-tiles gives the length of an entry in two bytes."""

FLUSH_ENTRIES = 65_536
FLUSH_BYTES = 32 << 20


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
        if len(ids) != len(bodies):
            raise BadInput(f"batch: found {len(ids)} ids for {len(bodies)} entries")
        lengths = list(map(len, bodies))
        if lengths and max(lengths) > MAX_ENTRY_BYTES:
            at = next(at for at, length in enumerate(lengths) if length > MAX_ENTRY_BYTES)
            raise BadInput(
                f"entry {ids[at]!r}: found {lengths[at]} bytes; expected at most {MAX_ENTRY_BYTES}"
            )
        self._ids += ids
        self._bodies += bodies
        self._waiting_bytes += sum(lengths)
        if len(self._ids) >= FLUSH_ENTRIES or self._waiting_bytes >= FLUSH_BYTES:
            self._flush()
        self._open = True

    def finish(self, signer: Signer) -> None:
        """Write what waits and the signed checkpoint. The caller's transaction makes it durable."""
        if not self._open:
            raise BadInput("batch: an entry was refused, so nothing of it is recorded")
        self._open = False
        self._flush()
        size = self._edge.size
        if size > self._first:
            checkpoint = Checkpoint(self._origin, size, self._edge.root())
            self._store.put_checkpoint(size, checkpoint.signed(signer))
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
        if self._store.known(digests[:1]) or not self._store.add_ids(first, digests):
            fresh = self._fresh(ids, digests, leaves)
            self._known += len(ids) - len(fresh)
            if not fresh:
                return
            bodies = [bodies[at] for at in fresh]
            leaves = [leaves[at] for at in fresh]
            if not self._store.add_ids(first, [digests[at] for at in fresh]):
                raise LedgerDamaged(f"{self._store.place}: an id is found only when it is added")
        self._store.add_entries(first, bodies)
        self._store.put_tiles(self._edge.extend(leaves) + self._edge.unfinished())

    def _fresh(self, ids: list[str], digests: list[bytes], leaves: list[bytes]) -> list[int]:
        """Return the positions of the entries that are new.

        Raise LedgerConflict if one that is known, or is earlier in this chunk, has other bytes.
        """
        numbers = self._store.known(digests)
        leaf_of = _LeafReader(self._store)
        seen: dict[bytes, tuple[int, bytes]] = {}
        fresh: list[int] = []
        for at, (digest, leaf) in enumerate(zip(digests, leaves, strict=True)):
            if digest in numbers:
                number = numbers[digest]
                recorded = leaf_of(number)
            elif digest in seen:
                number, recorded = seen[digest]
            else:
                seen[digest] = (self._edge.size + len(fresh), leaf)
                fresh.append(at)
                continue
            if recorded != leaf:
                raise LedgerConflict(
                    f"id {ids[at]!r}: found other bytes than those of entry {number}; "
                    "expected the same, or a new id"
                )
        return fresh


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
