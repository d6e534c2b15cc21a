"""Orders and how far they are carried out: derived from the returns, never typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.docket.rulings import Ruling
from recanvass.docket.scope import is_listed, stations_in_each
from recanvass.model import Order, to_utc

__all__ = ["STOPPED", "OrderProgress", "is_counted", "order_of", "with_progress"]

_RECOUNTS = {
    "recount-invalid": ("recount-invalid", "recount-full", "correction", "order"),
    "recount-full": ("recount-full", "correction", "order"),
    "correct": ("correction", "order", "recount-invalid", "recount-full"),
}
"""Reasons of returns that carry out an order of each type."""

_AMONG = ["number", "station"]
STOPPED = ("halted", "overturned")
"""States of an order that a later decision stopped."""


class OrderProgress(msgspec.Struct, frozen=True):
    """One order of a decision, and what has become of it."""

    decision: str
    number: int
    order: Order
    state: Literal["open", "in progress", "done", "halted", "overturned", "superseded"]
    stopped_by: str | None = None
    since: str | None = None
    """When the decision was made; returns made later can carry the order out."""
    stations: int | None = None
    """Stations that it reaches; None where they are not known one by one."""
    done: int | None = None
    """Stations that made a return since, as ordered."""
    compared: int = 0
    """How many of those had reported before, so that their change is known."""
    change: dict[str, int] = {}
    """Net change so far, by count and by `votes.<option>`, of the stations compared."""

    @property
    def awaiting(self) -> int | None:
        """Stations that have not done yet what was ordered; None where they are not known."""
        return None if self.stations is None else self.stations - (self.done or 0)

    @property
    def vote_changes(self) -> dict[str, int]:
        """The net change of votes only, by option."""
        return {c.removeprefix(VOTES): v for c, v in self.change.items() if c.startswith(VOTES)}


def is_counted(order: Order) -> bool:
    """Return whether an order is carried out by returns of stations that are known one by one."""
    return order.type in _RECOUNTS and is_listed(order.scope)


def order_of(ruling: Ruling, number: int) -> OrderProgress:
    """Return an order as it stands before any return: what needs none is done by being ordered."""
    order = ruling.decision.orders[number]
    state: Literal["open", "done"] = "open" if order.type in _RECOUNTS else "done"
    return OrderProgress(
        decision=ruling.decision.id,
        number=number,
        order=order,
        state=state if ruling.state == "stands" else ruling.state,
        stopped_by=ruling.by,
        since=ruling.decision.at,
    )


def with_progress(
    orders: Sequence[OrderProgress], returns: pl.DataFrame, stations: pl.DataFrame
) -> list[OrderProgress]:
    """Return counted orders (`is_counted`) with how far they are carried out in one poll.

    `returns` are those made by the moment asked about (with `standing`), `stations` the poll's.
    All orders are followed at once: a docket can hold thousands, each of a few stations.
    """
    figures = [*sorted(count_columns(returns.columns)), *vote_columns(returns.columns)]
    reached = stations_in_each([o.order.scope for o in orders], stations)
    total = dict(reached.group_by("number").len().iter_rows())
    found = {
        row["number"]: row
        for row in _since(orders, reached, returns, figures).iter_rows(named=True)
    }
    return [
        _carried_out(order, total.get(number, 0), found.get(number, {}), figures)
        for number, order in enumerate(orders)
    ]


def _carried_out(
    order: OrderProgress, stations: int, row: Mapping[str, Any], figures: Sequence[str]
) -> OrderProgress:
    done = row.get("done") or 0
    state: Literal["open", "in progress", "done"] = (
        "done" if done == stations else "in progress" if done else "open"
    )
    moved = {c: row[c] for c in figures if row.get(c)}
    return OrderProgress(
        decision=order.decision,
        number=order.number,
        order=order.order,
        state=order.state if order.state in STOPPED else state,
        stopped_by=order.stopped_by,
        since=order.since,
        stations=stations,
        done=done,
        compared=row.get("compared") or 0,
        change=moved,
    )


def _since(
    orders: Sequence[OrderProgress],
    reached: pl.DataFrame,
    returns: pl.DataFrame,
    figures: Sequence[str],
) -> pl.DataFrame:
    """Return by `number` of order: `done`, `compared`, and the net change of every figure.

    Before: a station's newest official return made by the time of the decision; after: its newest
    made since for one of the reasons that carry the order out. Withdrawn returns and those of
    other sources are left aside.
    """
    terms = pl.DataFrame(
        {
            "number": range(len(orders)),
            "since": [to_utc(o.since) if o.since else None for o in orders],
            "type": [o.order.type for o in orders],
        },
        schema={"number": pl.Int64, "since": returns.schema["at"], "type": pl.String},
    )
    of_orders = (
        reached.join(
            returns.filter(~pl.col("standing").is_in(["withdrawn", "other-source"])).select(
                "station", "at", "id", pl.col("reason").cast(pl.String), *figures
            ),
            on="station",
        )
        .join(terms, on="number")
        .sort("at", "id")
    )
    is_later = pl.col("at") > pl.col("since")
    as_ordered = pl.any_horizontal(
        (pl.col("type") == kind) & pl.col("reason").is_in(list(reasons))
        for kind, reasons in _RECOUNTS.items()
    )
    after = of_orders.filter(is_later & as_ordered).unique(_AMONG, keep="last")
    before = of_orders.filter(~is_later).unique(_AMONG, keep="last")
    both = after.join(before.select(*_AMONG, *figures), on=_AMONG, how="left", suffix=".before")
    known = both.join(before.select(_AMONG), on=_AMONG, how="semi")
    change = known.group_by("number").agg(
        pl.len().alias("compared"),
        *((pl.col(c) - pl.col(c + ".before")).sum().alias(c) for c in figures),
    )
    done = after.group_by("number").agg(pl.len().alias("done"))
    return done.join(change, on="number", how="left")
