"""The page of a station: every return it ever made, what they break, and where they are proved."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import msgspec
import polars as pl

from recanvass.canvass.rules import RULES, message
from recanvass.model import in_language
from recanvass.record import Poll
from recanvass.record.describe import named, short_name
from recanvass.record.evidence import Evidence
from recanvass.record.station import (
    StationBook,
    StationHistory,
    StationReturn,
    StationSignature,
)
from recanvass.site.edition import Edition
from recanvass.site.figures import UnitFigures
from recanvass.site.units import STATION, figures_in

__all__ = ["Finding", "Made", "Neighbours", "StationPage", "station_page"]

NEIGHBOURS = 10
"""Stations of the same unit beside this one, half of them before it and half after."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a return breaks, explained."""

    contest: str
    poll: str
    code: str
    severity: str
    title: str
    text: str
    source: str


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed a return, and whether that holds."""

    holder: str
    role: str | None
    party: str
    fault: str | None


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A photo or a paper of a return, by its hash."""

    sha256: str
    media_type: str
    title: str
    entry: int
    state: str
    because: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """One return with its place in the ledger."""

    contest: str
    contest_name: str
    poll: str
    entry: int
    leaf: str
    path: tuple[str, ...]
    """The hashes that lead from the entry to the root at this size, leaf side first."""
    at: str
    source: str
    reason: str
    standing: str
    counts: dict[str, int | None]
    votes: dict[str, int | None]
    labels: dict[str, str]
    slots: dict[str, str]
    changed: dict[str, int]
    filled_in: tuple[str, ...]
    signatures: tuple[Signed, ...]
    evidence: tuple[Attached, ...]


class Neighbours(msgspec.Struct, frozen=True, kw_only=True):
    """The stations beside this one in a poll."""

    contest: str
    poll: str
    options: tuple[str, ...]
    labels: dict[str, str]
    stations: tuple[UnitFigures, ...]


class StationPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    station: str
    name: str
    kind: str
    above: tuple[tuple[str, str], ...]
    returns: tuple[Made, ...]
    findings: tuple[Finding, ...]
    neighbours: tuple[Neighbours, ...]
    ledger_size: int
    root: str


def station_page(edition: Edition, station: str) -> StationPage:
    """Return the page of a station. Raise NotInRecord if there is none."""
    book: StationBook = edition.kept(
        ("stations",), lambda: StationBook(edition.record, edition.as_of, edition.size)
    )
    history = book.history(station)
    units = book.units_above(station)
    names = edition.view.unit_names
    return StationPage(
        station=station,
        name=history.name,
        kind=history.kind,
        above=tuple((unit, names.get(unit, unit)) for unit in units),
        returns=tuple(_made(one, history, edition) for one in history.returns),
        findings=tuple(_findings(history, edition)),
        neighbours=tuple(_neighbours(history, units[-1] if units else None, edition)),
        ledger_size=edition.size,
        root=edition.kept(("root",), lambda: edition.record.ledger.root(edition.size).hex()),
    )


def _poll_words(key: tuple[str, str], edition: Edition) -> dict[str, Any]:
    """Return what is the same for every return of a poll."""
    contest = edition.record.contest(key[0])
    poll = contest.poll(key[1])
    return {
        "contest_name": contest.name(edition.language),
        "labels": poll.labels(edition.language, edition.size),
        "slots": edition.palette.of_options(poll.definition(edition.size).options),
    }


def _made(one: StationReturn, history: StationHistory, edition: Edition) -> Made:
    key = (one.contest, one.poll)
    words = edition.kept(("poll words", key), lambda: _poll_words(key, edition))
    ledger = edition.record.ledger
    return Made(
        contest=one.contest,
        poll=one.poll,
        entry=one.entry,
        leaf=one.leaf,
        path=tuple(h.hex() for h in ledger.inclusion_proof(one.entry, edition.size)),
        at=one.at,
        source=named(one.source, edition.view, edition.language),
        reason=one.reason,
        standing=one.standing,
        counts=one.counts,
        votes=one.votes,
        changed=one.changed,
        filled_in=one.filled_in,
        signatures=tuple(_signed(s, edition) for s in one.signatures),
        evidence=tuple(_attached(e) for e in history.evidence if e.to == one.id),
        **words,
    )


def _signed(signature: StationSignature, edition: Edition) -> Signed:
    party = signature.party
    return Signed(
        holder=signature.holder or signature.name,
        role=signature.role,
        party=short_name(party, edition.view, edition.language) if party else "",
        fault=signature.fault,
    )


def _attached(evidence: Evidence) -> Attached:
    return Attached(
        sha256=evidence.sha256,
        media_type=evidence.media_type,
        title=evidence.title or "",
        entry=evidence.entry,
        state=evidence.state,
        because=evidence.because or "",
    )


def _findings(history: StationHistory, edition: Edition) -> list[Finding]:
    language = edition.language
    return [
        Finding(
            contest=row["contest"],
            poll=row["poll"],
            code=row["code"],
            severity=row["severity"],
            title=in_language(RULES[row["code"]].title, language),
            text=message(row["code"], json.loads(row["values"]), language),
            source=RULES[row["code"]].source,
        )
        for row in history.broken.iter_rows(named=True)
    ]


def _neighbours(history: StationHistory, unit: str | None, edition: Edition) -> list[Neighbours]:
    """Return the stations next to this one in its unit, for each poll that it reported."""
    if unit is None:
        return []
    found = []
    for contest, key in dict.fromkeys((r.contest, r.poll) for r in history.returns):
        poll = edition.record.contest(contest).poll(key)
        units: dict[str, list[str]] = edition.kept(
            ("in unit", contest, key), partial(_stations_by_unit, poll, edition)
        )
        beside = _beside(units.get(unit, []), history.station)
        if len(beside) < 2:
            continue
        words = edition.kept(
            ("poll words", (contest, key)), partial(_poll_words, (contest, key), edition)
        )
        found.append(
            Neighbours(
                contest=contest,
                poll=key,
                options=tuple(words["labels"])[:4],
                labels=words["labels"],
                stations=figures_in(poll, STATION, tuple(beside), edition),
            )
        )
    return found


def _stations_by_unit(poll: Poll, edition: Edition) -> dict[str, list[str]]:
    """Return the stations of each unit that has some directly below it."""
    stations = poll.stations(edition.size)
    columns = [c for c in stations.columns if c.startswith("unit.")][::-1]
    lowest = stations.select("station", unit=pl.coalesce(columns))
    return dict(lowest.group_by("unit", maintain_order=True).agg("station").iter_rows())


def _beside(stations: list[str], station: str) -> list[str]:
    """Return the stations next to one, itself among them."""
    if station not in stations:
        return []
    at = stations.index(station)
    start = max(0, min(at - NEIGHBOURS // 2, len(stations) - NEIGHBOURS - 1))
    return stations[start : start + NEIGHBOURS + 1]
