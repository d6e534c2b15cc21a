"""`recanvass copy`: a ledger moved from one store to another, and proved to be the same."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.ledger.copying import Copied, copy_ledger, copy_store
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.tile_paths import CHECKPOINT_PATH
from recanvass.words import number, say_in

__all__ = ["print_copied", "run"]


def run(args: argparse.Namespace) -> int:
    """Copy a ledger, say what both hold now, and return 0."""
    source, target = ledger_place(args.source), ledger_place(args.target)
    print_copied(source, target, _copy(source, target), args.lang)
    warning = say_in(args.lang)(
        "The signing key was not copied. Write to one of the two only: histories of two ledgers "
        "under one key part, and prove a fork"
    )
    print_line(f"  {warning}")
    return 0


def _copy(source: Place, target: Place) -> Copied:
    if isinstance(source, Path) and (source / CHECKPOINT_PATH).is_file():
        from recanvass.record.published import open_log  # noqa: PLC0415 - needed by logs only
        from recanvass.record.verification import entry_id  # noqa: PLC0415

        return copy_store(open_log(source), target, entry_id)
    return copy_ledger(source, target)


def print_copied(source: Place, target: Place, done: Copied, language: str) -> None:
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
