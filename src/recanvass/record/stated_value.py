"""A stated value beside a figure: does it fit, exactly, as rounded, or only as a bound?

All arithmetic is in fractions: 13,729 cut off to thousands is 13,000, and rounded it is 14,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from recanvass.model import ClaimMade, slug

__all__ = ["Day", "Fit", "Value", "fit", "nearest"]

Fit = Literal["exact", "rounded", "loose"]
"""`loose`: a bound that holds, but so far from the figure that its words would be odd."""


@dataclass(frozen=True)
class Day:
    """A date as far as it is known: `2019-05-06`, `1994-03`, `1994`."""

    text: str


Value = Fraction | str | Day
"""A number (per cent where the measure gives per cent), a word, or a date."""


def fit(claim: ClaimMade, figure: Value) -> Fit | None:
    """Return how the value that was stated fits a figure, or None if it does not.

    A date fits one that is known more finely (`1994` fits `1994-03`), not the other way round.
    Words are compared without marks and case.
    """
    if isinstance(figure, Day):
        is_part = f"{figure.text}-".startswith(f"{claim.value}-")
        return "exact" if is_part else None
    if isinstance(figure, str):
        return "exact" if slug(claim.value) == slug(figure) else None
    return _number_fit(claim, figure)


def _number_fit(claim: ClaimMade, figure: Fraction) -> Fit | None:
    stated = Fraction(claim.value)
    if claim.sense in ("more than", "less than", "at least", "at most"):
        return _bound_fit(claim, figure, stated)
    if figure == stated:
        return "exact"
    step = _step(claim)
    near = {
        "about": abs(figure - stated) <= step,
        "cut off": _cut_off(figure, step) == stated,
        # A figure that was given round may have been rounded or cut off: papers do both.
        "exactly": stated == _nearest(figure, step)
        or (claim.step is not None and stated == _cut_off(figure, step)),
    }
    return "rounded" if near[claim.sense] else None


def _bound_fit(claim: ClaimMade, figure: Fraction, stated: Fraction) -> Fit | None:
    """Return whether a bound holds; with a step, also whether the figure is within it."""
    beyond = figure - stated if claim.sense in ("more than", "at least") else stated - figure
    touches = claim.sense in ("at least", "at most")
    if beyond < 0 or (beyond == 0 and not touches):
        return None
    is_apt = claim.step is None or beyond < Fraction(claim.step)
    return "exact" if is_apt else "loose"


def nearest(claim: ClaimMade, figure: Value) -> Fraction | None:
    """Return a number rounded to what a claim was given to; None for a word or a date."""
    return _nearest(figure, _step(claim)) if isinstance(figure, Fraction) else None


def _step(claim: ClaimMade) -> Fraction:
    """Return what the value was given to: its step, or one of its last printed digit."""
    if claim.step is not None:
        return Fraction(claim.step)
    return Fraction(1, 10 ** len(claim.value.partition(".")[2]))


def _nearest(figure: Fraction, step: Fraction) -> Fraction:
    """Return the multiple of a step that is nearest; halfway goes away from 0."""
    size = abs(figure) / step + Fraction(1, 2)
    return step * (size.numerator // size.denominator) * (-1 if figure < 0 else 1)


def _cut_off(figure: Fraction, step: Fraction) -> Fraction:
    size = abs(figure) / step
    return step * (size.numerator // size.denominator) * (-1 if figure < 0 else 1)
