"""Who controls what at a moment: each office's holder, a council's seats, and whose side has both.

Leading in a vote is not holding an office, and a party is not its alliance: each is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from recanvass.model import (
    AnyEvent,
    ContestDefined,
    DeclarationMade,
    DeclarationRevoked,
    OfficeDefined,
    PartyDefined,
    PollDefined,
    Text,
    in_language,
    to_utc,
)
from recanvass.office.mandates import (
    History,
    MandateEvent,
    Occupancy,
    history_of,
    mandate_events,
)

__all__ = [
    "Defined",
    "Government",
    "Holding",
    "SeatByOffice",
    "Side",
    "control",
    "governments",
    "held_by",
    "majority_side",
    "offices_by",
    "side_of",
]


_ABOUT_SEATS = (DeclarationMade, DeclarationRevoked)


@dataclass(frozen=True)
class Defined:
    """What the record defines, by id, as far as control depends on it."""

    parties: Mapping[str, PartyDefined]
    offices: Mapping[str, OfficeDefined]
    contests: Mapping[str, ContestDefined]
    polls: Mapping[tuple[str, str], PollDefined]


class Side(msgspec.Struct, frozen=True):
    """Parties that stand together: an alliance, or one party alone."""

    name: Text
    parties: tuple[str, ...]


class SeatByOffice(msgspec.Struct, frozen=True):
    """Seats of a council that go with another office: they change sides with its holder."""

    office: str
    seats: int
    party: str | None
    """The party of whoever is in that office now."""


class Holding(msgspec.Struct, frozen=True):
    """Who has the seats of one office at a moment: one seat for a mayor, N for a council.

    `parties`, `by_office`, `without_party`, `vacant` and `unknown` add up to the seats, unless more
    people hold the office than it has seats.
    """

    office: OfficeDefined
    occupancy: Occupancy
    parties: dict[str, int]
    """Seats per party, the most first."""
    by_office: tuple[SeatByOffice, ...] = ()
    without_party: int = 0
    vacant: int = 0
    unknown: int = 0
    """Seats of which the record says nothing: not the same as vacant."""
    declared: DeclarationMade | None = None
    """What the seats are known from, where not from the members' mandates."""

    @property
    def majority(self) -> int:
        """The fewest seats that are more than half."""
        return self.office.seats // 2 + 1

    @property
    def majority_party(self) -> str | None:
        """The party that has a majority of the seats alone."""
        return next((p for p in self.parties if self.seats_of({p}) >= self.majority), None)

    @property
    def party(self) -> str | None:
        """The party of whoever is in a single office."""
        return next(iter(self.parties), None) if self.office.seats == 1 else None

    def seats_of(self, parties: Collection[str]) -> int:
        """Return how many seats some parties have together."""
        own = sum(n for p, n in self.parties.items() if p in parties)
        return own + sum(s.seats for s in self.by_office if s.party in parties)


class Government(msgspec.Struct, frozen=True):
    """A single office and a council of the same unit, and whether one side has both."""

    executive: Holding
    council: Holding
    executive_side: Side | None
    """None where nobody with a party is in the office."""
    majority_side: Side | None
    """None where no side has a majority of the council's seats."""

    @property
    def word(self) -> Literal["united", "divided", "no majority", "no side"]:
        """Whether the holder's side has the council's majority, another has it, or none has."""
        if self.majority_side is None:
            return "no majority"
        if self.executive_side is None:
            return "no side"
        return "united" if self.executive_side == self.majority_side else "divided"


def side_of(party: str, parties: Mapping[str, PartyDefined]) -> Side:
    """Return the alliance that a party is in by its definition, or the party as a side alone."""
    own = parties.get(party)
    if own is None or own.alliance is None:
        return Side(own.name if own else party, (party,))
    name = in_language(own.alliance, "en")
    together = [
        p.party for p in parties.values() if p.alliance and in_language(p.alliance, "en") == name
    ]
    return Side(own.alliance, tuple(together))


def control(
    defined: Defined, events: Iterable[AnyEvent], until: datetime | None = None
) -> tuple[Holding, ...]:
    """Return who has each office's seats by `until`, in the order in which offices were defined."""
    happened = list(events)
    histories = _histories(defined.offices, happened, until)
    declared = _declared_seats(defined.contests, happened, until)
    people = {name: _by_mandates(defined.offices[name], h) for name, h in histories.items()}
    return tuple(
        _by_declaration(holding, declared[name], defined, people)
        if name in declared and not histories[name].moments
        else holding
        for name, holding in people.items()
    )


