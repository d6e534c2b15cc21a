"""Answers to claims in the reader's language: verdicts, figures, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from recanvass.model import ClaimMade, Measure
from recanvass.model.claims import DecisionVotes, Published
from recanvass.record.describe import named, option_label, short_name
from recanvass.record.stated_value import Day, Value, nearest
from recanvass.words import date_text, number, say_in

if TYPE_CHECKING:
    from recanvass.record.claims import ClaimAnswer
    from recanvass.record.fold import View

__all__ = ["plain_value", "reasons", "stated_text", "value_text", "verdict_word"]

_DAY = len("2019-05-06")
_MONTH = len("2019-05")
_FIRST_IN_GROUPS = 10_000


def verdict_word(verdict: str, language: str) -> str:
    """Return the answer to a claim (`claims.Verdict`) in a language."""
    say = say_in(language)
    return {
        "true": say("true"),
        "true as rounded": say("true as rounded"),
        "superseded": say("superseded: true of what was known then"),
        "conflicts": say("conflicts with another source"),
        "false": say("false"),
        "not checkable": say("not checkable"),
    }.get(verdict, verdict)


def stated_text(claim: ClaimMade, view: View, language: str) -> str:
    """Return a stated value as it was meant: `more than 50 %`, `about 25,000`, `CHP`."""
    say = say_in(language)
    if claim.measure.gives in ("word", "date"):
        value: Value = Day(claim.value) if claim.measure.gives == "date" else claim.value
        return value_text(value, claim.measure, view, language)
    digits = len(claim.value.partition(".")[2])
    value_words = _number_text(Fraction(claim.value), claim.measure, language, digits)
    words = {
        "about": say("about {value}"),
        "cut off": say("{value}, cut off"),
        "more than": say("more than {value}"),
        "less than": say("less than {value}"),
        "at least": say("at least {value}"),
        "at most": say("at most {value}"),
    }
    return words.get(claim.sense, "{value}").format(value=value_words)


def value_text(value: Value, measure: Measure, view: View, language: str) -> str:
    """Return a figure in words."""
    if isinstance(value, Fraction):
        whole = measure.gives == "number" and value.denominator == 1
        return _number_text(value, measure, language, 0 if whole else 2)
    if isinstance(value, Day):
        return _day_text(value.text, language)
    return _word_text(value, measure, view, language)


def plain_value(value: Value) -> int | float | str:
    """Return a figure as JSON has it; a fraction with six digits."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else round(float(value), 6)
    return value.text if isinstance(value, Day) else value


def _number_text(value: Fraction, measure: Measure, language: str, digits: int) -> str:
    if digits:
        units, decimals = divmod(int(abs(value) * 10**digits + Fraction(1, 2)), 10**digits)
        mark = "," if language == "tr" else "."
        text = f"{number(units, language)}{mark}{decimals:0{digits}d}"
        text = f"−{text}" if value < 0 else text
    elif isinstance(measure, Published) and abs(value) < _FIRST_IN_GROUPS:
        # It may be a year, which has no separator.
        text = str(int(value))
    else:
        text = number(int(value), language)
    if measure.gives == "percent":
        return f"%{text}" if language == "tr" else f"{text} %"
    return text


def _day_text(text: str, language: str) -> str:
    if len(text) == _DAY:
        from babel.dates import format_date  # noqa: PLC0415 - only where dates are shown

        return str(format_date(date.fromisoformat(text), "EEEE d MMMM y", locale=language))
    if len(text) == _MONTH:
        return date_text(f"{text}-01T00:00+00:00", "month", language)
    return text


def _word_text(word: str, measure: Measure, view: View, language: str) -> str:
    """Return an option's or party's short name, or the word as it is."""
    if isinstance(measure, DecisionVotes):
        return word.replace("-", "–")
    poll = view.polls.get((getattr(measure, "contest", ""), getattr(measure, "poll", "")))
    for option in poll.options if poll else ():
        if option.id == word:
            return option_label(option, view, language)
    return short_name(word, view, language) if word in view.parties else word


