"""The line that says what of a poll is made up; every command that shows a poll prints it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from recanvass.model import in_language
from recanvass.words import say_in

if TYPE_CHECKING:
    from recanvass.record import Record

__all__ = ["tell_if_simulated"]


def tell_if_simulated(record: Record, args: argparse.Namespace) -> None:
    """Print what of the polls asked about is made up; nothing where all is real.

    Those asked about are the contest's, or all of the record where the command names no contest;
    as the record had them at `--size`, where the command has that.
    Beside JSON or CSV, which other programs read, it goes to the error output.
    """
    asked = getattr(args, "contest", None)
    said = [
        in_language(poll.simulated, args.lang)
        for (contest, _), poll in record.view(getattr(args, "size", None)).polls.items()
        if poll.simulated and asked in (None, contest)
    ]
    where = sys.stdout if getattr(args, "format", "table") == "table" else sys.stderr
    for text in dict.fromkeys(said):
        print(say_in(args.lang)("SIMULATED: {what}").format(what=text), file=where)
