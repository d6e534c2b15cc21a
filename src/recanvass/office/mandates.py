"""Mandates: who held an office from when to when, and who stood in while nobody did.

Whatever happened is taken in. What the machine `OFFICE` does not foresee (a mandate that begins
while the office is held, one that ends though nobody held it) is flagged as a breach and takes
effect all the same, so that the record shows two holders where there were two.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby, pairwise
from typing import Literal

import msgspec

from recanvass.docket.machine import Machine, Refusal, Transition, step
from recanvass.model import AnyEvent, MandateBegan, MandateEnded, to_utc
from recanvass.office.days import Days, days_between

__all__ = [
    "OFFICE",
    "Breach",
    "History",
    "Mandate",
    "MandateEvent",
    "Moment",
    "Occupancy",
    "Vacancy",
    "after",
    "history_of",
    "mandate_events",
]

MandateEvent = MandateBegan | MandateEnded

State = Literal["vacant", "acting", "held", "stood in for"]

Trigger = Literal[
    "take office",
    "take a taken seat",
    "take it again",
    "leave",
    "leave, others stay",
    "leave without holding",
    "stand in",
    "stop standing in",
]

_WINNER, _APPOINTING, _ANY = "winner", "appointing body", "law or holder"

OFFICE = Machine(
    "office",
    "vacant",
    (
        Transition("vacant", "take office", "held", _WINNER),
        Transition("vacant", "stand in", "acting", _APPOINTING),
        Transition("acting", "stop standing in", "vacant", _APPOINTING),
        Transition("held", "leave", "vacant", _ANY),
        Transition("held", "leave, others stay", "held", _ANY),
        Transition("held", "take office", "held", _WINNER),
        Transition("held", "stand in", "stood in for", _APPOINTING),
        Transition("stood in for", "stop standing in", "held", _APPOINTING),
        Transition("stood in for", "leave", "acting", _ANY),
        Transition("stood in for", "leave, others stay", "stood in for", _ANY),
        Transition("stood in for", "take office", "stood in for", _WINNER),
    ),
)
"""What may become of an office. It can be taken while held only where a seat of it is free."""


class Mandate(msgspec.Struct, frozen=True):
    """One holding of an office: by whom, from when to when, or until now."""

    began: MandateBegan
    ended: MandateEnded | None = None

    @property
    def person(self) -> str | None:
        """Who holds it; None where the source names nobody."""
        return self.began.person

    @property
    def party(self) -> str | None:
        """The party under which it began."""
        return self.began.party

    @property
    def acting(self) -> bool:
        """True for somebody who stands in."""
        return self.began.acting

    def days(self, until: datetime | None = None) -> Days | None:
        """Return how long it was held, or has been by `until`; see `office.days`."""
        return days_between(self.began, self.ended, until)


class Occupancy(msgspec.Struct, frozen=True):
    """Who is in an office at a moment. Its state follows from that, and is nowhere stored."""

    holders: tuple[Mandate, ...] = ()
    acting: tuple[Mandate, ...] = ()

    @property
    def state(self) -> State:
        """The state in `OFFICE`."""
        if self.holders:
            return "stood in for" if self.acting else "held"
        return "acting" if self.acting else "vacant"

    @property
    def in_charge(self) -> tuple[Mandate, ...]:
        """Who holds the office or, where nobody does, who stands in."""
        return self.holders or self.acting


class Breach(msgspec.Struct, frozen=True):
    """An event that `OFFICE` does not foresee in the state that it met."""

    event: MandateEvent
    state: State
    trigger: Trigger


class Moment(msgspec.Struct, frozen=True):
    """An event, and who was in the office from then on."""

    event: MandateEvent
    occupancy: Occupancy


class Vacancy(msgspec.Struct, frozen=True):
    """A time when nobody held an office nor stood in."""

    since: MandateEvent
    until: MandateEvent | None = None

    def days(self, until: datetime | None = None) -> Days | None:
        """Return how long it lasted, or has lasted by `until`."""
        return days_between(self.since, self.until, until)


class History(msgspec.Struct, frozen=True):
    """An office over time."""

    office: str
    seats: int
    mandates: tuple[Mandate, ...]
    """In the order in which they began."""
    moments: tuple[Moment, ...]
    breaches: tuple[Breach, ...]
    until: datetime | None
    """The moment asked about; None: all that has happened."""

    @property
    def occupancy(self) -> Occupancy:
        """Who is in the office at the end of it."""
        return self.moments[-1].occupancy if self.moments else Occupancy()

    @property
    def vacancies(self) -> tuple[Vacancy, ...]:
        """Times when nobody was in it. Within one civil day it is a handover, no vacancy."""
        found = [
            Vacancy(one.event, other.event)
            for one, other in pairwise(self.moments)
            if one.occupancy.state == "vacant"
        ]
        if self.moments and self.occupancy.state == "vacant":
            found.append(Vacancy(self.moments[-1].event))
        return tuple(v for v in found if not _within_a_day(v))


def _within_a_day(vacancy: Vacancy) -> bool:
    days = vacancy.days()
    return days is not None and days.elapsed == 0


def mandate_events(events: Iterable[AnyEvent], until: datetime | None = None) -> list[MandateEvent]:
    """Return what happened to offices by `until`, in the order in which it happened."""
    dated = [
        (to_utc(e.at), e)
        for e in events
        if isinstance(e, MandateBegan | MandateEnded) and e.at is not None
    ]
    held = [(at, e) for at, e in dated if until is None or at <= until]
    return [e for _, e in sorted(held, key=lambda pair: pair[0])]


def history_of(
    office: str, events: Iterable[MandateEvent], seats: int = 1, until: datetime | None = None
) -> History:
    """Return the history of an office from its events, in order (see `mandate_events`)."""
    occupancy = Occupancy()
    mandates: dict[str, Mandate] = {}
    moments: list[Moment] = []
    breaches: list[Breach] = []
    mine = (e for e in events if e.office == office)
    for _, at_once in groupby(mine, key=lambda e: to_utc(e.at or "")):
        for event in _leaving_first(list(at_once), occupancy):
            trigger = _trigger(occupancy, event, seats)
            if isinstance(step(OFFICE, occupancy.state, trigger), Refusal):
                breaches.append(Breach(event, occupancy.state, trigger))
            changed, occupancy = after(occupancy, event)
            mandates |= {m.began.id: m for m in changed}
            moments.append(Moment(event, occupancy))
    return History(office, seats, tuple(mandates.values()), tuple(moments), tuple(breaches), until)


def after(occupancy: Occupancy, event: MandateEvent) -> tuple[tuple[Mandate, ...], Occupancy]:
    """Return the mandates that an event begins or ends, and who is in the office after it."""
    if isinstance(event, MandateBegan):
        mandate = Mandate(event)
        if event.acting:
            return (mandate,), Occupancy(occupancy.holders, (*occupancy.acting, mandate))
        return (mandate,), Occupancy((*occupancy.holders, mandate), occupancy.acting)
    leaving = _ended_by(event, occupancy)
    return tuple(Mandate(m.began, event) for m in leaving), Occupancy(
        tuple(m for m in occupancy.holders if m not in leaving),
        tuple(m for m in occupancy.acting if m not in leaving),
    )


def _leaving_first(at_once: list[MandateEvent], occupancy: Occupancy) -> list[MandateEvent]:
    """Return what happened at one moment as a handover: first who was in the office leaves it."""
    if len(at_once) == 1:
        return at_once
    taking = [e for e in at_once if isinstance(e, MandateBegan)]
    ends = [e for e in at_once if isinstance(e, MandateEnded)]
    leaving = [e for e in ends if _ended_by(e, occupancy)]
    return [*leaving, *taking, *(e for e in ends if e not in leaving)]


def _ended_by(event: MandateEnded, occupancy: Occupancy) -> tuple[Mandate, ...]:
    """Return the mandates that an end is about: those of the person, else the only one there is."""
    present = (*occupancy.holders, *occupancy.acting)
    if event.person is None:
        return present if len(present) == 1 else ()
    return tuple(m for m in present if m.person == event.person)


def _trigger(occupancy: Occupancy, event: MandateEvent, seats: int) -> Trigger:
    """Return what an event means for an office in the state that it meets."""
    if isinstance(event, MandateEnded):
        return _way_out(occupancy, _ended_by(event, occupancy))
    present = occupancy.holders + (occupancy.acting if event.acting else ())
    if event.person is not None and any(m.person == event.person for m in present):
        return "take it again"
    if event.acting:
        return "stand in"
    return "take office" if len(occupancy.holders) < seats else "take a taken seat"


def _way_out(occupancy: Occupancy, leaving: tuple[Mandate, ...]) -> Trigger:
    if not leaving:
        return "leave without holding"
    if all(m.acting for m in leaving):
        return "stop standing in"
    return "leave, others stay" if len(occupancy.holders) > len(leaving) else "leave"
