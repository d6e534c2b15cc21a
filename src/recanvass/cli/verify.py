"""`recanvass verify`: recompute everything, check an earlier checkpoint, prove one station."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.trust import print_cosigned, trust_of
from recanvass.cli.verified import (
    print_faults,
    print_signatures_and_evidence,
    print_station_proof,
    print_verified,
)
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Verifier, verify
from recanvass.ledger.checkpoint import open_checkpoint
from recanvass.ledger.merkle import check_consistency
from recanvass.ledger.note import MAX_NOTE_BYTES
from recanvass.record import Record, open_record
from recanvass.record.verification import entry_id, verify_record
from recanvass.words import number, say_in

__all__ = ["run"]

_OTHER_WAYS = {"proof": "verify_proof", "dir": "verify_log", "url": "verify_log"}
"""Options that name something else than a ledger to verify, and who does."""


def run(args: argparse.Namespace) -> int:
    """Print what was recomputed and return 0, or 1 if anything is wrong."""
    _refuse_what_does_not_go_together(args)
    for option, module in _OTHER_WAYS.items():
        if getattr(args, option):
            status: int = import_module(f"recanvass.cli.{module}").run(args)
            return status
    trust = trust_of(args)
    found = verify(args.ledger, trust.keys, id_of=entry_id)
    if not found.ok:
        # Too damaged, perhaps, to be opened as a record: the ledger's own findings say where.
        return print_faults(found.faults, args.lang)
    with open_record(args.ledger, read_only=True) as record:
        whole = verify_record(record, found)
        if not whole.ok:
            status = print_faults(whole.faults, args.lang)
            print_signatures_and_evidence(whole, args.lang)
            return status
        judgement = trust.judge(record.ledger.checkpoint(found.size), found.keys)
        print_verified(record.ledger.origin, found, whole, args.lang)
        print_cosigned(judgement, args.lang)
        if args.checkpoint:
            _check_past(record, Path(args.checkpoint), args.lang)
        if args.station:
            print_station_proof(record, args.station, args.lang)
    return 0


def _refuse_what_does_not_go_together(args: argparse.Namespace) -> None:
    if args.proof and (args.dir or args.url or args.checkpoint or args.station):
        raise BadInput(
            f"verify {args.proof}: found --dir, --url, --checkpoint or --station with a proof"
        )
    if args.signer and not args.proof:
        raise BadInput("verify --signer: found no proof file; the ledger has the keys of signers")
    if args.entry and not args.proof:
        raise BadInput("verify --entry: found no proof file; expected the one that it belongs to")


def _check_past(record: Record, file: Path, language: str) -> None:
    """Raise BadProof unless the ledger goes on from the checkpoint in `file`."""
    ledger = record.ledger
    keys = [Verifier.parse(key.verifier) for key in ledger.keys]
    with file.open("rb") as opened:
        note = opened.read(MAX_NOTE_BYTES + 1)
    try:
        past = open_checkpoint(note, ledger.origin, keys)
    except BadProof as error:
        raise BadProof(f"{file}: {error}") from None
    if past.size > ledger.size:
        raise BadProof(
            f"{file}: found a checkpoint of {past.size} entries; this ledger has only {ledger.size}"
        )
    size = ledger.size
    proof = ledger.consistency_proof(past.size, size)
    try:
        check_consistency(past.size, size, proof, past.root, ledger.root(size))
    except BadProof as error:
        raise BadProof(
            f"{file}: this ledger does not go on from that checkpoint of {past.size} entries; the "
            f"same key signed another history. Keep both: together they prove a fork ({error})"
        ) from None
    answer = say_in(language)("consistent with the checkpoint of size {size} in {file}").format(
        size=number(past.size, language), file=file
    )
    print_line(f"  {answer}")
