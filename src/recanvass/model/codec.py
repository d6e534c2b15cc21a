"""Events to the canonical bytes of a ledger entry, and back.

Canonical JSON here: UTF-8, keys sorted at every depth, no white space, no floats, absent fields
left out. The same event always gives the same bytes, so its hash says all.
"""

from __future__ import annotations

from typing import Any

import msgspec

from recanvass.errors import BadInput
from recanvass.model.claims import ClaimMade
from recanvass.model.count_events import (
    ReportReceived,
    ReturnRecorded,
    ReturnWithdrawn,
    StatementMade,
)
from recanvass.model.definitions import (
    ContestDefined,
    OfficeDefined,
    PartyDefined,
    PollDefined,
    SourceRegistered,
    TilesDefined,
    UnitsRegistered,
)
from recanvass.model.law_events import (
    DecisionCorrected,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
    LotDrawn,
    ObjectionFiled,
    ObjectionWithdrawn,
)
from recanvass.model.office_events import MandateBegan, MandateEnded
from recanvass.model.procedure import ProcedureDefined
from recanvass.model.record_events import BlobAttached, BlobRedacted, KeyAdded, KeyRetired

__all__ = [
    "EVENT_KINDS",
    "AnyEvent",
    "convert_event",
    "decode_event",
    "encode_event",
    "kind_of",
    "return_text",
]

AnyEvent = (
    UnitsRegistered
    | PartyDefined
    | OfficeDefined
    | ContestDefined
    | PollDefined
    | ProcedureDefined
    | SourceRegistered
    | TilesDefined
    | ReturnRecorded
    | ReturnWithdrawn
    | ReportReceived
    | StatementMade
    | ClaimMade
    | ObjectionFiled
    | ObjectionWithdrawn
    | DecisionMade
    | DecisionCorrected
    | LotDrawn
    | DeclarationMade
    | DeclarationRevoked
    | MandateBegan
    | MandateEnded
    | KeyAdded
    | KeyRetired
    | BlobAttached
    | BlobRedacted
)

EVENT_KINDS: dict[str, type[Any]] = {
    str(kind.__struct_config__.tag): kind for kind in AnyEvent.__args__
}

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def kind_of(event: AnyEvent) -> str:
    """Return the kind of an event, `return.recorded`."""
    return str(event.__struct_config__.tag)


def encode_event(event: AnyEvent) -> bytes:
    """Return the canonical bytes of an event."""
    return _ENCODER.encode(event)


def return_text(event: ReturnRecorded) -> str:
    """Return what the signers of a return sign: its canonical line without their signatures."""
    unsigned = msgspec.structs.replace(event, signatures=())
    return encode_event(unsigned).decode() + "\n"


def decode_event(body: bytes) -> AnyEvent:
    """Return the event in a ledger entry. Raise BadInput if the bytes hold none."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"not an event: {error}") from None


def convert_event(fields: dict[str, Any], what: str) -> AnyEvent:
    """Return the event that plain fields (as read from TOML) describe.

    Raise BadInput naming `what`, the field, what was found and what was expected.
    """
    try:
        event: AnyEvent = msgspec.convert(fields, AnyEvent)
    except msgspec.ValidationError as error:
        raise BadInput(f"{what}: {error}") from None
    return event
