"""`recanvass verify --dir`: a published log checked from its files, or only what is new in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.verified import (
    key_option,
    print_faults,
    print_signatures_and_evidence,
    print_station_proof,
    print_verified,
)
from recanvass.errors import BadProof
from recanvass.ledger import Ledger, LogFolder, Verifier, verify_log
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint
from recanvass.ledger.note import MAX_NOTE_BYTES
from recanvass.record import Record
from recanvass.record.published import open_log
from recanvass.record.verification import verify_record
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print what was checked and return 0, or 1 if anything is wrong."""
    trusted = key_option(args.key)
    log = open_log(Path(args.dir), trusted)
    saved = Path(args.checkpoint) if args.checkpoint else None
    since = _saved(saved, log) if saved and saved.exists() else None
    found = verify_log(log, trusted is not None, since)
    if not found.ok:
        return print_faults(found.faults, args.lang)
    whole = None
    if since is None:
        with Record(Ledger.of_log(log)) as record:
            whole = verify_record(record, found)
        if not whole.ok:
            status = print_faults(whole.faults, args.lang)
            print_signatures_and_evidence(whole, args.lang)
            return status
    print_verified(log.stated.origin, found, whole, args.lang)
    if since is not None:
        _print_new(since, found.size, args.lang)
    if args.station:
        with Record(Ledger.of_log(log)) as record:
            print_station_proof(record, args.station, args.lang)
    if saved is not None:
        _save(saved, log.note)
    return 0


def _saved(file: Path, log: LogFolder) -> Checkpoint:
    """Return the checkpoint saved last time, signed by the key that signed this log's."""
    key = Verifier.parse(log.key_spans()[0].verifier)
    with file.open("rb") as opened:
        note = opened.read(MAX_NOTE_BYTES + 1)
    try:
        return open_checkpoint(note, key.name, [key])
    except BadProof as error:
        raise BadProof(f"{file}: {error}") from None


def _print_new(since: Checkpoint, size: int, language: str) -> None:
    text = say_in(language)(
        "goes on from the saved checkpoint of {old} entries: {new} new ones were read, the totals "
        "were not folded again"
    ).format(old=number(since.size, language), new=number(size - since.size, language))
    print_line(f"  {text}")


def _save(file: Path, note: bytes) -> None:
    """Put the checkpoint in its place whole: half of one would stop the next run."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_bytes(note)
    unfinished.replace(file)