def reasons(answer: ClaimAnswer, view: View, language: str) -> list[str]:
    """Return what a reader needs to understand an answer, a sentence each."""
    say = say_in(language)
    found = [_why(answer.unknown.why, language)] if answer.unknown else []
    found += _ways_of_counting(answer, view, language)
    found += _rounded_instead(answer, view, language)
    if answer.verdict == "superseded":
        found.append(_known(answer, view, language))
    elif answer.supports:
        sources = _sources(answer.supports, view, language)
        found.append(say("The same was published by: {sources}.").format(sources=sources))
    if answer.disputes:
        sources = _sources(answer.disputes, view, language)
        found.append(say("Others say otherwise: {sources}.").format(sources=sources))
    if answer.figure and not answer.figure.computed:
        sources = _sources(answer.figure.way.events, view, language)
        found.append(
            say("The figure is not the record's own; by: {sources}.").format(sources=sources)
        )
    return found


def _known(answer: ClaimAnswer, view: View, language: str) -> str:
    say = say_in(language)
    if not answer.supports:
        return say("It was true of the returns that there were then.")
    sources = _sources(answer.supports, view, language)
    return say("It was true of what was published until then by: {sources}.").format(
        sources=sources
    )


def _ways_of_counting(answer: ClaimAnswer, view: View, language: str) -> list[str]:
    """Return how the figure was counted, where there is more than one way to."""
    figure, meant = answer.figure, answer.meant
    if figure is None or meant is None:
        return []
    others = [r for r in (*figure.readings, *figure.beside) if r is not meant and r.by]
    measure = answer.claim.measure
    if meant.by and not figure.readings[0].by:
        others.insert(0, figure.readings[0])
    parts = [
        f"{_reading_word(r.by, language)} {value_text(r.value, measure, view, language)}"
        for r in ([meant] if meant.by else []) + others
    ]
    return ["; ".join(parts) + "."] if parts else []


def _rounded_instead(answer: ClaimAnswer, view: View, language: str) -> list[str]:
    """Return what a figure would be rounded, where the statement cut it off."""
    if answer.verdict != "true as rounded" or answer.meant is None:
        return []
    rounded = nearest(answer.claim, answer.meant.value)
    if rounded is None or answer.claim.sense == "about" or rounded == Fraction(answer.claim.value):
        return []
    text = value_text(rounded, answer.claim.measure, view, language)
    return [say_in(language)("Cut off, not rounded: rounded it is {value}.").format(value=text)]


def _reading_word(by: str | None, language: str) -> str:
    say = say_in(language)
    if by is None:
        return say("taken plainly")
    return {
        "elapsed days": say("elapsed days"),
        "full days": say("full days"),
        "days touched": say("days touched, first and last included"),
        "roll as published": say("roll as published"),
        "of the roll as published": say("of the roll as published"),
        "ordinary stations": say("ordinary stations only"),
        "with seats by office": say("with seats that go with an office"),
        "the party alone": say("the party alone"),
        "with its predecessors": say("with its predecessors"),
        "with its alliance": say("with its alliance"),
    }.get(by, by)


def _why(why: str, language: str) -> str:
    say = say_in(language)
    return {
        "no returns": say("No return and no declaration of the record gives it."),
        "not declared": say("Nobody was declared elected."),
        "no seats known": say("The record knows nobody's seats at that time."),
        "no holders known": say("The record knows no holder of these offices at that time."),
        "nobody named": say("The record names nobody."),
        "never held": say("The record has no such mandate."),
        "held more than once": say(
            "There was more than one mandate; the claim does not say which."
        ),
        "still held": say("The mandate has not ended."),
        "no votes known": say("The votes of this decision are not known."),
        "own figure": say("It is the keeper's own figure; no election record gives it."),
        "no keeper": say("No election record gives it, and no keeper's figure is in the record."),
    }.get(why, why)


def _sources(events: Iterable[str], view: View, language: str) -> str:
    return ", ".join(dict.fromkeys(_who(e, view, language) for e in events))


def _who(event: str, view: View, language: str) -> str:
    """Return who published something, and when."""
    for one in view.events:
        if one.id == event:
            who = next(
                (getattr(one, f) for f in ("publisher", "body", "by") if hasattr(one, f)), event
            )
            when = date_text(one.at or "", one.precision, language)
            return f"{named(str(who), view, language)} ({when})"
    return event
