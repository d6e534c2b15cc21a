"""The page of a poll's checks: which rules its returns break, where, and each finding."""

from __future__ import annotations

import json

import msgspec
import polars as pl

from recanvass.canvass.checks import summary
from recanvass.canvass.places import UNIT
from recanvass.canvass.rules import message
from recanvass.site.edition import Edition

__all__ = ["ChecksPage", "FindingLine", "RuleLine", "UnitLine", "checks_page"]

MOST_FINDINGS = 200
"""Findings listed on the page, errors first; the data has all."""


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and how many returns break it."""

    code: str
    severity: str
    title: str
    count: int


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit and how many findings it has, by severity."""

    unit: str | None
    name: str
    error: int
    warning: int
    notice: int


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One finding."""

    station: str
    entry: int
    code: str
    severity: str
    text: str


class ChecksPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    poll: str
    date: str
    returns: int
    findings: int
    rules: tuple[RuleLine, ...]
    level: str | None
    units: tuple[UnitLine, ...]
    listed: tuple[FindingLine, ...]


def checks_page(edition: Edition, contest: str, poll: str) -> ChecksPage:
    """Return the page. Raise NotInRecord for an unknown contest or poll."""
    asked = edition.record.contest(contest)
    one = asked.poll(poll)
    found = one.checks(**edition.moment)
    level = one.main_level(**edition.moment)
    counts = summary(found, edition.language)
    listed = found.sort("severity", "code", maintain_order=True).head(MOST_FINDINGS)
    return ChecksPage(
        contest=contest,
        name=asked.name(edition.language),
        poll=poll,
        date=one.definition(edition.size).date,
        returns=edition.results(contest, poll).stations["counted"],
        findings=found.height,
        rules=tuple(
            RuleLine(code=code, severity=severity, title=title, count=count)
            for code, severity, title, count in counts.iter_rows()
        ),
        level=level,
        units=_units(found, one.stations(edition.size), level, edition) if level else (),
        listed=tuple(
            FindingLine(
                station=row["station"],
                entry=row["seq"],
                code=row["code"],
                severity=row["severity"],
                text=message(row["code"], json.loads(row["values"]), edition.language),
            )
            for row in listed.iter_rows(named=True)
        ),
    )


def _units(
    found: pl.DataFrame, stations: pl.DataFrame, level: str, edition: Edition
) -> tuple[UnitLine, ...]:
    """Return the units that have findings, those with most errors first."""
    places = stations.select("station", unit=pl.col(UNIT + level))
    kinds = ("error", "warning", "notice")
    severity = pl.col("severity").cast(pl.String)
    counts = (
        found.join(places, on="station", how="left")
        .group_by("unit")
        .agg(*[(severity == kind).sum().alias(kind) for kind in kinds])
        .sort([*kinds, "unit"], descending=[True, True, True, False])
    )
    return tuple(
        UnitLine(name=edition.view.unit_name(row["unit"]) or "–", **row)
        for row in counts.iter_rows(named=True)
    )
