"""Interface text in the reader's language.

English stands in the code; `locale/<language>/LC_MESSAGES/recanvass.po` holds the translations
(`make words` collects and compiles them), `argparse.po` those of what Python's own parser says.
Numbers and dates follow the language too.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

__all__ = [
    "LANGUAGES",
    "Say",
    "date_text",
    "number",
    "parser_speaks",
    "percent",
    "points",
    "preferred_language",
    "say_in",
]

Say = Callable[[str], str]

LANGUAGES = ("en", "tr")

_LOCALE = Path(__file__).parent / "locale"


@lru_cache
def say_in(language: str) -> Say:
    """Return the function that gives an English text in `language` (itself where untranslated)."""
    return gettext.translation("recanvass", _LOCALE, [language], fallback=True).gettext


@contextmanager
def parser_speaks(language: str) -> Iterator[None]:
    """Let `argparse` say its own words ("usage", "options", wrong use) in `language` for a while.

    It asks the process-wide `gettext`, which looks for the language in the environment; both are
    put back afterwards.
    """
    domain, asked = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("argparse", str(_LOCALE))
    gettext.textdomain("argparse")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if asked is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = asked


def preferred_language() -> str:
    """Return the language asked for by RECANVASS_LANG or the system's locale, else English.

    As in POSIX, the first of the variables that is set decides, even for a language that we lack.
    """
    names = ("RECANVASS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    first = next((value for value in map(os.environ.get, names) if value), "")
    code = first[:2].lower()
    return code if code in LANGUAGES else "en"


def number(value: int | None, language: str, signed: bool = False) -> str:
    """Return a whole number with the language's thousands separator; an en dash for unknown."""
    if value is None:
        return "–"
    text = format(value, "+,d" if signed else ",d").replace("-", "−")
    return text.replace(",", ".") if language == "tr" else text


def percent(share: float | None, language: str, digits: int = 2) -> str:
    """Return a fraction in per cent as the language writes it (`48.77 %`, `%48,77`)."""
    if share is None:
        return "–"
    text = format(100 * share, f".{digits}f")
    return f"%{text.replace('.', ',')}" if language == "tr" else f"{text} %"


def points(change: float | None, language: str, digits: int = 2) -> str:
    """Return the change of a fraction in percentage points, with its sign (`+5.45`, `+5,45`)."""
    if change is None:
        return "–"
    text = format(100 * change, f"+.{digits}f").replace("-", "−")
    return text.replace(".", ",") if language == "tr" else text


def date_text(at: str, precision: str | None, language: str) -> str:
    """Return when something happened, no finer than it is known, with the source's own offset."""
    # Only where dates are shown.
    from babel.dates import format_datetime, get_datetime_format  # noqa: PLC0415

    when = datetime.fromisoformat(at)
    day_and_time = str(get_datetime_format("medium", locale=language)).replace("{1}", "d MMM y")
    patterns = {
        "month": "MMMM y",
        "day": "d MMM y",
        "hour": day_and_time.replace("{0}", "'~'HH:mm"),
    }
    pattern = patterns.get(precision or "", day_and_time.replace("{0}", "HH:mm"))
    return format_datetime(when, pattern, locale=language)
