"""Write the generated docs anew: the rules, the page on seats, the picture in the README."""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from recanvass.canvass.rules_doc import rules_page
from recanvass.cli.main import main
from recanvass.docket.machine import MACHINES
from recanvass.docket.machine_doc import machines_page
from recanvass.office.mandates import OFFICE
from recanvass.office.seats_doc import seats_page

DOCS = Path(__file__).parent.parent / "docs"
THEME = TerminalTheme((250, 250, 248), (32, 33, 36), [(32, 33, 36)] * 8, [(32, 33, 36)] * 8)
SHOWN = ("results", "istanbul-mayor", "--poll", "2019-03-31", "--by", "district")
ROWS = 22


def output(*words: str) -> str:
    """Return what a command prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(words)
    if status:
        sys.exit(f"recanvass {' '.join(words)}: exit {status}")
    return printed.getvalue()


def picture() -> str:
    """Return an SVG of the first rows of a result, as the terminal shows it."""
    with tempfile.TemporaryDirectory() as folder:
        output("demo", folder)
        ledger = str(next(Path(folder).glob("*.db")))
        shown = output("--ledger", ledger, "--lang", "en", *SHOWN)
    lines = [line.rstrip() for line in shown.splitlines()]
    lines = ["$ recanvass " + " ".join(SHOWN), "", *lines[:ROWS], "…", lines[-1]]
    width = max(map(len, lines))
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    for line in lines:
        stands_out = line.startswith("$") or "leads by" in line
        console.print(Text(line, style="bold" if stands_out else ""))
    svg = console.export_svg(title="recanvass", theme=THEME, unique_id="recanvass")
    # The exporter asks for a web font; a picture must not make anybody's reader fetch something.
    svg = re.sub(r"@font-face \{.*?\}\n?", "", svg, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    (DOCS / "rules.md").write_text(rules_page(), encoding="utf-8")
    (DOCS / "seats.md").write_text(seats_page(), encoding="utf-8")
    machines = machines_page([*MACHINES.values(), OFFICE])
    (DOCS / "state-machines.md").write_text(machines, encoding="utf-8")
    (DOCS / "images").mkdir(exist_ok=True)
    (DOCS / "images" / "results.svg").write_text(picture(), encoding="utf-8")
