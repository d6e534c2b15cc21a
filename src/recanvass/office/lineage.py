"""Party lineage: "the party and its predecessors", and how long they held an office unbroken.

A party that was closed or renamed lives on in another (`PartyDefined.predecessors`). One party can
have several successors, and then its years count for the line of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from recanvass.model import PartyDefined, to_utc
from recanvass.office.days import Days, days_between
from recanvass.office.mandates import History, MandateEvent, Vacancy

__all__ = ["Spell", "lineage", "newest_of_lines", "unbroken"]


def lineage(party: str, parties: Mapping[str, PartyDefined]) -> tuple[str, ...]:
    """Return a party and its predecessors, the nearest first; each once, even in a circle."""
    line = {party: None}
    ahead = [party]
    while ahead:
        known = parties.get(ahead.pop(0))
        fresh = [p for p in (known.predecessors if known else ()) if p not in line]
        line |= dict.fromkeys(fresh)
        ahead += fresh
    return tuple(line)


def newest_of_lines(held: Iterable[str], parties: Mapping[str, PartyDefined]) -> tuple[str, ...]:
    """Return the parties that are predecessors of no other one among them, as they first appear."""
    every = tuple(dict.fromkeys(held))
    lines = {party: lineage(party, parties) for party in every}
    return tuple(
        party
        for party in every
        if not any(party in lines[other] and other not in lines[party] for other in every)
    )


class Spell(msgspec.Struct, frozen=True):
    """A time of unbroken control: nobody from outside the line held the office or stood in.

    A vacancy does not break it, and is told. It lasts until the line's last holder left, or on.
    """

    began: MandateEvent
    """A holder of the line takes office, or the last one from outside leaves it to them."""
    ended: MandateEvent | None
    parties: tuple[str, ...]
    """Those of the line under which it was held, in that order."""
    vacancies: tuple[Vacancy, ...]

    def days(self, until: datetime | None = None) -> Days | None:
        """Return how long it lasted, vacancies included, or has lasted by `until`."""
        return days_between(self.began, self.ended, until)


class _Open(msgspec.Struct):
    """A spell that goes on; only `unbroken` changes it."""

    began: MandateEvent
    parties: dict[str, None]
    left: MandateEvent | None = None
    """What left the office vacant, as long as it is."""


def unbroken(history: History, line: Collection[str]) -> tuple[Spell, ...]:
    """Return the spells for which parties of a line held a single office, oldest first."""
    vacancies = history.vacancies
    spells: list[Spell] = []
    going: _Open | None = None
    for moment in history.moments:
        event, people = moment.event, moment.occupancy.in_charge
        if not people:
            if going is not None:
                going.left = event
        elif all(m.party in line for m in people):
            going = going or _Open(event, {})
            going.left = None
            going.parties |= dict.fromkeys(m.party for m in people if m.party)
        elif going is not None:
            spells.append(_closed(going, going.left or event, vacancies))
            going = None
    if going is not None:
        spells.append(_closed(going, going.left, vacancies))
    return tuple(spells)


def _closed(going: _Open, ended: MandateEvent | None, vacancies: Sequence[Vacancy]) -> Spell:
    first = to_utc(going.began.at or "")
    last = to_utc(ended.at or "") if ended is not None else None
    inside = tuple(
        v
        for v in vacancies
        if (since := to_utc(v.since.at or "")) > first and (last is None or since < last)
    )
    return Spell(going.began, ended, tuple(going.parties), inside)
