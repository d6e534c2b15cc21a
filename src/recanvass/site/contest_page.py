"""The page of a contest, or of one of its polls: who leads, how sure that is, where, and how."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from recanvass.model import PollDefined
from recanvass.record import Contest, Poll, Results, TimelineItem
from recanvass.site.edition import Edition
from recanvass.site.figures import Figures, PollFigures, figures_of
from recanvass.site.happenings import Happening, happenings, last_published
from recanvass.site.margins import Margins, margins_of
from recanvass.site.measures import MapData, MapInput, map_data, measures_of
from recanvass.site.sentences import elected_by, headline, status_sentence
from recanvass.words import date_text, number

__all__ = [
    "ContestPage",
    "Happening",
    "PollTab",
    "can_lead",
    "contest_page",
    "poll_before",
    "ranked_options",
]


class PollTab(msgspec.Struct, frozen=True):
    """A poll of the contest, in the switch."""

    poll: str
    date: str
    type: str
    status: str


class ContestPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    office: str
    poll: PollTab
    is_contest: bool
    """Whether it is of what stands in law, rather than of one poll."""
    polls: tuple[PollTab, ...]
    headline: str
    status_sentence: str
    figures: PollFigures
    ranked: tuple[str, ...]
    """Options by votes, remainders last."""
    slots: dict[str, str]
    elected: str | None
    findings: dict[str, int]
    """Findings of the checks by severity."""
    measures: dict[str, str]
    map: MapData | None
    margins: Margins | None
    before: str | None
    """The poll to compare with."""
    happenings: tuple[Happening, ...]
    last_published: str
    """What somebody published last, where there are no returns to add up; else empty."""
    note: str


def contest_page(
    edition: Edition, contest: str, poll: str | None = None, measure: str | None = None
) -> ContestPage:
    """Return the page of a contest's result as it stands in law, or of one poll's own.

    Raise NotInRecord for an unknown contest, poll or measure.
    """
    asked = edition.record.contest(contest)
    results = _results(asked, poll, None, edition)
    one = asked.poll(results.poll.poll if poll is None else poll)
    level = one.main_level(**edition.moment)
    if level is not None:
        results = _results(asked, poll, level, edition)
    figures = figures_of(results)
    slots = edition.palette.of_options(results.poll.options)
    said = None if figures.stations.counted else last_published(edition, contest, one.key[1])
    ranked = ranked_options(results.poll, figures, said.leader if said else None)
    before = poll_before(asked, results.poll, edition)
    findings = one.checks(**edition.moment) if figures.stations.counted else None
    given = MapInput(
        figures=figures,
        slots=slots,
        ranked=ranked,
        can_lead=can_lead(results.poll),
        before=_figures_before(asked, before, level, edition),
        checks=_by_unit(one, findings, level, edition) if measure == "checks" else None,
    )
    shows_map = level is not None and figures.stations.counted > 0
    return ContestPage(
        contest=contest,
        name=asked.name(edition.language),
        office=asked.definition(edition.size).office,
        poll=_tab(results.poll, results.status.word),
        is_contest=poll is None,
        polls=tuple(_tabs(asked, edition)),
        headline=headline(results, figures, edition),
        status_sentence=status_sentence(results, edition),
        figures=figures,
        ranked=tuple(ranked),
        slots=slots,
        elected=elected_by(results.status, edition),
        findings=_by_severity(findings),
        measures=measures_of(given, edition) if shows_map else {},
        map=map_data(measure or "margin", given, edition) if shows_map else None,
        margins=_margins(one, ranked, given.can_lead, edition),
        before=before,
        happenings=happenings(edition, contest),
        last_published=_published_words(said, edition),
        note=edition.text(results.poll.note),
    )


def _results(contest: Contest, poll: str | None, by: str | None, edition: Edition) -> Results:
    asked = contest.poll(poll) if poll is not None else contest
    return asked.results(by, edition.as_of, edition.size, edition.language)


def can_lead(poll: PollDefined) -> tuple[str, ...]:
    """Return the options that can win: all but remainders and seats held by office."""
    return tuple(o.id for o in poll.options if not o.residual and o.office is None)


def ranked_options(poll: PollDefined, figures: Figures, first: str | None = None) -> list[str]:
    """Return the options by votes, most first; remainders last, equal ones in ballot order.

    `first` is who is said to lead where there are no votes to go by.
    """
    rest = {o.id for o in poll.options if o.residual}
    order = sorted(figures.options, key=lambda o: (o.id in rest, o.id != first, -(o.votes or 0)))
    return [o.id for o in order]


def poll_before(contest: Contest, poll: PollDefined, edition: Edition) -> str | None:
    """Return the contest's poll before this one that has returns, if any."""
    earlier = [p for p in edition.view.polls_of(contest.id) if p.date < poll.date]
    for one in reversed(earlier):
        if edition.results(contest.id, one.poll).stations["counted"]:
            return one.poll
    return None


def _figures_before(
    contest: Contest, before: str | None, level: str | None, edition: Edition
) -> PollFigures | None:
    if before is None or level is None:
        return None
    poll = contest.poll(before)
    if level not in poll.ground(**edition.moment).levels:
        return None
    return figures_of(poll.results(level, edition.as_of, edition.size, edition.language))


def _by_unit(
    poll: Poll, findings: pl.DataFrame | None, level: str | None, edition: Edition
) -> dict[str, int]:
    """Return how many findings each unit of a level has."""
    if findings is None or level is None:
        return {}
    places = poll.stations(edition.size).select("station", unit=pl.col(f"unit.{level}"))
    counts = findings.join(places, on="station").group_by("unit").len()
    return dict(counts.drop_nulls("unit").iter_rows())


def _by_severity(findings: pl.DataFrame | None) -> dict[str, int]:
    if findings is None:
        return {}
    return dict(findings.group_by("severity").len().sort("severity").iter_rows())


def _margins(
    poll: Poll, ranked: list[str], leading: Sequence[str], edition: Edition
) -> Margins | None:
    order = [o for o in ranked if o in leading]
    if not order:
        return None
    margins = margins_of(poll, order[0], order[1] if len(order) > 1 else None, edition)
    return margins if margins.count > 1 else None


def _tabs(contest: Contest, edition: Edition) -> list[PollTab]:
    return [
        _tab(p, edition.results(contest.id, p.poll).status.word)
        for p in edition.view.polls_of(contest.id)
    ]


def _tab(poll: PollDefined, status: str) -> PollTab:
    return PollTab(poll.poll, poll.date, poll.type, status)


def _published_words(said: TimelineItem | None, edition: Edition) -> str:
    """Return the last figures that somebody published, where there are no returns to add up."""
    if said is None:
        return ""
    text = f"{date_text(said.at, said.precision, edition.language)}: {said.text}"
    if said.leader_label is None or said.margin is None:
        return text
    return f"{text}. " + edition.say("{option} ahead by {margin}").format(
        option=said.leader_label, margin=number(said.margin, edition.language)
    )
