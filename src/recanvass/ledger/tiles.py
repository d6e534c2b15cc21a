"""The tree as hash tiles (C2SP tlog-tiles): how they grow, and how a subtree is read from them.

A tile is up to 256 hashes of 32 bytes, plainly joined. Hash `i` of tile `n` at level `l` is the
root over entries `(n*256 + i) * 256**l` up to, not including, `(n*256 + i + 1) * 256**l`: level 0
holds the leaf hashes, and each hash of level l+1 is the root of one *full* tile of level l. For
`size` entries, level l has `size >> 8*l` hashes; only its last tile can be unfinished.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from recanvass.errors import LedgerDamaged
from recanvass.ledger.merkle import HASH_BYTES, NodeReader, fold, fold_once, tree_root

__all__ = [
    "TILE_BYTES",
    "TILE_WIDTH",
    "Edge",
    "KeptTiles",
    "Tile",
    "TileReader",
    "TreeOfTiles",
    "level_widths",
]

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
MOST_KEPT = 4096
"""Folded tiles of 16 KB: those of a million entries."""

Tile = tuple[int, int, bytes]
"""Level, number, hashes."""

TileReader = Callable[[int, int], bytes | None]
"""Level and number to the hashes of that tile; None if there is no such tile."""


def level_widths(size: int) -> list[int]:
    """Return how many hashes each level holds, from level 0 up to the last that is not empty."""
    widths = []
    while size:
        widths.append(size)
        size >>= TILE_HEIGHT
    return widths


class Edge:
    """The right edge of a growing tree: the unfinished tile of each level.

    Owned by the one batch or check that grows it; nothing else may change it.
    """

    def __init__(self, size: int = 0, unfinished: Sequence[bytes] = ()) -> None:
        """Start at `size` entries; `unfinished` has the hashes of each level's last tile."""
        self.size = size
        self._rows = list(unfinished)

    @classmethod
    def read(cls, size: int, tile: TileReader) -> Edge:
        """Return the edge of a stored tree of `size` entries.

        Raise LedgerDamaged if an unfinished tile is absent or has another width.
        """
        rows = []
        for level, width in enumerate(level_widths(size)):
            number, rest = divmod(width, TILE_WIDTH)
            row = (tile(level, number) or b"") if rest else b""
            if len(row) != rest * HASH_BYTES:
                raise LedgerDamaged(
                    f"tile {number} of level {level}: found {len(row)} bytes; "
                    f"expected {rest * HASH_BYTES} at size {size}"
                )
            rows.append(row)
        return cls(size, rows)

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[Tile]:
        """Add entries by their leaf hashes; return the tiles of all levels that became full."""
        full: list[Tile] = []
        size = self.size
        self.size += len(leaf_hashes)
        fresh: Sequence[bytes] = leaf_hashes
        level = 0
        while fresh:
            if level == len(self._rows):
                self._rows.append(b"")
            row = self._rows[level] + b"".join(fresh)
            number = size >> TILE_HEIGHT * (level + 1)
            whole = len(row) - len(row) % TILE_BYTES
            tiles = [row[at : at + TILE_BYTES] for at in range(0, whole, TILE_BYTES)]
            full += [(level, number + nth, tile) for nth, tile in enumerate(tiles)]
            self._rows[level] = row[whole:]
            fresh = [fold(tile) for tile in tiles]
            level += 1
        return full

    def unfinished(self) -> list[Tile]:
        """Return the tile of each level that is neither empty nor full."""
        return [
            (level, self.size >> TILE_HEIGHT * (level + 1), row)
            for level, row in enumerate(self._rows)
            if row
        ]

    def root(self) -> bytes:
        """Return the root over all entries so far."""
        # A tree splits into whole subtrees, and all of those lie in unfinished tiles.
        tiles = {(level, number): row for level, number, row in self.unfinished()}
        tree = TreeOfTiles(lambda level, number: tiles.get((level, number)))
        return tree_root(self.size, tree.node)


class TreeOfTiles:
    """Hashes of whole subtrees, read from stored tiles. Short-lived: it keeps what it has read."""

    def __init__(self, tile: TileReader) -> None:
        self._read = tile
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, height: int, index: int) -> bytes:
        """Return the root over entries `index * 2**height` to `(index + 1) * 2**height`.

        Raise LedgerDamaged if the tile that holds it is absent or too short.
        """
        level, rest = divmod(height, TILE_HEIGHT)
        number, first = divmod(index << rest, TILE_WIDTH)
        hashes = self._tile(level, number)
        part = hashes[first * HASH_BYTES : (first + (1 << rest)) * HASH_BYTES]
        if len(part) != HASH_BYTES << rest:
            raise LedgerDamaged(
                f"tile {number} of level {level}: found {len(hashes)} bytes; "
                f"expected at least {(first + (1 << rest)) * HASH_BYTES}"
            )
        return fold(part)

    def _tile(self, level: int, number: int) -> bytes:
        hashes = self._tiles.get((level, number))
        if hashes is None:
            hashes = self._tiles[level, number] = self._read(level, number) or b""
        return hashes


class KeptTiles:
    """Hashes of whole subtrees for proof after proof: each tile is folded once and kept.

    Long-lived, while the ledger grows: what is kept of a tile is only what lies within a size that
    was asked for, and that never changes. The least recently used tiles are let go.
    """

    def __init__(self, tile: TileReader, most: int = MOST_KEPT) -> None:
        self._read = tile
        self._most = most
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def up_to(self, size: int) -> NodeReader:
        """Return the reader of a committed tree of `size` entries.

        It raises LedgerDamaged if a tile of that tree is absent or too short.
        """
        return partial(self._node, size)

    def _node(self, size: int, height: int, index: int) -> bytes:
        level, rest = divmod(height, TILE_HEIGHT)
        number = index >> TILE_HEIGHT - rest
        at = (index - (number << TILE_HEIGHT - rest)) * HASH_BYTES
        rows = self._tiles.get((level, number))
        if rows is None or at >= len(rows[rest]):
            rows = self._folded(size, level, number)
        else:
            self._tiles.move_to_end((level, number))
        return rows[rest][at : at + HASH_BYTES]

    def _folded(self, size: int, level: int, number: int) -> list[bytes]:
        """Read a tile up to `size`; return its hashes and above them each row that they make."""
        width = min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH)
        hashes = (self._read(level, number) or b"")[: width * HASH_BYTES]
        if len(hashes) != width * HASH_BYTES:
            raise LedgerDamaged(
                f"tile {number} of level {level}: found {len(hashes)} bytes; "
                f"expected at least {width * HASH_BYTES}"
            )
        rows = [hashes]
        while len(rows) < TILE_HEIGHT:
            rows.append(b"".join(fold_once(rows[-1])))
        self._tiles[level, number] = rows
        self._tiles.move_to_end((level, number))
        if len(self._tiles) > self._most:
            self._tiles.popitem(last=False)
        return rows
