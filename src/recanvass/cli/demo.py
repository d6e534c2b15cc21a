"""`recanvass demo`: the Istanbul 2019 record, built from the case that the package carries."""

from __future__ import annotations

import argparse
import os
from importlib import resources
from pathlib import Path

from recanvass.cli.load import load_into, report_loaded
from recanvass.cli.output import print_line
from recanvass.cli.story import tell
from recanvass.errors import BadInput
from recanvass.record import open_record
from recanvass.words import say_in

__all__ = ["run"]

_BOX_FILE = "boxes-2019-03-31.csv"


def run(args: argparse.Namespace) -> int:
    """Build the record in a folder, or add to it what is new, print its story, and return 0."""
    say = say_in(args.lang)
    boxes = _boxes(args.boxes)
    # Boxes and district totals are the same votes: they must never stand in one ledger.
    name = "istanbul-2019" if boxes else "istanbul-2019-districts"
    ledger = Path(args.dir) / f"{name}.db"
    with resources.as_file(resources.files("recanvass") / "cases" / "istanbul-2019") as case:
        source = case / ("boxes.toml" if boxes else "case.toml")
        loaded, _ = load_into(str(ledger), source, boxes)
    report_loaded(loaded, args.lang)
    if boxes is None:
        print_line(
            say(
                "built from the 39 districts' totals; for all 31,186 boxes name the folder of the "
                "box-level files with --boxes or RECANVASS_CASES"
            )
        )
    print_line()
    with open_record(str(ledger), read_only=True) as record:
        tell(record, args.lang)
    print_line(say("the record: {ledger}").format(ledger=ledger))
    for words in ("results istanbul-mayor --by district", "timeline istanbul-mayor", "verify"):
        print_line(f"  recanvass --ledger {ledger} {words}")
    return 0


def _boxes(given: str | None) -> Path | None:
    """Return the folder of box-level files: as given, or under RECANVASS_CASES, or None."""
    if given is not None:
        folder = Path(given)
        if not (folder / _BOX_FILE).is_file():
            raise BadInput(
                f"--boxes: found no {_BOX_FILE} in {folder}; expected the box files there"
            )
        return folder
    cases = os.environ.get("RECANVASS_CASES")
    if cases and (Path(cases) / "istanbul-2019" / "raw" / _BOX_FILE).is_file():
        return Path(cases) / "istanbul-2019" / "raw"
    return None
