"""A published log checked from its files alone, and every fault named by the file that it is in.

Leaf hashes are computed from the entry bundles and the tree is grown from them anew; every tile of
every level is compared with what grows, and the root with the signed one. Where an entry and its
leaf hash differ, the tree above says which of the two files was changed.

With a checkpoint that was saved earlier the tree grows on from there. If what stood then has that
checkpoint's root, and with the entries that came since leads to the new root, then the old tree is
the beginning of the new one: nothing was rewritten.
"""

from __future__ import annotations

from collections.abc import Sequence

from recanvass.errors import BadProof, LedgerDamaged
from recanvass.ledger.checkpoint import Checkpoint
from recanvass.ledger.log_reader import LogReader
from recanvass.ledger.merkle import HASH_BYTES, fold, leaf_hashes, tree_root
from recanvass.ledger.tile_paths import MAX_BUNDLE_BYTES, bundle_path, encode_bundle, tile_path
from recanvass.ledger.tiles import TILE_BYTES, TILE_WIDTH, Edge, Tile, TreeOfTiles, level_widths
from recanvass.ledger.verification import MAX_LISTED, Fault, Verification

__all__ = ["verify_log"]


def verify_log(
    log: LogReader, trusted: str | None = None, since: Checkpoint | None = None
) -> Verification:
    """Return what a check of every entry and tile below the log's checkpoint finds.

    Signatures were verified when the log was opened; `trusted` is the asker's own verifier key,
    which must be among the log's. With `since`, a checkpoint verified earlier, only what came after
    it is read. Damage is reported, not raised; the check ends early after 1,000 faults. Memory does
    not grow with the log.
    """
    return _LogCheck(log, since).run(trusted)


