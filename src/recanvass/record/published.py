"""A published log found, and opened as the store of a record: from a trusted key to those of now.

A log's keys change with entries (see `ledger.key_changes`). Whoever trusts one key follows: a
proof that it signed shows the entry that adds the next one, and so on to a key that signed the
checkpoint. All keys are then those that the checkpoint's own tree has entries for, earlier ones
among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from recanvass.errors import BadInput, BadProof, LedgerDamaged
from recanvass.ledger import KeySpan, LogReader, Proof, Verifier
from recanvass.ledger.checkpoint import Checkpoint, read_checkpoint
from recanvass.ledger.key_changes import read_changes
from recanvass.ledger.merkle import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from recanvass.ledger.note import parse_note
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.published_files import PublishedFiles, is_url
from recanvass.ledger.tile_paths import CHECKPOINT_PATH
from recanvass.ledger.tiles import TreeOfTiles
from recanvass.model import AnyEvent, KeyAdded, KeyRetired, decode_event
from recanvass.record.keys import key_spans_of

__all__ = ["open_log", "place_of_log"]


class _Change(msgspec.Struct, frozen=True):
    """An entry that changed the keys, as its published proof states it; not verified yet."""

    path: str
    proof: Proof
    stated: Checkpoint
    event: KeyAdded | KeyRetired


def place_of_log(url: Place | str) -> Path | str | None:
    """Return the folder or the address of the published log that a URL names, if it names one.

    Raise BadInput for a URL that can name neither a log nor a ledger.
    """
    if isinstance(url, str) and is_url(url):
        return url
    place = ledger_place(url)
    return place if isinstance(place, Path) and (place / CHECKPOINT_PATH).is_file() else None


def open_log(files: PublishedFiles, key: str | None = None) -> LogReader:
    """Return the log among published files, its checkpoint signed by all keys that sign now.

    These must be the verifier key `key`, or follow from it by entries of the log. Without one they
    follow from what the log's own first entry states: then the log may be whole, but it is only its
    own word whose it is. Raise LedgerMissing if there is no log, BadProof if the checkpoint is
    malformed or not signed so, BadInput if `key` is not one.
    """
    log = LogReader(files)
    trusted = None if key is None else Verifier.parse(key)
    changes = _read_all_changes(log)
    if trusted is not None and not changes:
        log.take_keys([KeySpan(str(trusted), 0)])
        return log
    # As the file has it: if that was changed, no signature fits, or `verify` says where.
    first = log.bundle(0)[:1] if log.size() else []
    own = _own_key(log, first)
    spans = key_spans_of([(0, own), *((change.proof.index, change.event) for change in changes)])
    reached = _reached(trusted or Verifier.parse(own.verifier), changes)
    log.take_keys(spans, {change.stated.size: change.proof.checkpoint for change in changes})
    if not any(Verifier.parse(k.verifier) in reached for k in spans if k.signs(log.stated.size)):
        raise BadProof(
            f"{log.place}: found no way from {trusted} to the keys that signed the checkpoint"
        )
    if changes:
        _check_in_tree(log, first[0], changes)
    return log


def _read_all_changes(log: LogReader) -> list[_Change]:
    """Return the changes below the log's checkpoint; the proof of one is published before it is."""
    changes = [_read_change(path, proof) for path, proof in read_changes(log)]
    changes = [change for change in changes if change.stated.size <= log.stated.size]
    for before, after in pairwise(changes):
        if before.stated.size >= after.stated.size:
            raise BadProof(f"{log.place}: {after.path}: expected changes of keys in their order")
    return changes


def _read_change(path: str, proof: Proof) -> _Change:
    try:
        stated = read_checkpoint(proof.checkpoint)
        event = decode_event(proof.extra or b"")
    except (BadInput, BadProof) as error:
        raise BadProof(f"{path}: {error}") from None
    # A key for returns may be anybody's: it must never lead to who signs the log.
    is_for_returns = isinstance(event, KeyAdded) and event.use != "checkpoints"
    if not isinstance(event, KeyAdded | KeyRetired) or is_for_returns:
        raise BadProof(f"{path}: expected an entry that adds or retires a key for checkpoints")
    if proof.index + 1 != stated.size:
        raise BadProof(f"{path}: expected the last entry below its checkpoint")
    return _Change(path, proof, stated, event)


def _own_key(log: LogReader, first: Sequence[bytes]) -> KeyAdded:
    """Return the entry by which a log states its first key. Raise BadProof if it states none."""
    try:
        event: AnyEvent | None = decode_event(first[0]) if first else None
    except BadInput as error:
        raise BadProof(f"{log.place}: entry 0: {error}") from None
    if not isinstance(event, KeyAdded):
        raise BadProof(f"{log.place}: entry 0: found no key; expected the one that signs")
    return event


def _reached(trusted: Verifier, changes: Sequence[_Change]) -> set[Verifier]:
    """Return the keys that follow from a trusted one: each added in a tree that one of them signed.

    Raise BadProof if a signature or a proof on the way does not verify.
    """
    reached = {trusted}
    for change in changes:
        lines = parse_note(change.proof.checkpoint).signatures
        names = {(line.name, line.key_id) for line in lines}
        on_the_way = [key for key in reached if (key.name, key.key_id) in names]
        if not on_the_way:
            continue
        try:
            change.proof.verify(on_the_way[0])
        except BadProof as error:
            raise BadProof(f"{change.path}: {error}") from None
        if isinstance(change.event, KeyAdded):
            reached.add(Verifier.parse(change.event.verifier))
    return reached


def _check_in_tree(log: LogReader, first: bytes, changes: Sequence[_Change]) -> None:
    """Raise BadProof unless the first entry and every change are in the tree that was signed."""
    size, root = log.stated.size, log.stated.root
    node = TreeOfTiles(log.tile).node
    where = "entry 0"
    try:
        check_inclusion(leaf_hash(first), 0, size, inclusion_proof(0, size, node), root)
        for change in changes:
            where, at = change.path, change.stated
            entry = leaf_hash(change.proof.extra or b"")
            check_inclusion(entry, at.size - 1, at.size, change.proof.hashes, at.root)
            proof = consistency_proof(at.size, size, node)
            check_consistency(at.size, size, proof, at.root, root)
    except (BadInput, BadProof, LedgerDamaged) as error:
        raise BadProof(
            f"{log.place}: {where}: not on the way to the signed tree, or tiles of it are damaged: "
            f"{error}"
        ) from None
