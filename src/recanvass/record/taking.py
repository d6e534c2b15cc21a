"""Returns that came one by one, signed or not: into the record together, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recanvass.errors import BadInput, LedgerConflict
from recanvass.exchange.return_file import with_signatures
from recanvass.model import ReturnRecorded, decode_event, encode_event, return_text
from recanvass.record.admission import admit

if TYPE_CHECKING:
    from recanvass.ledger import Ledger
    from recanvass.record.record import Record

__all__ = ["Taken", "not_yet_held", "take_returns"]


@dataclass(frozen=True)
class Taken:
    """What became of returns that were handed in."""

    recorded: tuple[ReturnRecorded, ...]
    known: int
    """Those that the record held already."""
    size: int
    """The ledger's size afterwards."""

    @property
    def signed(self) -> int:
        """How many of those recorded are signed."""
        return sum(bool(event.signatures) for event in self.recorded)


def take_returns(record: Record, returns: Sequence[ReturnRecorded]) -> Taken:
    """Record the returns that the record does not hold yet, all or none.

    Copies of one return that were signed apart become one with the signatures of all. Raise
    BadInput if one does not fit the record or has a signature that is not good, LedgerConflict if
    its id stands for another return.
    """
    # Admitted inside the transaction: no key can be retired between the look and the entry.
    with record.ledger.batch() as batch:
        joined = _joined(returns)
        fresh = not_yet_held(record.ledger, joined)
        admit(fresh, record)
        batch.add([e.id for e in fresh], [encode_event(e) for e in fresh])
    return Taken(tuple(fresh), len(joined) - len(fresh), record.ledger.size)


def _joined(returns: Sequence[ReturnRecorded]) -> list[ReturnRecorded]:
    """Return each return once, with the signatures of all its copies."""
    by_id: dict[str, ReturnRecorded] = {}
    for event in returns:
        first = by_id.setdefault(event.id, event)
        if return_text(first) != return_text(event):
            raise LedgerConflict(f"id {event.id!r}: found two returns of this id; expected one")
        by_id[event.id] = with_signatures(first, event.signatures)
    return list(by_id.values())


def not_yet_held(ledger: Ledger, returns: Sequence[ReturnRecorded]) -> list[ReturnRecorded]:
    """Return those of these returns that are not in the ledger.

    One with fewer signatures than the ledger's entry is known. Raise LedgerConflict if the entry of
    that id is something else, and BadInput if signatures came too late for it.
    """
    return [event for event in returns if not _is_held(ledger, event)]


def _is_held(ledger: Ledger, event: ReturnRecorded) -> bool:
    number = ledger.find(event.id)
    if number is None:
        return False
    held = decode_event(ledger.entry(number))
    if not isinstance(held, ReturnRecorded) or return_text(held) != return_text(event):
        raise LedgerConflict(
            f"id {event.id!r}: found another return than that of entry {number}; "
            "expected the same, or a new id"
        )
    late = set(event.signatures) - set(held.signatures)
    if late:
        raise BadInput(
            f"return.recorded {event.id!r}: found {len(late)} signatures more than entry {number} "
            "has, which cannot change; expected all before it was recorded. "
            "The note can be attached to it as evidence"
        )
    return True
