"""The picture of a docket: the states that the contest went through, and what may follow."""

from __future__ import annotations

from recanvass.record.terms import status_word
from recanvass.site.charts.machine import Stop, draw_way
from recanvass.site.charts.svg import Chart, framed
from recanvass.site.docket_page import DocketPage
from recanvass.site.edition import Edition
from recanvass.words import date_text

__all__ = ["docket_charts"]


def docket_charts(page: DocketPage, edition: Edition) -> dict[str, Chart]:
    """Return the chart `way`, where the contest has come to any state."""
    if not page.path:
        return {}
    say, language = edition.say, edition.language
    stops = [
        Stop(status_word(s.state, language), date_text(s.at, "day", language) if s.at else "")
        for s in page.path
    ]
    following = [status_word(s, language) for s in page.next_states]
    title = say("The way of this contest")
    text = " → ".join(f"{s.name} ({s.when})" if s.when else s.name for s in stops)
    caption = say(
        "{contest}: the states it went through; filled: now; dashed: what may follow by the rules."
    ).format(contest=page.name)
    caption = f"{caption} {edition.source(page.contest)}"
    drawings = [draw_way(stops, following, width) for width in (720.0, 350.0)]
    pictures = framed("way", drawings, title=title, text=text, caption=caption)
    return {"way": Chart("way", title, text, caption, pictures)}
