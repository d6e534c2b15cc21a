"""What a poll of a rehearsal says of itself, in every language of the interface."""

from __future__ import annotations

from collections.abc import Callable

from recanvass.model import Text, in_language
from recanvass.rehearsal.recipe import Recipe
from recanvass.words import LANGUAGES, number, say_in

__all__ = ["made_up_label", "order_word", "replay_label"]


def made_up_label(recipe: Recipe) -> Text:
    """Return what the polls of a made-up election say of themselves."""
    return _in_every_language(
        lambda language: say_in(language)(
            "a made-up election of {stations} stations (seed {seed}): no such place, no such vote"
        ).format(stations=number(recipe.stations, language), seed=recipe.seed)
    )


def replay_label(before: Text | None, order: str, seed: int, hours: float) -> Text:
    """Return what a replayed poll says of itself, after what its source says already."""

    def said(language: str) -> str:
        say = say_in(language)
        text = say("a replay; votes and times are as recorded")
        if order != "recorded":
            text = say(
                "the order and times of arrival ({order}; a night of {hours} hours, seed {seed})"
            ).format(order=order_word(order, language), hours=f"{hours:g}", seed=seed)
        return text if before is None else f"{in_language(before, language)}; {text}"

    return _in_every_language(said)


def order_word(order: str, language: str) -> str:
    """Return an order of arrival in a language."""
    say = say_in(language)
    return {
        "recorded": say("as recorded"),
        "random": say("at random"),
        "by-district": say("district by district"),
        "small-first": say("small stations first"),
        "far-last": say("far places last"),
    }[order]


def _in_every_language(said: Callable[[str], str]) -> Text:
    return {language: said(language) for language in LANGUAGES}
