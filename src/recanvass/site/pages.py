"""All pages of a record: which there are, and each as HTML, as data and as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from recanvass.canvass.places import UNIT
from recanvass.errors import NotInRecord
from recanvass.site.address import Address, parse_path
from recanvass.site.charts.qr import qr
from recanvass.site.charts.svg import Chart
from recanvass.site.checks_page import checks_page
from recanvass.site.claims_page import claims_page
from recanvass.site.compare_charts import compare_charts
from recanvass.site.compare_page import compare_page
from recanvass.site.contest_charts import contest_charts, shares_chart
from recanvass.site.contest_page import contest_page
from recanvass.site.docket_charts import docket_charts
from recanvass.site.docket_page import docket_page
from recanvass.site.edition import Edition
from recanvass.site.happenings import moments
from recanvass.site.index_page import index_page
from recanvass.site.office_charts import office_charts, offices_charts
from recanvass.site.office_page import office_page, offices_page
from recanvass.site.pictures import standalone
from recanvass.site.record_page import record_page
from recanvass.site.render import Links, html_of
from recanvass.site.sources_page import sources_page
from recanvass.site.station_page import station_page
from recanvass.site.tables import TABLES, csv_of
from recanvass.site.unit_page import unit_page
from recanvass.site.units import STATION

__all__ = ["Page", "addresses", "page_at", "page_of"]

Charts = Callable[[Any, Edition, Links], dict[str, Chart]]


@dataclass(frozen=True)
class _Kind:
    """How the pages of a kind are made."""

    template: str
    make: Callable[..., msgspec.Struct]
    """From the edition and the keys of the address."""
    charts: Charts


@dataclass(frozen=True)
class Page:
    """One page of one edition."""

    address: Address
    edition: Edition
    content: msgspec.Struct
    """What it says; the template only lays it out."""

    @property
    def path(self) -> str:
        """Where it is: `en/contest/istanbul-mayor.html`."""
        return self.address.path(self.edition.language)

    def charts(self, links: Links) -> dict[str, Chart]:
        """Return its charts, by name."""
        return _KINDS[self.address.kind].charts(self.content, self.edition, links)

    def html(self, *, live: bool = False) -> str:
        """Return it as HTML. `live`: a server answers `?as_of=`, so the page offers the past."""
        links = Links(self.path, self.edition, live)
        context = {
            "page": self.content,
            "kind": self.address.kind,
            "address": self.address,
            "charts": self.charts(links),
            "simulated": self.simulated,
            "has_table": self.address.kind in TABLES,
            "moments": moments(self.content, self.edition) if live else (),
        }
        return html_of(_KINDS[self.address.kind].template, context, links)

    @property
    def simulated(self) -> tuple[str, ...]:
        """What of the polls that it shows is made up."""
        return self.edition.simulated(getattr(self.content, "contest", None))

    def json(self) -> bytes:
        """Return what it says as JSON, with the edition that it is of."""
        about = {
            "origin": self.edition.record.ledger.origin,
            "ledger_size": self.edition.size,
            "as_of": self.edition.as_of,
            "simulated": self.simulated,
        }
        return msgspec.json.encode(about | msgspec.structs.asdict(self.content))

    def csv(self) -> str | None:
        """Return its table as CSV, whole; None if it has none."""
        return csv_of(self.edition, self.address)

    def picture(self, name: str) -> bytes:
        """Return a chart as an SVG file, or the code of a station's return (`qr-<entry>`).

        Raise NotInRecord for one that the page does not have.
        """
        charts = self.charts(Links(self.path, self.edition))
        if name in charts:
            return standalone(charts[name], self.edition.palette)
        for one in getattr(self.content, "returns", ()):
            if name == f"qr-{one.entry}":
                return qr(f"{self.edition.record.ledger.origin} {one.entry} {one.leaf}", name)
        raise NotInRecord(f"picture: found {name!r}; expected one of {', '.join(charts) or 'none'}")


def page_of(edition: Edition, address: Address) -> Page:
    """Return a page of an edition. Raise NotInRecord if it has no such page."""
    made = _KINDS[address.kind].make(edition, *address.keys)
    return Page(address, edition, made)


def page_at(edition: Edition, path: str) -> Page:
    """Return the page at a path of the edition's language. Raise NotInRecord."""
    language, address, _ = parse_path(path)
    if language != edition.language:
        raise NotInRecord(f"address: found {path!r}; expected a path of a page")
    return page_of(edition, address)


