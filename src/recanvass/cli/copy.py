"""`recanvass copy`: a ledger moved from one store to another, and proved to be the same."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.ledger.copying import Copied, copy_ledger, copy_store
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.published_files import open_files
from recanvass.record.published import open_log, place_of_log
from recanvass.words import number, say_in

__all__ = ["print_copied", "run"]


def run(args: argparse.Namespace) -> int:
    """Copy a ledger, say what both hold now, and return 0."""
    target = ledger_place(args.target)
    log = place_of_log(args.source)
    done = copy_ledger(args.source, target) if log is None else _copy_log(log, target)
    print_copied(log or ledger_place(args.source), target, done, args.lang)
    warning = say_in(args.lang)(
        "The signing key was not copied. Write to one of the two only: histories of two ledgers "
        "under one key part, and prove a fork"
    )
    print_line(f"  {warning}")
    return 0


def _copy_log(log: Path | str, target: Place) -> Copied:
    from recanvass.record.verification import entry_id  # noqa: PLC0415 - needed by logs only

    with closing(open_files(log)) as files:
        return copy_store(open_log(files), target, entry_id)


def print_copied(source: Place | str, target: Place, done: Copied, language: str) -> None:
    """Print from where to where, how much, and the root that both have."""
    say = say_in(language)
    summary = say("{source} → {target}: {size} entries, {n} checkpoints, {blobs} blobs").format(
        source=source,
        target=target,
        size=number(done.size, language),
        n=number(done.checkpoints, language),
        blobs=number(done.blobs, language),
    )
    print_line(summary)
    print_line(f"  {say('both have the root')} {done.root.hex()}")
