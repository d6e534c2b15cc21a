"""The front page: each contest in a sentence, and the newest happenings."""

from __future__ import annotations

import msgspec

from recanvass.site.contest_page import PollTab, ranked_options
from recanvass.site.edition import Edition
from recanvass.site.figures import PollFigures, figures_of
from recanvass.site.happenings import Happening
from recanvass.site.sentences import headline, status_sentence

__all__ = ["ContestCard", "IndexPage", "index_page"]

NEWEST = 12


class ContestCard(msgspec.Struct, frozen=True, kw_only=True):
    """A contest in a sentence."""

    contest: str
    name: str
    poll: PollTab
    headline: str
    status_sentence: str
    figures: PollFigures
    ranked: tuple[str, ...]
    slots: dict[str, str]


class IndexPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contests: tuple[ContestCard, ...]
    newest: tuple[Happening, ...]


def index_page(edition: Edition) -> IndexPage:
    """Return the front page."""
    items = edition.record.timeline(None, edition.as_of, edition.size, edition.language)
    newest = [i for i in items if i.kind != "claim.made"][-NEWEST:]
    return IndexPage(
        contests=tuple(_card(c, edition) for c in edition.view.contests),
        newest=tuple(Happening(i.at, i.precision, i.text, i.kind) for i in reversed(newest)),
    )


def _card(contest: str, edition: Edition) -> ContestCard:
    asked = edition.record.contest(contest)
    results = asked.results(None, edition.as_of, edition.size, edition.language)
    figures = figures_of(results)
    poll = results.poll
    return ContestCard(
        contest=contest,
        name=asked.name(edition.language),
        poll=PollTab(poll.poll, poll.date, poll.type, results.status.word),
        headline=headline(results, figures, edition),
        status_sentence=status_sentence(results, edition),
        figures=figures,
        ranked=tuple(ranked_options(poll, figures)),
        slots=edition.palette.of_options(poll.options),
    )
