"""The measures of claims that are not of one poll: offices, seats, decisions, dates, registers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from recanvass.errors import NotInRecord
from recanvass.model import (
    AnyEvent,
    ClaimMade,
    DecisionMade,
    DeclarationMade,
    ObjectionFiled,
    slug,
)
from recanvass.model.claims import (
    Began,
    DaysHeld,
    DecisionVotes,
    EventDate,
    Holder,
    Measure,
    MostPublished,
    Objections,
    OfficesHeld,
    Published,
    Seats,
    SeatShare,
    TimeBetween,
    TimesElected,
    UnbrokenYears,
)
from recanvass.office.control import Holding, held_by, side_of
from recanvass.office.days import days_between
from recanvass.office.lineage import lineage
from recanvass.office.mandates import Mandate
from recanvass.record.claim_figure import Asked, Figure, Reading, Unknown, Way, day_of, moment_words
from recanvass.record.office_view import known_party

if TYPE_CHECKING:
    from recanvass.record.fold import View

__all__ = ["is_keeper", "other_figure"]

_KEEPERS = ("board", "register")
"""Types of source whose published figures stand for what no election record gives."""

_DAYS_IN = {"days": 1, "weeks": 7}
_BY = {"party": None, "line": "with its predecessors", "alliance": "with its alliance"}


def other_figure(measure: Measure, asked: Asked, until: datetime | None) -> Figure | Unknown:
    """Return the figure of a measure of offices, events or registers."""
    if isinstance(measure, Seats | SeatShare | OfficesHeld | Holder | UnbrokenYears):
        return _of_a_moment(measure, asked)
    if isinstance(measure, EventDate | TimeBetween | DecisionVotes):
        return _of_events(measure, asked)
    match measure:
        case DaysHeld():
            figure = _days_held(measure, asked, until)
        case Began():
            figure = _began(measure, asked, until)
        case TimesElected():
            figure = _times_elected(measure, asked, until)
        case Objections():
            figure = _objections(measure, asked, until)
        case Published():
            figure = _kept(measure, asked)
        case MostPublished():
            figure = _most(measure, asked)
        case _:
            raise NotInRecord(f"measure: found {measure!r}; expected one that this version knows")
    return figure


def _of_a_moment(
    measure: Seats | SeatShare | OfficesHeld | Holder | UnbrokenYears, asked: Asked
) -> Figure | Unknown:
    then = asked.then(measure.as_of)
    match measure:
        case Seats() | SeatShare():
            return _seats(measure, asked, then)
        case OfficesHeld():
            return _offices_held(measure, asked, then)
        case Holder():
            return _holder(measure, asked, then)
        case UnbrokenYears():
            return _unbroken_years(measure, asked, then)


def _parties(party: str, together: str, view: View) -> tuple[str, ...]:
    known_party(party, view)
    if together == "line":
        return lineage(party, view.parties)
    return side_of(party, view.parties).parties if together == "alliance" else (party,)


def _otherwise(together: str) -> list[str]:
    """Return who else may have been meant."""
    return [other for other in _BY if other != together]


def _seats(measure: Seats | SeatShare, asked: Asked, then: datetime) -> Figure | Unknown:
    """Return a party's seats. A seat that goes with an office may be counted with its holder."""
    way = Way(("office", measure.office, "--as-of", moment_words(then, asked.claim)))
    holdings = asked.record.control(then, asked.view.size).holdings
    held = next((h for h in holdings if h.office.office == measure.office), None)
    if held is None:
        raise NotInRecord(f"office: found {measure.office!r}; expected an office of this record")
    if held.unknown == held.office.seats:
        return Unknown("no seats known", way)
    worth = Fraction(100, held.office.seats) if isinstance(measure, SeatShare) else Fraction(1)

    def of(together: str) -> tuple[Fraction, Fraction]:
        parties = _parties(measure.party, together, asked.view)
        every = held.seats_of(parties)
        own = every - _seats_by_office(held, parties, holdings, asked.view)
        return own * worth, every * worth

    own, every = of(measure.together)
    readings = [Reading(own), *([Reading(every, "with seats by office")] if every != own else [])]
    beside = [Reading(of(t)[0], _BY[t] or "the party alone") for t in _otherwise(measure.together)]
    events = (held.declared.id,) if held.declared else ()
    way = Way(way.command, events)
    return Figure(tuple(readings), way, tuple(b for b in beside if b.value != own))


