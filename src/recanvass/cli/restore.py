"""`recanvass restore`: a backup verified in full, and only then made a ledger again."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.copy import print_copied
from recanvass.cli.output import print_line
from recanvass.cli.trust import key_option
from recanvass.cli.verified import print_faults, print_verified
from recanvass.errors import BadInput, LedgerExists
from recanvass.ledger import verify
from recanvass.ledger.copying import copy_ledger
from recanvass.ledger.place import ledger_place
from recanvass.record import open_record
from recanvass.record.verification import entry_id, verify_record
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Return 0 when the ledger is there again; print what is wrong with the backup and return 1."""
    file, target = ledger_place(args.file), ledger_place(args.target)
    if not isinstance(file, Path):
        raise BadInput(f"{file}: found a database; expected the file of a backup")
    if isinstance(target, Path) and target.exists():
        raise LedgerExists(f"{target}: found a file; expected none, since it is kept")
    found = verify(file, key_option(args.key), id_of=entry_id)
    if not found.ok:
        return print_faults(found.faults, args.lang)
    with open_record(file, read_only=True) as record:
        whole = verify_record(record, found)
        if not whole.ok:
            return print_faults(whole.faults, args.lang)
        print_verified(record.ledger.origin, found, whole, args.lang)
    print_copied(file, target, copy_ledger(file, target), args.lang)
    warning = say_in(args.lang)(
        "The signing key was not in the backup: until it is given again, this can only be read"
    )
    print_line(f"  {warning}")
    return 0
