"""The whole ledger recomputed from its entries, and every fault named.

From the bottom up, each layer against the one below as it is stored: entry bytes → leaf hashes →
tiles → the root at each checkpoint → its signature. So one changed byte is one fault, named where
it is, and whatever passes all layers is what was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from operator import itemgetter
from typing import TypeVar

import msgspec

from recanvass.errors import RecanvassError
from recanvass.ledger.batch import id_digests
from recanvass.ledger.checkpoint import open_signed
from recanvass.ledger.keys import Verifier
from recanvass.ledger.merkle import HASH_BYTES, leaf_hash, leaf_hashes, tree_root
from recanvass.ledger.store import ID_BYTES, IdSpread, KeySpan, Store
from recanvass.ledger.tiles import TILE_BYTES, TILE_WIDTH, Edge, Tile, TreeOfTiles, level_widths

__all__ = ["Fault", "Verification", "verify_store"]

ENTRIES_AT_ONCE = 32 * TILE_WIDTH
IDS_AT_ONCE = 1 << 21
"""Ids that wait to be compared in one pass over the stored ones: 32 MB."""
MAX_LISTED = 1000
ABSENT = bytes(HASH_BYTES)

_T = TypeVar("_T")


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it was signed."""

    message: str
    entry: int | None = None
    """The entry that it is in, where it is in one."""


class Verification(msgspec.Struct, frozen=True):
    """What a full check found."""

    size: int
    """Entries that the last checkpoint states."""
    root: bytes
    """The root that the entries have now."""
    checkpoints: int
    """Signed checkpoints that were checked."""
    verifier: str
    """The key that trust in all others comes from: the trusted one, or else the ledger's first."""
    keys: list[KeySpan]
    """The keys that ever signed; each signed beside one that did before."""
    trusted: bool
    """Whether `verifier` was given by who asked; otherwise it is what the ledger itself says."""
    faults: list[Fault]
    unlisted: int
    """Faults beyond the first 1,000, which are not in `faults`."""

    @property
    def ok(self) -> bool:
        """True if everything is as it was signed."""
        return not self.faults


def verify_store(
    store: Store,
    trusted: str | Sequence[str] | None = None,
    id_of: Callable[[bytes], str] | None = None,
) -> Verification:
    """Return what a check of every entry, hash, id, checkpoint and signature finds.

    Every checkpoint must be signed by all keys that signed at its size. `trusted` is the verifier
    key that must be among them, or several of which one must; without it the keys are the ledger's
    own word, which shows that it is whole but not whose it is. With `id_of`, which gives the
    id that an entry states, each entry must also be found under its id. Memory does not grow with
    the ledger. Damage is reported, never raised; BadInput if `trusted` is no verifier key.

    What a ledger alone cannot show is that it was cut back to an earlier checkpoint of its own:
    keep a checkpoint elsewhere and ask for the consistency proof.
    """
    given = [trusted] if isinstance(trusted, str) else trusted or []
    keys = list(map(Verifier.parse, given))
    check = _Check(store, id_of)
    with store.reading():
        return check.run(keys)


