"""Each happening in a sentence, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recanvass.model import (
    AnyEvent,
    ClaimMade,
    DecisionCorrected,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
    KeyAdded,
    KeyRetired,
    LotDrawn,
    MandateBegan,
    MandateEnded,
    ObjectionFiled,
    ObjectionWithdrawn,
    Option,
    PollDefined,
    ReportReceived,
    StatementMade,
    Text,
    in_language,
)
from recanvass.record.terms import reason_word, status_word, way_of_leaving
from recanvass.words import Say, number, say_in

if TYPE_CHECKING:
    from recanvass.record.fold import View

__all__ = [
    "describe",
    "describe_count",
    "holder_name",
    "most_first",
    "named",
    "objector_name",
    "option_label",
    "party_name",
    "seats_of",
    "short_name",
]


def describe_count(
    returns: int, reason: str, counted: int, poll: PollDefined, language: str
) -> str:
    """Return what a batch of returns did, in a sentence."""
    say = say_in(language)
    return say("{returns} returns recorded ({reason}); {counted} stations counted").format(
        returns=number(returns, language),
        reason=reason_word(reason, language),
        counted=number(counted, language),
        poll=poll.poll,
    )


def describe(event: AnyEvent, view: View, language: str) -> str:
    """Return what an event says, in a sentence."""
    say = say_in(language)
    text = in_language(event.remark or event.id, language)
    match event:
        case ReportReceived():
            text = _report(event, view, say, language)
        case StatementMade():
            text = f"{named(event.by, view, language)}: {in_language(event.text, language)}"
        case ClaimMade():
            text = f"{named(event.by, view, language)}: {in_language(event.says, language)}"
        case ObjectionFiled() | ObjectionWithdrawn():
            text = _objection(event, view, say, language)
        case DecisionMade() | DecisionCorrected() | LotDrawn():
            text = _decision(event, view, say, language)
        case DeclarationMade() | DeclarationRevoked():
            text = _declaration(event, view, say, language)
        case KeyAdded() | KeyRetired():
            text = _key(event, say)
        case MandateBegan() | MandateEnded():
            text = _mandate(event, view, say, language)
        case _:
            pass
    return text


def named(who: str, view: View, language: str) -> str:
    """Return the name of a source or party that an event refers to, or the words as they are."""
    found = view.sources.get(who) or view.parties.get(who)
    return in_language(found.name, language) if found else who


def _with(text: str, more: Text | None, language: str) -> str:
    return f"{text}: {in_language(more, language)}" if more else text


def _report(event: ReportReceived, view: View, say: Say, language: str) -> str:
    text = say("{publisher} reports").format(publisher=named(event.publisher, view, language))
    coverage = event.coverage
    if coverage is None and event.stations_counted is not None:
        total = number(event.stations_total, language)
        coverage = say("{counted} of {total} stations").format(
            counted=number(event.stations_counted, language), total=total
        )
    return f"{_with(text, coverage, language)} ({status_word(event.status, language)})"


def _objection(
    event: ObjectionFiled | ObjectionWithdrawn, view: View, say: Say, language: str
) -> str:
    if isinstance(event, ObjectionWithdrawn):
        return say("objection {of} withdrawn").format(of=event.of)
    words = say("{by} files an objection with {to}")
    if event.extraordinary:
        words = say("{by} files an extraordinary objection with {to}")
    return _with(
        words.format(
            by=objector_name(event.by, view, language), to=named(event.to, view, language)
        ),
        event.grounds,
        language,
    )


def objector_name(who: str, view: View, language: str) -> str:
    """Return who objects: the party of that id rather than its count, which is a source."""
    return party_name(who, view, language) if who in view.parties else named(who, view, language)


def _decision(
    event: DecisionMade | DecisionCorrected | LotDrawn, view: View, say: Say, language: str
) -> str:
    if isinstance(event, LotDrawn):
        return say("{body} draws a lot: {drawn}").format(
            body=named(event.body, view, language), drawn=", ".join(event.drawn)
        )
    text = named(event.body, view, language)
    if isinstance(event, DecisionMade) and event.votes_for is not None:
        text = say("{body}, by {votes_for} votes to {votes_against}").format(
            body=text,
            votes_for=number(event.votes_for, language),
            votes_against=number(event.votes_against or 0, language),
        )
    return _with(text, event.summary, language)


def _declaration(
    event: DeclarationMade | DeclarationRevoked, view: View, say: Say, language: str
) -> str:
    if isinstance(event, DeclarationRevoked):
        return say("{body} revokes the declared result").format(
            body=named(event.body, view, language)
        )
    declares = say("{body} declares the {status} result").format(
        body=named(event.body, view, language), status=status_word(event.status, language)
    )
    parts = [declares]
    poll = view.polls.get((event.contest, event.poll or ""))
    names = {o.id: in_language(o.name, language) for o in poll.options} if poll else {}
    if event.elected:
        parts.append(say("elected: {name}").format(name=names.get(event.elected, event.elected)))
    if event.seats:
        seats = ", ".join(
            f"{seats_of(p, event, view, language, short=True)} {number(n, language)}"
            for p, n in most_first(event.seats)
        )
        parts.append(say("seats: {seats}").format(seats=seats))
    return "; ".join(parts)


def most_first(seats: dict[str, int]) -> list[tuple[str, int]]:
    """Return seats by party, the most first."""
    return sorted(seats.items(), key=lambda item: (-item[1], item[0]))


def seats_of(
    who: str, event: DeclarationMade, view: View, language: str, short: bool = False
) -> str:
    """Return who has seats by a declaration: a party, or an option (an office by law), by name."""
    if who in view.parties:
        return short_name(who, view, language) if short else party_name(who, view, language)
    poll = view.polls.get((event.contest, event.poll or ""))
    names = {o.id: in_language(o.name, language) for o in poll.options} if poll else {}
    return names.get(who, who)


def short_name(party: str, view: View, language: str) -> str:
    """Return a party's short name, else its name, else the words as they are."""
    found = view.parties.get(party)
    return (found.short or in_language(found.name, language)) if found else party


