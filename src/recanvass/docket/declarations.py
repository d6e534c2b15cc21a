"""Figures that somebody declared or reported, held against the record's own.

A statement is tied to the returns whose figures it states: those made up to the last moment at
which the record's totals were the ones stated. Where there is no such moment, it is compared with
what the record adds up at the time of the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.model import DeclarationMade, ReportReceived, to_utc

__all__ = ["Checked", "Difference", "PollFigures", "Statement", "check_statement"]

Statement = DeclarationMade | ReportReceived

_TURNOUT = {"registered", "voted"}

_SPREAD = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
"""How much later than written a statement may have been made, by how exactly its time is known."""


@dataclass(frozen=True)
class Difference:
    """A figure that was stated, and what the record adds up instead."""

    figure: str
    """A count, `votes.<option>`, `margin` (votes) or `turnout` (a fraction)."""
    stated: float
    own: float
    without: str | None = None
    """The kind of station that explains the difference: without it the stated figure is ours."""


@dataclass(frozen=True)
class Checked:
    """A statement and what the record has to say to it."""

    statement: Statement
    moment: datetime | None
    """When the record's totals were those compared; None: it knows no returns of that time."""
    size: int | None
    """The ledger size that holds the returns compared."""
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool | None:
        """Whether every figure stated is the record's own; None where that cannot be told."""
        return None if self.moment is None else not self.differences


@dataclass(frozen=True)
class PollFigures:
    """What the record adds up of one poll."""

    course: pl.DataFrame
    """Totals from every moment of change on (`canvass.series.running_totals`)."""
    leading: Sequence[str]
    """Options that can lead."""
    size_at: Callable[[datetime], int]
    """The ledger size that holds all returns made by a moment."""
    by_kind: Callable[[datetime], pl.DataFrame]
    """Totals at a moment, a row per kind of station."""


def check_statement(statement: Statement, figures: PollFigures) -> Checked:
    """Return a statement held against a poll's own figures."""
    stated = _stated(statement)
    known = _latest(statement)
    own = [
        (row["moment"], _own(stated, statement, row, figures.leading))
        for row in figures.course.filter(
            (pl.col("moment") <= known) & (pl.col("counted") > 0)
        ).iter_rows(named=True)
    ]
    if not stated or not own:
        return Checked(statement, None, None, ())
    for moment, totals in reversed(own):
        if totals == stated:
            return Checked(statement, moment, figures.size_at(moment), ())
    moment, totals = own[-1]
    differences = _differences(stated, totals, figures.by_kind(moment))
    return Checked(statement, moment, figures.size_at(moment), differences)


def _stated(statement: Statement) -> dict[str, int]:
    votes = {VOTES + option: n for option, n in statement.votes.items()}
    margin = {} if statement.margin is None else {"margin": statement.margin}
    return {**statement.counts, **votes, **margin}


def _latest(statement: Statement) -> datetime:
    """Return the latest time at which a statement can have been made."""
    made = to_utc(statement.at or "")
    return made + _SPREAD.get(statement.precision or "", timedelta())


def _own(
    stated: Mapping[str, int], statement: Statement, row: Mapping[str, Any], leading: Sequence[str]
) -> dict[str, int]:
    """Return the record's figures for what was stated; what no return gives is left out."""
    votes = {o: row[VOTES + o] for o in leading if row.get(VOTES + o) is not None}
    leader = statement.elected if isinstance(statement, DeclarationMade) else statement.leader
    if leader not in votes:
        leader = max(votes, key=lambda o: votes[o], default=None)
    others = [v for o, v in votes.items() if o != leader]
    own = {c: row[c] for c in stated if row.get(c) is not None}
    if "margin" in stated and leader is not None and others:
        own["margin"] = votes[leader] - max(others)
    return own


def _differences(
    stated: Mapping[str, int], own: Mapping[str, int], kinds: pl.DataFrame
) -> tuple[Difference, ...]:
    found = [
        Difference(figure, value, own[figure], _left_out(figure, own[figure] - value, kinds))
        for figure, value in stated.items()
        if figure in own and own[figure] != value
    ]
    if _TURNOUT & {d.figure for d in found} and stated.keys() & own.keys() >= _TURNOUT:
        shares = [f["voted"] / f["registered"] for f in (stated, own) if f["registered"]]
        if len(shares) == 2:
            found.append(Difference("turnout", shares[0], shares[1]))
    return tuple(found)


def _left_out(figure: str, missing: int, kinds: pl.DataFrame) -> str | None:
    """Return the kind of station whose total is just what is missing from a stated figure."""
    if figure not in kinds.columns or kinds.height == 1:
        return None
    kind = kinds.filter(pl.col(figure) == missing)["unit"]
    return str(kind[0]) if kind.len() else None