class _Check:
    """One verification under way."""

    def __init__(self, store: Store, id_of: Callable[[bytes], str] | None) -> None:
        self._store = store
        self._id_of = id_of
        self._faults: list[Fault] = []
        self._unlisted = 0
        self._ids_from = 0
        self._ids = bytearray()

    def run(self, trusted: Sequence[Verifier]) -> Verification:
        """Check layer by layer and return what was found."""
        for finding in self._tried(self._store.own_check) or []:
            self._fault(finding)
        size = self._size()
        edge = self._entries(size)
        self._higher_tiles(edge.unfinished())
        self._counts(size)
        keys = self._keys(trusted)
        first = next((key for key in trusted or keys if key in keys), None)
        return Verification(
            size=size,
            root=edge.root(),
            checkpoints=self._checkpoints(size, keys),
            verifier="" if first is None else str(first),
            keys=list(keys.values()),
            trusted=bool(trusted),
            faults=self._faults,
            unlisted=self._unlisted,
        )

    def _fault(self, message: str, entry: int | None = None) -> None:
        if len(self._faults) < MAX_LISTED:
            self._faults.append(Fault(message, entry))
        else:
            self._unlisted += 1

    def _tried(self, read: Callable[[], _T], entry: int | None = None) -> _T | None:
        """Return what `read` returns; if the store cannot, that is a fault, and None."""
        try:
            return read()
        except RecanvassError as error:
            self._fault(str(error), entry)
            return None

    def _size(self) -> int:
        size = self._tried(self._store.size)
        span = self._tried(self._store.entry_span)
        least, end = span or (0, size or 0)
        if size is None:
            size = end
        if (least, end) != (0, size):
            self._fault(f"entries: found {least} to {end}; the last checkpoint states 0 to {size}")
        return min(size, end)  # a damaged size must not send us through millions of absent entries

    # Entries and their leaf hashes

    def _entries(self, size: int) -> Edge:
        """Check all entries and every full tile; return the edge of the tree that they make."""
        edge = Edge()
        for start in range(0, size, ENTRIES_AT_ONCE):
            end = min(start + ENTRIES_AT_ONCE, size)
            bodies = self._bodies(start, end)
            tiles = [self._leaf_tile(at) for at in range(start, end, TILE_WIDTH)]
            if not any(tiles) and all(body is None for body in bodies):
                self._fault(f"entries {start} to {end}: all absent; what follows is not checked")
                break
            self._higher_tiles(edge.extend(self._leaves(start, bodies, tiles)))
        self._compare_ids()
        return edge

    def _bodies(self, start: int, end: int) -> list[bytes | None]:
        """Return the entries in a range, and None, with a fault, for each that is unreadable."""
        try:
            rows = self._store.entries(start, end)
        except RecanvassError:
            rows = self._one_by_one(start, end)
        numbers = list(map(itemgetter(0), rows))
        bodies: list[bytes | None] = list(map(itemgetter(1), rows))
        if numbers == list(range(start, end)) and set(map(type, bodies)) <= {bytes}:
            return bodies
        found = {number: body for number, body in rows if isinstance(body, bytes)}
        for number in range(start, end):
            if number not in found:
                self._fault(f"entry {number}: absent or unreadable", number)
        return [found.get(number) for number in range(start, end)]

    def _one_by_one(self, start: int, end: int) -> list[tuple[int, bytes]]:
        rows: list[tuple[int, bytes]] = []
        for number in range(start, end):
            with suppress(RecanvassError):  # the caller reports it as absent
                rows += self._store.entries(number, number + 1)
        return rows

    def _leaf_tile(self, first: int) -> bytes | None:
        return self._tried(partial(self._store.tile, 0, first // TILE_WIDTH))

    def _leaves(
        self, start: int, bodies: list[bytes | None], tiles: list[bytes | None]
    ) -> list[bytes]:
        """Check entries against the stored leaf hashes, and those that pass against their ids.

        Return the leaf hashes as stored, so that a changed entry is not reported once more by the
        layers above; where none is stored, the computed ones.
        """
        present = [body for body in bodies if body is not None]
        if len(present) == len(bodies):
            leaves = leaf_hashes(present)
            if _cut(b"".join(leaves), TILE_BYTES) == tiles:
                self._take_ids(start, present)
                return leaves
        return self._leaves_one_by_one(start, bodies, tiles)

    def _leaves_one_by_one(
        self, start: int, bodies: list[bytes | None], tiles: list[bytes | None]
    ) -> list[bytes]:
        """Do the same where something differs, and name it."""
        computed = [None if body is None else leaf_hash(body) for body in bodies]
        leaves: list[bytes] = []
        for nth, tile in enumerate(tiles):
            at = nth * TILE_WIDTH
            row = computed[at : at + TILE_WIDTH]
            name = f"tile {start // TILE_WIDTH + nth} of level 0"
            if self._is_width(name, tile, len(row)):
                row = self._compare_leaves(start + at, row, _cut(tile or b""))
            leaves += [leaf or ABSENT for leaf in row]
        rows = zip(range(start, start + len(bodies)), bodies, computed, leaves, strict=True)
        self._look_ids_up(
            [
                (number, body)
                for number, body, leaf, stored in rows
                if body is not None and leaf == stored
            ]
        )
        return leaves

    def _compare_leaves(
        self, first: int, computed: list[bytes | None], stored: list[bytes]
    ) -> list[bytes | None]:
        if computed != stored:
            for number, (leaf, expected) in enumerate(zip(computed, stored, strict=True), first):
                if leaf is not None and leaf != expected:
                    self._fault(
                        f"entry {number}: its bytes are not those that its leaf hash was made from",
                        number,
                    )
        return [*stored]

    def _is_width(self, name: str, tile: bytes | None, width: int) -> bool:
        found = len(tile or b"")
        if found != width * HASH_BYTES:
            self._fault(f"{name}: found {found} bytes; expected {width * HASH_BYTES}")
            return False
        return True

    # Ids

    def _take_ids(self, start: int, bodies: list[bytes]) -> None:
        """Check that entries are found under the ids that they state: later, and many at once."""
        if self._id_of is None:
            return
        try:
            digests = id_digests(list(map(self._id_of, bodies)))
        except Exception:
            # Whatever a damaged entry does to the caller's reader: it is found and named here.
            self._look_ids_up(list(enumerate(bodies, start)))
            return
        if start != self._ids_from + len(self._ids) // ID_BYTES:
            self._compare_ids()
            self._ids_from = start
        self._ids += b"".join(digests)
        if len(self._ids) >= IDS_AT_ONCE * ID_BYTES:
            self._compare_ids()

    def _compare_ids(self) -> None:
        """Compare the ids that wait with those stored; if they differ, find out which."""
        start, ids = self._ids_from, bytes(self._ids)
        end = start + len(ids) // ID_BYTES
        self._ids_from, self._ids = end, bytearray()
        if start == end:
            return
        count = self._tried(partial(self._store.ids_in_place, start, ids))
        if count == end - start:
            return
        faults = len(self._faults) + self._unlisted
        for at in range(start, end, ENTRIES_AT_ONCE):
            entries = partial(self._store.entries, at, min(at + ENTRIES_AT_ONCE, end))
            self._look_ids_up(self._tried(entries) or [])
        if count is not None and len(self._faults) + self._unlisted == faults:
            self._fault(
                f"ids of entries {start} to {end}: found {count} in place when all are read, and "
                "every one when it is looked up; their index is damaged"
            )

    def _look_ids_up(self, entries: list[tuple[int, bytes]]) -> None:
        """Check that each of these entries is found under the id that it states."""
        if self._id_of is None:
            return
        stated: list[tuple[int, str, bytes]] = []
        for number, body in entries:
            try:
                id_ = self._id_of(body)
                stated.append((number, id_, id_digests([id_])[0]))
            except Exception as error:
                self._fault(f"entry {number}: no id can be read from it: {error}", number)
        known = self._tried(lambda: self._store.known([digest for _, _, digest in stated]))
        for number, id_, digest in stated:
            at = None if known is None else known.get(digest)
            if at != number:
                where = "nowhere" if at is None else f"at entry {at}"
                self._fault(f"entry {number}: its id {id_!r} is found {where}", number)

    def _counts(self, size: int) -> None:
        """Check that there is one id for each entry, and no tile too many."""
        expected = IdSpread(size, 0 if size else None, size - 1 if size else None)
        spread = self._tried(self._store.id_spread)
        if spread is not None and spread != expected:
            self._fault(
                f"ids: found {spread.count} for entries {spread.least} to {spread.greatest}; "
                f"expected one for each of {size} entries"
            )
        tiles = self._tried(self._store.tile_count)
        needed = sum(-(-width // TILE_WIDTH) for width in level_widths(size))
        if tiles is not None and tiles != needed:
            self._fault(f"tiles: found {tiles}; expected {needed} for {size} entries")

    # The tree above the leaves, and what was signed

    def _higher_tiles(self, tiles: Sequence[Tile]) -> None:
        """Check stored tiles above level 0 against those that the tiles below them make."""
        for level, number, computed in tiles:
            if level == 0:
                continue
            name = f"tile {number} of level {level}"
            stored = self._tried(partial(self._store.tile, level, number))
            if stored == computed or not self._is_width(name, stored, len(computed) // HASH_BYTES):
                continue
            below = TILE_WIDTH**level
            for nth, (a, b) in enumerate(zip(_cut(stored or b""), _cut(computed), strict=True)):
                if a != b:
                    first = (number * TILE_WIDTH + nth) * below
                    self._fault(
                        f"{name}: hash {nth} is not that of entries {first} to {first + below}"
                    )

    def _keys(self, trusted: Sequence[Verifier]) -> dict[Verifier, KeySpan]:
        """Return the ledger's keys; if no trusted one is among them, only those."""
        spans = self._tried(self._store.key_spans) or []
        keys = self._tried(lambda: {Verifier.parse(span.verifier): span for span in spans}) or {}
        if not keys:
            self._fault("verifier key: found none in the ledger; expected one")
        if trusted and not keys.keys() & set(trusted):
            names = ", ".join(map(str, trusted))
            self._fault(f"verifier key: the ledger publishes another one than {names}")
            return {key: KeySpan(str(key), 0) for key in trusted}
        return keys

    def _checkpoints(self, size: int, keys: dict[Verifier, KeySpan]) -> int:
        """Check every signed checkpoint; return how many there are."""
        origin = self._tried(lambda: self._store.meta("origin")) or ""
        count = 0
        before = set(keys)
        notes = self._store.checkpoints()
        while (row := self._tried(lambda: next(notes, None))) is not None:
            count += 1
            stated, note = row
            if not isinstance(note, bytes):
                self._fault(f"checkpoint at size {stated}: unreadable")
            elif stated > size:
                self._fault(f"checkpoint at size {stated}: found only {size} entries")
            else:
                self._checkpoint(stated, note, origin, keys)
            now = {key for key, span in keys.items() if span.signs(stated)}
            if keys and not now & before:
                self._fault(f"checkpoint at size {stated}: no key signs that did so before")
            before = now
        return count

    def _checkpoint(
        self, size: int, note: bytes, origin: str, keys: dict[Verifier, KeySpan]
    ) -> None:
        name = f"checkpoint at size {size}"
        try:
            checkpoint, signed = open_signed(note, origin, list(keys))
            # A new reader each time: it keeps what it reads, and there may be many checkpoints.
            root = tree_root(size, TreeOfTiles(self._store.tile).node)
        except RecanvassError as error:
            self._fault(f"{name}: {error}")
            return
        if checkpoint.size != size:
            self._fault(f"{name}: found size {checkpoint.size} in it")
        if checkpoint.root != root:
            self._fault(f"{name}: it states another root than the tree has there")
        for key, span in keys.items():
            if span.signs(size) and key not in signed:
                self._fault(f"{name}: not signed by {key}, which signs from size {span.since} on")
            if not span.signs(size) and key in signed:
                self._fault(f"{name}: signed by {key}, which does not sign at this size")


def _cut(hashes: bytes, length: int = HASH_BYTES) -> list[bytes]:
    return [hashes[at : at + length] for at in range(0, len(hashes), length)]
