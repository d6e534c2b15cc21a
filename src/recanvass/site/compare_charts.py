"""The pictures of a comparison: swing arrows by unit, and the stations as a cloud."""

from __future__ import annotations

from recanvass.site.charts.arrows import Arrow, draw_arrows
from recanvass.site.charts.hexagons import Cloud, draw_hexagons
from recanvass.site.charts.svg import Chart, framed
from recanvass.site.compare_page import ComparePage, station_cloud
from recanvass.site.edition import Edition
from recanvass.words import number, percent, points

__all__ = ["compare_charts"]

_MOST_ARROWS = 60
_LEAST_STATIONS = 200
"""Fewer stations than this make no cloud."""


def compare_charts(page: ComparePage, edition: Edition) -> dict[str, Chart]:
    """Return the charts that the page has figures for: `arrows`, `shares`, `turnouts`."""
    charts = {}
    arrows = _arrows(page, edition)
    if arrows:
        charts["arrows"] = _arrows_chart(page, arrows, edition)
    if page.stations >= _LEAST_STATIONS:
        charts |= _clouds(page, edition)
    return charts


def _caption(page: ComparePage, edition: Edition) -> str:
    polls = edition.say("{contest}, {before} and {after}.").format(
        contest=page.name,
        before=edition.day(page.before.date),
        after=edition.day(page.after.date),
    )
    return f"{polls} {edition.source(page.contest)}"


def _label(page: ComparePage) -> str:
    one = page.total.option(page.option)
    return one.label if one else page.option


def _arrows(page: ComparePage, edition: Edition) -> list[Arrow]:
    """Return the units by swing, the most first; of many, those at both ends."""
    found = []
    for unit in page.units:
        one = unit.option(page.option)
        if one is None or one.share_before is None or one.share_after is None:
            continue
        swing = one.share_after - one.share_before
        found.append(
            Arrow(
                name=unit.name or unit.unit or "–",
                before=one.share_before,
                after=one.share_after,
                words=f"{unit.name}: {percent(one.share_before, edition.language)} → "
                f"{percent(one.share_after, edition.language)}",
                slot="up" if swing >= 0 else "down",
                is_flipped=unit.flipped,
            )
        )
    found.sort(key=lambda a: a.before - a.after)
    if len(found) > _MOST_ARROWS:
        found = found[: _MOST_ARROWS // 2] + found[-_MOST_ARROWS // 2 :]
    return found


def _arrows_chart(page: ComparePage, arrows: list[Arrow], edition: Edition) -> Chart:
    say, language = edition.say, edition.language
    title = say("Swing: share of {option}, from one poll to the next").format(option=_label(page))
    text = "; ".join(a.words for a in arrows)
    caption = _caption(page, edition)
    drawings = [
        draw_arrows(
            arrows,
            width,
            percent=lambda share: percent(share, language, 0),
            change=lambda swing: points(swing, language, 1),
        )
        for width in (720.0, 350.0)
    ]
    return Chart(
        id="arrows",
        title=title,
        text=text,
        caption=caption,
        pictures=framed("arrows", drawings, title=title, text=text, caption=f"{title}. {caption}"),
    )


def _clouds(page: ComparePage, edition: Edition) -> dict[str, Chart]:
    say, language = edition.say, edition.language
    cloud = station_cloud(edition, page.contest, page.before.poll, page.after.poll, page.option)
    label = _label(page)
    before, after = (
        say("share of {option}, {poll}").format(option=label, poll=edition.day(tab.date))
        for tab in (page.before, page.after)
    )
    shares = Cloud(
        cloud.share_before, cloud.share_after, before, after,
        lambda share: percent(share, language, 0), has_diagonal=True,
    )  # fmt: skip
    turnouts = Cloud(
        cloud.turnout_change, cloud.swing,
        say("change of turnout, points"), say("swing of {option}, points").format(option=label),
        lambda change: points(change, language, 0),
    )  # fmt: skip
    return {
        "shares": _cloud_chart(
            "shares", say("Every station in both polls"), shares,
            slot=page.slots[page.option], page=page, edition=edition,
        ),
        "turnouts": _cloud_chart(
            "turnouts", say("Turnout against swing, by station"), turnouts,
            slot="ramp", page=page, edition=edition,
        ),
    }  # fmt: skip


def _cloud_chart(
    name: str, title: str, cloud: Cloud, *, slot: str, page: ComparePage, edition: Edition
) -> Chart:
    drawing, bounds = draw_hexagons(cloud, 480, 420, slot)
    text = edition.say(
        "{n} stations in hexagons; the stronger the colour, the more stations: up to {steps}. "
        "The few beyond the axes stand at their ends."
    ).format(
        n=number(len(cloud.x), edition.language),
        steps=", ".join(number(b, edition.language) for b in bounds),
    )
    caption = f"{title}. {text} {_caption(page, edition)}"
    return Chart(
        id=name,
        title=title,
        text=text,
        caption=caption,
        pictures=framed(name, [drawing], title=title, text=text, caption=caption),
    )
