"""What a poll of a rehearsal says of itself, in every language of the interface."""

from __future__ import annotations

from collections.abc import Callable

from recanvass.model import Text
from recanvass.rehearsal.recipe import Recipe
from recanvass.words import LANGUAGES, number, say_in

__all__ = ["in_every_language", "made_up_label"]


def in_every_language(said: Callable[[str], str]) -> Text:
    """Return what `said` gives for each language."""
    return {language: said(language) for language in LANGUAGES}


def made_up_label(recipe: Recipe) -> Text:
    """Return what the polls of a made-up election say of themselves."""
    return in_every_language(
        lambda language: say_in(language)(
            "a made-up election of {stations} stations (seed {seed}): no such place, no such vote"
        ).format(stations=number(recipe.stations, language), seed=recipe.seed)
    )
