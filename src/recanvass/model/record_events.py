"""Events of the record itself: the keys that sign it, and evidence attached to it."""

from __future__ import annotations

from typing import Literal

from recanvass.model.base import Event

__all__ = ["BlobAttached", "BlobRedacted", "KeyAdded", "KeyRetired"]


class KeyAdded(Event, frozen=True, tag="key.added"):
    """A key begins to sign: the record's checkpoints, or the returns of stations."""

    verifier: str
    """C2SP verifier key: `name+hash+base64`."""
    use: Literal["checkpoints", "returns"] = "checkpoints"
    role: Literal["officer", "agent"] | None = None
    """Of a key for returns: the station's officer, or a party's agent who signs with them."""
    holder: str | None = None
    """Whose key it is, as the public may know them: an office rather than a name."""
    party: str | None = None
    """Whom an agent is there for."""
    stations: tuple[str, ...] = ()
    """Whose returns it may sign; stations, or units with all stations in them. None: any."""


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
