"""Each happening in a sentence, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recanvass.model import (
    AnyEvent,
    DecisionCorrected,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
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
from recanvass.words import Say, number, say_in

if TYPE_CHECKING:
    from recanvass.record.fold import View

__all__ = [
    "describe",
    "describe_count",
    "most_first",
    "named",
    "option_label",
    "party_name",
    "reason_word",
    "standing_word",
    "status_word",
]


def status_word(status: str, language: str) -> str:
    """Return a status (`docket.Status.word`, or that of a report) in a language."""
    say = say_in(language)
    return {
        "no returns": say("no returns"),
        "counting": say("counting"),
        "counted": say("counted"),
        "unofficial": say("unofficial"),
        "provisional": say("provisional"),
        "official": say("official"),
        "claimed": say("claimed"),
        "annulled": say("annulled"),
        "annulled in part": say("annulled in part"),
    }.get(status, status)


def reason_word(reason: str, language: str) -> str:
    """Return why a return was made, in a language."""
    say = say_in(language)
    return {
        "count": say("count"),
        "correction": say("correction"),
        "recount-invalid": say("recount of the invalid votes"),
        "recount-full": say("full recount"),
        "order": say("by order"),
    }.get(reason, reason)


def standing_word(standing: str, language: str) -> str:
    """Return the standing of a return in a language."""
    say = say_in(language)
    return {
        "counted": say("counted"),
        "superseded": say("superseded"),
        "annulled": say("annulled"),
        "excluded": say("excluded"),
        "withdrawn": say("withdrawn"),
        "other-source": say("another source"),
    }.get(standing, standing)


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
        case ObjectionFiled() | ObjectionWithdrawn():
            text = _objection(event, view, say, language)
        case DecisionMade() | DecisionCorrected() | LotDrawn():
            text = _decision(event, view, say, language)
        case DeclarationMade() | DeclarationRevoked():
            text = _declaration(event, view, say, language)
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
    words = say("{by} objects to {to}")
    if event.extraordinary:
        words = say("{by} files an extraordinary objection with {to}")
    return _with(
        words.format(by=named(event.by, view, language), to=named(event.to, view, language)),
        event.grounds,
        language,
    )


def _decision(
    event: DecisionMade | DecisionCorrected | LotDrawn, view: View, say: Say, language: str
) -> str:
    if isinstance(event, LotDrawn):
        return say("{body} draws a lot: {drawn}").format(
            body=named(event.body, view, language), drawn=", ".join(event.drawn)
        )
    text = named(event.body, view, language)
    if isinstance(event, DecisionMade) and event.votes_for is not None:
        against = event.votes_against or 0
        text += f" {event.votes_for}–{against}"
    return _with(text, event.summary, language)


def _declaration(
    event: DeclarationMade | DeclarationRevoked, view: View, say: Say, language: str
) -> str:
    if isinstance(event, DeclarationRevoked):
        return say("{body} revokes its declaration").format(body=named(event.body, view, language))
    text = say("{body} declares the {status} result").format(
        body=named(event.body, view, language), status=status_word(event.status, language)
    )
    poll = view.polls.get((event.contest, event.poll or ""))
    names = {o.id: in_language(o.name, language) for o in poll.options} if poll else {}
    if event.elected:
        text += say("; elected: {name}").format(name=names.get(event.elected, event.elected))
    if event.seats:
        seats = ", ".join(
            f"{_short(view, p, language)} {number(n, language)}" for p, n in most_first(event.seats)
        )
        text += say("; seats: {seats}").format(seats=seats)
    return text


def most_first(seats: dict[str, int]) -> list[tuple[str, int]]:
    """Return seats by party, the most first."""
    return sorted(seats.items(), key=lambda item: (-item[1], item[0]))


def _short(view: View, party: str, language: str) -> str:
    found = view.parties.get(party)
    return (found.short or in_language(found.name, language)) if found else party


def option_label(option: Option, view: View, language: str) -> str:
    """Return the shortest name that people know an option by: its party's, else its own."""
    for party in option.parties[:1]:
        return _short(view, party, language)
    if option.residual:
        return say_in(language)("others")
    return in_language(option.name, language)


def party_name(party: str, view: View, language: str) -> str:
    """Return a party's name, or the words as they are (an office that has a seat by law)."""
    found = view.parties.get(party)
    return in_language(found.name, language) if found else party


def _mandate(event: MandateBegan | MandateEnded, view: View, say: Say, language: str) -> str:
    office = view.offices.get(event.office)
    name = in_language(office.name, language) if office else event.office
    if isinstance(event, MandateEnded):
        how = {
            "term": say("end of term"),
            "annulment": say("annulment"),
            "resignation": say("resignation"),
            "death": say("death"),
            "dismissal": say("dismissal"),
            "succession": say("succession"),
            "other": say("other"),
        }[event.how]
        return say("{person} leaves the office of {office}: {how}").format(
            person=event.person, office=name, how=how
        )
    words = say("{person} takes the office of {office}")
    if event.acting:
        words = say("{person} takes the office of {office}, acting")
    return _with(words.format(person=event.person, office=name), event.basis, language)
