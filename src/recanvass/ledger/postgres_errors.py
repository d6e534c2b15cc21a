"""What PostgreSQL refuses, said as the package's errors.

The five characters are those of the manual's appendix "PostgreSQL Error Codes".
"""

from __future__ import annotations

import psycopg
import sqlalchemy as sa

from recanvass.errors import BadInput, LedgerDamaged, RecanvassError
from recanvass.ledger.store import BUSY_SECONDS

__all__ = ["refusal"]

_LOCK_NOT_AVAILABLE = "55P03"
_INSUFFICIENT_PRIVILEGE = "42501"
_DAMAGE = ("22", "23", "42", "XX")
"""Classes: bad data, broken constraint, absent table or column, corrupted page or index."""


def refusal(place: str, error: psycopg.Error | sa.exc.SQLAlchemyError) -> RecanvassError:
    """Return the error to raise instead. Its message is one line and holds no statement or data."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return RecanvassError(f"{place}: {_line(error)}")
    state = cause.sqlstate or ""
    message = f"{place}: {_line(cause.diag.message_primary or cause)}"
    if state == _LOCK_NOT_AVAILABLE:
        return RecanvassError(f"{place}: another process has been writing for {BUSY_SECONDS} s")
    if state == _INSUFFICIENT_PRIVILEGE:
        return RecanvassError(message)
    if state.startswith(_DAMAGE):
        return LedgerDamaged(message)
    # psycopg refuses an option of the URL that libpq does not know before it asks any server.
    return (
        BadInput(message)
        if isinstance(cause, psycopg.ProgrammingError)
        else RecanvassError(message)
    )


def _line(text: object) -> str:
    return " ".join(str(text).split())
