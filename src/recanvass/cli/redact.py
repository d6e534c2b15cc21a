"""`recanvass redact`: evidence withdrawn; its hash and the reason stay."""

from __future__ import annotations

import argparse

from recanvass.cli.output import print_line
from recanvass.record import open_record
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Withdraw the evidence and return 0, also if it was withdrawn before."""
    say = say_in(args.lang)
    with open_record(args.ledger) as record:
        is_new = record.redact(args.sha256, args.because)
    text = say("{sha256}: withdrawn; its content is gone from this ledger")
    if not is_new:
        text = say("{sha256}: was withdrawn already; its content is gone from this ledger")
    print_line(text.format(sha256=args.sha256))
    advice = say("What was published before goes with the next `recanvass publish`; copies stay.")
    print_line(f"  {advice}")
    return 0
