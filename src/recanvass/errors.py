"""The one root of every refusal, and the few kinds of it that callers tell apart.

A message says what is wrong, where, and what was expected, in one line; the command line prints it
as it is and turns the class into an exit status in one place (`recanvass.cli.main`).
"""

from __future__ import annotations

import re

__all__ = [
    "BadCase",
    "BadInput",
    "BadProof",
    "LedgerBusy",
    "LedgerConflict",
    "LedgerDamaged",
    "LedgerExists",
    "LedgerMissing",
    "NotInRecord",
    "RecanvassError",
    "one_line",
]

_MOVES = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Line breaks, control characters, and marks that turn the direction of text."""


def one_line(text: str) -> str:
    """Return a text with everything spelled out that could break the line or move a terminal."""
    return _MOVES.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


class RecanvassError(Exception):
    """Root of every error that this package raises on purpose."""


class BadInput(RecanvassError):
    """An argument, a file or an event that cannot be taken; nothing was written."""


class BadCase(BadInput):
    """A case folder that cannot be loaded. `rejects` holds every fault found, in file order."""

    def __init__(self, message: str, rejects: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.rejects = rejects


class NotInRecord(BadInput):
    """A contest, poll, station or unit that this record does not know."""


class LedgerMissing(BadInput):
    """There is no ledger at the place named; opening is not creating."""


class LedgerExists(BadInput):
    """A ledger is there already; creating would overwrite it."""


class LedgerBusy(RecanvassError):
    """More waits to be written than is taken in at a time; the same may be tried again later."""


class LedgerConflict(RecanvassError):
    """An entry id that is known already came again with other bytes."""


class LedgerDamaged(RecanvassError):
    """The stored ledger contradicts itself; it is not written to until it is looked at."""


class BadProof(RecanvassError):
    """A note, checkpoint or proof that is malformed or does not verify."""
