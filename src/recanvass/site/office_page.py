"""The pages of offices: the holders of one over time, its seats, and who controls what."""

from __future__ import annotations

from typing import Any

import msgspec

from recanvass.model import in_language
from recanvass.office.control import offices_by, side_of
from recanvass.office.days import Days
from recanvass.office.mandates import Mandate, Vacancy
from recanvass.record import Control, Holders
from recanvass.record.office_terms import breach_text, days_text, government_word, state_word
from recanvass.site.edition import Edition
from recanvass.site.sentences import majority_sentence

__all__ = ["HolderLine", "OfficePage", "OfficesPage", "SeatLine", "office_page", "offices_page"]


class HolderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One holding, or a vacancy."""

    name: str
    party: str | None
    label: str
    slot: str
    is_acting: bool
    is_vacant: bool
    began: str
    began_precision: str | None
    ended: str | None
    ended_precision: str | None
    how: str | None
    days: str
    basis: str


class SeatLine(msgspec.Struct, frozen=True, kw_only=True):
    """A party's seats of a council."""

    party: str | None
    name: str
    side: str
    slot: str
    seats: int


class OfficePage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page of one office says."""

    office: str
    name: str
    unit: str
    unit_name: str
    state: str
    headline: str
    holders: tuple[HolderLine, ...]
    seats: int
    majority: int
    council: tuple[SeatLine, ...]
    sides: dict[str, int]
    breaches: tuple[str, ...]
    contests: tuple[tuple[str, str], ...]


class OfficeLine(msgspec.Struct, frozen=True, kw_only=True):
    """An office in the list of all."""

    office: str
    name: str
    unit: str
    level: str
    seats: int
    holder: str
    party: str | None
    label: str
    slot: str
    since: str | None
    precision: str | None
    state: str


class OfficesPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page of who controls what says."""

    headline: str
    levels: tuple[tuple[str, tuple[SeatLine, ...]], ...]
    """For each level of the tree: single offices by party."""
    governments: tuple[str, ...]
    mapped: str | None
    """The level of the tree that has a tile map and offices of its own."""
    offices: tuple[OfficeLine, ...]


def office_page(edition: Edition, office: str) -> OfficePage:
    """Return the page of an office. Raise NotInRecord for an unknown one."""
    view, language = edition.view, edition.language
    holders = edition.record.office(office).holders(edition.as_of, edition.size, language)
    control = edition.control
    seats = control.holding(office)
    lines = [(m.began.at or "", _holder(m, holders, edition)) for m in holders.mandates]
    lines += [(v.since.at or "", _vacancy(v, holders, edition)) for v in holders.vacancies]
    defined = holders.office
    is_council = defined.seats > 1
    known = bool(holders.history.moments)
    state = holders.history.occupancy.state if known else "unknown"
    return OfficePage(
        office=office,
        name=edition.text(defined.name),
        unit=defined.unit,
        unit_name=view.unit_name(defined.unit) or defined.unit,
        state=state,
        headline=_headline(holders, edition)
        if not is_council
        else majority_sentence(office, edition),
        holders=tuple(line for _, line in sorted(lines, key=lambda pair: pair[0])),
        seats=defined.seats,
        majority=seats.majority,
        council=_council(control, office, edition) if is_council else (),
        sides=control.seats_of_sides(seats) if is_council else {},
        breaches=tuple(breach_text(b.trigger, b.state, language) for b in holders.breaches),
        contests=tuple(
            (c.contest, edition.text(c.name)) for c in view.contests.values() if c.office == office
        ),
    )


def _headline(holders: Holders, edition: Edition) -> str:
    """Return who is in the office now."""
    say = edition.say
    in_charge = holders.history.occupancy.in_charge
    if not holders.history.moments:
        return say("No holder is recorded")
    if not in_charge:
        return say("The office is vacant")
    names = ", ".join(holders.holder(m) for m in in_charge)
    if in_charge[0].acting:
        return say("{name} stands in").format(name=names)
    return say("{name} holds the office").format(name=names)


