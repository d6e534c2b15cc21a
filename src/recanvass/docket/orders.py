"""Orders and how far they are carried out: derived from the returns, never typed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.docket.rulings import Ruling
from recanvass.docket.scope import is_listed, stations_in
from recanvass.model import Order, to_utc

__all__ = ["OrderProgress", "progress_of"]

_RECOUNTS = {
    "recount-invalid": ("recount-invalid", "recount-full", "correction", "order"),
    "recount-full": ("recount-full", "correction", "order"),
    "correct": ("correction", "order", "recount-invalid", "recount-full"),
}
"""Reasons of returns that carry out an order of each type."""


@dataclass(frozen=True)
class OrderProgress:
    """One order of a decision, and what has become of it."""

    decision: str
    number: int
    order: Order
    state: Literal["open", "in progress", "done", "halted", "overturned"]
    stopped_by: str | None = None
    stations: int | None = None
    """Stations that it reaches; None where they are not known one by one."""
    done: int | None = None
    """Stations that made a return since, as ordered."""
    compared: int = 0
    """How many of those had reported before, so that their change is known."""
    change: dict[str, int] = field(default_factory=dict)
    """Net change so far, by count and by `votes.<option>`, of the stations compared."""


def progress_of(
    ruling: Ruling, number: int, returns: pl.DataFrame | None, stations: pl.DataFrame | None
) -> OrderProgress:
    """Return the progress of one order of a decision.

    `returns` are those of the poll that it reaches, made by the moment asked about (with
    `standing`); `stations` the poll's stations. None for an order that reaches no poll.
    """
    order = ruling.decision.orders[number]
    stopped: Literal["halted", "overturned"] | None = (
        None if ruling.state == "stands" else ruling.state
    )
    countable = order.type in _RECOUNTS and is_listed(order.scope)
    if returns is None or stations is None or not countable or ruling.decision.at is None:
        done_at_once: Literal["open", "done"] = "open" if order.type in _RECOUNTS else "done"
        return OrderProgress(ruling.decision.id, number, order, stopped or done_at_once, ruling.by)
    reached = stations_in(order.scope, stations)["station"]
    since = to_utc(ruling.decision.at)
    after, compared, change = _since(returns, reached, since, _RECOUNTS[order.type])
    state: Literal["open", "in progress", "done"] = (
        "done" if after == reached.len() else "in progress" if after else "open"
    )
    return OrderProgress(
        decision=ruling.decision.id,
        number=number,
        order=order,
        state=stopped or state,
        stopped_by=ruling.by,
        stations=reached.len(),
        done=after,
        compared=compared,
        change=change,
    )


def _since(
    returns: pl.DataFrame, reached: pl.Series, since: datetime, reasons: Sequence[str]
) -> tuple[int, int, dict[str, int]]:
    """Return how many stations reported as ordered since, how many of them before, and the change.

    Before: a station's newest official return made by then; after: its newest made for one of the
    reasons since. Withdrawn returns and those of other sources are left aside.
    """
    usable = returns.filter(
        pl.col("station").is_in(reached.implode())
        & ~pl.col("standing").is_in(["withdrawn", "other-source"])
    ).sort("at", "id")
    made_since = (pl.col("at") > since) & pl.col("reason").is_in(list(reasons))
    after = usable.filter(made_since).unique("station", keep="last")
    before = usable.filter(pl.col("at") <= since).unique("station", keep="last")
    figures = [*count_columns(returns.columns), *vote_columns(returns.columns)]
    both = after.join(before, on="station", suffix=".before")
    if both.is_empty():
        return after.height, 0, {}
    change = both.select((pl.col(c) - pl.col(c + ".before")).sum() for c in figures)
    moved = {c: v for c, v in change.row(0, named=True).items() if v}
    return after.height, both.height, moved


def vote_changes(progress: OrderProgress) -> dict[str, int]:
    """Return the net change of votes only, by option."""
    return {c.removeprefix(VOTES): v for c, v in progress.change.items() if c.startswith(VOTES)}


__all__ += ["vote_changes"]
