"""From a ground to a result: added up, named, with who leads and what status it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground
from recanvass.canvass.tally import add_up, add_up_groups, with_leaders, with_turnout
from recanvass.docket import POLL, Outcome, Status, outcome_of
from recanvass.model import LotDrawn, PollDefined
from recanvass.record.describe import named, option_label
from recanvass.record.fold import View
from recanvass.record.moment import AsOf, moment, moment_text
from recanvass.record.results import Results

__all__ = ["Question", "answer"]


@dataclass(frozen=True)
class Question:
    """What a result is asked for."""

    view: View
    by: str | None = None
    as_of: AsOf = None
    language: str = "en"


def answer(
    ground: Ground, poll: PollDefined, question: Question, status: Callable[[int, int], Status]
) -> Results:
    """Return the result that a ground adds up to. `status` is asked with (counted, stations).

    Raise BadInput for a level that the tree does not have.
    """
    view, by, language = question.view, question.by, question.language
    leading = [o.id for o in poll.options if not o.residual]
    frame = add_up(ground, by)
    total = add_up_groups(frame) if by else frame
    unit = pl.col("unit").cast(pl.String)
    both = pl.concat([total, frame.with_columns(unit)]) if by else total
    finished = with_turnout(with_leaders(both, leading))
    found = status(*total.select("counted", "stations").row(0))
    return Results(
        poll=poll,
        status=found,
        status_body=named(found.body, view, language) if found.body else None,
        labels={o.id: option_label(o, view, language) for o in poll.options},
        as_of=moment_text(question.as_of),
        ledger_size=view.size,
        by=by,
        total=finished.head(1),
        frame=_with_names(finished[1:] if by else finished, ground, poll, question),
        composed=_composed(ground),
        language=language,
        outcome=_outcome(poll, finished.row(0, named=True), question),
    )


def _outcome(poll: PollDefined, total: dict[str, Any], question: Question) -> Outcome | None:
    """Return what the total decides, for an office of one seat."""
    contest = question.view.contests.get(poll.contest)
    office = question.view.offices.get(contest.office) if contest else None
    if office is not None and office.seats > 1:
        return None
    lots = [
        e
        for e in question.view.happened(moment(question.as_of))
        if isinstance(e, LotDrawn) and e.contest == poll.contest and e.poll in (None, poll.poll)
    ]
    votes = {o.id: total.get(VOTES + o.id) for o in poll.options}
    return outcome_of(poll, votes, total.get("valid"), lots)


def _with_names(
    frame: pl.DataFrame, ground: Ground, poll: PollDefined, question: Question
) -> pl.DataFrame:
    """Return the frame with the units' names beside their ids."""
    view, by = question.view, question.by
    rest = pl.exclude("unit", "name")
    if by is None:
        root = view.root_of(poll)
        own = (pl.lit(root).alias("unit"), pl.lit(view.unit_name(root)).alias("name"))
        return frame.select(*own, rest)
    if by == "station":
        beside = [c for c in ("name", POLL) if c in ground.frame.columns]
        return frame.select("unit", *ground.frame.select(beside), rest)
    names = [u if by == "kind" else view.unit_name(u) for u in frame["unit"]]
    return frame.select("unit", pl.Series("name", names, dtype=pl.String), rest)


def _composed(ground: Ground) -> dict[str, int]:
    """Return how many counted stations come from each poll, where a result has several."""
    if POLL not in ground.frame.columns:
        return {}
    counted = ground.frame.filter(pl.col("seq").is_not_null())
    return dict(counted.group_by(POLL).len().sort(POLL).iter_rows())
