"""What `verify` says of signatures: how many returns are signed, and every one that is badly so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recanvass.ledger import Fault
from recanvass.model import ReturnRecorded, decode_event
from recanvass.record.signatures import Signatures

if TYPE_CHECKING:
    from recanvass.record.record import Record
    from recanvass.record.refold import Refolded

__all__ = ["SignatureCheck", "check_signatures"]


@dataclass(frozen=True)
class SignatureCheck:
    """What a check of every signature on every return found."""

    signed: int = 0
    """Returns that have signatures, all of them good."""
    bad: int = 0
    """Returns that have a signature that is not good."""
    unsigned: int = 0
    keys: int = 0
    """Keys for returns that were ever registered."""
    faults: tuple[Fault, ...] = ()
    """One for each bad signature."""


def check_signatures(record: Record, again: Refolded) -> SignatureCheck:
    """Verify anew every signature on the returns that a second folding found."""
    record.view()
    signatures = Signatures(record)
    bad = {
        number: [each for each in judged if each.fault is not None]
        for number, judged in signatures.of(again.signed).items()
    }
    return SignatureCheck(
        signed=sum(not faults for faults in bad.values()),
        bad=sum(bool(faults) for faults in bad.values()),
        unsigned=again.returns - len(bad),
        keys=len(signatures.keys()),
        faults=tuple(
            Fault(f"entry {number}: {_return_of(record, number)}: {each.fault_text}", number)
            for number, faults in bad.items()
            for each in faults
        ),
    )


def _return_of(record: Record, number: int) -> str:
    event = decode_event(record.ledger.entry(number))
    return f"return of {event.station}" if isinstance(event, ReturnRecorded) else event.id
