"""`recanvass verify PROOF`: one proof file checked with nothing but the verifier key."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.verified import key_option
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import MAX_ENTRY_BYTES, Verifier, parse_proof
from recanvass.ledger.proof import MAX_PROOF_BYTES
from recanvass.model import AnyEvent, ReturnRecorded, decode_event
from recanvass.record.terms import figure_word, reason_word
from recanvass.words import date_text, number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print what is proved and return 0. Raise BadProof, naming the file, if it is not."""
    trusted = key_option(args.key)
    if trusted is None:
        raise BadInput(
            "verify PROOF: expected --key with the verifier key that you trust; a proof cannot "
            "vouch for the key that signed it"
        )
    key = Verifier.parse(trusted)
    beside = None if args.entry is None else _read(args.entry, MAX_ENTRY_BYTES)
    try:
        proof = parse_proof(_read_text(args.proof))
        checkpoint = proof.verify(key, beside)
        event = _event(beside or proof.extra or b"")
    except BadProof as error:
        raise BadProof(f"{args.proof}: {error}") from None
    say = say_in(args.lang)
    heading = say("proved: entry {entry} of {origin}, signed at {size} entries").format(
        entry=proof.index,
        origin=checkpoint.origin,
        size=number(checkpoint.size, args.lang),
    )
    print_line(heading)
    _print_event(event, args.lang)
    print_line(f"  {say('root')} {checkpoint.root.hex()}")
    print_line(f"  {say('key')} {key}")
    return 0


def _read(name: str, limit: int) -> bytes:
    """Return a file's bytes, at most one more than `limit`."""
    with Path(name).open("rb") as file:
        return file.read(limit + 1)


def _read_text(name: str) -> bytes:
    """Return a proof file's bytes as they were written.

    A text that was copied, from a scanned code say, may have lost its last line's end or have got
    those of another system; a proof can hold neither, so this changes no other.
    """
    data = _read(name, MAX_PROOF_BYTES).replace(b"\r\n", b"\n")
    return data if data.endswith(b"\n") else data + b"\n"


def _event(entry: bytes) -> AnyEvent:
    try:
        return decode_event(entry)
    except BadInput as error:
        raise BadProof(f"the entry is in the log, but is no event: {error}") from None


def _print_event(event: AnyEvent, language: str) -> None:
    if not isinstance(event, ReturnRecorded):
        print_line(f"  {event.id}")
        return
    say = say_in(language)
    when = date_text(event.at or "", None, language)
    print_line(f"  {event.station} · {event.contest} {event.poll}")
    print_line(f"  {when} · {event.source} · {reason_word(event.reason, language)}")
    figures = [(figure_word(name, language), n) for name, n in event.counts.items()]
    shown = (f"{name} {number(n, language)}" for name, n in [*figures, *event.votes.items()])
    print_line(f"  {', '.join(shown)}")
    caution = say(
        "This return is in the record. Whether it counts is for what came after it: corrections, "
        "recounts, decisions."
    )
    print_line(f"  {caution}")
