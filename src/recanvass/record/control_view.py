"""Who controls what at a moment: offices and councils by party, line and alliance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from recanvass.errors import NotInRecord
from recanvass.model import in_language
from recanvass.office.control import (
    Defined,
    Government,
    Holding,
    Side,
    control,
    governments,
    held_by,
    majority_side,
    offices_by,
    side_of,
)
from recanvass.office.lineage import lineage
from recanvass.record.describe import short_name
from recanvass.record.moment import AsOf, moment, moment_text
from recanvass.record.office_view import known_party
from recanvass.words import say_in

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = ["Control", "PartyControl", "control_of"]

_SCHEMA = {
    "office": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "unit_name": pl.String,
    "level": pl.String,
    "seats": pl.Int64,
    "state": pl.String,
    "person": pl.String,
    "acting": pl.Boolean,
    "since": pl.String,
    "party": pl.String,
    "alliance": pl.String,
    "held": pl.Int64,
}


@dataclass(frozen=True)
class PartyControl:
    """What a party controls: by itself, with its predecessors, with its alliance."""

    party: str
    line: tuple[str, ...]
    side: Side
    alone: tuple[Holding, ...]
    with_predecessors: tuple[Holding, ...]
    with_alliance: tuple[Holding, ...]


@dataclass(frozen=True)
class Control:
    """Who has which office at a ledger size and a moment."""

    holdings: tuple[Holding, ...]
    view: View
    levels: dict[str, str]
    """Level of the tree on which each office's unit lies."""
    as_of: str | None
    language: str = "en"

    @property
    def ledger_size(self) -> int:
        """The size of the ledger that this is of."""
        return self.view.size

    @property
    def councils(self) -> tuple[Holding, ...]:
        """Offices with more than one seat."""
        return tuple(h for h in self.holdings if h.office.seats > 1)

    @property
    def governments(self) -> tuple[Government, ...]:
        """Single offices beside the councils of their units."""
        return governments(self.holdings, self.view.parties)

    def holding(self, office: str) -> Holding:
        """Return who has the seats of one office. Raise NotInRecord for another."""
        for one in self.holdings:
            if one.office.office == office:
                return one
        raise NotInRecord(f"office: found {office!r}; at size {self.ledger_size} there is none")

    def singles(self, level: str | None = None) -> tuple[Holding, ...]:
        """Return the offices with one seat, of one level of the tree or of all."""
        return tuple(
            h
            for h in self.holdings
            if h.office.seats == 1 and level in (None, self.levels.get(h.office.office))
        )

    def by_level(self) -> dict[str, tuple[Holding, ...]]:
        """Return the offices with one seat by the level of their unit."""
        found: dict[str, list[Holding]] = {}
        for one in self.singles():
            found.setdefault(self.levels.get(one.office.office, ""), []).append(one)
        return {level: tuple(held) for level, held in found.items()}

    def of_party(self, party: str, level: str | None = None) -> PartyControl:
        """Return the single offices of a party. Raise NotInRecord for one that is not known."""
        line = lineage(known_party(party, self.view), self.view.parties)
        side = side_of(party, self.view.parties)
        singles = self.singles(level)
        return PartyControl(
            party,
            line,
            side,
            alone=held_by(singles, {party}),
            with_predecessors=held_by(singles, line),
            with_alliance=held_by(singles, side.parties),
        )

    def sides(self, holdings: Collection[Holding]) -> dict[str, int]:
        """Return how many single offices each side has, most first, by the side's name."""
        found: dict[str, int] = {}
        for party, offices in offices_by(holdings).items():
            if party is not None:
                name = self.side_name(side_of(party, self.view.parties))
                found[name] = found.get(name, 0) + offices
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def seats_of_sides(self, council: Holding) -> dict[str, int]:
        """Return how many of a council's seats each side has, most first, by the side's name."""
        people = (*council.parties, *(s.party for s in council.by_office if s.party))
        sides = [side_of(p, self.view.parties) for p in people]
        found = {self.side_name(s): council.seats_of(s.parties) for s in sides}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def side_name(self, side: Side) -> str:
        """Return what a side is called: an alliance by its name, a party alone by its short one."""
        if len(side.parties) == 1:
            return short_name(side.parties[0], self.view, self.language)
        return in_language(side.name, self.language)

    @property
    def frame(self) -> pl.DataFrame:
        """A row per office and party that has seats of it."""
        rows = [row for h in self.holdings for row in self._rows(h)]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def _rows(self, holding: Holding) -> list[dict[str, Any]]:
        own = self._office(holding)
        shared = {c: own[c] for c in ("office", "name", "unit", "unit_name", "level", "seats")}
        first: dict[str, Any] = next(iter(own["holders"]), {}) if holding.office.seats == 1 else {}
        shared |= {
            "state": own["state"],
            **{c: first.get(c) for c in ("person", "acting", "since")},
        }
        held: list[tuple[str | None, int]] = list(holding.parties.items())
        held += [(seat.party, seat.seats) for seat in holding.by_office]
        if holding.without_party or not held:
            held.append((None, holding.without_party))
        return [{**shared, "party": p, "alliance": self._alliance(p), "held": n} for p, n in held]

    def _alliance(self, party: str | None) -> str | None:
        own = self.view.parties.get(party or "")
        return (
            None
            if own is None or own.alliance is None
            else in_language(own.alliance, self.language)
        )

    def to_dict(self, party: str | None = None) -> dict[str, Any]:
        """Return all of it as plain values, as `--format json` prints it."""
        answer: dict[str, Any] = {
            "as_of": self.as_of,
            "ledger_size": self.ledger_size,
            "levels": [self._level(level, held) for level, held in self.by_level().items()],
            "councils": [self.council_dict(h) for h in self.councils],
            "governments": [self._government(g) for g in self.governments],
            "offices": [self._office(h) for h in self.holdings],
        }
        return answer | ({"party": self._party(party)} if party else {})

    def _level(self, level: str, held: tuple[Holding, ...]) -> dict[str, Any]:
        return {
            "level": level,
            "offices": len(held),
            "parties": [
                {"party": p, "alliance": self._alliance(p), "offices": n}
                for p, n in offices_by(held).items()
            ],
            "sides": self.sides(held),
            "vacant": sum(h.vacant for h in held),
            "unknown": sum(h.unknown for h in held),
        }

    def council_dict(self, council: Holding) -> dict[str, Any]:
        """Return who has a council's seats as plain values."""
        side = majority_side(council, self.view.parties)
        return {
            "office": council.office.office,
            "seats": council.office.seats,
            "majority": council.majority,
            "parties": council.parties,
            "by_office": [msgspec.to_builtins(seat) for seat in council.by_office],
            "sides": self.seats_of_sides(council),
            "without_party": council.without_party,
            "vacant": council.vacant,
            "unknown": council.unknown,
            "majority_party": council.majority_party,
            "majority_side": self.side_name(side) if side else None,
            "declared_by": council.declared.id if council.declared else None,
        }

    def _government(self, government: Government) -> dict[str, Any]:
        executive, majority = government.executive_side, government.majority_side
        return {
            "unit": government.executive.office.unit,
            "office": government.executive.office.office,
            "council": government.council.office.office,
            "is": government.word,
            "executive_party": government.executive.party,
            "executive_side": self.side_name(executive) if executive else None,
            "majority_party": government.council.majority_party,
            "majority_side": self.side_name(majority) if majority else None,
            "majority_seats": government.council.seats_of(majority.parties) if majority else 0,
            "majority_line": government.council.majority,
            "seats": government.council.office.seats,
        }

    def _office(self, holding: Holding) -> dict[str, Any]:
        office = holding.office
        return {
            "office": office.office,
            "name": in_language(office.name, self.language),
            "unit": office.unit,
            "unit_name": self.view.unit_name(office.unit),
            "level": self.levels.get(office.office),
            "seats": office.seats,
            "state": None if holding.unknown == office.seats else _state(holding),
            "parties": holding.parties,
            "holders": [
                {
                    "person": m.person,
                    "party": m.party,
                    "acting": m.acting,
                    "since": m.began.at,
                    "precision": m.began.precision,
                }
                for m in holding.occupancy.in_charge
            ],
        }

    def _party(self, party: str) -> dict[str, Any]:
        found = self.of_party(party)
        return {
            "party": party,
            "predecessors": list(found.line[1:]),
            "side": self.side_name(found.side),
            "levels": [
                {
                    "level": level,
                    "offices": len(held),
                    "alone": len(held_by(held, {party})),
                    "with_predecessors": len(held_by(held, found.line)),
                    "with_alliance": len(held_by(held, found.side.parties)),
                }
                for level, held in self.by_level().items()
            ],
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{p or 'no party'} {n}" for p, n in offices_by(self.holdings).items())
        return f"<Control: {len(self.holdings)} offices; {counts or 'nobody known'}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(level)}</td><td>{len(held)}</td><td>"
            + escape(", ".join(f"{self.party_name(p)} {n}" for p, n in offices_by(held).items()))
            + "</td></tr>"
            for level, held in self.by_level().items()
        )
        return f"<p>ledger size {self.ledger_size:,}</p><table>{rows}</table>"

    def party_name(self, party: str | None) -> str:
        """Return a party's short name, or that there is none."""
        if party is None:
            return say_in(self.language)("no party")
        return short_name(party, self.view, self.language)


def _state(holding: Holding) -> str:
    return "declared" if holding.declared else holding.occupancy.state


def control_of(record: Record, as_of: AsOf, size: int | None, language: str) -> Control:
    """Return who has which office of a record by `as_of`, as the ledger knew at `size`."""
    view = record.view(size)
    defined = Defined(view.parties, view.offices, view.contests, view.polls)
    holdings = control(defined, view.events, moment(as_of))
    places = view.units.filter(pl.col("level") != "station").select("id", "level")
    level_of = dict(places.iter_rows())
    levels = {name: level_of.get(o.unit, "") for name, o in view.offices.items()}
    return Control(holdings, view, levels, moment_text(as_of), language)
