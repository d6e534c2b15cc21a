"""`events.toml`: the dated happenings of a case, as events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from recanvass.errors import BadInput
from recanvass.exchange.definitions import Definitions, iso_dates
from recanvass.exchange.instants import instant_text
from recanvass.exchange.rejects import Faults
from recanvass.exchange.toml_file import is_tables, read_toml
from recanvass.model import EVENT_KINDS, AnyEvent, check_id, convert_event, slug

__all__ = ["dated_events"]

_WHO = ("by", "body", "publisher", "person", "source", "station", "verifier", "to", "sha256")
_UNDATED = frozenset(kind for kind in EVENT_KINDS if kind.endswith((".defined", ".registered")))
"""Kinds that may do without `at`."""


def dated_events(path: Path, made: Definitions, faults: Faults) -> tuple[AnyEvent, ...]:
    """Return the events of a file, in its order, noting each that cannot be taken."""
    toml = read_toml(path, path.name)
    rows = toml.content.get("event", [])
    for key in toml.content.keys() - {"event"}:
        faults.add(toml.name, toml.line_of(key), None, f"table {key!r}", "[[event]]")
    if not is_tables(rows):
        faults.add(toml.name, toml.line_of("event"), None, "[event]", "[[event]]")
        return ()
    events: dict[str, AnyEvent] = {}
    for number, row in enumerate(rows):
        line = toml.line_of("event", number)
        name = str(row.get("id", f"event {number + 1}"))
        try:
            event = _event(row, name, made)
            _new(event, events)
            events[event.id] = event
            _known(event, made)
        except BadInput as error:
            found, _, expected = str(error).removeprefix(f"{name}: ").partition("; expected ")
            faults.add(
                toml.name, line, name, found.removeprefix("found "),
                expected or "the fields of this kind of event",
            )  # fmt: skip
    return tuple(events.values())


def _new(event: AnyEvent, events: Collection[str]) -> None:
    if event.id in events:
        raise BadInput(f"found the id {event.id!r} again; expected an `id` of its own")


def _event(row: dict[str, Any], name: str, made: Definitions) -> AnyEvent:
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in EVENT_KINDS:
        raise BadInput(f"found kind {kind!r}; expected one of {', '.join(EVENT_KINDS)}")
    at = row.get("at")
    if at is not None:
        at = _instant(at)
    elif kind not in _UNDATED:
        raise BadInput("found no `at`; expected a time with a UTC offset")
    fields = iso_dates({key: value for key, value in row.items() if key != "at"})
    if at is not None:
        fields["at"] = at
    fields_of_kind = EVENT_KINDS[kind].__struct_fields__
    only = made.only_contest()
    if "contest" in fields_of_kind and "office" not in fields_of_kind and only is not None:
        fields.setdefault("contest", only)
    fields.setdefault("id", _made_id(kind, at, fields))
    check_id(str(fields["id"]), "id")
    return convert_event(fields, name)


def _instant(at: object) -> str:
    try:
        return instant_text(at)
    except BadInput as error:
        raise BadInput(str(error).removeprefix("time: ")) from None


def _made_id(kind: str, at: str | None, fields: dict[str, Any]) -> str:
    """Return an id made of what happened, when and by whom: not of figures, which get corrected."""
    who: Iterable[str] = (slug(str(fields[key])) for key in _WHO if key in fields)
    parts = [kind, at, fields.get("contest") or fields.get("office"), *list(who)[:1]]
    return "/".join(str(part) for part in parts if part)


def _known(event: AnyEvent, made: Definitions) -> None:
    """Raise BadInput if an event speaks of a contest, poll or option that the case lacks."""
    contest, poll = getattr(event, "contest", None), getattr(event, "poll", None)
    if event.__struct_config__.tag in _UNDATED or contest is None:
        return
    contests = made.keys.get("contest", [])
    if contest not in contests:
        raise BadInput(f"found contest {contest!r}; expected one of {', '.join(contests)}")
    if poll is None:
        return
    if (contest, poll) not in made.polls:
        polls = ", ".join(key for name, key in made.polls if name == contest)
        raise BadInput(f"found poll {poll!r}; expected one of {polls or 'none defined'}")
    options = [option.id for option in made.polls[contest, poll].options]
    named = [*getattr(event, "votes", ()), getattr(event, "leader", None)]
    for option in (*named, getattr(event, "elected", None)):
        if option is not None and options and option not in options:
            raise BadInput(f"found option {option!r}; expected one of {', '.join(options)}")
