"""`recanvass demo`: the Istanbul 2019 record, from the carried case to the site in a browser."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import resources
from pathlib import Path

from recanvass.cli.load import load_into, report_loaded
from recanvass.cli.output import print_line
from recanvass.cli.serve import serve_ledger
from recanvass.cli.story import tell
from recanvass.errors import BadInput
from recanvass.record import open_record
from recanvass.words import number, say_in

__all__ = ["run"]

_BOX_FILE = "boxes-2019-03-31.csv"
_HOST, _PORT = "127.0.0.1", 8000


def run(args: argparse.Namespace) -> int:
    """Build the record in a folder, or add what is new, tell its story, show its site; return 0."""
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
    if args.no_serve or not _is_watched():
        _ask_once(str(ledger), args.lang)
    else:
        _show_site(str(ledger), args.lang)
    return 0


def _is_watched() -> bool:
    """Return whether somebody sits at a terminal, who can also stop a server."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _show_site(ledger: str, language: str) -> None:
    """Serve the site and open it in the browser, until Ctrl-C."""
    # Only a server needs them.
    from recanvass.server.browser import open_when_ready  # noqa: PLC0415
    from recanvass.server.listening import port_near  # noqa: PLC0415

    port = port_near(_HOST, _PORT, "demo")
    open_when_ready(f"http://{_HOST}:{port}")
    serve_ledger(ledger, _HOST, port, 1, language)


def _ask_once(ledger: str, language: str) -> None:
    """Ask the site for its front page, as a browser would, and say how to serve it."""
    from recanvass.server.front_page import ask_front_page  # noqa: PLC0415 - starts fast

    say = say_in(language)
    path, length = ask_front_page(ledger, language)
    print_line(
        say("the site answers: {path}, {length} bytes; to look at it:").format(
            path=path, length=number(length, language)
        )
    )
    print_line(f"  recanvass --ledger {ledger} serve")


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
