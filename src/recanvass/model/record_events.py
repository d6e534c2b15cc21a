"""Events of the record itself: the keys that sign it, and evidence attached to it."""

from __future__ import annotations

from recanvass.model.base import Event

__all__ = ["BlobAttached", "BlobRedacted", "KeyAdded", "KeyRetired"]


class KeyAdded(Event, frozen=True, tag="key.added"):
    """A key begins to sign checkpoints."""

    verifier: str
    """C2SP verifier key: `name+hash+base64`."""


class KeyRetired(Event, frozen=True, tag="key.retired"):
    """A key stops signing; what it signed stays signed."""

    verifier: str


class BlobAttached(Event, frozen=True, tag="blob.attached"):
    """Evidence kept outside the ledger, bound to it by its hash."""

    to: str
    """The id of the event it supports."""
    sha256: str
    media_type: str
    title: str | None = None


class BlobRedacted(Event, frozen=True, tag="blob.redacted"):
    """The evidence was withdrawn; its hash and the reason stay."""

    sha256: str
    because: str
