"""The pictures of a contest's page, drawn from what the page says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from recanvass.model import parse_instant
from recanvass.site.charts.bars import Part, draw_shares
from recanvass.site.charts.margin import MARKS, Line, MarginChart, Point, draw_margin, mark
from recanvass.site.charts.svg import KEY, Chart, Key, Table, framed
from recanvass.site.charts.tiles import MapTile, draw_tiles, tile_key
from recanvass.site.contest_page import ContestPage
from recanvass.site.edition import Edition
from recanvass.site.index_page import ContestCard
from recanvass.site.margins import MarginPoint, Margins
from recanvass.site.measures import MapData
from recanvass.words import date_text, number, percent

__all__ = ["contest_charts", "map_chart", "margin_chart", "shares_chart"]

_WIDE, _NARROW = 720.0, 350.0
_LEAST_GAP_HOURS = 3
Link = Callable[[str, str, str, str], str]
"""Gives the link to the page of a unit: kind, contest, poll, unit."""


def contest_charts(page: ContestPage, edition: Edition, link: Link) -> dict[str, Chart]:
    """Return the charts that the page has figures for: `map`, `margins`."""
    charts: dict[str, Chart] = {}
    if page.map is not None and page.map.level in edition.view.tiles:
        charts["map"] = map_chart(page, page.map, edition, link)
    if page.margins is not None:
        charts["margins"] = margin_chart(page, page.margins, edition)
    return charts


def caption(page: ContestPage | ContestCard, edition: Edition) -> str:
    """Return what a picture is of, by whose word, at which state of the record."""
    when = edition.day(page.poll.date)
    return f"{page.name}, {when}. {page.status_sentence} {edition.source(page.contest)}"


def shares_chart(page: ContestCard, edition: Edition, name: str) -> Chart:
    """Return one bar of all votes."""
    language = edition.language
    votes = page.figures.votes
    lines = [o for key in page.ranked if (o := page.figures.option(key)) and o.votes is not None]
    parts = [
        Part(
            label=f"{o.label} {percent(o.share, language, 1)}",
            share=(o.votes or 0) / votes,
            words=f"{o.name}: {number(o.votes, language)} ({percent(o.share, language)})",
            slot=page.slots[o.id],
        )
        for o in lines
    ]
    title = edition.say("Shares of the vote")
    return Chart(
        id=name,
        title=title,
        text="; ".join(p.words for p in parts),
        caption=caption(page, edition),
        pictures=framed(
            name,
            [draw_shares(parts, width) for width in (_WIDE, _NARROW)],
            title=title,
            text="; ".join(p.words for p in parts),
            caption=caption(page, edition),
        ),
    )


def map_chart(page: ContestPage, data: MapData, edition: Edition, link: Link) -> Chart:
    """Return the tile map of the page's measure."""
    places = {t.unit: t for t in edition.view.tiles[data.level].tiles}
    shown = [(places[c.unit], c) for c in data.cells if c.unit in places]
    tiles = [
        MapTile(
            row=tile.row,
            column=tile.column,
            label=tile.label or edition.view.unit_name(tile.unit) or tile.unit,
            value=cell.short,
            words=cell.words,
            slot=cell.slot,
            step=cell.step,
            corner=cell.corner,
            link=link("unit", page.contest, page.poll.poll, tile.unit),
        )
        for tile, cell in shown
    ]
    title = edition.say("Map: {measure}").format(measure=data.label)
    text = edition.say("{n} units, each a tile. {units}").format(
        n=number(len(tiles), edition.language), units="; ".join(c.words for _, c in shown)
    )
    return Chart(
        id="map",
        title=title,
        text=text,
        caption=caption(page, edition),
        pictures=framed(
            "map",
            [draw_tiles(tiles, width) for width in (_WIDE, _NARROW)],
            title=title,
            text=text,
            caption=f"{title}. {caption(page, edition)}",
        ),
        keys=tuple(Key(tile_key(e.slot, e.step, e.corner), e.text) for e in data.legend),
    )


