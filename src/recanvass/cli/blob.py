"""`recanvass blob`: the content of evidence, written to a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.whole_file import write_whole
from recanvass.record import open_record
from recanvass.record.evidence import content_of
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Write the content, its hash checked, and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        content = content_of(record, args.sha256)
    write_whole(Path(args.out), content)
    text = say_in(args.lang)("{file}: {n} bytes, as their hash says")
    print_line(text.format(file=args.out, n=number(len(content), args.lang)))
    return 0
