"""The pictures of an office: its holders as a band of years, its seats as a half circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from recanvass.model import parse_instant
from recanvass.record.moment import moment
from recanvass.record.terms import level_word
from recanvass.site.charts.seats import Bloc, Term, draw_band, draw_hemicycle
from recanvass.site.charts.svg import Chart, Key, framed
from recanvass.site.charts.tiles import MapTile, draw_tiles, tile_key
from recanvass.site.edition import Edition
from recanvass.site.office_page import HolderLine, OfficePage, OfficesPage, SeatLine
from recanvass.words import date_text, number

__all__ = ["office_charts", "offices_charts"]

_WIDTHS = (720.0, 350.0)
OfficeLink = Callable[[str, str], str]


def office_charts(page: OfficePage, edition: Edition) -> dict[str, Chart]:
    """Return the charts that the page has figures for: `holders`, `seats`."""
    charts = {}
    if page.holders:
        charts["holders"] = _band(page, edition)
    if page.council:
        charts["seats"] = _hemicycle(page, edition)
    return charts


def offices_charts(page: OfficesPage, edition: Edition, link: OfficeLink) -> dict[str, Chart]:
    """Return the chart `map` of the single offices of a level that has a tile map."""
    if page.mapped is None:
        return {}
    places = {t.unit: t for t in edition.view.tiles[page.mapped].tiles}
    held = [o for o in page.offices if o.seats == 1 and o.level == page.mapped]
    parties = [p for p, _ in Counter(o.party for o in held).most_common()]
    tiles = [
        MapTile(
            row=places[o.unit].row,
            column=places[o.unit].column,
            label=places[o.unit].label or o.name,
            value=o.label[:4],
            words=f"{o.name}: {o.label}",
            slot=o.slot,
            step=4 if o.party else 0,
            corner=min(parties.index(o.party), 2),
            link=link("office", o.office),
        )
        for o in held
        if o.unit in places
    ]
    title = edition.say("Offices by {level}").format(
        level=level_word(page.mapped, edition.language)
    )
    text = "; ".join(t.words for t in tiles)
    caption = _caption(title, edition)
    pictures = framed(
        "map", [draw_tiles(tiles, w) for w in _WIDTHS], title=title, text=text, caption=caption
    )
    names = {o.party: (o.label, o.slot) for o in held}
    keys = tuple(
        Key(tile_key(names[p][1], 4, min(n, 2)), f"{names[p][0]} {sum(o.party == p for o in held)}")
        for n, p in enumerate(parties)
    )
    return {"map": Chart("map", title, text, caption, pictures, keys)}


def _caption(name: str, edition: Edition) -> str:
    return f"{name}. {edition.source()}"


def _band(page: OfficePage, edition: Edition) -> Chart:
    """Return who held the office when; who holds it still, up to the last known moment."""
    until = moment(edition.as_of) or edition.view.instants[-1]
    terms = [_term(line, until, edition) for line in page.holders]
    title = edition.say("Holders over time")
    text = "; ".join(t.words for t in terms)
    drawings = [draw_band(terms, width, lambda at: str(at.year)) for width in _WIDTHS]
    caption = _caption(page.name, edition)
    return Chart(
        id="holders",
        title=title,
        text=text,
        caption=caption,
        pictures=framed("holders", drawings, title=title, text=text, caption=caption),
    )


def _term(line: HolderLine, until: datetime, edition: Edition) -> Term:
    start = parse_instant(line.began)
    end = parse_instant(line.ended) if line.ended else max(until, start)
    began = date_text(line.began, line.began_precision, edition.language)
    ended = date_text(line.ended, line.ended_precision, edition.language) if line.ended else "…"
    name = line.name
    if line.is_acting:
        name = edition.say("{name}, acting").format(name=name)
    return Term(
        name=name,
        start=start,
        end=end,
        slot=line.slot,
        words=f"{name}: {began} – {ended}",
        is_acting=line.is_acting,
        is_vacant=line.is_vacant,
    )


def _hemicycle(page: OfficePage, edition: Edition) -> Chart:
    say, language = edition.say, edition.language
    blocs = [Bloc(line.name, line.seats, line.slot) for line in page.council]
    title = say("Seats by party")
    text = ", ".join(f"{b.name} {number(b.seats, language)}" for b in blocs)
    majority = say("majority: {seats}").format(seats=number(page.majority, language))
    drawings = [draw_hemicycle(blocs, width, majority) for width in (560.0, 350.0)]
    caption = f"{text}. {_caption(page.name, edition)}"
    return Chart(
        id="seats",
        title=title,
        text=text,
        caption=caption,
        pictures=framed("seats", drawings, title=title, text=text, caption=caption),
        keys=tuple(
            Key(tile_key(line.slot, 4, 0), _bloc_text(line, edition)) for line in page.council
        ),
    )


def _bloc_text(line: SeatLine, edition: Edition) -> str:
    text = f"{line.name} {number(line.seats, edition.language)}"
    return text if line.side in ("", line.name) else f"{text} · {line.side}"
