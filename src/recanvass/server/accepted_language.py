"""Which of our languages a browser asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recanvass.words import LANGUAGES

__all__ = ["accepted_language"]

_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*")
_LONGEST = 500
"""Characters of the header that are read; browsers send less than a hundred."""


def accepted_language(header: str, default: str) -> str:
    """Return the language of ours that an `Accept-Language` header likes most (RFC 9110, 12.5.4).

    The first of several that it likes as much; `default` where it names none, and for `*`.
    """
    wishes = [wish for wish in _wishes(header[:_LONGEST], default) if wish[1] > 0]
    return max(wishes, key=lambda wish: wish[1])[0] if wishes else default


def _wishes(header: str, default: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        given = _QUALITY.fullmatch(weight)
        quality = float(given[1]) if given else 1.0
        if language == "*":
            yield default, quality
        elif language in LANGUAGES:
            yield language, quality
