"""`claims.toml`: what others published about the elections of a case, as claims to be checked."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from recanvass.errors import BadInput
from recanvass.exchange.definitions import Definitions, iso_dates
from recanvass.exchange.instants import instant_text
from recanvass.exchange.rejects import Faults
from recanvass.exchange.toml_file import is_tables, read_toml
from recanvass.model import ClaimMade, Measure, check_id, convert_event

__all__ = ["claims_of"]

_EVENTS = ("event", "first", "last")
"""Fields of measures that hold the id of an event."""


def claims_of(
    path: Path, made: Definitions, events: Collection[str], faults: Faults
) -> tuple[ClaimMade, ...]:
    """Return the claims of a file, in its order, noting each that cannot be taken.

    `events` are the ids of the case's events, which a measure can be about.
    """
    toml = read_toml(path, path.name)
    for key in toml.content.keys() - {"claim"}:
        faults.add(toml.name, toml.line_of(key), None, f"table {key!r}", "[[claim]]")
    rows = toml.content.get("claim", [])
    if not is_tables(rows):
        faults.add(toml.name, toml.line_of("claim"), None, "[claim]", "[[claim]]")
        return ()
    claims: dict[str, ClaimMade] = {}
    for number, row in enumerate(rows):
        name = str(row.get("id", f"claim {number + 1}"))
        try:
            claim = _claim(row, name)
            _new(claim, [*claims, *events])
            claims[claim.id] = claim
            _known(claim, made, events)
        except BadInput as error:
            found, _, expected = str(error).removeprefix(f"{name}: ").partition("; expected ")
            faults.add(
                toml.name, toml.line_of("claim", number), name, found.removeprefix("found "),
                expected or "the fields of a claim",
            )  # fmt: skip
    return tuple(claims.values())


def _claim(row: dict[str, Any], name: str) -> ClaimMade:
    for key in ("id", "at"):
        if key not in row:
            raise BadInput(f"found no `{key}`; expected one")
    fields = iso_dates(row) | {"at": instant_text(row["at"])}
    check_id(str(row["id"]), "id")
    value = fields.get("value")
    if isinstance(value, int) and not isinstance(value, bool):
        fields["value"] = str(value)
    if isinstance(fields.get("step"), int):
        fields["step"] = str(fields["step"])
    for key in ("value", "step"):
        if isinstance(fields.get(key), float):
            raise BadInput(f'{key}: found {fields[key]}; expected it in quotes, such as "54.2"')
    event = convert_event(fields | {"kind": "claim.made"}, name)
    assert isinstance(event, ClaimMade)  # noqa: S101 - its kind says so
    return event


def _new(claim: ClaimMade, ids: Collection[str]) -> None:
    if claim.id in ids:
        raise BadInput(f"found the id {claim.id!r} again; expected an `id` of its own")


def _known(claim: ClaimMade, made: Definitions, events: Collection[str]) -> None:
    """Raise BadInput if a measure speaks of something that the case does not have."""
    measure = claim.measure
    for key in ("contest", "office", "party"):
        _is_one_of(getattr(measure, key, None), made.keys.get(key, []), key)
    for key in _EVENTS:
        _is_one_of(getattr(measure, key, None), events, "event")
    contest = getattr(measure, "contest", None)
    polls = [poll for name, poll in made.polls if name == contest]
    for key in ("poll", "before", "after"):
        if contest is not None:
            _is_one_of(getattr(measure, key, None), polls, "poll")
    _is_one_of(_option(measure), _options(contest, measure, made), "option")
    if measure.__struct_config__.tag in ("leader", "elected"):
        _is_one_of(claim.value, _options(contest, measure, made), "value")


def _option(measure: Measure) -> str | None:
    return getattr(measure, "option", None)


def _options(contest: str | None, measure: Measure, made: Definitions) -> list[str]:
    """Return the options of the poll that a measure is of, or of all polls of its contest."""
    poll = getattr(measure, "poll", None)
    polls = [p for (c, key), p in made.polls.items() if c == contest and poll in (None, key)]
    return [option.id for one in polls for option in one.options]


def _is_one_of(found: str | None, known: Collection[str], what: str) -> None:
    if found is None or found in known:
        return
    some = ", ".join(list(known)[:8]) + (" …" if len(known) > 8 else "")
    raise BadInput(f"found {what} {found!r}; expected one of {some or 'none defined'}")
