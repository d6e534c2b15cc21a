"""What happened when: every dated event of a contest, and its returns summed up by moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from recanvass.canvass.entry_columns import VOTES, vote_columns
from recanvass.canvass.tally import with_leaders
from recanvass.docket import is_about
from recanvass.model import (
    AnyEvent,
    PollDefined,
    Precision,
    ReportReceived,
    decode_event,
    in_language,
    kind_of,
    to_utc,
)
from recanvass.record.describe import describe, describe_count, option_label
from recanvass.record.moment import AsOf, moment

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.poll import Poll
    from recanvass.record.record import Record

__all__ = ["TimelineItem", "timeline"]

_MOST_MOMENTS = 12
"""A poll whose returns came at more moments than this is shown by the hour, or by the day."""


@dataclass(frozen=True)
class TimelineItem:
    """One happening."""

    at: str
    precision: Precision | None
    kind: str
    contest: str | None
    poll: str | None
    leader: str | None
    """The option that leads in the figures it states, if it states any."""
    leader_label: str | None
    """That option's short name."""
    margin: int | None
    """Its lead in votes: as stated, or else from the votes it gives."""
    votes: dict[str, int]
    text: str
    """One sentence, in the language asked for."""
    remark: str | None
    cites: tuple[str, ...]
    id: str | None
    simulated: str | None
    """What of the poll that it is about is made up; None where nothing is."""

    @property
    def instant(self) -> datetime:
        """When it happened, in UTC."""
        return to_utc(self.at)


def timeline(
    record: Record,
    contest: str | None,
    as_of: AsOf = None,
    size: int | None = None,
    language: str = "en",
) -> list[TimelineItem]:
    """Return the happenings up to `as_of`, oldest first. Raise NotInRecord for no such contest."""
    view, until = record.view(size), moment(as_of)
    chosen = [record.contest(contest)] if contest else record.contests()
    items = [
        _of_event(event, view, language) for event in view.events if _is_about(event, contest, view)
    ]
    for one in chosen:
        for poll in view.polls_of(one.id):
            items.extend(_of_returns(one.poll(poll.poll), view, as_of, language))
    return sorted(
        (i for i in items if until is None or i.instant <= until), key=lambda i: i.instant
    )


def _is_about(event: AnyEvent, contest: str | None, view: View) -> bool:
    """An event is about a contest that it names or gives an order for, or whose office it fills."""
    if kind_of(event) == "return.withdrawn":
        return False
    if contest is None or is_about(event, contest):
        return True
    named: str | None = getattr(event, "contest", None)
    office = getattr(event, "office", None)
    wanted = view.contests.get(contest)
    return named is None and office is not None and wanted is not None and office == wanted.office


def _of_event(event: AnyEvent, view: View, language: str) -> TimelineItem:
    leader, margin = stated_lead(event, view)
    return TimelineItem(
        at=event.at or "",
        precision=event.precision,
        kind=kind_of(event),
        contest=getattr(event, "contest", None),
        poll=getattr(event, "poll", None),
        leader=leader,
        leader_label=_label(leader, _poll_of(event, view), view, language),
        margin=margin,
        votes=getattr(event, "votes", {}),
        text=describe(event, view, language),
        remark=None if event.remark is None else in_language(event.remark, language),
        cites=event.cites,
        id=event.id,
        simulated=_simulated(_poll_of(event, view), language),
    )


def stated_lead(event: AnyEvent, view: View) -> tuple[str | None, int | None]:
    """Return who leads, and by how many votes, in the figures that an event states."""
    margin: int | None = getattr(event, "margin", None)
    leader = event.leader if isinstance(event, ReportReceived) else getattr(event, "elected", None)
    votes: dict[str, int] = getattr(event, "votes", {})
    poll = _poll_of(event, view)
    if len(votes) < 2 or poll is None or (leader and margin is not None):
        return leader, margin
    lead = with_leaders(
        pl.DataFrame([{VOTES + o: v for o, v in votes.items()}]), _can_lead(poll)
    ).row(0, named=True)
    return leader or lead["leader"], margin if margin is not None else lead["margin"]


def _poll_of(event: AnyEvent, view: View) -> PollDefined | None:
    return view.polls.get((getattr(event, "contest", ""), getattr(event, "poll", None) or ""))


def _simulated(poll: PollDefined | None, language: str) -> str | None:
    said = poll.simulated if poll else None
    return None if said is None else in_language(said, language)


def _label(leader: str | None, poll: PollDefined | None, view: View, language: str) -> str | None:
    for option in poll.options if poll else ():
        if option.id == leader:
            return option_label(option, view, language)
    return leader


def _can_lead(poll: PollDefined) -> list[str]:
    return [o.id for o in poll.options if not o.residual]


def _of_returns(poll: Poll, view: View, as_of: AsOf, language: str) -> list[TimelineItem]:
    """Return a poll's returns as a few items: by moment, or by hour or day where there are many."""
    made = poll.returns(as_of, view.size).filter(
        pl.col("standing").is_in(["counted", "superseded", "excluded", "annulled"])
    )
    if made.is_empty():
        return []
    grouped = (
        made.with_columns(until=_bucket(made))
        .group_by("until", "reason")
        .agg(pl.len().alias("returns"), pl.col("at").max(), pl.col("seq").max())
        .sort("at", "seq")
    )
    definition = view.poll(*poll.key)
    running = with_leaders(poll.course(view.size, as_of), _can_lead(definition))
    return [_of_moment(row, running, poll, view, language) for row in grouped.iter_rows(named=True)]


def _as_recorded(poll: Poll, seq: int) -> str:
    """Return when a return was made as its entry says, with the offset of its place."""
    return decode_event(poll.record.ledger.entry(seq)).at or ""


def _bucket(returns: pl.DataFrame) -> pl.Expr:
    """Return what returns are gathered by: their moment, or the hour or day that it lies in."""
    if returns["at"].n_unique() <= _MOST_MOMENTS:
        return pl.col("at")
    hours = (returns["at"].max() - returns["at"].min()).total_seconds() / 3600  # type: ignore[operator, union-attr]
    return pl.col("at").dt.truncate("1h" if hours <= 48 else "1d")


def _of_moment(
    row: dict[str, object],
    running: pl.DataFrame,
    poll: Poll,
    view: View,
    language: str,
) -> TimelineItem:
    definition = view.poll(*poll.key)
    at = row["at"]
    assert isinstance(at, datetime)  # noqa: S101 - the column is a datetime column
    then = running.filter(pl.col("moment") <= at).tail(1).row(0, named=True)
    votes = {c.removeprefix(VOTES): then[c] for c in vote_columns(then)}
    returns, reason = int(str(row["returns"])), str(row["reason"])
    return TimelineItem(
        at=_as_recorded(poll, int(str(row["seq"]))),
        precision=None,
        kind="return.recorded",
        contest=poll.key[0],
        poll=poll.key[1],
        leader=then["leader"],
        leader_label=_label(then["leader"], definition, view, language),
        margin=then["margin"],
        votes=votes,
        text=describe_count(returns, reason, then["counted"], definition, language),
        remark=None,
        cites=(),
        id=None,
        simulated=_simulated(definition, language),
    )
