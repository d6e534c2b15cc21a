"""`recanvass sign`: a return signed by its station's officer, offline and without a ledger."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.return_shown import print_return, signatures_on
from recanvass.cli.whole_file import write_whole
from recanvass.errors import BadInput
from recanvass.exchange.return_file import format_return, sign_return
from recanvass.exchange.signed_files import read_return_file
from recanvass.ledger import Signer
from recanvass.ledger.key_file import read_one_key
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Show what is signed, write the note, say what to do with it, and return 0."""
    say = say_in(args.lang)
    source = Path(args.file)
    try:
        event = read_return_file(source)
    except BadInput as error:
        raise BadInput(f"{source}: {error}") from None
    signer = read_one_key(Path(args.key), Signer)
    signed = sign_return(event, signer)
    target = _target(source, args.out, partly_signed=bool(event.signatures))
    write_whole(target, format_return(signed), replace=target == source)
    print_line(say("signed as {name}:").format(name=signer.verifier.name))
    print_return(signed, args.lang)
    names = ", ".join(signature.name for signature in signatures_on(signed))
    print_line(say("{file}: signed by {names}").format(file=target, names=names))
    print_line(f"  recanvass take {target}")
    return 0


def _target(source: Path, out: str | None, *, partly_signed: bool) -> Path:
    """Return where the note goes: one that is signed already grows by a line where it lies."""
    if out is not None:
        return Path(out)
    return source if partly_signed else source.with_suffix(".note")
