"""The words of the model in the reader's language: statuses, reasons, standings, levels, counts.

A case may bring words of its own (another level, another count); those are shown as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recanvass.words import say_in

__all__ = [
    "figure_word",
    "kind_word",
    "level_word",
    "objection_word",
    "order_word",
    "reason_word",
    "role_word",
    "severity_word",
    "signature_fault_word",
    "standing_word",
    "status_word",
    "unit_name",
    "way_of_leaving",
]

_VOTES = "votes."


def status_word(status: str, language: str) -> str:
    """Return a status (`docket.Status.word`, or that of a report) in a language."""
    say = say_in(language)
    return {
        "no returns": say("no returns"),
        "counting": say("counting"),
        "counted": say("all counted"),
        "unofficial": say("unofficial"),
        "provisional": say("provisional"),
        "official": say("official"),
        "claimed": say("claimed"),
        "annulled": say("annulled"),
        "annulled in part": say("annulled in part"),
        "scheduled": say("scheduled"),
        "declared": say("declared"),
        "contested": say("contested"),
        "run-off due": say("run-off due"),
        "rerun ordered": say("re-run ordered"),
        "withheld": say("certification withheld"),
        "final": say("final"),
    }.get(status, status)


def role_word(role: str, language: str) -> str:
    """Return the role of who signs a return, in a language."""
    say = say_in(language)
    return {"officer": say("officer"), "agent": say("agent")}[role]


def signature_fault_word(fault: str, language: str) -> str:
    """Return what is wrong with a signature on a return, in a language."""
    say = say_in(language)
    return {
        "malformed": say("NOT A SIGNATURE"),
        "unknown key": say("BAD: the key is not registered"),
        "false": say("BAD: it signs something else"),
        "retired key": say("BAD: the key was retired"),
        "other stations": say("BAD: the key is for other stations"),
    }[fault]


def objection_word(state: str, language: str) -> str:
    """Return the state of an objection or an order in a language."""
    say = say_in(language)
    return {
        "filed": say("open"),
        "under inquiry": say("under inquiry"),
        "withdrawn": say("withdrawn"),
        "rejected": say("rejected"),
        "accepted": say("accepted"),
        "accepted in part": say("accepted in part"),
        "open": say("open"),
        "in progress": say("in progress"),
        "done": say("done"),
        "halted": say("halted"),
        "overturned": say("overturned"),
        "superseded": say("superseded"),
    }.get(state, state)


def order_word(order: str, language: str) -> str:
    """Return what an order commands, in a language."""
    say = say_in(language)
    return {
        "recount-invalid": say("recount of the invalid votes"),
        "recount-full": say("full recount"),
        "correct": say("correct the returns"),
        "exclude": say("exclude stations"),
        "halt": say("halt a decision"),
        "overturn": say("overturn a decision"),
        "annul": say("annul the poll"),
        "rerun": say("hold a re-run"),
        "give-mandate": say("give the mandate"),
        "withhold-mandate": say("withhold the mandate"),
        "cancel-mandate": say("cancel the mandate"),
        "inquire": say("inquire"),
        "prosecute": say("refer for prosecution"),
        "reject": say("reject"),
    }.get(order, order)


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


def severity_word(severity: str, language: str) -> str:
    """Return a severity in a language."""
    say = say_in(language)
    return {"error": say("error"), "warning": say("warning"), "notice": say("notice")}[severity]


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


def way_of_leaving(how: str, language: str) -> str:
    """Return how a mandate ended, in a language."""
    say = say_in(language)
    return {
        "term": say("end of term"),
        "annulment": say("annulment of the election"),
        "resignation": say("resignation"),
        "death": say("death"),
        "dismissal": say("dismissal"),
        "succession": say("succession"),
        "other": say("other reason"),
    }.get(how, how)


def level_word(level: str, language: str) -> str:
    """Return a level of the tree, or what else results can be broken down by, in a language."""
    say = say_in(language)
    return {
        "country": say("country"),
        "region": say("region"),
        "province": say("province"),
        "constituency": say("constituency"),
        "municipality": say("municipality"),
        "district": say("district"),
        "neighbourhood": say("neighbourhood"),
        "village": say("village"),
        "station": say("station"),
        "kind": say("kind of station"),
    }.get(level, level)


def kind_word(kind: str, language: str) -> str:
    """Return a kind of station in a language."""
    say = say_in(language)
    return {
        "ordinary": say("ordinary"),
        "prison": say("prison"),
        "mobile": say("mobile"),
        "postal": say("postal"),
        "abroad": say("abroad"),
    }.get(kind, kind)


def unit_name(row: Mapping[str, Any], by: str | None, language: str) -> str:
    """Return what a row of results broken down by `by` is called: a place, a station, a kind."""
    if by == "kind":
        return kind_word(str(row["unit"]), language)
    return str(row["unit"] if by == "station" else row["name"] or "–")


def figure_word(figure: str, language: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a count, or an option's votes (`votes.chp`, named by `labels`), in a language."""
    if figure.startswith(_VOTES):
        option = figure.removeprefix(_VOTES)
        return (labels or {}).get(option, option)
    say = say_in(language)
    return {
        "registered": say("registered"),
        "voted": say("voted"),
        "valid": say("valid"),
        "invalid": say("invalid"),
        "blank": say("blank"),
        "ballots": say("ballots found"),
        "off_roll": say("voters not on the roll"),
        "poll_cards": say("poll cards"),
        "proxies": say("proxy votes"),
        "voter_cards": say("voter cards"),
        "more_counted": say("more counted"),
        "fewer_counted": say("fewer counted"),
        "received": say("papers received"),
        "unused": say("papers left over"),
        "spoiled": say("papers spoiled"),
        "boxes": say("boxes"),
        "margin": say("margin"),
    }.get(figure, figure)
