"""What a page says in words before it shows a figure: who leads, and what the result is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recanvass.docket import Status
from recanvass.model import DecisionMade, DeclarationMade
from recanvass.record.terms import status_word
from recanvass.site.edition import Edition
from recanvass.site.figures import PollFigures, UnitFigures
from recanvass.words import date_text, number

if TYPE_CHECKING:
    from recanvass.record import Results

__all__ = ["elected_by", "headline", "majority_sentence", "status_sentence", "unit_headline"]


def elected_by(status: Status, edition: Edition) -> str | None:
    """Return the option that the declaration behind a status says is elected."""
    event = _event(status, edition)
    return event.elected if isinstance(event, DeclarationMade) else None


def _event(status: Status, edition: Edition) -> object:
    return next((e for e in edition.view.events if e.id == status.event), None)


def headline(results: Results, figures: PollFigures, edition: Edition) -> str:
    """Return who leads, led or is elected, and by how much."""
    say = edition.say
    leader = figures.option(figures.leader)
    margin = number(figures.margin, edition.language)
    if not figures.stations.counted:
        return _without_votes(figures, edition)
    if leader is None:
        return _without_leader(results, figures, edition)
    if results.status.word in ("annulled", "withheld"):
        return say("{name} led by {margin} votes").format(name=leader.name, margin=margin)
    if elected_by(results.status, edition) == leader.id:
        return say("{name} is elected by {margin} votes").format(name=leader.name, margin=margin)
    return say("{name} leads by {margin} votes").format(name=leader.name, margin=margin)


def _without_votes(figures: PollFigures, edition: Edition) -> str:
    """Return what is known of a contest without returns: its seats, where declared."""
    office = edition.view.contests[figures.contest].office
    holding = edition.control.holding(office)
    if holding.office.seats > 1 and edition.control.seats_of_sides(holding):
        return majority_sentence(office, edition)
    return edition.say("No votes to add up")


def majority_sentence(office: str, edition: Edition) -> str:
    """Return which side has most of a council's seats."""
    say, control = edition.say, edition.control
    holding = control.holding(office)
    sides = control.seats_of_sides(holding)
    if not sides:
        return say("Its seats are not recorded")
    side, seats = next(iter(sides.items()))
    return say("{side} has {seats} of {all} seats").format(
        side=side,
        seats=number(seats, edition.language),
        all=number(holding.office.seats, edition.language),
    )


def _without_leader(results: Results, figures: PollFigures, edition: Edition) -> str:
    say = edition.say
    outcome = results.outcome
    if figures.tied and outcome and outcome.word == "lot needed":
        return say("Level: a lot must be drawn")
    return say("Level: nobody leads") if figures.tied else say("Nobody leads")


def unit_headline(figures: UnitFigures, edition: Edition) -> str:
    """Return who leads in a unit, and by how much."""
    say = edition.say
    leader = figures.option(figures.leader)
    if leader is not None:
        return say("{name} leads by {margin} votes").format(
            name=leader.name, margin=number(figures.margin, edition.language)
        )
    if not figures.stations.counted:
        return say("No votes to add up")
    return say("Level: nobody leads") if figures.tied else say("Nobody leads")


def status_sentence(results: Results, edition: Edition) -> str:
    """Return how sure the result is, by whose word, and since when."""
    say, status = edition.say, results.status
    body = results.status_body or ""
    when = date_text(status.since, status.precision, edition.language) if status.since else ""
    counted, total = (number(results.stations[k], edition.language) for k in ("counted", "total"))
    sentences = {
        "no returns": say("No station has reported yet."),
        "counting": say("Counting goes on: {counted} of {total} stations. Nothing is declared."),
        "counted": say("All {total} stations are counted. No result is declared yet."),
        "unofficial": say("Unofficial result, stated by {body}, {when}."),
        "provisional": say("Provisional result, declared by {body}, {when}."),
        "official": say("Official result, declared by {body}, {when}."),
        "annulled": say("Annulled by {body}, {when}{votes}. The figures stay in the record."),
        "annulled in part": say("Annulled in part by {body}, {when}{votes}."),
        "withheld": say("{body} refused to certify this result, {when}."),
    }
    sentence = sentences.get(status.word, say("State of the contest: {state}."))
    return sentence.format(
        body=body,
        when=when,
        counted=counted,
        total=total,
        votes=_votes(status, edition),
        state=status_word(status.word, edition.language),
    )


def _votes(status: Status, edition: Edition) -> str:
    """Return how a decision was voted, as an insertion."""
    event = _event(status, edition)
    if not isinstance(event, DecisionMade) or event.votes_for is None:
        return ""
    return edition.say(" (by {votes_for} votes to {votes_against})").format(
        votes_for=event.votes_for, votes_against=event.votes_against or 0
    )
