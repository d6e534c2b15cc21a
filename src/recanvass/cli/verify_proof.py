"""`recanvass verify PROOF`: one proof file checked with nothing but the verifier key."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.return_shown import print_return
from recanvass.cli.verified import key_option
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import MAX_ENTRY_BYTES, Verifier, parse_proof
from recanvass.ledger.proof import MAX_PROOF_BYTES
from recanvass.model import AnyEvent, ReturnRecorded, decode_event
from recanvass.words import number, say_in

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
        proof = parse_proof(_read(args.proof, MAX_PROOF_BYTES))
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


def _event(entry: bytes) -> AnyEvent:
    try:
        return decode_event(entry)
    except BadInput as error:
        raise BadProof(f"the entry is in the log, but is no event: {error}") from None


def _print_event(event: AnyEvent, language: str) -> None:
    if not isinstance(event, ReturnRecorded):
        print_line(f"  {event.id}")
        return
    print_return(event, language)
    caution = say_in(language)(
        "This return is in the record. Whether it counts is for what came after it: corrections, "
        "recounts, decisions."
    )
    print_line(f"  {caution}")
