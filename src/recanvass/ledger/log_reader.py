"""A published log read from its files: the store of a ledger that can be asked but not written to.

It shows one state, that of the checkpoint that it found. `entries` are only those that the signed
root vouches for; `bundle` and `tile` give what the files hold, for `log_verification` to judge.
"""

# What each method does is said in `store.Store`; what only writes has no use for what it is given.
# ruff: noqa: D102, ARG002

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

from recanvass.errors import BadInput, BadProof, LedgerDamaged, LedgerMissing
from recanvass.ledger.checkpoint import open_checkpoint, open_signed, read_checkpoint
from recanvass.ledger.keys import Verifier
from recanvass.ledger.merkle import HASH_BYTES, fold, leaf_hashes
from recanvass.ledger.note import MAX_NOTE_BYTES
from recanvass.ledger.published_files import PublishedFiles
from recanvass.ledger.store import MAX_BLOB_BYTES, IdSpread, KeySpan
from recanvass.ledger.tile_paths import (
    BLOB_FOLDER,
    CHECKPOINT_PATH,
    MAX_BUNDLE_BYTES,
    bundle_path,
    decode_bundle,
    tile_path,
)
from recanvass.ledger.tiles import TILE_BYTES, TILE_WIDTH, Edge, Tile

__all__ = ["LogReader"]

AHEAD = 8
"""Bundles asked for early where entries are read in order."""

_BLOB_NAME = re.compile("[0-9a-f]{64}")


