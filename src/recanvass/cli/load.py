"""`recanvass load`: a case into the ledger, all or nothing."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.errors import BadCase, BadInput, LedgerMissing, RecanvassError
from recanvass.exchange import Case, Reject, read_case, write_rejects
from recanvass.ledger.key_file import SIGNING_KEY_VARIABLE, key_path
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.stores import remove_new_ledger
from recanvass.model import PollDefined
from recanvass.record import Record, create_record, open_record
from recanvass.record.loading import Loaded, add_case
from recanvass.words import number, say_in

__all__ = ["load_into", "report_loaded", "run"]

_SHOWN = 20


def run(args: argparse.Namespace) -> int:
    """Load a case and return 0; show the faults of a bad one and return 2."""
    case = Path(args.case)
    if not case.exists():
        raise BadInput(f"{case}: found nothing; expected a case folder or a .toml file")
    rejects_file = _rejects_file(case)
    try:
        loaded, created = load_into(
            args.ledger, case, None if args.data is None else Path(args.data)
        )
    except BadCase as error:
        return _refused(error, rejects_file, args.lang)
    rejects_file.unlink(missing_ok=True)
    if created:
        print_line(_created(args.ledger, args.lang))
    report_loaded(loaded, args.lang)
    with open_record(args.ledger, read_only=True) as record:
        record.view()  # folded now and kept, so that the first question is answered at once
    return 0


def load_into(url: str, path: Path, data: Path | None = None) -> tuple[Loaded, bool]:
    """Load a case into a ledger, making the ledger if there is none. Return whether it was made.

    The case is checked before the ledger is made; a ledger made for a case that then cannot be
    added is taken away again.
    """
    case = read_case(path, data=data)
    place = ledger_place(url)
    record = _opened(place)
    if record is None:
        return _load_into_new(place, case), True
    with record:
        return add_case(record, case), False


def _opened(place: Place) -> Record | None:
    """Return the record at a place, or None if there is nothing."""
    if isinstance(place, Path) and not place.exists():
        return None
    try:
        return open_record(place)
    except LedgerMissing:
        if isinstance(place, Path):  # something else, such as a folder, is in its place
            raise
        return None


def _load_into_new(place: Place, case: Case) -> Loaded:
    key = key_path(place)
    new_key = None if key is None or key.exists() else key
    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
    record = create_record(place, case.origin or f"recanvass.local/{case.id}")
    held = record.ledger.size
    try:
        with record:
            return add_case(record, case)
    except BaseException:
        with suppress(RecanvassError):  # a lost server has been told of already
            if remove_new_ledger(place, held) and new_key is not None:
                new_key.unlink(missing_ok=True)
        raise


def report_loaded(loaded: Loaded, language: str) -> None:
    """Print what a load added."""
    say = say_in(language)
    if not loaded.added:
        print_line(
            say("{case}: nothing new; {unchanged} returns unchanged; ledger size {size}").format(
                case=loaded.case.id,
                unchanged=number(loaded.unchanged, language),
                size=number(loaded.size, language),
            )
        )
        return
    parts = {
        say("returns"): loaded.returns,
        say("corrections"): loaded.corrections,
        say("signed returns"): loaded.signed,
        say("units and stations"): loaded.units,
        say("definitions"): loaded.definitions,
        say("dated events"): loaded.events,
        say("unchanged"): loaded.unchanged,
    }
    figures = ", ".join(f"{name} {number(n, language)}" for name, n in parts.items() if n)
    print_line(
        say("{case}: {figures}; ledger size {size}").format(
            case=loaded.case.id, figures=figures, size=number(loaded.size, language)
        )
    )
    for definition in loaded.case.definitions:
        if isinstance(definition, PollDefined):
            print_line(f"  recanvass results {definition.contest} --poll {definition.poll}")
    if loaded.outdated:
        print_line(
            say(
                "{n} of these returns are older than what the ledger holds of their station, "
                "so they do not count"
            ).format(n=number(loaded.outdated, language))
        )


def _created(url: str, language: str) -> str:
    say = say_in(language)
    place = ledger_place(url)
    key = key_path(place)
    if key is None or not key.exists():
        return say("created {ledger}; it is signed with the key in {variable}").format(
            ledger=place, variable=SIGNING_KEY_VARIABLE
        )
    return say("created {ledger}; its signing key is in {key} (keep it safe)").format(
        ledger=place, key=key
    )


def _rejects_file(case: Path) -> Path:
    """Return where faults are written: beside the case, or here if that place is read-only."""
    folder = case if case.is_dir() else case.parent
    return (folder if os.access(folder, os.W_OK) else Path()) / "rejects.csv"


def _refused(error: BadCase, rejects_file: Path, language: str) -> int:
    say = say_in(language)
    print(f"recanvass: {say('error')}: {error}", file=sys.stderr)
    rejects = [r for r in error.rejects if isinstance(r, Reject)]
    for reject in rejects[:_SHOWN]:
        print(f"  {reject}", file=sys.stderr)
    if rejects:
        write_rejects(rejects, rejects_file)
        if len(rejects) > _SHOWN:
            hidden = number(len(rejects) - _SHOWN, language)
            print(f"  {say('… and {n} more').format(n=hidden)}", file=sys.stderr)
        message = say("faults: {n}, all in {file}; the ledger is untouched").format(
            n=number(len(rejects), language), file=rejects_file
        )
        print(f"  {message}", file=sys.stderr)
    return 2
