"""The page of other sources: copies of returns and published figures, against the record."""

from __future__ import annotations

import msgspec

from recanvass.model import DeclarationMade
from recanvass.record.describe import named
from recanvass.record.docket_terms import difference_text
from recanvass.record.terms import figure_word
from recanvass.site.edition import Edition

__all__ = ["DifferenceLine", "SourcesPage", "StatementLine", "sources_page"]

MOST_DIFFERENCES = 300


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """Figures that somebody published, held against the record's own of that time."""

    event: str
    at: str | None
    precision: str | None
    by: str
    status: str
    agrees: bool | None
    differences: str


class DifferenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A figure in which another source's copy of a return differs."""

    station: str
    source: str
    figure: str
    official: int
    other: int


class SourcesPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    poll: str
    date: str
    copies: int
    """Returns of other sources."""
    differing: int
    differences: tuple[DifferenceLine, ...]
    statements: tuple[StatementLine, ...]


def sources_page(edition: Edition, contest: str, poll: str) -> SourcesPage:
    """Return the page. Raise NotInRecord for an unknown contest or poll."""
    asked = edition.record.contest(contest)
    one = asked.poll(poll)
    differences = one.sources(**edition.moment)
    labels = one.labels(edition.language, edition.size)
    standing = one.returns(**edition.moment)["standing"]
    return SourcesPage(
        contest=contest,
        name=asked.name(edition.language),
        poll=poll,
        date=one.definition(edition.size).date,
        copies=int((standing == "other-source").sum()),
        differing=differences.height,
        differences=tuple(
            DifferenceLine(
                station=station,
                source=named(source, edition.view, edition.language),
                figure=figure_word(figure, edition.language, labels),
                official=official,
                other=other,
            )
            for station, source, figure, official, other, _ in differences.head(
                MOST_DIFFERENCES
            ).iter_rows()
        ),
        statements=tuple(_statements(edition, contest, poll)),
    )


def _statements(edition: Edition, contest: str, poll: str) -> list[StatementLine]:
    asked = edition.record.contest(contest)
    found = []
    for checked in asked.statements(**edition.moment):
        said = checked.statement
        if said.poll != poll:
            continue
        who = said.body if isinstance(said, DeclarationMade) else said.publisher
        found.append(
            StatementLine(
                event=said.id,
                at=said.at,
                precision=said.precision,
                by=named(who, edition.view, edition.language),
                status=said.status,
                agrees=checked.agrees,
                differences=difference_text(checked, asked, edition.language),
            )
        )
    return found
