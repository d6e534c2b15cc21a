"""`recanvass simulate`: a made-up election as a case folder, with planted errors."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.model import in_language
from recanvass.rehearsal.case_text import PLANTED
from recanvass.rehearsal.mistakes import MISTAKES
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.simulate import simulate
from recanvass.words import number, say_in

__all__ = ["run"]

_PLAIN = (
    *("stations", "seed", "options", "contests", "form", "registered", "turnout", "spread"),
    *("hours", "late", "missing", "errors", "corrections", "recounts", "observer"),
)
"""Options of the command that are fields of the recipe as they stand."""


def run(args: argparse.Namespace) -> int:
    """Write the case, say what is in it and what to do next, and return 0."""
    say = say_in(args.lang)
    if args.kinds:
        for name, mistake in MISTAKES.items():
            print_line(f"{name}: {in_language(mistake.says, args.lang)}")
        return 0
    if args.dir is None or args.stations is None:
        raise BadInput("simulate: found no folder or no --stations; expected DIR --stations N")
    given = {name: getattr(args, name) for name in _PLAIN if getattr(args, name) is not None}
    if args.date is not None:
        given["day"] = args.date
    if args.tree is not None:
        given["tree"] = _tree(args.tree)
    recipe = Recipe(**given, language=args.lang, rates=dict(map(_rate, args.error or [])))
    folder = Path(args.dir)
    made = simulate(recipe, folder)
    text = say(
        "made up {folder}: {stations} stations, {returns} returns, {copies} copies of an observer, "
        "{planted} errors"
    )
    figures = {"stations": made.stations, "returns": made.returns}
    figures |= {"copies": made.copies, "planted": made.planted}
    shown = {name: number(n, args.lang) for name, n in figures.items()}
    print_line(text.format(folder=folder, **shown))
    print_line(say("the errors are listed in {file}").format(file=folder / PLANTED))
    print_line(say("next: recanvass load {case}").format(case=folder))
    return 0


def _tree(text: str) -> tuple[int, int, int]:
    parts = text.split(",")
    if len(parts) != 3 or not all(re.fullmatch(r"[0-9]{1,7}", part) for part in parts):
        raise BadInput(
            f"--tree: found {text!r}; expected regions, districts in each, neighbourhoods in each, "
            "such as 8,12,10"
        )
    regions, districts, neighbourhoods = map(int, parts)
    return regions, districts, neighbourhoods


def _rate(text: str) -> tuple[str, float]:
    kind, _, rate = text.partition("=")
    try:
        return kind, float(rate)
    except ValueError:
        raise BadInput(
            f"--error: found {text!r}; expected KIND=RATE, such as swapped=0.01"
        ) from None
