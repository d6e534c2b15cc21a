"""One office of the record: its holders over time, vacancies, and unbroken control of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from recanvass.errors import NotInRecord
from recanvass.model import Event, OfficeDefined, Text, in_language
from recanvass.office.control import side_of
from recanvass.office.days import Days
from recanvass.office.lineage import Spell, lineage, newest_of_lines, unbroken
from recanvass.office.mandates import Breach, History, Mandate, Vacancy, history_of, mandate_events
from recanvass.record.describe import holder_name, short_name
from recanvass.record.moment import AsOf, moment, moment_text
from recanvass.record.office_terms import breach_text, state_word

if TYPE_CHECKING:
    import polars as pl

    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = ["Holders", "Line", "Office", "days_dict", "known_party"]

_COLUMNS = (
    *("person", "party", "alliance", "acting", "began", "began_precision", "ended"),
    *("ended_precision", "how", "days", "full_days", "days_touched", "days_exact", "basis"),
    *("contest", "poll", "event"),
)
_NUMBERS = ("days", "full_days", "days_touched")
_FLAGS = ("acting", "days_exact")


class Office:
    """Something that is held. Made by `Record.office`."""

    def __init__(self, record: Record, office: str) -> None:
        self.record = record
        self.id = office

    def __repr__(self) -> str:
        return f"<Office {self.id}: {self.name()}; {self.holders().history.occupancy.state}>"

    def definition(self, size: int | None = None) -> OfficeDefined:
        """Return the office as defined when the ledger had `size` entries. Raise NotInRecord."""
        offices = self.record.view(size).offices
        if self.id not in offices:
            known = ", ".join(list(offices)[:8]) + (" …" if len(offices) > 8 else "")
            raise NotInRecord(f"office: found {self.id!r}; this record has: {known or 'none'}")
        return offices[self.id]

    def name(self, language: str = "en") -> str:
        """Return the office's name for people."""
        return in_language(self.definition().name, language)

    def holders(self, as_of: AsOf = None, size: int | None = None, language: str = "en") -> Holders:
        """Return who held it by `as_of`, as the ledger knew at `size`."""
        view, until = self.record.view(size), moment(as_of)
        office = self.definition(size)
        events = mandate_events(view.events, until)
        history = history_of(office.office, events, office.seats, until)
        return Holders(office, history, view, moment_text(as_of), language)


@dataclass(frozen=True)
class Line:
    """A party with its predecessors, and the spells for which they held an office unbroken."""

    party: str
    predecessors: tuple[str, ...]
    spells: tuple[Spell, ...]


