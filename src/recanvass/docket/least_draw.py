"""How many ballots must be drawn at random for a reversal to be as probable as asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import ceil

from recanvass.docket.hypergeometric import (
    MOST_TERMS_EXACT,
    RELATIVE_ERROR,
    Pool,
    draw_chance,
    moments,
    normal_chance,
    terms,
)

__all__ = ["least_draw"]

_SEARCH_EVALUATIONS = 10
"""About how often a search asks for a probability; the normal approximation guesses well."""


def least_draw(pool: Pool, margin: int, probability: float) -> tuple[int | None, bool]:
    """Return the least number of ballots whose removal reverses with this probability or more.

    None where no number does. The second value is False where the probabilities were approximated.

    The probability rises with the number up to a peak; where the pool as a whole does not carry
    the lead, drawing more brings it down again. It does so apart for even and for odd numbers,
    since two options' ballots of an even number cannot differ by an odd one.
    """
    size = pool.size
    if pool.leader <= margin:
        return None, True
    most = MOST_TERMS_EXACT // _SEARCH_EVALUATIONS
    exact = terms(pool, size // 2) <= most

    @cache
    def chance(drawn: int) -> float:
        return draw_chance(pool, drawn, margin, most if exact else 0).reversal

    def nearly(drawn: int) -> bool:
        return normal_chance(*moments(pool, drawn), margin).reversal >= probability

    peak = _normal_peak(pool, margin)
    guess = min(_first(nearly, 1, peak, peak), peak)
    even = _least(lambda half: chance(2 * half), probability, size // 2, peak // 2, guess // 2)
    odd = _least(
        lambda half: chance(2 * half + 1), probability, (size - 1) // 2, peak // 2, guess // 2
    )
    found = [half * 2 + odds for odds, half in enumerate((even, odd)) if half is not None]
    return min(found, default=None), exact


def _normal_peak(pool: Pool, margin: int) -> int:
    """Return the number at which the normal approximation of a reversal has its maximum.

    The root of the derivative of (m − n e) / √(n (s − n) v), m half a vote beyond the margin and e
    the lead per ballot: n = m s / (2 m − e s), or all ballots where they carry more than the lead.
    """
    beyond = margin + 0.5
    over = 2 * beyond - (pool.leader - pool.rival)
    return pool.size if over <= beyond else ceil(beyond * pool.size / over)


def _least(
    chance: Callable[[int], float], probability: float, last: int, peak: int, guess: int
) -> int | None:
    """Return the least number from 0 to `last` that reaches the probability, on the rising side."""

    def falls(number: int) -> bool:
        here = chance(number)
        return chance(number + 1) < here or (here == 0 and number > peak)

    def reaches(number: int) -> bool:
        # A probability of exactly one half may come out a last digit below it.
        return chance(number) >= probability * (1 - RELATIVE_ERROR)

    top = min(last, peak)
    if not reaches(top):
        top = _first(falls, 0, last - 1, min(top, max(0, last - 1)))
        if not reaches(top):
            return None
    return _first(reaches, 0, top, min(top, guess))


def _first(holds: Callable[[int], bool], low: int, high: int, guess: int) -> int:
    """Return the least number from `low` to `high` for which `holds`, or `high + 1`.

    `holds` is false up to some number and true from there on. Looks near `guess` first.
    """
    fails, known, step, at = low - 1, high + 1, 1, guess
    while known - fails > 1:
        if holds(at):
            known = at
        else:
            fails = at
        if fails < low:
            at = max(low, known - step)
        elif known > high:
            at = min(high, fails + step)
        else:
            at = (fails + known) // 2
        step *= 2
    return known
