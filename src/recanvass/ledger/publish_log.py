"""A ledger written as the static files of a C2SP tlog-tiles log, which any web server can serve.

Files below a published checkpoint are never touched again; a log that grew gets new ones. They are
written in an order that survives a crash: entries, then tiles from level 0 up, all flushed to the
disk, and only then the checkpoint that calls for them. What a crash leaves beyond the checkpoint is
called for by nobody, and the next publication writes it again with the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from recanvass.errors import BadProof, LedgerConflict, LedgerDamaged
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from recanvass.ledger.durable_files import DurableFiles, alone_in
from recanvass.ledger.key_changes import change_path, change_sizes, prove_change
from recanvass.ledger.keys import Verifier
from recanvass.ledger.ledger import Ledger
from recanvass.ledger.merkle import HASH_BYTES, leaf_hashes
from recanvass.ledger.note import parse_note
from recanvass.ledger.tile_paths import CHECKPOINT_PATH, bundle_path, encode_bundle, tile_path
from recanvass.ledger.tiles import TILE_WIDTH, Tile

__all__ = ["PublishedLog", "publish_log"]

ENTRIES_AT_ONCE = 32 * TILE_WIDTH


class PublishedLog(msgspec.Struct, frozen=True):
    """What a publication did."""

    size: int
    """Entries that the published checkpoint states."""
    before: int
    """Entries that the checkpoint stated that was there before; 0 if there was none."""
    files: int
    """Files written, the checkpoint among them; 0 if all was there."""


def publish_log(ledger: Ledger, folder: Path) -> PublishedLog:
    """Bring the log in `folder` up to the ledger's last checkpoint; make the folder if need be.

    Every entry that is new is hashed again on its way, so what is published is what was signed.
    Memory does not grow with the ledger.

    Raise LedgerConflict if `folder` has a log that the ledger does not continue, BadInput if
    another process publishes there, BadProof if its checkpoint is malformed or signed by another
    key, LedgerDamaged if entries and tree of the ledger do not agree.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        note = ledger.checkpoint()
        size = read_checkpoint(note).size
        published = _published(ledger, folder, size)
        if published is not None and published.size == size:
            return _with_more_signatures(note, size, folder)
        before = 0 if published is None else published.size
        writer = DurableFiles(folder)
        root = _write_growth(ledger, writer, before, size)
        if root != read_checkpoint(note).root:
            raise LedgerDamaged(
                f"{ledger.origin}: its entries do not lead to the root signed at size {size}; "
                "nothing was published. Verify it"
            )
        _write_key_changes(ledger, writer, folder, size)
        writer.flush_folders()
        writer.write(CHECKPOINT_PATH, note)
        writer.flush_folders()
        return PublishedLog(size, before, writer.written)


def _with_more_signatures(note: bytes, size: int, folder: Path) -> PublishedLog:
    """Write the checkpoint of a published size again if it was signed by more since."""
    writer = DurableFiles(folder)
    known = parse_note((folder / CHECKPOINT_PATH).read_bytes()).signatures
    if not set(parse_note(note).signatures) <= set(known):
        writer.write(CHECKPOINT_PATH, note)
        writer.flush_folders()
    return PublishedLog(size, size, writer.written)


def _write_growth(ledger: Ledger, writer: DurableFiles, before: int, size: int) -> bytes:
    """Write the bundles and tiles that a log of `before` entries lacks; return the new root."""
    edge = ledger.edge(before)
    # A bundle that was partial is written anew at its new width, so reading starts where it does.
    for start in range(before - before % TILE_WIDTH, size, ENTRIES_AT_ONCE):
        bodies = ledger.read(start, min(start + ENTRIES_AT_ONCE, size))
        for at in range(0, len(bodies), TILE_WIDTH):
            bundle = bodies[at : at + TILE_WIDTH]
            path = bundle_path((start + at) // TILE_WIDTH, len(bundle))
            writer.write(path, encode_bundle(bundle))
        fresh = bodies[max(0, before - start) :]
        _write_tiles(writer, edge.extend(leaf_hashes(fresh)))
    had = {(level, number): len(row) for level, number, row in ledger.edge(before).unfinished()}
    _write_tiles(
        writer, [tile for tile in edge.unfinished() if len(tile[2]) != had.get((tile[0], tile[1]))]
    )
    return edge.root()


def _write_tiles(writer: DurableFiles, tiles: list[Tile]) -> None:
    for level, number, hashes in tiles:
        writer.write(tile_path(level, number, len(hashes) // HASH_BYTES), hashes)


def _write_key_changes(ledger: Ledger, writer: DurableFiles, folder: Path, size: int) -> None:
    """Write the proofs by which a reader follows from an older key to the one that signs now."""
    below = sum(at <= size for at in change_sizes(ledger.keys))
    for number in range(1, below + 1):
        proof = prove_change(ledger, number)
        if proof is not None and not (folder / change_path(number)).exists():
            writer.write(change_path(number), proof.format())


def _published(ledger: Ledger, folder: Path, size: int) -> Checkpoint | None:
    """Return the checkpoint that lies in `folder`, if the ledger of `size` entries continues it."""
    file = folder / CHECKPOINT_PATH
    if not file.exists():
        return None
    try:
        keys = [Verifier.parse(key.verifier) for key in ledger.keys]
        found = open_checkpoint(file.read_bytes(), ledger.origin, keys)
    except BadProof as error:
        raise BadProof(f"{file}: {error}") from None
    if found.size > size:
        raise LedgerConflict(
            f"{file}: found {found.size} entries published; this ledger has only {size}"
        )
    if found.root != ledger.root(found.size):
        raise LedgerConflict(
            f"{file}: found another history of {found.size} entries under the same key; "
            "expected the beginning of this ledger. Keep both: together they prove a fork"
        )
    return found
