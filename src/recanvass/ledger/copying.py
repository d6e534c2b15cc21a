"""A ledger copied from one store into another, whole or not at all, and proved to be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from hashlib import sha256
from itertools import islice

import msgspec

from recanvass.errors import BadInput, BadProof, LedgerDamaged
from recanvass.ledger.batch import id_digests
from recanvass.ledger.checkpoint import read_checkpoint
from recanvass.ledger.log_reader import LogReader
from recanvass.ledger.merkle import leaf_hashes
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.store import ID_BYTES, IdSpread, Store
from recanvass.ledger.stores import making_store, open_store
from recanvass.ledger.tiles import Edge

__all__ = ["Copied", "copy_ledger", "copy_store"]

ENTRIES_AT_ONCE = 2048

_Digests = Callable[[int, list[bytes]], list[bytes]]
"""Number of the first of some entries, and their bytes, to the ids under which they are stored."""


class Copied(msgspec.Struct, frozen=True):
    """What both ledgers now hold."""

    size: int
    root: bytes
    checkpoints: int
    blobs: int


def copy_ledger(
    source: Place | str, target: Place | str, id_of: Callable[[bytes], str] | None = None
) -> Copied:
    """Copy the ledger at one place to another (see `copy_store`).

    Raise LedgerMissing if there is no source, LedgerExists if there is anything at the target.
    """
    store = open_store(ledger_place(source), read_only=True)
    try:
        return copy_store(store, ledger_place(target), id_of)
    finally:
        store.close()


def copy_store(source: Store, target: Place, id_of: Callable[[bytes], str] | None = None) -> Copied:
    """Make a ledger at `target` with all that `source` holds now: entries, ids, keys, every
    checkpoint as signed, blobs. Others may go on writing to `source`.

    The tree is grown anew from the entries as the copy gives them back, and its root compared with
    that of every checkpoint. A published log keeps no ids: there `id_of` says what id an entry has.
    Memory does not grow with the ledger, and the copy is there in one step, at the end.

    Signatures are carried over and not checked (see `verify`). No signing key is copied. Raise
    LedgerExists if there is anything at `target`; LedgerDamaged if `source` contradicts itself.
    """
    with source.reading():
        origin = source.meta("origin")
        if origin is None:
            raise LedgerDamaged(f"{source.place}: found no origin; expected one")
        with making_store(target, origin) as copy:
            return _Copying(source, copy, origin).run(id_of)


class _Copying:
    """One copy under way, in a transaction of either side."""

    def __init__(self, source: Store, copy: Store, origin: str) -> None:
        self._source = source
        self._copy = copy
        self._origin = origin
        self._edge = Edge()
        self._checkpoints = 0

    def run(self, id_of: Callable[[bytes], str] | None) -> Copied:
        """Copy everything, in order of what depends on what; return what both hold then."""
        size = self._source.size()
        if self._source.entry_span() != (0, size):
            raise self._damage(f"its entries are not the {size} of its last checkpoint")
        for key in self._source.key_spans():
            self._copy.put_key(key)
        if id_of is None:
            # Closed here and not some time later, when there may be no connection any more.
            with closing(self._source.ids()) as ids:
                self._entries(size, partial(self._kept_ids, ids))
        else:
            self._entries(size, partial(_stated_ids, id_of))
        spread = IdSpread(size, 0 if size else None, size - 1 if size else None)
        if self._copy.id_spread() != spread or self._copy.size() != size:
            raise self._damage(f"its ids and checkpoints are not those of {size} entries")
        return Copied(size, self._edge.root(), self._checkpoints, self._blobs())

    def _entries(self, size: int, digests: _Digests) -> None:
        """Copy entries, ids, tiles and checkpoints, all in order of number."""
        checkpoints = self._source.checkpoints()
        following = next(checkpoints, None)
        for start in range(0, size, ENTRIES_AT_ONCE) or (0,):
            end = min(start + ENTRIES_AT_ONCE, size)
            leaves = self._part(start, end, digests)
            tiles = []
            while following is not None and following[0] <= end:
                stated, note = following
                tiles += self._edge.extend(leaves[self._edge.size - start : stated - start])
                self._checkpoint(stated, note)
                following = next(checkpoints, None)
            tiles += self._edge.extend(leaves[self._edge.size - start :])
            self._copy.put_tiles(tiles)
        self._copy.put_tiles(self._edge.unfinished())

    def _part(self, start: int, end: int, digests: _Digests) -> list[bytes]:
        """Copy entries with their ids; return the leaf hashes of what the copy holds then."""
        rows = self._source.entries(start, end)
        if not _is_one_each(rows, start, end):
            raise self._damage(f"entries {start} to {end} are not all there")
        bodies = [body for _, body in rows]
        if not self._copy.add(start, digests(start, bodies), bodies):
            raise self._damage(f"an id of entries {start} to {end} is that of an earlier one")
        return leaf_hashes([body for _, body in self._copy.entries(start, end)])

    def _kept_ids(
        self, ids: Iterator[tuple[int, bytes]], start: int, bodies: list[bytes]
    ) -> list[bytes]:
        """Return the ids that the source keeps for entries from `start`; `ids` is there by now."""
        end = start + len(bodies)
        rows = list(islice(ids, len(bodies)))
        digests = [digest for _, digest in rows]
        if not _is_one_each(rows, start, end) or {*map(len, digests)} - {ID_BYTES}:
            raise self._damage(f"entries {start} to {end} have not one id each")
        return digests

    def _checkpoint(self, size: int, note: object) -> None:
        """Copy the checkpoint of the tree as it has grown so far."""
        if not isinstance(note, bytes):
            raise self._damage(f"checkpoint at size {size}: unreadable")
        try:
            found = read_checkpoint(note)
        except BadProof as error:
            raise self._damage(f"checkpoint at size {size}: {error}") from None
        tree = (self._origin, self._edge.size, self._edge.root())
        if (found.origin, found.size, found.root) != tree:
            raise self._damage(f"checkpoint at size {size}: it states another tree")
        self._copy.put_checkpoint(size, note)
        self._checkpoints += 1

    def _blobs(self) -> int:
        if isinstance(self._source, LogReader):  # which has none, nor a place for them
            return 0
        count = 0
        for hash_ in self._source.blobs():
            content = self._source.blob(hash_)
            if content is None or sha256(content).digest() != hash_:
                raise self._damage(f"blob {hash_.hex()}: its content has another hash")
            self._copy.put_blob(hash_, content)
            count += 1
        return count

    def _damage(self, what: str) -> LedgerDamaged:
        return LedgerDamaged(f"{self._source.place}: {what}; nothing was copied. Verify it")


def _stated_ids(id_of: Callable[[bytes], str], start: int, bodies: list[bytes]) -> list[bytes]:
    """Return the ids that entries state themselves."""
    try:
        return id_digests([id_of(body) for body in bodies])
    except Exception as error:
        # Whatever an entry does to the caller's reader, it is that entry's fault.
        raise BadInput(f"entries from {start}: one states no id: {error}") from None


def _is_one_each(rows: list[tuple[int, bytes]], start: int, end: int) -> bool:
    """Return whether there are bytes for each number; a damaged file may hold anything."""
    return [number for number, _ in rows] == list(range(start, end)) and all(
        type(value) is bytes for _, value in rows
    )
