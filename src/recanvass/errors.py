"""The one root of every refusal, and the few kinds of it that callers tell apart.

A message says what is wrong, where, and what was expected, in one line; the command line prints it
as it is and turns the class into an exit status in one place (`recanvass.cli.main`).
"""

from __future__ import annotations

from unicodedata import category

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


def one_line(text: str) -> str:
    """Return a text with whatever is not seen, breaks lines or moves a terminal spelled out."""
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(sign: str) -> str:
    is_seen = sign.isprintable() or category(sign) == "Zs"
    return sign if is_seen else sign.encode("unicode_escape").decode()


class RecanvassError(Exception):
    """Root of every error that this package raises on purpose. Its message is one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


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
