"""What a ledger asks of the place where it is kept. A store knows neither trees nor keys.

Every method raises LedgerDamaged where the stored data cannot be read, and RecanvassError where
the place itself refuses (full, locked, read-only). A store is used by one thread.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from recanvass.ledger.tiles import Tile

__all__ = ["BUSY_SECONDS", "ID_BYTES", "MAX_BLOB_BYTES", "IdSpread", "KeySpan", "Store"]

ID_BYTES = 16
"""An id is stored as the first 16 bytes of its SHA-256: 2**64 work for a false conflict."""

BUSY_SECONDS = 60
"""How long a batch waits for those of other processes before it is refused."""

MAX_BLOB_BYTES = 100_000_000
"""What is larger belongs elsewhere: a blob is read and written whole."""


class IdSpread(msgspec.Struct, frozen=True):
    """How many ids are stored, and the lowest and highest entry number that they lead to."""

    count: int
    least: int | None
    greatest: int | None


class KeySpan(msgspec.Struct, frozen=True):
    """A verifier key, and the sizes at which its signature stands below the checkpoint."""

    verifier: str
    since: int
    until: int | None = None
    """The first size that it does not sign any more; None while it signs."""

    def signs(self, size: int) -> bool:
        """Return whether its signature stands below the checkpoint at `size`."""
        return self.since <= size and (self.until is None or size < self.until)


class Store(Protocol):
    """Entries, ids, tiles, checkpoints, keys and blobs of one ledger."""

    @property
    def place(self) -> str:
        """How messages call it."""

    def writing(self) -> AbstractContextManager[None]:
        """One transaction that alone may write: kept whole at the end, or undone if it raises."""

    def reading(self) -> AbstractContextManager[None]:
        """One state for all reads inside, whatever others append meanwhile."""

    def close(self) -> None:
        """Let go of it."""

    def meta(self, key: str) -> str | None:
        """Return a fact about the ledger, or None."""

    def size(self) -> int:
        """Return the size that the last checkpoint states."""

    def entry_span(self) -> tuple[int, int]:
        """Return the lowest entry number, and the one after the highest; (0, 0) if empty."""

    def entries(self, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return number and bytes of the entries from `start` up to, not including, `end`."""

    def tile(self, level: int, number: int) -> bytes | None:
        """Return the hashes of a tile, or None."""

    def tile_count(self) -> int:
        """Return how many tiles there are."""

    def known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        """Return the entry number of each id digest that is stored."""

    def ids_in_place(self, first: int, digests: bytes) -> int:
        """Return how many of the entries numbered from `first` are found under their own id.

        `digests` are those of their ids, plainly joined. One pass over the stored ids, so that
        verification need not look each one up.
        """

    def id_spread(self) -> IdSpread:
        """Return how many ids there are, and what they span."""

    def ids(self) -> Generator[tuple[int, bytes]]:
        """Return every entry number with the digest of its id, in order of number."""

    def key_spans(self) -> list[KeySpan]:
        """Return the keys that ever signed, in the order in which they began."""

    def checkpoint(self, size: int) -> bytes | None:
        """Return the signed checkpoint at a size, or None."""

    def checkpoints(self) -> Iterator[tuple[int, object]]:
        """Return every checkpoint with its size, in order of size; not bytes where damaged."""

    def wait(self, size: int, seconds: float) -> int:
        """Return the size as soon as it is above `size`, or after that time what it is then."""

    def blob(self, sha256: bytes) -> bytes | None:
        """Return the content with this hash, or None."""

    def blobs(self) -> Iterator[bytes]:
        """Return the hash of every blob, in order."""

    def add(self, first: int, digests: Sequence[bytes], bodies: Sequence[bytes]) -> bool:
        """Add entries numbered from `first` with their ids, within `writing`.

        All of them, or none and False if an id is known or comes twice.
        """

    def put_tiles(self, tiles: Sequence[Tile]) -> None:
        """Write tiles, in place of narrower ones."""

    def put_checkpoint(self, size: int, note: bytes) -> None:
        """Write a signed checkpoint, in place of one of that size that had fewer signatures."""

    def put_key(self, key: KeySpan) -> None:
        """Write a key, in place of what was known of it."""

    def put_blob(self, sha256: bytes, content: bytes) -> None:
        """Keep a blob under its hash; nothing changes if it is kept already."""

    def remove_blob(self, sha256: bytes) -> None:
        """Let go of a blob, so that its content can no longer be read."""

    def own_check(self) -> list[str]:
        """Return what the store's own integrity check finds wrong."""
