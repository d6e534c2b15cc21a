"""The shape that all events share, and how one becomes the bytes that are hashed and signed."""

from __future__ import annotations

from typing import Literal

import msgspec

from recanvass.model.text import Text

__all__ = ["Event", "Part", "Precision"]

Precision = Literal["second", "minute", "hour", "day", "month"]
"""How exactly the source gave `at`; what is finer than that is padding, and is not shown."""


class Part(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A piece of an event that is not an event itself."""


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
):
    """Something that happened, or a definition: what one ledger entry holds."""

    id: str
    """Made by whoever sends it; the same id twice is recorded once."""
    at: str | None = None
    """When it happened: ISO 8601 with a UTC offset. Definitions may have none."""
    precision: Precision | None = None
    """How exactly `at` is known; absent: as written."""
    replaces: str | None = None
    """The id of the event that this one corrects. The corrected one stays in the ledger."""
    cites: tuple[str, ...] = ()
    """Where this is known from: publications, addresses, documents."""
    remark: Text | None = None
    """What a reader must know of it that no field says: a conflict, an assumption."""
