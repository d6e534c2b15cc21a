"""`recanvass verify`: recompute everything, check an earlier checkpoint, prove one station."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Fault, Verification, Verifier, verify
from recanvass.ledger.checkpoint import open_checkpoint
from recanvass.ledger.merkle import check_consistency, check_inclusion
from recanvass.record import Record, open_record
from recanvass.record.record import ledger_path
from recanvass.record.terms import standing_word
from recanvass.record.verification import entry_id, verify_record
from recanvass.words import number, say_in

__all__ = ["run"]

_SHOWN = 20


def run(args: argparse.Namespace) -> int:
    """Print what was recomputed and return 0, or 1 if anything is wrong."""
    trusted = _key(args.key)
    found = verify(ledger_path(args.ledger), trusted, id_of=entry_id)
    if not found.ok:
        # Too damaged, perhaps, to be opened as a record: the ledger's own findings say where.
        return _faults(found.faults, args.lang)
    with open_record(args.ledger, read_only=True) as record:
        whole = verify_record(record, found)
        if not whole.ok:
            return _faults(whole.faults, args.lang)
        _report(found, whole.polls, record, args.lang)
        if args.checkpoint:
            _check_past(record, Path(args.checkpoint), trusted, args.lang)
        if args.station:
            _prove_station(record, args.station, args.lang)
    return 0


def _key(given: str | None) -> str | None:
    """Return the verifier key in an option's text, or in the file that it names."""
    if given is None or "+" in given:
        return given
    if not Path(given).is_file():
        raise BadInput(f"--key: found {given!r}; expected a verifier key or a file with one")
    return Path(given).read_text(encoding="utf-8").strip()


def _faults(faults: Sequence[Fault], language: str) -> int:
    say = say_in(language)
    print_line(say("NOT VERIFIED: {n} faults").format(n=number(len(faults), language)))
    for fault in faults[:_SHOWN]:
        print_line(f"  {fault.message}")
    if len(faults) > _SHOWN:
        hidden = number(len(faults) - _SHOWN, language)
        print_line(f"  {say('… and {n} more').format(n=hidden)}")
    return 1


def _report(found: Verification, polls: int, record: Record, language: str) -> None:
    say = say_in(language)
    print_line(say("verified: {origin}").format(origin=record.ledger.origin))
    figures = {
        say("entries and leaf hashes recomputed"): found.size,
        say("checkpoints, roots and signatures"): found.checkpoints,
        say("polls folded twice with equal totals"): polls,
    }
    for name, n in figures.items():
        print_line(f"  {number(n, language):>12} {name}")
    print_line(f"  {say('root')} {found.root.hex()}")
    print_line(f"  {say('key')} {found.verifier}")
    if not found.trusted:
        warning = say(
            "The key is the ledger's own word: this shows that the ledger is whole, not "
            "whose it is. Give the key that you trust with --key."
        )
        print_line(f"  {warning}")


def _check_past(record: Record, file: Path, trusted: str | None, language: str) -> None:
    """Raise BadProof unless the ledger goes on from the checkpoint in `file`."""
    ledger = record.ledger
    key = Verifier.parse(trusted or ledger.verifier)
    past = open_checkpoint(file.read_bytes(), ledger.origin, [key])
    if past.size > ledger.size:
        raise BadProof(
            f"{file}: found a checkpoint of {past.size} entries; this ledger has only {ledger.size}"
        )
    proof = ledger.consistency_proof(past.size)
    check_consistency(past.size, ledger.size, proof, past.root, ledger.root())
    answer = say_in(language)("consistent with the checkpoint of size {size} in {file}").format(
        size=number(past.size, language), file=file
    )
    print_line(f"  {answer}")


def _prove_station(record: Record, station: str, language: str) -> None:
    """Raise BadProof unless each return of the station is in the tree that is signed."""
    say = say_in(language)
    ledger = record.ledger
    history = record.station(station)
    for one in history.returns:
        proof = ledger.inclusion_proof(one.entry)
        check_inclusion(ledger.leaf_hash(one.entry), one.entry, ledger.size, proof, ledger.root())
        answer = say("{poll}: entry {entry} is in the tree ({n} hashes), {standing}").format(
            poll=f"{one.contest} {one.poll}",
            entry=one.entry,
            n=len(proof),
            standing=standing_word(one.standing, language),
        )
        print_line(f"  {answer}")
    if not history.returns:
        print_line(f"  {say('{station} has not reported').format(station=station)}")