class _LogCheck:
    """One check under way."""

    def __init__(self, log: LogReader, since: Checkpoint | None) -> None:
        self._log = log
        self._since = since
        self._faults: list[Fault] = []

    def run(self, trusted: str | None) -> Verification:
        """Check file by file and return what was found."""
        size, keys = self._log.stated.size, self._log.key_spans()
        if trusted is not None and trusted not in [key.verifier for key in keys]:
            self._fault(f"verifier key: the log is signed by another one than {trusted}")
        edge = self._start()
        if edge is not None:
            self._grow(edge, size)
        return Verification(
            size=size,
            root=self._log.stated.root,
            checkpoints=1,
            verifier=trusted or "".join(key.verifier for key in keys[:1]),
            keys=keys,
            trusted=trusted is not None,
            faults=self._faults,
            unlisted=0,
        )

    def _fault(self, message: str, entry: int | None = None) -> None:
        self._faults.append(Fault(message, entry))

    def _start(self) -> Edge | None:
        """Return the tree to grow on from, or None, with a fault, if it is not that of `since`."""
        if self._since is None:
            return Edge()
        old, size = self._since.size, self._log.stated.size
        if old > size:
            self._fault(
                f"checkpoint: found {size} entries; one saved earlier states {old}, so an older "
                "log is served"
            )
            return None
        widths = level_widths(old)

        def cut(level: int, number: int) -> bytes | None:
            hashes = self._log.tile(level, number)
            return hashes and hashes[: widths[level] % TILE_WIDTH * HASH_BYTES]

        try:
            edge = Edge.read(old, cut)
        except LedgerDamaged as error:
            self._fault(str(error))
            return None
        if edge.root() != self._since.root:
            self._fault(
                f"checkpoint: the log does not go on from the one saved at size {old}; the same "
                "key signed another history, or tiles of that size are damaged"
            )
            return None
        return edge

    def _grow(self, edge: Edge, size: int) -> None:
        old = edge.size
        for number in range(old // TILE_WIDTH, -(-size // TILE_WIDTH)):
            leaves = self._leaves(number)
            if leaves is None or len(self._faults) >= MAX_LISTED:
                self._fault(f"{tile_path(0, number)}: what follows is not checked")
                return
            self._higher_tiles(edge.extend(leaves[max(0, old - number * TILE_WIDTH) :]))
        self._higher_tiles(edge.unfinished())
        if edge.root() != self._log.stated.root and not self._faults:
            self._fault("checkpoint: its root is not the one that the entries lead to")

    # Entries and their leaf hashes

    def _leaves(self, number: int) -> list[bytes] | None:
        """Return the leaf hashes behind one tile that the tree above agrees with, or None."""
        entries, tile = self._entries(number), self._tile(0, number)
        stored = None if tile is None else _cut(tile)
        made = None if entries is None else leaf_hashes(entries)
        if stored is None or made is None:
            leaves = stored or made
        elif made == stored or self._leads_up(number, stored):
            leaves = stored
        else:
            leaves = made if self._leads_up(number, made) else stored
        if stored is not None and made is not None and made != stored:
            self._name_differences(number, made, stored)
        if leaves is not None:
            self._narrower_hashes(0, number, b"".join(leaves))
        if entries is not None and leaves == made:
            self._narrower_bundles(number, entries)
        return leaves

    def _name_differences(self, number: int, made: list[bytes], stored: list[bytes]) -> None:
        width = len(stored)
        bundle, tile = bundle_path(number, width), tile_path(0, number, width)
        is_tile = not self._leads_up(number, stored) and self._leads_up(number, made)
        for nth, (a, b) in enumerate(zip(made, stored, strict=True)):
            entry = number * TILE_WIDTH + nth
            if a != b and is_tile:
                self._fault(f"{tile}: hash {nth} is not that of entry {entry} in {bundle}", entry)
            elif a != b:
                self._fault(f"{bundle}: entry {entry} is not the one that {tile} has", entry)

    def _leads_up(self, number: int, leaves: Sequence[bytes]) -> bool:
        """Return whether the tiles above, or the signed root, have these leaf hashes."""
        hashes = b"".join(leaves)
        if len(leaves) == TILE_WIDTH:
            above, nth = divmod(number, TILE_WIDTH)
            parent = self._log.tile(1, above) or b""
            return fold(hashes) == parent[nth * HASH_BYTES : (nth + 1) * HASH_BYTES]

        def read(level: int, at: int) -> bytes | None:
            return hashes if (level, at) == (0, number) else self._log.tile(level, at)

        try:
            root = tree_root(self._log.stated.size, TreeOfTiles(read).node)
        except LedgerDamaged:
            return False
        return root == self._log.stated.root

    def _entries(self, number: int) -> list[bytes] | None:
        try:
            return self._log.bundle(number)
        except BadProof as error:
            self._fault(str(error))
            return None

    # Tiles of hashes

    def _tile(self, level: int, number: int) -> bytes | None:
        """Return a tile as it is stored, or None, with a fault, if it is absent or not as wide."""
        width = self._log.width(level, number)
        hashes = self._log.tile(level, number)
        if hashes is None or len(hashes) != width * HASH_BYTES:
            found = "no file" if hashes is None else f"{len(hashes)} bytes"
            self._fault(
                f"{tile_path(level, number, width)}: found {found}; "
                f"expected {width * HASH_BYTES} bytes"
            )
            return None
        return hashes

    def _higher_tiles(self, tiles: Sequence[Tile]) -> None:
        """Check tiles above level 0 against those that the tiles below them make."""
        for level, number, made in tiles:
            if level == 0:
                continue
            stored = self._tile(level, number)
            self._narrower_hashes(level, number, made)
            if stored is None or stored == made:
                continue
            name = tile_path(level, number, len(made) // HASH_BYTES)
            for nth, (a, b) in enumerate(zip(_cut(stored), _cut(made), strict=True)):
                if a != b:
                    below = tile_path(level - 1, number * TILE_WIDTH + nth)
                    self._fault(f"{name}: hash {nth} is not the root of {below}")

    # Partial tiles of earlier checkpoints, which stay published

    def _narrower_hashes(self, level: int, number: int, hashes: bytes) -> None:
        width = len(hashes) // HASH_BYTES
        path = tile_path(level, number)
        for name, n, found in self._log.narrower(path, width, TILE_BYTES):
            if found != hashes[: n * HASH_BYTES]:
                self._fault(f"{name}: not the beginning of {tile_path(level, number, width)}")

    def _narrower_bundles(self, number: int, entries: list[bytes]) -> None:
        path, width = bundle_path(number), len(entries)
        for name, n, found in self._log.narrower(path, width, MAX_BUNDLE_BYTES):
            if found != encode_bundle(entries[:n]):
                self._fault(f"{name}: not the beginning of {bundle_path(number, width)}")


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
