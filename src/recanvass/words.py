"""Interface text in the reader's language.

English stands in the code; `locale/<language>/LC_MESSAGES/recanvass.po` holds the translations
(`make words` collects and compiles them). Numbers and dates follow the language too.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

__all__ = ["LANGUAGES", "Say", "date_text", "number", "percent", "preferred_language", "say_in"]

Say = Callable[[str], str]

LANGUAGES = ("en", "tr")

_LOCALE = Path(__file__).parent / "locale"


@lru_cache
def say_in(language: str) -> Say:
    """Return the function that gives an English text in `language` (itself where untranslated)."""
    return gettext.translation("recanvass", _LOCALE, [language], fallback=True).gettext


def preferred_language() -> str:
    """Return the language asked for by RECANVASS_LANG or the system's locale, else English."""
    for name in ("RECANVASS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def number(value: int | None, language: str, signed: bool = False) -> str:
    """Return a whole number with the language's thousands separator; an en dash for unknown."""
    if value is None:
        return "–"
    text = format(value, "+,d" if signed else ",d").replace("-", "−")
    return text.replace(",", ".") if language == "tr" else text


def percent(share: float | None, language: str, signed: bool = False, digits: int = 2) -> str:
    """Return a fraction in per cent as the language writes it (`48.77 %`, `%48,77`)."""
    if share is None:
        return "–"
    text = format(100 * share, f"{'+' if signed else ''}.{digits}f").replace("-", "−")
    return f"%{text.replace('.', ',')}" if language == "tr" else f"{text} %"


def date_text(at: str, precision: str | None, language: str) -> str:
    """Return when something happened, no finer than it is known, with the source's own offset."""
    from babel.dates import format_datetime  # noqa: PLC0415 - only where dates are shown

    when = datetime.fromisoformat(at)
    coarser = {"month": "MMMM y", "day": "d MMM y", "hour": "d MMM y, '~'HH:mm"}
    pattern = coarser.get(precision or "", "d MMM y, HH:mm")
    return format_datetime(when, pattern, locale=language)
