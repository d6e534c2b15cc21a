"""The keys that sign a record's checkpoints: added, retired, and held against its entries.

The ledger knows since when a key signs; the record's entries say so. Each change is one entry that
ends a batch of its own, so the two agree exactly: a key added by entry N signs from size N + 1 on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from recanvass.ledger import KeySpan, Ledger, Signer
from recanvass.model import AnyEvent, KeyAdded, KeyRetired, encode_event

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["add_key", "key_spans_of", "retire_key"]


def add_key(record: Record, signer: Signer) -> int:
    """Let a key sign the record's checkpoints too; return the size from which on it does.

    Raise LedgerConflict if it does or ever did, BadInput if it has another name than the record's
    origin or a signing key is missing.
    """
    ledger = record.ledger
    verifier = str(signer.verifier)
    event = KeyAdded(id=f"key.added/{_next_number(ledger)}", verifier=verifier)
    return ledger.add_key(signer, event.id, encode_event(event)).size


def retire_key(record: Record, verifier: str) -> int:
    """Let a key sign the record's checkpoints no more; return the size from which on it does not.

    Raise LedgerConflict if it does not sign or no other does, BadInput if the signing key of
    another is missing.
    """
    ledger = record.ledger
    event = KeyRetired(id=f"key.retired/{_next_number(ledger)}", verifier=verifier)
    return ledger.retire_key(verifier, event.id, encode_event(event)).size


def _next_number(ledger: Ledger) -> int:
    """Return a number that no change of keys has yet: an id is used once."""
    keys = ledger.keys
    return 1 + len(keys) + sum(key.until is not None for key in keys)


def key_spans_of(events: Iterable[tuple[int, AnyEvent]]) -> list[KeySpan]:
    """Return the keys that sign checkpoints, as entries say it (each event with its number)."""
    spans: dict[str, KeySpan] = {}
    for number, event in events:
        match event:
            case KeyAdded(use="checkpoints") if event.verifier not in spans:
                spans[event.verifier] = KeySpan(event.verifier, number + 1 if spans else 0)
            case KeyRetired() if event.verifier in spans:
                span = spans[event.verifier]
                spans[event.verifier] = msgspec.structs.replace(span, until=number + 1)
            case _:
                pass
    return list(spans.values())