def _histories(
    offices: Mapping[str, OfficeDefined], events: Sequence[AnyEvent], until: datetime | None
) -> dict[str, History]:
    by_office: dict[str, list[MandateEvent]] = {name: [] for name in offices}
    for event in mandate_events(events, until):
        by_office.setdefault(event.office, []).append(event)
    return {
        name: history_of(name, by_office[name], office.seats, until)
        for name, office in offices.items()
    }


def _declared_seats(
    contests: Mapping[str, ContestDefined], events: Sequence[AnyEvent], until: datetime | None
) -> dict[str, DeclarationMade]:
    """Return for each office the last declaration of its seats that stands."""
    told = [(to_utc(e.at), e) for e in events if isinstance(e, _ABOUT_SEATS) and e.at is not None]
    told = [(at, e) for at, e in told if until is None or at <= until]
    happened = [e for _, e in sorted(told, key=lambda pair: pair[0])]
    revoked = {e.of for e in happened if isinstance(e, DeclarationRevoked)}
    return {
        contests[e.contest].office: e
        for e in happened
        if isinstance(e, DeclarationMade)
        and e.seats
        and e.id not in revoked
        and e.contest in contests
    }


def _by_mandates(office: OfficeDefined, history: History) -> Holding:
    occupancy = history.occupancy
    parties = Counter(m.party for m in occupancy.in_charge)
    none = parties.pop(None, 0)
    free = max(office.seats - none - parties.total(), 0)
    return Holding(
        office,
        occupancy,
        _most_first({p: n for p, n in parties.items() if p is not None}),
        without_party=none,
        vacant=free if history.moments else 0,
        unknown=0 if history.moments else free,
    )


def _by_declaration(
    empty: Holding, declared: DeclarationMade, defined: Defined, people: Mapping[str, Holding]
) -> Holding:
    parties: Counter[str] = Counter()
    by_office: list[SeatByOffice] = []
    without_party = 0
    poll = defined.polls.get((declared.contest, declared.poll or ""))
    options = {o.id: o for o in poll.options} if poll else {}
    for who, seats in declared.seats.items():
        option = options.get(who)
        if who in defined.parties:
            parties[who] += seats
        elif option is not None and option.office is not None:
            holder = people.get(option.office)
            by_office.append(SeatByOffice(option.office, seats, holder.party if holder else None))
        elif option is not None and option.parties:
            parties[option.parties[0]] += seats
        else:
            without_party += seats
    told = parties.total() + without_party + sum(s.seats for s in by_office)
    return Holding(
        empty.office,
        empty.occupancy,
        _most_first(parties),
        tuple(by_office),
        without_party,
        unknown=max(empty.office.seats - told, 0),
        declared=declared,
    )


def _most_first(seats: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(seats.items(), key=lambda item: (-item[1], item[0])))


def offices_by(holdings: Iterable[Holding]) -> dict[str | None, int]:
    """Return how many single offices each party is in, the most first; None: without a party.

    Offices that are vacant, or of which the record says nothing, are in no one's count.
    """
    found = Counter(
        h.party for h in holdings if h.office.seats == 1 and (h.parties or h.without_party)
    )
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0] or "~")))


def held_by(holdings: Iterable[Holding], parties: Collection[str]) -> tuple[Holding, ...]:
    """Return the single offices that are in the hands of one of some parties."""
    return tuple(h for h in holdings if h.party in parties)


def governments(
    holdings: Sequence[Holding], parties: Mapping[str, PartyDefined]
) -> tuple[Government, ...]:
    """Return each single office with each council of its unit."""
    return tuple(
        Government(
            one,
            council,
            side_of(one.party, parties) if one.party else None,
            majority_side(council, parties),
        )
        for one in holdings
        if one.office.seats == 1
        for council in holdings
        if council.office.seats > 1
        and council.office.unit == one.office.unit
        and council.unknown < council.office.seats
    )


def majority_side(council: Holding, parties: Mapping[str, PartyDefined]) -> Side | None:
    """Return the side that has more than half of a council's seats."""
    sides = (side_of(p, parties) for p in council.parties)
    return next((s for s in sides if council.seats_of(s.parties) >= council.majority), None)
