"""What exists before anybody votes: units, parties, offices, contests, polls, sources.

Definitions are events too: a poll can be scheduled twice, a slate can change. A later definition
with the same key takes the place of the earlier one.
"""

from __future__ import annotations

from typing import Literal

from recanvass.model.base import Event, Part
from recanvass.model.seat_rules import SeatRule
from recanvass.model.text import Text

__all__ = [
    "ContestDefined",
    "OfficeDefined",
    "Option",
    "PartyDefined",
    "PollDefined",
    "SourceRegistered",
    "Tile",
    "TilesDefined",
    "Unit",
    "UnitsRegistered",
]


class Unit(Part, frozen=True):
    """A place in the tree; the leaves are stations (`level == "station"`)."""

    id: str
    """Path-like and stable: `istanbul/adalar/burgazada-mah/1`."""
    level: str
    """`province`, `district`, `neighbourhood` … and `station` for the leaves."""
    name: str
    parent: str | None = None
    station_kind: str | None = None
    """Stations only: `ordinary` (when absent), `prison`, `mobile`, `postal`, `abroad` …"""


class UnitsRegistered(Event, frozen=True, tag="units.registered"):
    """Units enter the tree, or change their name, parent or kind."""

    units: tuple[Unit, ...]
    roll: str | None = None
    """The roll that the stations belong to, where they were redrawn between polls."""


class PartyDefined(Event, frozen=True, tag="party.defined"):
    """A party; its colour is for screens, its predecessors for lineage."""

    party: str
    name: Text
    short: str | None = None
    color: str | None = None
    """`#rrggbb`."""
    alliance: Text | None = None
    predecessors: tuple[str, ...] = ()


class OfficeDefined(Event, frozen=True, tag="office.defined"):
    """Something that is held: a mayor, a council with `seats` seats. It belongs to a unit."""

    office: str
    name: Text
    unit: str
    seats: int = 1
    seat_rule: SeatRule | None = None
    """How its seats are shared out; absent where that is not known, or there is one seat."""


class ContestDefined(Event, frozen=True, tag="contest.defined"):
    """The filling of an office, in one or more polls."""

    contest: str
    office: str
    name: Text


class Option(Part, frozen=True):
    """What a vote is for: a candidate, a list, yes or no."""

    id: str
    name: Text
    parties: tuple[str, ...] = ()
    alliance: Text | None = None
    residual: bool = False
    """True for a remainder ("others, not itemised"): counted, but nobody, so it never leads."""
    stands_in: tuple[str, ...] = ()
    """Units where it stood; empty: everywhere in the poll."""
    not_in: tuple[str, ...] = ()
    """Units where it did not stand."""
    withdrawn: bool = False
    """Withdrawn but still on the paper."""
    office: str | None = None
    """The office whose holder has this seat by law, whoever that is."""


class PollDefined(Event, frozen=True, tag="poll.defined"):
    """One voting occasion of a contest."""

    contest: str
    poll: str
    """Its key within the contest: the date, `2019-03-31`."""
    date: str
    options: tuple[Option, ...]
    """In the order of the ballot paper or of the form."""
    type: Literal["first", "runoff", "rerun"] = "first"
    of: str | None = None
    """The poll that this one repeats or follows."""
    rule: str = "plurality"
    units: tuple[str, ...] = ()
    """Where it is held; empty: the unit of the office."""
    roll: str | None = None
    roll_stated: int | None = None
    """Voters on the roll as officially published, where that is known."""
    family: str | None = None
    """The ballot family: contests voted in the same envelope share it."""
    asks: tuple[str, ...] = ("registered", "voted", "valid", "invalid")
    """The counts that the form asks for; one that is absent is missing."""
    derived: tuple[str, ...] = ()
    """Counts computed from the others, so no rule can check them against those."""
    blocking: tuple[str, ...] = ()
    """Codes of the rules that keep a return out of the total until it is corrected."""
    limits: dict[str, int] = {}
    """Thresholds of rules that differ from the defaults, by name."""
    signatures: int = 0
    """How many officers of the station must have signed a return."""
    note: Text | None = None
    simulated: Text | None = None
    """What of it is made up (votes, the order of arrival …); absent: nothing. Said to every reader
    of anything that is shown of this poll."""


class SourceRegistered(Event, frozen=True, tag="source.registered"):
    """Who reports. Only returns of an official source are added up."""

    source: str
    name: Text
    official: bool = False
    type: str = "board"
    """`board`, `party`, `observer`, `agency`, `press` …"""


class Tile(Part, frozen=True):
    """Where a unit stands on a tile map, and what its tile says."""

    unit: str
    row: int
    """From the top, 0 first."""
    column: int
    """From the left, 0 first."""
    label: str | None = None
    """A few letters that people know the unit by."""


class TilesDefined(Event, frozen=True, tag="tiles.defined"):
    """A map of equal tiles laid out to resemble the place, for the units of one level."""

    level: str
    tiles: tuple[Tile, ...]