def option_label(option: Option, view: View, language: str) -> str:
    """Return the shortest name that people know an option by: its party's, else its own."""
    for party in option.parties[:1]:
        return short_name(party, view, language)
    if option.residual:
        return say_in(language)("others")
    return in_language(option.name, language)


def party_name(party: str, view: View, language: str) -> str:
    """Return a party's name, or the words as they are."""
    found = view.parties.get(party)
    return in_language(found.name, language) if found else party


def holder_name(person: str | None, party: str | None, view: View, language: str) -> str:
    """Return who holds an office, by party where the source names nobody."""
    if person is not None:
        return person
    say = say_in(language)
    if party is None:
        return say("somebody not named")
    return say("{party} (person not named)").format(party=short_name(party, view, language))


def _key(event: KeyAdded | KeyRetired, say: Say) -> str:
    name = event.verifier.partition("+")[0]
    if isinstance(event, KeyRetired):
        return say("the key of {name} is retired").format(name=name)
    return say("the key of {name} is registered").format(name=name)


def _mandate(event: MandateBegan | MandateEnded, view: View, say: Say, language: str) -> str:
    office = view.offices.get(event.office)
    name = in_language(office.name, language) if office else event.office
    if isinstance(event, MandateEnded):
        return say("{person} leaves the office of {office}: {how}").format(
            person=holder_name(event.person, None, view, language),
            office=name,
            how=way_of_leaving(event.how, language),
        )
    words = say("{person} takes the office of {office}")
    if event.acting:
        words = say("{person} takes the office of {office} as acting holder")
    person = holder_name(event.person, event.party, view, language)
    return _with(words.format(person=person, office=name), event.basis, language)