@dataclass(frozen=True)
class Holders:
    """The holders of an office over time, at a ledger size and a moment."""

    office: OfficeDefined
    history: History
    view: View
    as_of: str | None
    language: str = "en"

    @property
    def ledger_size(self) -> int:
        """The size of the ledger that this is of."""
        return self.view.size

    @property
    def until(self) -> datetime | None:
        """The moment asked about, in UTC; without one, what goes on has no length."""
        return self.history.until

    @property
    def mandates(self) -> tuple[Mandate, ...]:
        """Every holding, in the order in which they began."""
        return self.history.mandates

    @property
    def vacancies(self) -> tuple[Vacancy, ...]:
        """Times when nobody held the office nor stood in."""
        return self.history.vacancies

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """What happened although the state of the office did not foresee it."""
        return self.history.breaches

    def days(self, mandate: Mandate) -> Days | None:
        """Return how long a holding lasted, or has lasted by the moment asked about."""
        return mandate.days(self.until)

    def line(self, party: str) -> Line:
        """Return for how long a party and its predecessors held a single office unbroken.

        Raise NotInRecord for a party that the record does not know.
        """
        parties = lineage(known_party(party, self.view), self.view.parties)
        held = {m.party for m in self.mandates}
        return Line(
            party,
            tuple(p for p in parties[1:] if p in held),
            unbroken(self.history, parties) if self.office.seats == 1 else (),
        )

    def lines(self) -> tuple[Line, ...]:
        """Return the line of every party that held it and lives on in no other that did."""
        held = [m.party for m in self.mandates if m.party is not None]
        return tuple(self.line(p) for p in newest_of_lines(held, self.view.parties))

    def holder(self, mandate: Mandate) -> str:
        """Return the name of who holds a mandate, or the party's where nobody is named."""
        return holder_name(mandate.person, mandate.party, self.view, self.language)

    def party_name(self, party: str | None) -> str:
        """Return a party's short name, or a dash for none."""
        return "–" if party is None else short_name(party, self.view, self.language)

    @property
    def frame(self) -> pl.DataFrame:
        """The holdings as a Polars frame, a row each."""
        import polars as pl  # noqa: PLC0415 - types alone must not load it

        schema: dict[str, type[pl.DataType]] = dict.fromkeys(_COLUMNS, pl.String)
        schema |= dict.fromkeys(_NUMBERS, pl.Int64) | dict.fromkeys(_FLAGS, pl.Boolean)
        return pl.DataFrame([self._row(m) for m in self.mandates], schema=schema, orient="row")

    def _row(self, mandate: Mandate) -> dict[str, Any]:
        plain = self._mandate(mandate)
        days = plain.pop("days") or {}
        ended = plain.pop("ended") or {}
        began = plain.pop("began")
        counts = {
            "days": days.get("elapsed"),
            "full_days": days.get("full"),
            "days_touched": days.get("touched"),
            "days_exact": days.get("exact"),
        }
        values = (
            plain
            | counts
            | {
                "began": began["at"],
                "began_precision": began["precision"],
                "event": began["event"],
                "ended": ended.get("at"),
                "ended_precision": ended.get("precision"),
                "how": ended.get("how"),
            }
        )
        return {c: values[c] for c in _COLUMNS}

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, as `--format json` prints it."""
        return {
            "office": self.office.office,
            "name": in_language(self.office.name, self.language),
            "unit": self.office.unit,
            "seats": self.office.seats,
            "as_of": self.as_of,
            "ledger_size": self.ledger_size,
            "state": self.history.occupancy.state if self.history.moments else None,
            "mandates": [self._mandate(m) for m in self.mandates],
            "vacancies": [self._vacancy(v) for v in self.vacancies],
            "breaches": [self._breach(b) for b in self.breaches],
            "unbroken": [self.line_dict(line) for line in self.lines()],
        }

    def _mandate(self, mandate: Mandate) -> dict[str, Any]:
        began, ended = mandate.began, mandate.ended
        return {
            "person": mandate.person,
            "party": mandate.party,
            "alliance": self._alliance(mandate.party),
            "acting": mandate.acting,
            "began": _when(began),
            "ended": None if ended is None else _when(ended) | {"how": ended.how},
            "days": days_dict(self.days(mandate)),
            "basis": _text(began.basis, self.language),
            "contest": began.contest,
            "poll": began.poll,
            "cites": list(began.cites),
            "remark": _text(began.remark, self.language),
        }

    def _alliance(self, party: str | None) -> str | None:
        own = self.view.parties.get(party or "")
        if own is None or own.alliance is None:
            return None
        return in_language(side_of(own.party, self.view.parties).name, self.language)

    def _vacancy(self, vacancy: Vacancy) -> dict[str, Any]:
        return {
            "since": _when(vacancy.since),
            "until": None if vacancy.until is None else _when(vacancy.until),
            "days": days_dict(vacancy.days(self.until)),
        }

    def _breach(self, breach: Breach) -> dict[str, Any]:
        return {
            **_when(breach.event),
            "person": breach.event.person,
            "state": breach.state,
            "did": breach.trigger,
            "text": breach_text(breach.trigger, breach.state, self.language),
        }

    def line_dict(self, line: Line) -> dict[str, Any]:
        """Return a party's unbroken control as plain values."""
        return {
            "party": line.party,
            "predecessors": list(line.predecessors),
            "spells": [
                {
                    "began": _when(s.began),
                    "ended": None if s.ended is None else _when(s.ended),
                    "days": days_dict(s.days(self.until)),
                    "parties": list(s.parties),
                    "vacancies": [self._vacancy(v) for v in s.vacancies],
                }
                for s in line.spells
            ],
        }

    def __repr__(self) -> str:
        now = ", ".join(self.holder(m) for m in self.history.occupancy.in_charge) or "nobody"
        return f"<Holders of {self.office.office}: {len(self.mandates)}; now {now}>"

    def _repr_html_(self) -> str:
        rows = "".join(_html_row(self._cells(m)) for m in self.mandates)
        name = escape(in_language(self.office.name, self.language))
        state = escape(state_word(self.history.occupancy.state, self.language))
        return (
            f"<p><b>{name}</b> — {state}, ledger size {self.ledger_size:,}</p><table>{rows}</table>"
        )

    def _cells(self, mandate: Mandate) -> Sequence[str]:
        party = self.party_name(mandate.party)
        ended = mandate.ended.at if mandate.ended else ""
        return (self.holder(mandate), party, mandate.began.at or "", ended or "")


def known_party(party: str, view: View) -> str:
    """Return a party that the record knows. Raise NotInRecord for another."""
    if party not in view.parties:
        known = ", ".join(view.parties) or "none"
        raise NotInRecord(f"party: found {party!r}; this record has: {known}")
    return party


def days_dict(days: Days | None) -> dict[str, Any] | None:
    """Return the three counts of days, and whole years, as plain values."""
    if days is None:
        return None
    names = ("elapsed", "full", "touched", "years", "exact")
    return {name: getattr(days, name) for name in names}


def _when(event: Event) -> dict[str, Any]:
    return {"at": event.at, "precision": event.precision, "event": event.id}


def _text(text: Text | None, language: str) -> str | None:
    return None if text is None else in_language(text, language)


def _html_row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>"
