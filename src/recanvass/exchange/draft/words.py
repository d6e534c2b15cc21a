"""What published returns call things: the vocabulary of `words.toml`, by what it is asked for."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any, Final

from recanvass.model import slug

__all__ = [
    "CODE_WORDS",
    "COUNT_WORDS",
    "DATE_WORDS",
    "LEVEL_WORDS",
    "MISSING_SIGNS",
    "NOT_VOTES",
    "OFFICE_WORDS",
    "OPTION_WORDS",
    "PARTY_WORDS",
    "SHARE_WORDS",
    "STATION_WORDS",
    "TOTAL_VOTES",
    "TOTAL_WORDS",
    "VOTES_WORDS",
    "has_word",
    "header_words",
    "plain",
]

_WORDS: Final[dict[str, Any]] = tomllib.loads(
    files("recanvass.exchange.draft").joinpath("words.toml").read_text(encoding="utf-8")
)

_HUMP = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-ZÄÖÜÉİŞĞÇ])")
"""Where a small letter meets a capital inside a word."""


def _named(name: str) -> tuple[str, ...]:
    return tuple(_WORDS[name])


CODE_WORDS: Final = _named("code")
DATE_WORDS: Final = _named("date")
MISSING_SIGNS: Final = _named("missing")
NOT_VOTES: Final = _named("not_votes")
OFFICE_WORDS: Final = _named("office")
OPTION_WORDS: Final = _named("option")
PARTY_WORDS: Final = _named("party")
SHARE_WORDS: Final = _named("share")
STATION_WORDS: Final = _named("station")
TOTAL_VOTES: Final = _named("total_votes")
TOTAL_WORDS: Final = _named("total")
VOTES_WORDS: Final = _named("votes")
COUNT_WORDS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(words) for name, words in _WORDS["counts"].items()
}
LEVEL_WORDS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(words) for name, words in _WORDS["levels"].items()
}


def plain(text: str) -> str:
    """Return a header or a cell as the vocabulary is written: accents and signs dropped."""
    return slug(text).replace("-", " ")


def header_words(name: str) -> str:
    """Return a header as `plain` does, with `GültigeStimmen` read as two words."""
    return plain(_HUMP.sub(" ", name))


def has_word(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a plain text is one of the words, or holds one as whole words."""
    padded = f" {text} "
    return any(f" {word} " in padded for word in words)
