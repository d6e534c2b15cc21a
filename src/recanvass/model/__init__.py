"""The words of an election as plain immutable structs, and the events that can happen to them.

No input or output and no clock live here; every other room imports this one.
"""

from recanvass.model.base import Event, Part, Precision
from recanvass.model.claims import ClaimMade, Measure, OfPoll
from recanvass.model.codec import (
    EVENT_KINDS,
    AnyEvent,
    convert_event,
    decode_event,
    encode_event,
    kind_of,
    return_text,
)
from recanvass.model.count_events import (
    REASONS,
    ReportReceived,
    ReturnRecorded,
    ReturnWithdrawn,
    StatementMade,
)
from recanvass.model.counts import KNOWN_COUNTS, STANDARD_COUNTS
from recanvass.model.definitions import (
    ContestDefined,
    OfficeDefined,
    Option,
    PartyDefined,
    PollDefined,
    SourceRegistered,
    Unit,
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
    Order,
    Scope,
)
from recanvass.model.office_events import MandateBegan, MandateEnded
from recanvass.model.procedure import Deadline, ProcedureDefined, Step
from recanvass.model.record_events import BlobAttached, BlobRedacted, KeyAdded, KeyRetired
from recanvass.model.seat_rules import (
    CircleSizes,
    IndirectRule,
    ListRule,
    Method,
    SeatRule,
    SizeBand,
    Threshold,
    rule_units,
)
from recanvass.model.text import (
    ID_PATTERN,
    Text,
    check_id,
    in_language,
    parse_instant,
    slug,
    to_utc,
)

__all__ = [
    "EVENT_KINDS",
    "ID_PATTERN",
    "KNOWN_COUNTS",
    "REASONS",
    "STANDARD_COUNTS",
    "AnyEvent",
    "BlobAttached",
    "BlobRedacted",
    "CircleSizes",
    "ClaimMade",
    "ContestDefined",
    "Deadline",
    "DecisionCorrected",
    "DecisionMade",
    "DeclarationMade",
    "DeclarationRevoked",
    "Event",
    "IndirectRule",
    "KeyAdded",
    "KeyRetired",
    "ListRule",
    "LotDrawn",
    "MandateBegan",
    "MandateEnded",
    "Measure",
    "Method",
    "ObjectionFiled",
    "ObjectionWithdrawn",
    "OfPoll",
    "OfficeDefined",
    "Option",
    "Order",
    "Part",
    "PartyDefined",
    "PollDefined",
    "Precision",
    "ProcedureDefined",
    "ReportReceived",
    "ReturnRecorded",
    "ReturnWithdrawn",
    "Scope",
    "SeatRule",
    "SizeBand",
    "SourceRegistered",
    "StatementMade",
    "Step",
    "Text",
    "Threshold",
    "Unit",
    "UnitsRegistered",
    "check_id",
    "convert_event",
    "decode_event",
    "encode_event",
    "in_language",
    "kind_of",
    "parse_instant",
    "return_text",
    "rule_units",
    "slug",
    "to_utc",
]
