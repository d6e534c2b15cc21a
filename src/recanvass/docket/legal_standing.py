"""The legal standing that decisions lay over the plain rule of `canvass.standing`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.docket.rulings import Effect
from recanvass.docket.scope import is_listed, stations_in
from recanvass.model import to_utc

__all__ = ["lay_legal_standing", "with_exclusions_as_withdrawals"]


_REACHED = {"annulled": ["counted"], "excluded": ["counted", "annulled"]}
"""Standings that an effect takes the place of."""


def lay_legal_standing(
    returns: pl.DataFrame, stations: pl.DataFrame, effects: Sequence[Effect]
) -> pl.DataFrame:
    """Return `returns` with standing `annulled` or `excluded` where an order says so.

    It reaches the returns that counted when it was decided; a return made later, by a recount or
    a correction, stands on its own. What is excluded is so whether or not it is annulled as well.
    """
    for effect in effects:
        if effect.decision.at is None or not is_listed(effect.order.scope):
            continue
        reached = stations_in(effect.order.scope, stations)["station"].implode()
        hit = (
            pl.col("standing").is_in(_REACHED[effect.standing])
            & pl.col("station").is_in(reached)
            & (pl.col("at") <= to_utc(effect.decision.at))
        )
        returns = returns.with_columns(
            pl.when(hit).then(pl.lit(effect.standing)).otherwise("standing").alias("standing")
        )
    return returns


def with_exclusions_as_withdrawals(
    returns: pl.DataFrame, stations: pl.DataFrame, effects: Sequence[Effect]
) -> pl.DataFrame:
    """Return `returns` with `withdrawn_at` set where an exclusion takes them out from then on.

    For running totals: to a sum over time, being excluded and being taken back are the same.
    """
    for effect in effects:
        if effect.standing != "excluded" or effect.decision.at is None:
            continue
        if not is_listed(effect.order.scope):
            continue
        since = to_utc(effect.decision.at)
        reached = stations_in(effect.order.scope, stations)["station"].implode()
        hit = pl.col("station").is_in(reached) & (pl.col("at") <= since)
        earlier = pl.min_horizontal("withdrawn_at", pl.lit(since).cast(returns["at"].dtype))
        returns = returns.with_columns(
            pl.when(hit).then(earlier).otherwise("withdrawn_at").alias("withdrawn_at")
        )
    return returns
