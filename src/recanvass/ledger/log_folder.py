"""A published log read from its files: the store of a ledger that can be asked but not written to.

It shows one state, that of the checkpoint that it found. Nothing but that checkpoint's signature is
verified here (see `log_verification`); sizes are bounded, whatever the files hold.
"""

# What each method does is said in `store.Store`; what only writes has no use for what it is given.
# ruff: noqa: D102, ARG002

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from recanvass.errors import BadInput, BadProof, LedgerMissing
from recanvass.ledger.checkpoint import open_checkpoint, read_checkpoint
from recanvass.ledger.keys import Verifier
from recanvass.ledger.merkle import HASH_BYTES
from recanvass.ledger.note import MAX_NOTE_BYTES
from recanvass.ledger.store import MAX_BLOB_BYTES, IdSpread, KeySpan
from recanvass.ledger.tile_paths import (
    BLOB_FOLDER,
    CHECKPOINT_PATH,
    MAX_BUNDLE_BYTES,
    bundle_path,
    decode_bundle,
    tile_path,
)
from recanvass.ledger.tiles import TILE_BYTES, TILE_WIDTH, Tile

__all__ = ["LogFolder"]

_BLOB_NAME = re.compile("[0-9a-f]{64}")


class LogFolder:
    """Implements the reading half of `store.Store`; whatever writes raises BadInput."""

    def __init__(self, folder: Path, key: Verifier | None = None) -> None:
        """Read the checkpoint in `folder`, signed by `key` (without one, by whomever).

        Raise LedgerMissing if there is none, BadProof if it is malformed or not signed by `key`.
        """
        self.place = str(folder)
        self._folder = folder
        self._key = key
        note = self.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)
        if note is None:
            raise LedgerMissing(f"{folder}: found no file {CHECKPOINT_PATH}; expected a log")
        self.note = note
        try:
            stated = read_checkpoint(self.note)
            self.stated = stated if key is None else open_checkpoint(self.note, key.name, [key])
        except BadProof as error:
            raise BadProof(f"{folder / CHECKPOINT_PATH}: {error}") from None

    # The files

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes, at most one more than `limit`; None if there is no such file."""
        file = self._folder / path
        if not file.is_file():  # nor a pipe, which would keep us waiting
            return None
        with file.open("rb") as opened:
            return opened.read(limit + 1)

    def width(self, level: int, number: int) -> int:
        """Return how many hashes the checkpoint gives a tile; 0 or less if there is none."""
        return min(TILE_WIDTH, (self.stated.size >> 8 * level) - number * TILE_WIDTH)

    def bundle(self, number: int) -> list[bytes]:
        """Return the entries behind tile `number` of level 0.

        Raise BadProof, naming the file, if they are absent or not as many as there should be.
        """
        width = self.width(0, number)
        path = bundle_path(number, width)
        data = self.read(path, MAX_BUNDLE_BYTES)
        if data is None and width < TILE_WIDTH:
            path = bundle_path(number)
            data = self.read(path, MAX_BUNDLE_BYTES)
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

    def narrower(self, path: str, width: int, limit: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield path, width and bytes of each partial tile below `width` that still lies there."""
        folder = self._folder / f"{path}.p"
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = file.name
            if name.isascii() and name.isdigit() and str(int(name[:4])) == name:
                found = self.read(f"{path}.p/{name}", limit)
                if 0 < int(name) < width and found is not None:
                    yield f"{path}.p/{name}", int(name), found

    # What `Store` asks

    def tile(self, level: int, number: int) -> bytes | None:
        width = self.width(level, number)
        if width <= 0:
            return None
        hashes = self.read(tile_path(level, number, width), TILE_BYTES)
        if hashes is None and width < TILE_WIDTH:
            # It may be gone once the full tile is there.
            whole = self.read(tile_path(level, number), TILE_BYTES)
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
            rows += enumerate(self.bundle(number), number * TILE_WIDTH)
        return [(number, body) for number, body in rows if start <= number < end]

    def checkpoint(self, size: int) -> bytes | None:
        return self.note if size == self.stated.size else None

    def checkpoints(self) -> Iterator[tuple[int, object]]:
        yield self.stated.size, self.note

    def meta(self, key: str) -> str | None:
        return self.stated.origin if key == "origin" else None

    def key_spans(self) -> list[KeySpan]:
        return [] if self._key is None else [KeySpan(str(self._key), 0)]

    def wait(self, size: int, seconds: float) -> int:
        return self.stated.size  # it shows one state

    def blob(self, sha256: bytes) -> bytes | None:
        return self.read(f"../{BLOB_FOLDER}/{sha256.hex()}", MAX_BLOB_BYTES)

    def blobs(self) -> Iterator[bytes]:
        folder = self._folder.parent / BLOB_FOLDER
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if _BLOB_NAME.fullmatch(file.name):
                yield bytes.fromhex(file.name)

    def reading(self) -> AbstractContextManager[None]:
        return nullcontext()  # what a checkpoint calls for never changes

    def close(self) -> None:
        """Nothing is held open."""

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
