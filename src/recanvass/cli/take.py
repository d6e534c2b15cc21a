"""`recanvass take`: returns that came as files, signed or not, into the ledger together."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.exchange.signed_files import read_return_file
from recanvass.model import ReturnRecorded
from recanvass.record import open_record
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Record the returns, or none if one of them cannot be taken; say what was new, return 0."""
    say = say_in(args.lang)
    returns = [_read(Path(name)) for name in args.file]
    with open_record(args.ledger) as record:
        taken = record.take(returns)
    summary = say(
        "returns recorded: {new}, of them signed: {signed}; known already: {known}; "
        "ledger size {size}"
    ).format(
        new=number(len(taken.recorded), args.lang),
        signed=number(taken.signed, args.lang),
        known=number(taken.known, args.lang),
        size=number(taken.size, args.lang),
    )
    print_line(summary)
    polls = Counter((event.contest, event.poll) for event in taken.recorded)
    for contest, poll in polls:
        print_line(f"  recanvass results {contest} --poll {poll}")
    return 0


def _read(path: Path) -> ReturnRecorded:
    try:
        return read_return_file(path)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