class LogReader:
    """Implements the reading half of `store.Store`; whatever writes raises BadInput."""

    def __init__(self, files: PublishedFiles, key: Verifier | None = None) -> None:
        """Read the checkpoint among `files`, signed by `key` (without one, by whomever).

        Raise LedgerMissing if there is none, BadProof if it is malformed or not signed by `key`.
        """
        self.files = files
        self.place = files.place
        note = files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)
        if note is None:
            raise LedgerMissing(
                f"{self.place}: found no file {CHECKPOINT_PATH}; expected a log, "
                "which publish writes under OUT/log"
            )
        self.note = note
        try:
            stated = read_checkpoint(self.note)
            self.stated = stated if key is None else open_checkpoint(self.note, key.name, [key])
        except BadProof as error:
            raise BadProof(f"{self.place}/{CHECKPOINT_PATH}: {error}") from None
        self._vouched: dict[tuple[int, int], bytes] = {}
        """Tiles that the signed root vouches for: those of the edge, and full ones above level 0"""
        self._bundle_read = -1
        self._notes = {self.stated.size: self.note}
        self._keys = [] if key is None else [KeySpan(str(key), 0)]

    def take_keys(
        self, keys: Sequence[KeySpan], earlier: Mapping[int, bytes] | None = None
    ) -> None:
        """Take these for the log's keys: those that sign at its size must have signed it.

        `earlier` are checkpoints of earlier sizes that are published too, in order of size.

        Raise BadProof if one did not, or if one did that does not sign at this size.
        """
        spans = {Verifier.parse(key.verifier): key for key in keys}
        _, signed = open_signed(self.note, self.stated.origin, list(spans))
        for key, span in spans.items():
            if span.signs(self.stated.size) != (key in signed):
                expected = "not signed" if span.signs(self.stated.size) else "signed"
                raise BadProof(f"{self.place}/{CHECKPOINT_PATH}: {expected} by {key}")
        self._keys = list(keys)
        self._notes = {**(earlier or {}), self.stated.size: self.note}

    # The files

    @cached_property
    def _blobs(self) -> PublishedFiles:
        return self.files.beside(BLOB_FOLDER)

    def width(self, level: int, number: int) -> int:
        """Return how many hashes the checkpoint gives a tile; 0 or less if there is none."""
        return min(TILE_WIDTH, (self.stated.size >> 8 * level) - number * TILE_WIDTH)

    def bundle(self, number: int) -> list[bytes]:
        """Return the entries behind tile `number` of level 0.

        Raise BadProof, naming the file, if they are absent or not as many as there should be.
        """
        self._look_ahead(number)
        width = self.width(0, number)
        path = bundle_path(number, width)
        data = self.files.read(path, MAX_BUNDLE_BYTES)
        if data is None and width < TILE_WIDTH:
            path = bundle_path(number)
            data = self.files.read(path, MAX_BUNDLE_BYTES)
        if data is None:
            raise BadProof(f"{bundle_path(number, width)}: found no file; expected {width} entries")
        try:
            entries = decode_bundle(data)
        except BadProof as error:
            raise BadProof(f"{path}: {error}") from None
        expected = width if path == bundle_path(number, width) else TILE_WIDTH
        if len(entries) != expected:
            raise BadProof(f"{path}: found {len(entries)} entries; expected {expected}")
        return entries[:width]

    def _look_ahead(self, number: int) -> None:
        """Name the files that come next, if bundles are read in order."""
        if number == self._bundle_read + 1:
            last = -(-self.stated.size // TILE_WIDTH)
            tiles = [(n, self.width(0, n)) for n in range(number, min(number + AHEAD, last))]
            self.files.soon([bundle_path(*tile) for tile in tiles], MAX_BUNDLE_BYTES)
            self.files.soon([tile_path(0, *tile) for tile in tiles], TILE_BYTES)
        self._bundle_read = number

    def narrower(self, path: str, width: int, limit: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield path, width and bytes of each partial tile below `width` that still lies there."""
        for narrow in self.files.partials(path):
            name = f"{path}.p/{narrow}"
            found = self.files.read(name, limit) if 0 < narrow < width else None
            if found is not None:
                yield name, narrow, found

    # What the signed root vouches for

    def _vouched_bundle(self, number: int) -> list[bytes]:
        """Return the entries of a bundle. Raise BadProof, naming the file, if they are others."""
        entries = self.bundle(number)
        if b"".join(leaf_hashes(entries)) != self._vouched_tile(0, number):
            name = bundle_path(number, len(entries))
            raise BadProof(f"{self.place}/{name}: found other entries than were signed; verify it")
        return entries

    def _vouched_tile(self, level: int, number: int) -> bytes:
        if not self._vouched:
            self._vouch_for_edge()
        known = self._vouched.get((level, number))
        if known is not None:
            return known
        # It is full, so the tile above has its root; the highest of all is part of the edge.
        hashes = self.tile(level, number) or b""
        above, nth = divmod(number, TILE_WIDTH)
        parent = self._vouched_tile(level + 1, above)
        expected = parent[nth * HASH_BYTES : (nth + 1) * HASH_BYTES]
        if len(hashes) != TILE_BYTES or fold(hashes) != expected:
            name = tile_path(level, number)
            raise BadProof(f"{self.place}/{name}: found other hashes than were signed; verify it")
        if level:
            self._vouched[level, number] = hashes
        return hashes

    def _vouch_for_edge(self) -> None:
        try:
            edge = Edge.read(self.stated.size, self.tile)
        except LedgerDamaged as error:
            raise BadProof(f"{self.place}: {error}; verify it") from None
        if edge.root() != self.stated.root:
            raise BadProof(
                f"{self.place}: its last tiles do not lead to the signed root; verify it"
            )
        self._vouched = {(level, number): row for level, number, row in edge.unfinished()}

    # What `Store` asks

    def tile(self, level: int, number: int) -> bytes | None:
        width = self.width(level, number)
        if width <= 0:
            return None
        hashes = self.files.read(tile_path(level, number, width), TILE_BYTES)
        if hashes is None and width < TILE_WIDTH:
            # It may be gone once the full tile is there.
            whole = self.files.read(tile_path(level, number), TILE_BYTES)
            return whole and whole[: width * HASH_BYTES]
        return hashes

    def size(self) -> int:
        return self.stated.size

    def entry_span(self) -> tuple[int, int]:
        return (0, self.stated.size)

    def entries(self, start: int, end: int) -> list[tuple[int, bytes]]:
        end = min(end, self.stated.size)
        rows: list[tuple[int, bytes]] = []
        for number in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
            rows += enumerate(self._vouched_bundle(number), number * TILE_WIDTH)
        return [(number, body) for number, body in rows if start <= number < end]

    def checkpoint(self, size: int) -> bytes | None:
        return self._notes.get(size)

    def checkpoints(self) -> Iterator[tuple[int, object]]:
        yield from self._notes.items()

    def meta(self, key: str) -> str | None:
        return self.stated.origin if key == "origin" else None

    def key_spans(self) -> list[KeySpan]:
        return list(self._keys)

    def wait(self, size: int, seconds: float) -> int:
        return self.stated.size  # it shows one state

    def blob(self, sha256: bytes) -> bytes | None:
        return self._blobs.read(sha256.hex(), MAX_BLOB_BYTES)

    def blobs(self) -> Iterator[bytes]:
        for name in self._blobs.names():
            if _BLOB_NAME.fullmatch(name):
                yield bytes.fromhex(name)

    def reading(self) -> AbstractContextManager[None]:
        return nullcontext()  # what a checkpoint calls for never changes

    def close(self) -> None:
        if "_blobs" in self.__dict__:
            self._blobs.close()
        self.files.close()

    def own_check(self) -> list[str]:
        return []

    # What a published log has not

    def _refusal(self) -> BadInput:
        return BadInput(f"{self.place}: found a published log, to be read only; expected a ledger")

    def writing(self) -> AbstractContextManager[None]:
        raise self._refusal()

    def tile_count(self) -> int:
        raise self._refusal()

    def known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        raise self._refusal()

    def ids_in_place(self, first: int, digests: bytes) -> int:
        raise self._refusal()

    def id_spread(self) -> IdSpread:
        raise self._refusal()

    def ids(self) -> Generator[tuple[int, bytes]]:
        raise self._refusal()

    def add(self, first: int, digests: Sequence[bytes], bodies: Sequence[bytes]) -> bool:
        raise self._refusal()

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        raise self._refusal()

    def put_checkpoint(self, size: int, note: bytes) -> None:
        raise self._refusal()

    def put_key(self, key: KeySpan) -> None:
        raise self._refusal()

    def put_blob(self, sha256: bytes, content: bytes) -> None:
        raise self._refusal()

    def remove_blob(self, sha256: bytes) -> None:
        raise self._refusal()
