"""The page of a unit: the result of a poll in one place, and of the places within it."""

from __future__ import annotations

import msgspec

from recanvass.site.contest_page import PollTab, poll_before, ranked_options
from recanvass.site.edition import Edition
from recanvass.site.figures import UnitFigures
from recanvass.site.sentences import status_sentence, unit_headline
from recanvass.site.units import above, below, figures_in, figures_of_unit, level_of

__all__ = ["UnitPage", "unit_page"]


class UnitPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    poll: PollTab
    unit: str
    unit_name: str
    level: str
    above: tuple[tuple[str, str], ...]
    headline: str
    status_sentence: str
    figures: UnitFigures
    ranked: tuple[str, ...]
    slots: dict[str, str]
    below_level: str
    below: tuple[UnitFigures, ...]
    before: str | None
    figures_before: UnitFigures | None


def unit_page(edition: Edition, contest: str, poll: str, unit: str) -> UnitPage:
    """Return the page of a unit. Raise NotInRecord for what the record does not have."""
    asked = edition.record.contest(contest)
    one = asked.poll(poll)
    definition = one.definition(edition.size)
    figures = figures_of_unit(one, unit, edition)
    results = edition.results(contest, poll)
    lower, units = below(one, unit, edition)
    before = poll_before(asked, definition, edition)
    return UnitPage(
        contest=contest,
        name=asked.name(edition.language),
        poll=PollTab(definition.poll, definition.date, definition.type, results.status.word),
        unit=unit,
        unit_name=edition.view.unit_name(unit) or unit,
        level=level_of(unit, edition),
        above=above(unit, edition),
        headline=unit_headline(figures, edition),
        status_sentence=status_sentence(results, edition),
        figures=figures,
        ranked=tuple(ranked_options(definition, figures)),
        slots=edition.palette.of_options(definition.options),
        below_level=lower,
        below=figures_in(one, lower, units, edition),
        before=before,
        figures_before=_before(contest, before, unit, edition),
    )


def _before(contest: str, before: str | None, unit: str, edition: Edition) -> UnitFigures | None:
    """Return the unit's figures in the poll before, if it lay in that."""
    if before is None:
        return None
    poll = edition.record.contest(contest).poll(before)
    level = level_of(unit, edition)
    if level not in poll.ground(**edition.moment).levels:
        return None
    found = figures_in(poll, level, (unit,), edition)
    return found[0] if found else None
