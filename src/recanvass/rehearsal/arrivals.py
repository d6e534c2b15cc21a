"""When returns come in over a night."""

from __future__ import annotations

import polars as pl

__all__ = ["night_curve"]


def night_curve(through: pl.Series) -> pl.Series:
    """Return how far the night has gone (0 to 1) when a share of the returns is in.

    The share that is in at t is F(t) = 1 - (1 - t**2)**4: a slow start, the rush at 0.38 of the
    night, half at 0.40, 95 % at 0.73, and a tail. It is the Kumaraswamy distribution (1980) with
    a = 2 and b = 4, whose inverse is made of square roots alone and so is the same on any machine.
    """
    return (1.0 - (1.0 - through).sqrt().sqrt()).sqrt()