def _holder(mandate: Mandate, holders: Holders, edition: Edition) -> HolderLine:
    ended = mandate.ended
    return HolderLine(
        name=holders.holder(mandate),
        party=mandate.party,
        label=holders.party_name(mandate.party),
        slot=edition.palette.of_party(mandate.party),
        is_acting=mandate.acting,
        is_vacant=False,
        began=mandate.began.at or "",
        began_precision=mandate.began.precision,
        ended=ended.at if ended else None,
        ended_precision=ended.precision if ended else None,
        how=ended.how if ended else None,
        days=_days(holders.days(mandate), edition),
        basis=edition.text(mandate.began.basis),
    )


def _vacancy(vacancy: Vacancy, holders: Holders, edition: Edition) -> HolderLine:
    until = vacancy.until
    return HolderLine(
        name=state_word("vacant", edition.language),
        party=None,
        label="–",
        slot="rest",
        is_acting=False,
        is_vacant=True,
        began=vacancy.since.at or "",
        began_precision=vacancy.since.precision,
        ended=until.at if until else None,
        ended_precision=until.precision if until else None,
        how=None,
        days=_days(vacancy.days(holders.until), edition),
        basis="",
    )


def _days(days: Days | None, edition: Edition) -> str:
    return days_text(days, edition.language)


def _council(control: Control, office: str, edition: Edition) -> tuple[SeatLine, ...]:
    """Return the seats by party, parties of one side together, the largest side first."""
    holding = control.holding(office)
    sides = list(control.seats_of_sides(holding))
    seats = dict(holding.parties)
    for own in holding.by_office:
        if own.party is not None:
            seats[own.party] = seats.get(own.party, 0) + own.seats
    lines = [_seat_line(p, n, control, edition) for p, n in seats.items()]
    lines.sort(key=lambda line: (sides.index(line.side), -line.seats))
    nobody = holding.without_party + holding.vacant + holding.unknown
    nobody += sum(s.seats for s in holding.by_office if s.party is None)
    return tuple(lines) + ((_seat_line(None, nobody, control, edition),) if nobody else ())


def _seat_line(party: str | None, seats: int, control: Control, edition: Edition) -> SeatLine:
    side = control.side_name(side_of(party, edition.view.parties)) if party else ""
    return SeatLine(
        party=party,
        name=control.party_name(party),
        side=side,
        slot=edition.palette.of_party(party),
        seats=seats,
    )


def offices_page(edition: Edition) -> OfficesPage:
    """Return the page of who controls what."""
    language = edition.language
    control = edition.control
    governments = tuple(
        f"{edition.view.unit_name(g.executive.office.unit) or g.executive.office.unit}: "
        + government_word(g.word, language)
        for g in control.governments
    )
    levels = tuple(
        (level, tuple(_seat_line(p, n, control, edition) for p, n in offices_by(held).items()))
        for level, held in control.by_level().items()
    )
    return OfficesPage(
        headline=governments[0] if governments else edition.say("Who controls what"),
        levels=levels,
        governments=governments,
        mapped=next((level for level, _ in levels if level in edition.view.tiles), None),
        offices=tuple(_office_line(row, control, edition) for row in control.to_dict()["offices"]),
    )


def _office_line(row: dict[str, Any], control: Control, edition: Edition) -> OfficeLine:
    first: dict[str, Any] = next(iter(row["holders"]), {})
    is_council = row["seats"] > 1
    party = None if is_council else first.get("party") or next(iter(row["parties"]), None)
    name = in_language(edition.view.offices[row["office"]].name, edition.language)
    holder = majority_sentence(row["office"], edition) if is_council else first.get("person") or ""
    return OfficeLine(
        office=row["office"],
        name=name,
        unit=row["unit"],
        level=row["level"] or "",
        seats=row["seats"],
        holder=holder,
        party=party,
        label=control.party_name(party) if party else "–",
        slot=edition.palette.of_party(party),
        since=first.get("since"),
        precision=first.get("precision"),
        state=row["state"] or "",
    )
