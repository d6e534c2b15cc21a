"""`recanvass publish`: the record as static files. For now the log alone, under OUT/log."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.ledger import Ledger, publish_log
from recanvass.words import number, say_in

__all__ = ["run"]

LOG_FOLDER = "log"


def run(args: argparse.Namespace) -> int:
    """Write what the published log lacks, say how to check it, and return 0."""
    say = say_in(args.lang)
    log = Path(args.out) / LOG_FOLDER
    with Ledger.open(args.ledger, read_only=True) as ledger:
        done = publish_log(ledger, log)
        verifier = ledger.verifier
    summary = say("{folder}: {size} entries, {new} of them new; {files} files written").format(
        folder=log,
        size=number(done.size, args.lang),
        new=number(done.size - done.before, args.lang),
        files=number(done.files, args.lang),
    )
    print_line(summary)
    print_line(f"  {say('key')} {verifier}")
    print_line(f"  recanvass verify --dir {log} --key '{verifier}'")
    return 0
