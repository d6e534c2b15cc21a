"""`recanvass verify PROOF`: one proof file checked with nothing but the verifier key."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.return_shown import print_return, signatures_on
from recanvass.cli.trust import key_option, print_cosigned, trust_of
from recanvass.errors import BadInput, BadProof
from recanvass.exchange.return_file import format_return
from recanvass.ledger import MAX_ENTRY_BYTES, Verifier, parse_proof
from recanvass.ledger.note import open_note
from recanvass.ledger.proof import MAX_PROOF_BYTES
from recanvass.model import AnyEvent, KeyAdded, KeyRetired, ReturnRecorded, decode_event
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print what is proved and return 0. Raise BadProof, naming the file, if it is not."""
    trust = trust_of(args)
    if not trust.keys:
        raise BadInput(
            "verify PROOF: expected --key with the verifier key that you trust, or --policy; a "
            "proof cannot vouch for the key that signed it"
        )
    beside = None if args.entry is None else _read(args.entry, MAX_ENTRY_BYTES)
    try:
        proof = parse_proof(_read_text(args.proof))
        key, checkpoint = trust.under_any_key(lambda key: proof.verify(Verifier.parse(key), beside))
        judgement = trust.judge(proof.checkpoint)
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
    _print_signers(event, [Verifier.parse(key_option(k) or "") for k in args.signer], args)
    print_line(f"  {say('root')} {checkpoint.root.hex()}")
    print_line(f"  {say('key')} {key}")
    print_cosigned(judgement, args.lang)
    return 0


def _print_signers(event: AnyEvent, keys: Sequence[Verifier], args: argparse.Namespace) -> None:
    """Print who signed a return, checked where the key is at hand.

    Raise BadProof if a signature by one of these keys does not verify, or there is none by any.
    """
    say = say_in(args.lang)
    if not isinstance(event, ReturnRecorded) or not (event.signatures or keys):
        return
    try:
        signatures = signatures_on(event)
        known = open_note(format_return(event), keys).signatures if keys else ()
    except BadProof as error:
        raise BadProof(f"{args.proof}: signatures on the return: {error}") from None
    for signature in signatures:
        text = say("signed by {name}, not checked: give the key of this signer with --signer")
        if signature in known:
            text = say("signed by {name}, verified")
        print_line(f"  {text.format(name=signature.name)}")


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
        if isinstance(event, KeyAdded | KeyRetired):
            print_line(f"  {event.verifier}")
        return
    print_return(event, language)
    caution = say_in(language)(
        "This return is in the record. Whether it counts is for what came after it: corrections, "
        "recounts, decisions."
    )
    print_line(f"  {caution}")
