"""Who holds an office, from when to when, and how it began and ended."""

from __future__ import annotations

from typing import Literal

from recanvass.model.base import Event
from recanvass.model.text import Text

__all__ = ["MandateBegan", "MandateEnded"]


class MandateBegan(Event, frozen=True, tag="mandate.began"):
    """A person takes an office, or stands in for its holder."""

    office: str
    person: str | None = None
    """Absent where the source names nobody, only the party."""
    party: str | None = None
    acting: bool = False
    basis: Text | None = None
    """By which mandate, law or appointment."""
    contest: str | None = None
    poll: str | None = None


class MandateEnded(Event, frozen=True, tag="mandate.ended"):
    """A person leaves an office."""

    office: str
    how: Literal["term", "annulment", "resignation", "death", "dismissal", "succession", "other"]
    person: str | None = None
    """Absent where nobody was named when the mandate began."""
    contest: str | None = None
