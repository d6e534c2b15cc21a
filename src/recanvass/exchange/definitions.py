"""Parties, sources, offices, contests and polls of a case file as the events that define them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from recanvass.errors import BadInput
from recanvass.exchange.mapping import CaseFile
from recanvass.exchange.rejects import Faults
from recanvass.exchange.toml_file import TomlFile
from recanvass.model import AnyEvent, PollDefined, check_id, convert_event

__all__ = ["EXPECTED_FORM", "Definitions", "define", "iso_dates"]

EXPECTED_FORM = "the keys and types of docs/case-format.md"
EXPECTED_DAY = "the day of voting, such as 2019-03-31"


@dataclass
class Definitions:
    """The definitions of a case, found by key. Filled by `define`, then only read."""

    events: list[AnyEvent] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    """Per kind of definition its keys, in file order; a poll's is `contest/poll`."""
    polls: dict[tuple[str, str], PollDefined] = field(default_factory=dict)
    at_fault: bool = False
    """True if a definition could not be taken."""
    official: list[str] = field(default_factory=list)
    """Keys of the official sources."""

    def only_contest(self) -> str | None:
        """Return the contest if there is one only."""
        contests = self.keys.get("contest", [])
        return contests[0] if len(contests) == 1 else None


def iso_dates(value: Any) -> Any:
    """Return a TOML value with its dates and offset date-times as ISO 8601 texts, at every depth.

    Raise BadInput for a date-time without an offset.
    """
    if isinstance(value, dict):
        return {key: iso_dates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [iso_dates(inner) for inner in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadInput(f"found {value.isoformat()} without an offset; expected one, +03:00")
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def define(case: CaseFile, toml: TomlFile, faults: Faults) -> Definitions:
    """Return the definitions of a case, noting each that cannot be taken."""
    made = Definitions()
    tables: tuple[tuple[str, str, Iterable[dict[str, Any]]], ...] = (
        ("parties", "party", case.parties),
        ("sources", "source", case.sources),
        ("offices", "office", case.offices),
        ("contests", "contest", case.contests),
        ("polls", "poll", case.polls),
    )
    for table, key, rows in tables:
        for number, row in enumerate(rows):
            line = toml.line_of(table, number)
            try:
                event = _poll(row, made) if key == "poll" else _plain(row, key)
                _keep(made, event, key)
                _known_references(event, made)
            except BadInput as error:
                made.at_fault = True
                found, _, expected = _cut(str(error))
                faults.add(toml.name, line, f"{table}[{number}]", found, expected)
    return made


def _cut(message: str) -> tuple[str, str, str]:
    found, mark, expected = message.partition("; expected ")
    if not mark:
        found, mark, expected = message.partition(": Expected ")
    return found.removeprefix("found "), mark, expected or EXPECTED_FORM


def _plain(row: dict[str, Any], key: str) -> AnyEvent:
    fields = iso_dates(row)
    name = fields.pop("id", None) or fields.get(key)
    if not isinstance(name, str) or not name:
        raise BadInput("found no `id`; expected one")
    check_id(name, "id")
    kind = f"{key}.registered" if key == "source" else f"{key}.defined"
    return convert_event(fields | {"kind": kind, key: name, "id": f"{kind}/{name}"}, name)


def _poll(row: dict[str, Any], made: Definitions) -> AnyEvent:
    fields = iso_dates(row)
    contest = fields.setdefault("contest", made.only_contest())
    day = fields.get("date")
    if not isinstance(day, str) or not _is_day(day):
        found = f"date {day!r}" if day else "no date"
        raise BadInput(f"found {found}; expected {EXPECTED_DAY}")
    poll = fields.pop("id", None) or fields.get("poll") or day
    check_id(str(poll), "id")
    if "kind" in fields:
        fields["type"] = fields.pop("kind")
    identity = f"poll.defined/{contest}/{poll}"
    fields |= {"kind": "poll.defined", "poll": poll, "id": identity}
    return convert_event({"options": [], **fields}, str(poll))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2019-03-31")


def _keep(made: Definitions, event: AnyEvent, key: str) -> None:
    name = str(getattr(event, key))
    if isinstance(event, PollDefined):
        name = f"{event.contest}/{event.poll}"
        _distinct((option.id for option in event.options), "option", check_id)
        for count in (*event.asks, *event.derived):
            check_id(count, "count")
    if name in made.keys.setdefault(key, []):
        raise BadInput(f"found {key} {name!r} a second time; expected one of each")
    made.keys[key].append(name)
    made.events.append(event)
    if isinstance(event, PollDefined):
        made.polls[event.contest, event.poll] = event
    if getattr(event, "official", False):
        made.official.append(name)


def _distinct(names: Iterable[str], what: str, check: Callable[[str, str], str]) -> None:
    seen: set[str] = set()
    for name in names:
        check(name, what)
        if name in seen:
            raise BadInput(f"found {what} {name!r} a second time; expected one of each")
        seen.add(name)


def _known_references(event: AnyEvent, made: Definitions) -> None:
    """Raise BadInput if a definition speaks of one that the case does not have."""
    if not isinstance(event, PollDefined):
        office = getattr(event, "office", None)
        if hasattr(event, "contest") and office is not None:
            _is_known(office, "office", made.keys.get("office", ()))
        return
    _is_known(event.contest, "contest", made.keys.get("contest", ()))
    if event.of is not None:
        _is_known(
            event.of, "poll", [poll for contest, poll in made.polls if contest == event.contest]
        )
    parties = made.keys.get("party", ())
    for option in event.options:
        for party in option.parties:
            _is_known(party, "party", parties)


def _is_known(name: str, what: str, known: Collection[str]) -> None:
    if name not in known:
        shown = ", ".join(known) or "none is defined"
        raise BadInput(f"found {what} {name!r}; expected one of the case: {shown}")