def _seats_by_office(
    held: Holding, parties: Collection[str], holdings: Collection[Holding], view: View
) -> int:
    """Return how many of the declared seats go with another office that the parties hold."""
    declared = held.declared
    poll = view.polls.get((declared.contest, declared.poll or "")) if declared else None
    if declared is None or poll is None:
        return 0
    theirs = {h.office.office for h in held_by(holdings, parties)}
    return sum(declared.seats.get(o.id, 0) for o in poll.options if o.office in theirs)


def _offices_held(measure: OfficesHeld, asked: Asked, then: datetime) -> Figure | Unknown:
    words = ("office", "--party", measure.party, "--as-of", moment_words(then, asked.claim))
    control = asked.record.control(then, asked.view.size)
    singles = control.singles(measure.level)
    if not singles or all(h.unknown for h in singles):
        return Unknown("no holders known", Way(words))
    held = {t: held_by(singles, _parties(measure.party, t, asked.view)) for t in _BY}
    own = held[measure.together]
    beside = [
        Reading(Fraction(len(held[t])), _BY[t] or "the party alone")
        for t in _otherwise(measure.together)
        if len(held[t]) != len(own)
    ]
    events = tuple(m.began.id for h in own for m in h.occupancy.in_charge)
    return Figure((Reading(Fraction(len(own))),), Way(words, events), tuple(beside))


def _holder(measure: Holder, asked: Asked, then: datetime) -> Figure | Unknown:
    holders = asked.record.office(measure.office).holders(then, asked.view.size)
    words = ("office", measure.office, "--as-of", moment_words(then, asked.claim))
    in_charge = holders.history.occupancy.in_charge
    readings = tuple(Reading(m.person) for m in in_charge if m.person)
    if not readings:
        return Unknown("nobody named", Way(words))
    return Figure(readings, Way(words, tuple(m.began.id for m in in_charge)))


def _unbroken_years(measure: UnbrokenYears, asked: Asked, then: datetime) -> Figure | Unknown:
    holders = asked.record.office(measure.office).holders(then, asked.view.size)
    words = (
        "office",
        measure.office,
        "--party",
        measure.party,
        "--as-of",
        moment_words(then, asked.claim),
    )
    spells = holders.line(measure.party).spells
    days = spells[-1].days(then) if spells else None
    if days is None:
        return Unknown("never held", Way(words))
    last = spells[-1]
    events = tuple(e.id for e in (last.began, last.ended) if e is not None)
    return Figure((Reading(Fraction(days.years)),), Way(words, events))


def _mandates(measure: DaysHeld | Began, asked: Asked, until: datetime | None) -> list[Mandate]:
    holders = asked.record.office(measure.office).holders(until, asked.view.size)
    wanted = slug(measure.person)
    return [m for m in holders.mandates if m.person is not None and slug(m.person) == wanted]


def _days_held(measure: DaysHeld, asked: Asked, until: datetime | None) -> Figure | Unknown:
    way = Way(("office", measure.office))
    found = [
        m
        for m in _mandates(measure, asked, until)
        if measure.poll is None or m.began.poll == measure.poll
    ]
    if len(found) != 1:
        return Unknown("held more than once" if found else "never held", way)
    (mandate,) = found
    if mandate.ended is None:
        return Unknown("still held", way)
    days = days_between(mandate.began, mandate.ended, None)
    assert days is not None  # noqa: S101 - both ends are there
    every = {
        "elapsed": Reading(Fraction(days.elapsed), "elapsed days"),
        "full": Reading(Fraction(days.full), "full days"),
        "touched": Reading(Fraction(days.touched), "days touched"),
    }
    meant = tuple(every.values()) if measure.days is None else (every[measure.days],)
    beside = tuple(r for r in every.values() if r not in meant)
    return Figure(meant, Way(way.command, (mandate.began.id, mandate.ended.id)), beside)


