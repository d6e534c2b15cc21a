"""The day of voting, from the name of a file, its title or a column; never from a clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

__all__ = ["find_date"]

_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_./ ]?(\d\d)[-_./ ]?(\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d?)([-_./ ])(\d\d?)[-_./ ]((?:19|20)\d\d)(?!\d)")


def find_date(texts: Iterable[str]) -> str | None:
    """Return the first day that a text holds, as ISO 8601, or None.

    `31.3.2019` is day first; with other signs, a date that could be read both ways is not taken.
    """
    for text in texts:
        for year, month, day in _YEAR_FIRST.findall(text):
            if found := _valid(int(year), int(month), int(day)):
                return found
        for first, sign, second, year in _YEAR_LAST.findall(text):
            one, two = int(first), int(second)
            if sign != "." and one != two and one <= 12 and two <= 12:
                continue
            if found := _valid(int(year), two, one) or (
                sign != "." and _valid(int(year), one, two)
            ):
                return found
    return None


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