def margin_chart(page: ContestPage, margins: Margins, edition: Edition) -> Chart:
    """Return the margin over time."""
    say, language = edition.say, edition.language
    names = {o.id: o.label for o in page.figures.options}
    ahead = names[margins.option]
    behind = names.get(margins.rival or "", "")
    boards = {edition.text(s.name) for s in edition.view.sources.values() if s.type == "board"}
    lines = [
        Line(
            name=who,
            points=tuple(_point(p, who, edition) for p in said),
            mark=MARKS[n % len(MARKS)],
            is_official=who in boards,
            gap=_gap(said, edition),
        )
        for n, (who, said) in enumerate(margins.said.items())
    ]
    own = say("this record")
    lines.append(Line(own, tuple(_point(p, own, edition) for p in margins.own), "disc", True))
    chart = MarginChart(
        lines=tuple(line for line in lines if line.points),
        above=say("{option} ahead, votes").format(option=ahead),
        below=say("{option} ahead, votes").format(option=behind),
        number=lambda value: number(abs(value), language),
        day=lambda at: _pattern(at, "d MMM", language),
        hour=lambda at: _pattern(at, "HH:mm", language),
    )
    title = say("Margin over time")
    text = say(
        "The margin as each source stated it, and as the returns of this record add up. "
        "{n} figures from {first} to {last}."
    ).format(n=margins.count, **_span(margins, edition))
    return Chart(
        id="margins",
        title=title,
        text=text,
        caption=caption(page, edition),
        pictures=framed(
            "margins",
            [draw_margin(chart, _WIDE, 340), draw_margin(chart, _NARROW, 300)],
            title=title,
            text=text,
            caption=f"{title}. {caption(page, edition)}",
        ),
        keys=_margin_keys(chart.lines, edition),
        table=_margin_table(margins, ahead, behind, edition),
    )


def _margin_keys(lines: Sequence[Line], edition: Edition) -> tuple[Key, ...]:
    """Return who has which mark, and that a hollow one has no time of day."""
    keys = [
        Key(mark(line.mark, KEY / 2, KEY / 2, f"mark {line.kind}"), line.name) for line in lines
    ]
    if any(p.is_loose for line in lines for p in line.points):
        hollow = mark("disc", KEY / 2, KEY / 2, "mark said loose")
        keys.append(Key(hollow, edition.say("hollow: only the day is known")))
    return tuple(keys)


def _point(point: MarginPoint, who: str, edition: Edition) -> Point:
    when = date_text(point.at, point.precision, edition.language)
    words = f"{who}, {when}: {number(point.margin, edition.language, signed=True)}"
    return Point(
        at=parse_instant(point.at),
        margin=point.margin,
        is_loose=point.precision in ("day", "month"),
        words=f"{words}; {point.says}" if point.says else words,
    )


def _gap(said: tuple[MarginPoint, ...], edition: Edition) -> str | None:
    """Return how long a source was silent before it showed another leader."""
    for one, following in pairwise(said):
        silent = parse_instant(following.at) - parse_instant(one.at)
        hours = silent.total_seconds() // 3600
        if (one.margin < 0) != (following.margin < 0) and hours >= _LEAST_GAP_HOURS:
            return edition.say("{hours} hours of silence").format(
                hours=number(int(hours), edition.language)
            )
    return None


def _pattern(at: datetime, pattern: str, language: str) -> str:
    from babel.dates import format_datetime  # noqa: PLC0415 - only where dates are shown

    return str(format_datetime(at, pattern, locale=language))


def _span(margins: Margins, edition: Edition) -> dict[str, str]:
    every = sorted(
        (p for points in (margins.own, *margins.said.values()) for p in points),
        key=lambda p: parse_instant(p.at),
    )
    return {
        name: date_text(p.at, p.precision, edition.language)
        for name, p in (("first", every[0]), ("last", every[-1]))
    }


_OWN_ROWS = 6


def _margin_table(margins: Margins, ahead: str, behind: str, edition: Edition) -> Table:
    """Return every stated margin, and the last of the record's own, by time."""
    say, language = edition.say, edition.language
    rows = [(p, who) for who, points in margins.said.items() for p in points]
    rows += [(p, say("this record")) for p in margins.own[-_OWN_ROWS:]]
    rows.sort(key=lambda row: parse_instant(row[0].at))
    return Table(
        (say("when"), say("source"), say("covers"), say("leads"), say("by")),
        tuple(
            (
                date_text(p.at, p.precision, language),
                who,
                p.says,
                ahead if p.margin > 0 else behind if p.margin < 0 else "=",
                number(abs(p.margin), language),
            )
            for p, who in rows
        ),
    )
