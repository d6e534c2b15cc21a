"""Sums and differences of columns, as a case file writes them: `voted - valid`."""

from __future__ import annotations

import re

__all__ = ["LONGEST_FORMULA", "parse_formula"]

LONGEST_FORMULA = 5_000
"""Characters. Splitting takes time in the square of them."""

_STEP = re.compile(r"\s+([+-])\s+(?=(?:[^`]*`[^`]*`)*[^`]*$)")


def parse_formula(text: str, header: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """Return the terms of a formula as (sign, column); the first sign is +1.

    A text that is itself a column of `header` is that column. Otherwise the operators are `+` and
    `-` with a space on both sides; a column whose name holds those goes between back quotes.
    """
    whole = " ".join(text.split())
    if whole in header:
        return ((1, whole),)
    pieces = _STEP.split(whole)
    signs = [1, *(1 if sign == "+" else -1 for sign in pieces[1::2])]
    return tuple(
        (sign, column.strip("`")) for sign, column in zip(signs, pieces[0::2], strict=True)
    )
