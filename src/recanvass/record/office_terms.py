"""The words of offices in the reader's language: states, breaches, days, governments."""

from __future__ import annotations

from recanvass.office.days import Days
from recanvass.words import number, say_in

__all__ = ["breach_text", "days_text", "days_texts", "government_word", "state_word"]


def state_word(state: str, language: str) -> str:
    """Return the state of an office (`office.mandates.OFFICE`) in a language."""
    say = say_in(language)
    return {
        "vacant": say("vacant"),
        "acting": say("held by an acting holder"),
        "held": say("held"),
        "stood in for": say("held, with somebody standing in"),
    }.get(state, state)


def breach_text(trigger: str, state: str, language: str) -> str:
    """Return what an event did that the office's state did not foresee, in a sentence."""
    say = say_in(language)
    return {
        "take office": say("took the office while an acting holder still stood in"),
        "take a taken seat": say("took the office while it was held"),
        "take it again": say("took the office while holding it already"),
        "leave without holding": say("left the office without holding it"),
        "stand in": say("stood in while another acting holder did"),
    }.get(trigger, f"{trigger} ({state})")


def government_word(word: str, language: str) -> str:
    """Return whether an office and a council are on one side (`Government.word`)."""
    say = say_in(language)
    return {
        "united": say("one side has both"),
        "divided": say("divided government"),
        "no majority": say("no side has a majority in the council"),
        "no side": say("nobody with a party is in the office"),
    }.get(word, word)


def days_text(days: Days | None, language: str) -> str:
    """Return elapsed days, with `~` where the first or the last is not exactly known."""
    return days_texts(days, language)[0]


def days_texts(days: Days | None, language: str) -> tuple[str, str, str]:
    """Return elapsed, full and touched days (`office.days`)."""
    if days is None:
        return ("–", "–", "–")
    about = "" if days.exact else "~"
    elapsed, full, touched = (
        about + number(n, language) for n in (days.elapsed, days.full, days.touched)
    )
    return elapsed, full, touched
