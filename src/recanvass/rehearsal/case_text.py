"""`case.toml` and `events.toml` of a made-up election, as text that a person can read and edit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from recanvass.model import Text
from recanvass.rehearsal.afterwards import RECOUNT_DAY
from recanvass.rehearsal.ballots import CLOSE, Paper
from recanvass.rehearsal.labels import made_up_label
from recanvass.rehearsal.names import names_in
from recanvass.rehearsal.places import LEVELS, Places
from recanvass.rehearsal.recipe import Recipe

__all__ = ["PLANTED", "UNITS", "case_text", "events_text", "returns_file"]

UNITS, PLANTED = "units.csv", "planted.csv"
_SOURCES = (("board", "count"), ("board", "correction"), ("board", "recount-full"))
_RETURNS = (*_SOURCES, ("observer", "count"))
_UNITS_IN_AN_ORDER = 400
"""An order is part of one ledger entry, which has a largest size."""
_COUNCIL_SEATS = 31
_COLORS = ("#1f6f8b", "#c0563f", "#5b8c3a", "#8a5fa8", "#c79a2b", "#4a5a9c", "#9c4a72", "#4f7f72")


def returns_file(contest: str, source: str, reason: str) -> str:
    """Return where the returns of a contest, source and reason are, relative to the case."""
    return f"returns/{contest}-{source}-{reason}.csv"


def case_text(recipe: Recipe, paper: Paper, places: Places, folder: Path) -> str:
    """Return `case.toml`. A file of returns that is not in the folder is not named."""
    names = names_in(recipe.language)
    made = msgspec.structs.asdict(recipe)
    lines = [
        "# A made-up election: nothing and nobody in it is real. Made by `recanvass simulate` from",
        *(f"#   {name} = {value}" for name, value in made.items()),
        f"# The errors that were planted in it are listed in {PLANTED}.",
        "",
        *_table("[case]", id=f"simulated-{recipe.seed}", name=names.case),
        f"note = {_inline(made_up_label(recipe))}",
        "",
        *_table("[units]", file=UNITS, closed=True),
        "",
        *_table("[[sources]]", id="board", name=names.board, official=True),
        "",
        *_table("[[sources]]", id="observer", name=names.observer, type="observer"),
    ]
    for n, option in enumerate(paper.options):
        shape = names.shape(n)
        name = names.party.format(shape=shape)
        color = _COLORS[n % len(_COLORS)]
        lines += ["", *_table("[[parties]]", id=option, name=name, short=shape, color=color)]
    for contest in recipe.contest_ids:
        lines += ["", *_contest(recipe, paper, places, contest)]
        for source, reason in _RETURNS:
            if (folder / returns_file(contest, source, reason)).is_file():
                lines += ["", *_returns(paper, places, contest, source, reason)]
    return "\n".join([*lines, ""])


def events_text(
    recipe: Recipe, totals: Mapping[str, Mapping[str, int]], recounted: Sequence[str]
) -> str:
    """Return `events.toml`: the recount ordered, and the result declared with its totals."""
    close = datetime.combine(datetime.fromisoformat(recipe.day), CLOSE, UTC)
    ordered = close + timedelta(seconds=RECOUNT_DAY - 3600)
    declared = close + timedelta(seconds=RECOUNT_DAY, days=1)
    lines = ["# Made up, as everything in this case."]
    for contest, votes in totals.items():
        for number, start in enumerate(range(0, len(recounted), _UNITS_IN_AN_ORDER), 1):
            units = recounted[start : start + _UNITS_IN_AN_ORDER]
            lines += ["", *_decision(recipe, contest, number, ordered, units)]
        lines += ["", *_declaration(recipe, contest, declared, votes)]
    return "\n".join([*lines, ""])


def _contest(recipe: Recipe, paper: Paper, places: Places, contest: str) -> list[str]:
    name = names_in(recipe.language).contest(contest)
    seats = {"seats": _COUNCIL_SEATS} if contest == "council" else {}
    family = {"family": "one-envelope"} if paper.siblings else {}
    lines = [
        *_table("[[offices]]", id=contest, name=name, unit=places.root, **seats),
        "",
        *_table("[[contests]]", id=contest, office=contest, name=name),
        "",
        *_table("[[polls]]", contest=contest),
        f"date = {recipe.day}",
        *_table(None, asks=list(paper.counts), **family),
        f"simulated = {_inline(made_up_label(recipe))}",
    ]
    people = 11 * recipe.contest_ids.index(contest)
    for n, option in enumerate(paper.options):
        person = names_in(recipe.language).person(people + n)
        absent = places.regions_without(paper, option)
        where = {"not_in": absent} if absent else {}
        where["parties"] = [option]
        lines += ["", *_table("  [[polls.options]]", id=option, name=person, **where)]
    return lines


def _returns(paper: Paper, places: Places, contest: str, source: str, reason: str) -> list[str]:
    levels = list(LEVELS)
    return [
        *_table("[[returns]]", contest=contest, source=source, reason=reason),
        'at = {column = "at"}',
        *_table(None, files=[returns_file(contest, source, reason)]),
        "",
        *_table("  [returns.station]", levels=levels, path=levels, id="station", under=places.root),
        "",
        *_table("  [returns.counts]", **{name: name for name in paper.counts}),
        "",
        *_table("  [returns.votes]", **{option: option for option in paper.options}),
    ]


def _decision(
    recipe: Recipe, contest: str, number: int, at: datetime, units: Sequence[str]
) -> list[str]:
    scope = f"{{units = {_value(list(units))}, contests = [{_value(contest)}]}}"
    return [
        *_event("decision.made", f"recount-{contest}-{number}", at, contest, recipe.day),
        *_table(None, body="board", summary=names_in(recipe.language).recount),
        f'orders = [{{type = "recount-full", scope = {scope}}}]',
    ]


def _declaration(recipe: Recipe, contest: str, at: datetime, votes: Mapping[str, int]) -> list[str]:
    ahead = sorted(votes, key=lambda option: -votes[option])
    won = contest == "mayor" and votes[ahead[0]] > votes[ahead[1]]
    return [
        *_event("declaration.made", f"declared-{contest}", at, contest, recipe.day),
        *_table(None, body="board", status="official", **({"elected": ahead[0]} if won else {})),
        f"votes = {_inline(votes)}",
    ]


def _event(kind: str, id: str, at: datetime, contest: str, poll: str) -> list[str]:
    return [
        *_table("[[event]]", kind=kind, id=id),
        f"at = {at.isoformat()}",
        *_table(None, contest=contest, poll=poll),
    ]


def _table(heading: str | None, **values: object) -> list[str]:
    """Return the lines of a TOML table; its keys stand as deep as its heading."""
    deep = " " * (len(heading) - len(heading.lstrip())) if heading else ""
    lines = [f"{deep}{key} = {_value(value)}" for key, value in values.items()]
    return lines if heading is None else [heading, *lines]


def _inline(values: Text | Mapping[str, int]) -> str:
    if isinstance(values, str):
        return _value(values)
    return "{" + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + "}"


def _value(value: object) -> str:
    """Return a text, number, truth or list of them as TOML, which writes these as JSON does."""
    return json.dumps(value, ensure_ascii=False)
