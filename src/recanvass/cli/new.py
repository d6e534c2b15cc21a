"""`recanvass new`: a first case.toml for a bare file of returns."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.exchange.draft import draft_case
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Write the case folder, say what was guessed, what is unsure and what to do next; return 0."""
    say = say_in(args.lang)
    draft = draft_case(Path(args.returns), Path(args.case), date=args.date)
    print_line(say("wrote {file}").format(file=draft.path))
    for guess in draft.guesses:
        print_line(f"  {guess}")
    if draft.unsure:
        print_line(say("unsure, please look:"))
        for sentence in draft.unsure:
            print_line(f"  ? {sentence}")
    if draft.loads:
        print_line(say("contests: {ids}").format(ids=", ".join(draft.contests)))
        print_line(say("next: recanvass load {case}").format(case=args.case))
    return 0
