"""The table behind a page, whole, for spreadsheets: what `.csv` gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import polars as pl

from recanvass.site.address import Address
from recanvass.site.contest_page import contest_page
from recanvass.site.docket_page import docket_page
from recanvass.site.edition import Edition
from recanvass.site.station_page import station_page
from recanvass.site.units import below

__all__ = ["TABLES", "csv_of"]

Make = Callable[..., pl.DataFrame]


def csv_of(edition: Edition, address: Address) -> str | None:
    """Return the table of a page as CSV, None for a page that has none."""
    make = TABLES.get(address.kind)
    if make is None:
        return None
    frame = make(edition, *address.keys)
    nested = [c for c, t in frame.schema.items() if isinstance(t, pl.Struct)]
    return frame.with_columns(pl.col(c).struct.json_encode() for c in nested).write_csv()


def _contest(edition: Edition, contest: str, *_: str) -> pl.DataFrame:
    """Return the units of the level that the page shows, or the total where it shows none."""
    level = contest_page(edition, contest).figures.level
    asked = edition.record.contest(contest)
    return asked.results(level, edition.as_of, edition.size, edition.language).frame


def _poll(edition: Edition, contest: str, poll: str, *_: str) -> pl.DataFrame:
    level = edition.record.contest(contest).poll(poll).main_level(**edition.moment)
    return edition.results(contest, poll, level).frame


def _unit(edition: Edition, contest: str, poll: str, unit: str) -> pl.DataFrame:
    level, units = below(edition.record.contest(contest).poll(poll), unit, edition)
    results = edition.results(contest, poll, level)
    return replace(results, frame=results.frame.filter(pl.col("unit").is_in(units))).frame


def _compare(edition: Edition, contest: str, before: str, after: str) -> pl.DataFrame:
    asked = edition.record.contest(contest)
    level = asked.poll(after).main_level(**edition.moment)
    return asked.compare(before, after, level, edition.as_of, edition.size)


def _checks(edition: Edition, contest: str, poll: str) -> pl.DataFrame:
    return edition.record.contest(contest).poll(poll).checks(**edition.moment)


def _sources(edition: Edition, contest: str, poll: str) -> pl.DataFrame:
    return edition.record.contest(contest).poll(poll).sources(**edition.moment)


def _claims(edition: Edition) -> pl.DataFrame:
    return edition.record.claims(edition.as_of, edition.size, edition.language).frame


def _offices(edition: Edition) -> pl.DataFrame:
    return edition.control.frame


def _office(edition: Edition, office: str) -> pl.DataFrame:
    asked = edition.record.office(office)
    return asked.holders(edition.as_of, edition.size, edition.language).frame


def _docket(edition: Edition, contest: str) -> pl.DataFrame:
    """Return a row for each order of each decision."""
    rows = [
        {"decision": d.id, "at": d.at, "body": d.body, "summary": d.summary}
        | {"votes_for": d.votes_for, "votes_against": d.votes_against}
        | msgspec.to_builtins(order)
        for d in docket_page(edition, contest).decisions
        for order in d.orders
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _station(edition: Edition, station: str) -> pl.DataFrame:
    rows = [
        {"contest": r.contest, "poll": r.poll, "entry": r.entry, "at": r.at, "source": r.source}
        | {"reason": r.reason, "standing": r.standing, "leaf": r.leaf}
        | r.counts
        | {f"votes.{option}": votes for option, votes in r.votes.items()}
        for r in station_page(edition, station).returns
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


TABLES: dict[str, Make] = {
    "contest": _contest,
    "poll": _poll,
    "map": _poll,
    "unit": _unit,
    "compare": _compare,
    "checks": _checks,
    "sources": _sources,
    "claims": _claims,
    "offices": _offices,
    "office": _office,
    "docket": _docket,
    "station": _station,
}
"""Kinds of pages that have a table, with what makes it from the keys of the address."""
