"""What every way of verifying prints: what was recomputed, or every fault."""

from __future__ import annotations

from collections.abc import Sequence

from recanvass.cli.evidence_shown import evidence_line
from recanvass.cli.output import print_line
from recanvass.ledger import Fault, KeySpan, Verification
from recanvass.ledger.merkle import check_inclusion
from recanvass.record import Record
from recanvass.record.terms import standing_word
from recanvass.record.verification import RecordVerification
from recanvass.words import number, say_in

__all__ = [
    "print_faults",
    "print_signatures_and_evidence",
    "print_station_proof",
    "print_verified",
]

_SHOWN = 20


def print_faults(faults: Sequence[Fault], language: str) -> int:
    """Print what is wrong and return the exit status for "no"."""
    say = say_in(language)
    print_line(say("NOT VERIFIED: {n} faults").format(n=number(len(faults), language)))
    for fault in faults[:_SHOWN]:
        print_line(f"  {fault.message}")
    if len(faults) > _SHOWN:
        hidden = number(len(faults) - _SHOWN, language)
        print_line(f"  {say('… and {n} more').format(n=hidden)}")
    return 1


def print_verified(
    origin: str, found: Verification, whole: RecordVerification | None, language: str
) -> None:
    """Print what was recomputed; `whole` is None where the state was not folded again."""
    say = say_in(language)
    print_line(say("verified: {origin}").format(origin=origin))
    figures = {say("checkpoints, roots and signatures"): found.checkpoints}
    if whole is not None:
        figures = {
            say("entries and leaf hashes recomputed"): found.size,
            **figures,
            say("polls folded twice with equal totals"): whole.polls,
        }
    for name, n in figures.items():
        _print_figure(n, name, language)
    if whole is not None:
        print_signatures_and_evidence(whole, language)
    print_line(f"  {say('root')} {found.root.hex()}")
    print_line(f"  {say('key')} {found.verifier}")
    for key in found.keys:
        if key.verifier != found.verifier:
            print_line(f"  {_change(key, language)}")
    if not found.trusted:
        warning = say(
            "The key is the ledger's own word: this shows that the ledger is whole, not "
            "whose it is. Give the key that you trust with --key."
        )
        print_line(f"  {warning}")


def print_signatures_and_evidence(whole: RecordVerification, language: str) -> None:
    """Print how many returns are signed and what became of evidence, where there is any."""
    say = say_in(language)
    signatures, evidence = whole.signatures, whole.evidence
    if signatures.signed or signatures.bad or signatures.keys:
        _print_figure(signatures.signed, say("returns signed, every signature good"), language)
        _print_figure(signatures.unsigned, say("returns not signed"), language)
    if signatures.bad:
        _print_figure(signatures.bad, say("returns badly signed"), language)
    if evidence.kept:
        _print_figure(evidence.kept, say("pieces of evidence hashed again"), language)
    if evidence.absent:
        _print_figure(evidence.absent, say("pieces of evidence not published here"), language)
    if evidence.withdrawn:
        _print_figure(len(evidence.withdrawn), say("pieces of evidence withdrawn:"), language)
    for each in evidence.withdrawn:
        print_line(f"    {each.to}: {evidence_line(each, language)}")


def _print_figure(n: int, name: str, language: str) -> None:
    print_line(f"  {number(n, language):>12} {name}")


def _change(key: KeySpan, language: str) -> str:
    """Return which entries began and ended a key. The change is the last entry before its size."""
    say = say_in(language)
    parts = [say("with it {key}").format(key=key.verifier)]
    if key.since:
        parts.append(say("added by entry {entry}").format(entry=key.since - 1))
    if key.until is not None:
        parts.append(say("retired by entry {entry}").format(entry=key.until - 1))
    return ", ".join(parts)


def print_station_proof(record: Record, station: str, language: str) -> None:
    """Print where each return of a station is in the signed tree. Raise BadProof if one is not."""
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
