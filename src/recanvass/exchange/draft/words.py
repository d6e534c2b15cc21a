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
    "GIVEN_WORDS",
    "LEVEL_WORDS",
    "MISSING_SIGNS",
    "NAME_WORDS",
    "NOT_VOTES",
    "OFFICE_WORDS",
    "OPTION_WORDS",
    "PARTY_WORDS",
    "SHARE_WORDS",
    "STATION_WORDS",
    "SURNAME_WORDS",
    "TOTAL_VOTES",
    "TOTAL_WORDS",
    "VOTES_WORDS",
    "VOTE_KIND_WORDS",
    "essence",
    "has_word",
    "header_words",
    "plain",
]

_WORDS: Final[dict[str, Any]] = tomllib.loads(
    files("recanvass.exchange.draft").joinpath("words.toml").read_text(encoding="utf-8")
)

_HUMP = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-ZÄÖÜÉİŞĞÇ])")
"""Where a small letter meets a capital inside a word."""
_UNSPACED = re.compile(r"^[\u3040-\u9fff\uac00-\ud7af]{2,}$")
"""A word of a script that sets no spaces between words, or glues endings on."""
_BILINGUAL = re.compile(r"^([^/]* [^/]*)/[^/]+$")
"""A header in two languages: the first will do."""


def _named(name: str) -> tuple[str, ...]:
    return tuple(_WORDS[name])


CODE_WORDS: Final = _named("code")
DATE_WORDS: Final = _named("date")
GIVEN_WORDS: Final = _named("given")
NAME_WORDS: Final = _named("name")
SUFFIXES: Final = _named("suffix")
SURNAME_WORDS: Final = _named("surname")
VOTE_KIND_WORDS: Final = _named("vote_kind")
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
    return plain(_HUMP.sub(" ", _BILINGUAL.sub(r"\1", name)))


def essence(words: str) -> str:
    """Return the words of a header without codes, names and what compounds glue on."""
    kept = []
    for word in words.split():
        if word in CODE_WORDS or word in NAME_WORDS:
            continue
        end = next((s for s in SUFFIXES if word.endswith(s) and len(word) > len(s) + 2), "")
        kept.append(word.removesuffix(end).removesuffix("s") if end else word)
    return " ".join(kept)


def has_word(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a plain text is one of the words, or holds one as whole words."""
    padded = f" {text} "
    return any(f" {word} " in padded or (_UNSPACED.match(word) and word in text) for word in words)
