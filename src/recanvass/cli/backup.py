"""`recanvass backup`: the ledger as it is now into one file, while others go on writing."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.copy import print_copied
from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.ledger.copying import copy_ledger
from recanvass.ledger.place import ledger_place
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Write the backup, say how to check it and what is not in it, and return 0."""
    source, file = ledger_place(args.ledger), ledger_place(args.file)
    if not isinstance(file, Path):
        raise BadInput(f"{file}: found a database; expected a file (to a database: recanvass copy)")
    print_copied(source, file, copy_ledger(source, file), args.lang)
    warning = say_in(args.lang)(
        "The signing key is not in it. Keep a copy of the key apart from the backup"
    )
    print_line(f"  {warning}")
    print_line(f"  recanvass --ledger {file} verify")
    return 0
