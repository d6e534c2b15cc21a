"""A moment asked about: what had happened by then, given as text or as a time with an offset."""

from __future__ import annotations

from datetime import UTC, datetime

from recanvass.errors import BadInput
from recanvass.model import parse_instant

__all__ = ["AsOf", "moment", "moment_text"]

AsOf = str | datetime | None
"""None asks for everything that has happened."""


def moment(as_of: AsOf) -> datetime | None:
    """Return a moment in UTC. Raise BadInput for a time without a UTC offset."""
    if as_of is None:
        return None
    if isinstance(as_of, str):
        return parse_instant(as_of, "as_of").astimezone(UTC)
    if as_of.tzinfo is None:
        raise BadInput(f"as_of: found {as_of!r} without a UTC offset; expected a time with one")
    return as_of.astimezone(UTC)


def moment_text(as_of: AsOf) -> str | None:
    """Return the moment as it was asked for, in ISO 8601."""
    return as_of.isoformat() if isinstance(as_of, datetime) else as_of