def addresses(edition: Edition) -> Iterator[Address]:
    """Return the address of every page of an edition, stations last."""
    yield from (Address(kind) for kind in ("index", "offices", "claims", "record"))
    yield from (Address("office", (office,)) for office in edition.view.offices)
    for contest in edition.view.contests:
        yield Address("contest", (contest,))
        yield Address("docket", (contest,))
        for poll in edition.view.polls_of(contest):
            yield from _of_poll(edition, contest, poll.poll)
    stations = edition.view.units.filter(edition.view.units["level"] == STATION)["id"]
    yield from (Address("station", (station,)) for station in stations.unique(maintain_order=True))


def _of_poll(edition: Edition, contest: str, poll: str) -> Iterator[Address]:
    """Return the pages of a poll: its maps, checks, sources, units, and what changed before it."""
    page = contest_page(edition, contest, poll)
    yield from (Address(kind, (contest, poll)) for kind in ("poll", "checks", "sources"))
    yield from (Address("map", (contest, poll, measure)) for measure in page.measures)
    if page.before is not None:
        yield Address("compare", (contest, page.before, poll))
    if not page.figures.stations.counted:
        return
    stations = edition.record.contest(contest).poll(poll).stations(edition.size)
    for column in stations.columns:
        if column.startswith(UNIT):
            units = stations[column].drop_nulls().unique(maintain_order=True)
            yield from (Address("unit", (contest, poll, unit)) for unit in units)


def _contest_charts(content: Any, edition: Edition, links: Links) -> dict[str, Chart]:
    return contest_charts(content, edition, links.to)


def _compare_charts(content: Any, edition: Edition, _links: Links) -> dict[str, Chart]:
    return compare_charts(content, edition)


def _docket_charts(content: Any, edition: Edition, _links: Links) -> dict[str, Chart]:
    return docket_charts(content, edition)


def _office_charts(content: Any, edition: Edition, _links: Links) -> dict[str, Chart]:
    return office_charts(content, edition)


def _offices_charts(content: Any, edition: Edition, links: Links) -> dict[str, Chart]:
    return offices_charts(content, edition, links.to)


def _index_charts(content: Any, edition: Edition, _links: Links) -> dict[str, Chart]:
    return {
        f"shares-{n}": shares_chart(card, edition, f"shares-{n}")
        for n, card in enumerate(content.contests)
        if card.figures.votes
    }


def _no_charts(_content: Any, _edition: Edition, _links: Links) -> dict[str, Chart]:
    return {}


_KINDS: dict[str, _Kind] = {
    "index": _Kind("index.html", index_page, _index_charts),
    "contest": _Kind("contest.html", contest_page, _contest_charts),
    "poll": _Kind("contest.html", contest_page, _contest_charts),
    "map": _Kind("contest.html", contest_page, _contest_charts),
    "unit": _Kind("unit.html", unit_page, _no_charts),
    "station": _Kind("station.html", station_page, _no_charts),
    "compare": _Kind("compare.html", compare_page, _compare_charts),
    "docket": _Kind("docket.html", docket_page, _docket_charts),
    "office": _Kind("office.html", office_page, _office_charts),
    "offices": _Kind("offices.html", offices_page, _offices_charts),
    "checks": _Kind("checks.html", checks_page, _no_charts),
    "sources": _Kind("sources.html", sources_page, _no_charts),
    "claims": _Kind("claims.html", claims_page, _no_charts),
    "record": _Kind("record.html", record_page, _no_charts),
}