def _began(measure: Began, asked: Asked, until: datetime | None) -> Figure | Unknown:
    found = _mandates(measure, asked, until)
    way = Way(("office", measure.office))
    if not found:
        return Unknown("never held", way)
    began = found[0].began
    return Figure((Reading(day_of(began)),), Way(way.command, (began.id,)))


def _event(event: str, view: View) -> AnyEvent:
    found = next((e for e in view.events if e.id == event), None)
    if found is None:
        raise NotInRecord(f"event: found {event!r}; expected the id of an event of this record")
    return found


def _of_events(measure: EventDate | TimeBetween | DecisionVotes, asked: Asked) -> Figure | Unknown:
    if isinstance(measure, TimeBetween):
        first, last = _event(measure.first, asked.view), _event(measure.last, asked.view)
        days = days_between(first, last, None)
        assert days is not None  # noqa: S101 - both ends are there
        value = Fraction(days.elapsed, _DAYS_IN[measure.unit_of_time])
        return Figure((Reading(value),), Way(("timeline",), (first.id, last.id)))
    event = _event(measure.event, asked.view)
    if isinstance(measure, EventDate):
        return Figure((Reading(day_of(event)),), Way(("timeline",), (event.id,)))
    if not isinstance(event, DecisionMade) or event.votes_for is None:
        return Unknown("no votes known", Way(("timeline",), (event.id,)))
    votes = f"{event.votes_for}-{event.votes_against or 0}"
    return Figure((Reading(votes),), Way(("docket", event.contest), (event.id,)))


def _times_elected(measure: TimesElected, asked: Asked, until: datetime | None) -> Figure | Unknown:
    """Return in how many polls an option was declared elected: a revoked declaration was made."""
    made = {
        e.poll: e.id
        for e in asked.view.happened(until)
        if isinstance(e, DeclarationMade)
        and e.contest == measure.contest
        and e.status == "official"
        and e.elected == measure.option
    }
    words = ("timeline", measure.contest, "--kind", "declaration.made")
    return Figure((Reading(Fraction(len(made))),), Way(words, tuple(made.values())))


def _objections(measure: Objections, asked: Asked, until: datetime | None) -> Figure | Unknown:
    wanted = slug(measure.by)
    found = [
        e.id
        for e in asked.view.happened(until)
        if isinstance(e, ObjectionFiled) and slug(e.by) == wanted and _asks(e, measure)
    ]
    return Figure((Reading(Fraction(len(found))),), Way(("docket", measure.contest), tuple(found)))


def _asks(objection: ObjectionFiled, measure: Objections) -> bool:
    return any(
        order.type == measure.asks
        and measure.contest in (order.scope.contests or (objection.contest,))
        for order in objection.asks
    )


def is_keeper(claim: ClaimMade, view: View) -> bool:
    """Return whether a claim comes from a keeper of a register or from a board."""
    source = view.sources.get(claim.by)
    return source is not None and source.type in _KEEPERS


def _kept(measure: Published, asked: Asked) -> Figure | Unknown:
    """Return what a keeper last published, other than the claim that is asked about."""
    made = asked.about.get(measure, ())
    found = [e for e in made if e.id != asked.claim.id and is_keeper(e, asked.view)]
    if not found:
        return Unknown("own figure" if is_keeper(asked.claim, asked.view) else "no keeper")
    last = found[-1]
    return Figure(
        (Reading(Fraction(last.value)),), Way(("claims", last.id), (last.id,)), computed=False
    )


def _most(measure: MostPublished, asked: Asked) -> Figure | Unknown:
    """Return the party with the largest kept figure. A tie has no largest."""
    by_party = {
        of.party: claims[-1]
        for of, made in asked.about.items()
        if isinstance(of, Published)
        and (of.name, of.year) == (measure.name, measure.year)
        and of.party
        and (claims := [e for e in made if is_keeper(e, asked.view)])
    }
    ranked = sorted(by_party.values(), key=lambda e: -Fraction(e.value))
    if not ranked or (len(ranked) > 1 and Fraction(ranked[0].value) == Fraction(ranked[1].value)):
        return Unknown("no keeper")
    first = next(p for p, e in by_party.items() if e is ranked[0])
    events = tuple(e.id for e in ranked)
    return Figure((Reading(first or ""),), Way(("claims",), events), computed=False)
