"""The page of the record itself: what it holds, what signs it, and how to verify it yourself."""

from __future__ import annotations

from collections import Counter

import msgspec

from recanvass.errors import BadInput
from recanvass.model import kind_of
from recanvass.record.describe import describe
from recanvass.site.edition import Edition

__all__ = ["EntryLine", "RecordPage", "record_page"]

NEWEST = 20


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is no return."""

    entry: int
    kind: str
    at: str | None
    precision: str | None
    text: str


class RecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    origin: str
    size: int
    root: str
    verifier: str
    checkpoint: str | None
    """The signed checkpoint of this size; None where no batch ended here."""
    kinds: dict[str, int]
    """Entries by kind, the most first."""
    newest: tuple[EntryLine, ...]


def record_page(edition: Edition) -> RecordPage:
    """Return the page of the record."""
    record = edition.record
    small = [(seq, e) for seq, e in record.fold.small_events() if seq < edition.size]
    kinds = Counter(kind_of(event) for _, event in small)
    for key in edition.view.polls:
        kinds["return.recorded"] += record.fold.returns(key, edition.size).height
    kinds["units.registered"] += edition.size - kinds.total()
    try:
        checkpoint = record.ledger.checkpoint(edition.size).decode()
    except BadInput:
        checkpoint = None
    return RecordPage(
        origin=record.ledger.origin,
        size=edition.size,
        root=record.ledger.root(edition.size).hex(),
        verifier=record.ledger.verifier,
        checkpoint=checkpoint,
        kinds=dict(kinds.most_common()),
        newest=tuple(
            EntryLine(
                entry=seq,
                kind=kind_of(event),
                at=event.at,
                precision=event.precision,
                text=describe(event, edition.view, edition.language),
            )
            for seq, event in reversed(small[-NEWEST:])
        ),
    )
