"""Names in several languages, identifiers, and instants: what events are made of."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from recanvass.errors import BadInput

__all__ = [
    "ID_PATTERN",
    "Text",
    "check_id",
    "in_language",
    "parse_instant",
    "slug",
    "to_utc",
]

Text = str | dict[str, str]
"""A name: one string, or one per language tag (`{"tr": "Büyükşehir", "en": "Metropolitan"}`)."""

ID_PATTERN = r'^[^\s"\\\x00-\x1f\x7f^*][^\s"\\\x00-\x1f\x7f]{0,239}$'
"""What an identifier may hold: no white space, quotes, backslash or control characters.

Kept narrow so that an identifier can stand in JSON, in a path and in SQL without escaping. It does
not begin with `^` or `*`, which Polars would take for a pattern of columns."""

_ID = re.compile(ID_PATTERN)
_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ı": "i", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_MARKS_ON_LATIN = re.compile(r"([a-z])[\u0300-\u036f]+")
_INSTANT = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$",
    re.ASCII,
)


def check_id(value: str, what: str) -> str:
    """Return `value` if it can serve as an identifier; otherwise raise BadInput naming `what`."""
    if not _ID.fullmatch(value):
        raise BadInput(
            f"{what}: found {value!r}; expected 1 to 240 characters "
            "without white space, quotes or backslashes, the first neither ^ nor *"
        )
    return value


def slug(name: str) -> str:
    """Return a name as an identifier: lower case, marks dropped, runs of other signs to one `-`.

    Letters that have no Latin form stay as they are, so a name in any script keeps an identifier
    that its readers recognise. The result is empty if the name holds no letter or digit.
    """
    decomposed = unicodedata.normalize("NFKD", name.replace("İ", "i").lower())
    bare = unicodedata.normalize("NFC", _MARKS_ON_LATIN.sub(r"\1", decomposed))
    plain = bare.translate(_LETTERS_WITHOUT_DECOMPOSITION)
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else "-" for c in plain)
    return re.sub("-+", "-", "".join(kept)).strip("-")


def in_language(text: Text, language: str) -> str:
    """Return the reading of a name in `language`, else in English, else the first one there is."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def parse_instant(value: str, what: str = "time") -> datetime:
    """Return an instant written as ISO 8601 with a UTC offset; raise BadInput for anything else.

    A time without an offset is refused, not guessed: it would mean another moment in each reader's
    time zone.
    """
    if not _INSTANT.fullmatch(value):
        raise BadInput(
            f"{what}: found {value!r}; expected a time with a UTC offset, "
            "such as 2019-04-01T09:10+03:00"
        )
    try:
        found = datetime.fromisoformat(value)
        found.astimezone(UTC)  # the first and the last hours of the calendar have none
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{what}: found {value!r}; {error}") from None
    return found


def to_utc(value: str, what: str = "time") -> datetime:
    """Return an instant (see `parse_instant`) in UTC."""
    return parse_instant(value, what).astimezone(UTC)
