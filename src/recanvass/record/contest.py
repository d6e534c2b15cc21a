"""One contest of the record: its polls, what stands of them together, and its docket."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from recanvass.docket import (
    Checked,
    ContestState,
    Docket,
    FirstReturn,
    Happened,
    PollFigures,
    Status,
    check_statement,
    compose,
    composed_poll,
    effects_on,
    make_docket,
    reruns_of,
    standing_orders,
    state_of,
)
from recanvass.errors import NotInRecord
from recanvass.model import (
    ContestDefined,
    DeclarationMade,
    PollDefined,
    ReportReceived,
    in_language,
)
from recanvass.record.answer import Question, answer
from recanvass.record.moment import AsOf, moment
from recanvass.record.poll import Poll
from recanvass.record.results import Results

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = ["Contest"]


class Contest:
    """The filling of an office, in one or more polls. Made by `Record.contest`."""

    def __init__(self, record: Record, contest: str) -> None:
        self.record = record
        self.id = contest
        self._polls: dict[str, Poll] = {}

    def __repr__(self) -> str:
        polls = ", ".join(p.poll for p in self.record.view().polls_of(self.id))
        return f"<Contest {self.id}: {self.name()}; polls {polls or 'none'}>"

    def definition(self, size: int | None = None) -> ContestDefined:
        """Return the contest as defined when the ledger had `size` entries."""
        found = self.record.view(size).contests.get(self.id)
        if found is None:
            known = ", ".join(self.record.view(size).contests) or "none"
            raise NotInRecord(f"contest: found {self.id!r}; this record has: {known}")
        return found

    def name(self, language: str = "en") -> str:
        """Return the contest's name for people."""
        return in_language(self.definition().name, language)

    def polls(self) -> list[Poll]:
        """Return the contest's polls by date."""
        return [self.poll(p.poll) for p in self.record.view().polls_of(self.id)]

    def poll(self, poll: str | None = None) -> Poll:
        """Return a poll by its key (its date), or the latest one. Raise NotInRecord for another."""
        known = [p.poll for p in self.record.view().polls_of(self.id)]
        chosen = poll or (known[-1] if known else "")
        if chosen not in known:
            raise NotInRecord(
                f"poll of {self.id}: found {poll or 'none'!r}; "
                f"this record has: {', '.join(known) or 'none'}"
            )
        return self._polls.setdefault(chosen, Poll(self.record, self.id, chosen))

    def results(
        self,
        by: str | None = None,
        as_of: AsOf = None,
        size: int | None = None,
        language: str = "en",
    ) -> Results:
        """Return what stands in law: the contest's result, put together from its polls.

        The last poll held that is not a re-run, with the re-runs that were ordered by then in
        place of what they repeat. What was annulled and not repeated yet is not counted.
        """
        view = self.record.view(size)
        base, reruns = self._standing_polls(view, as_of)
        alone = not reruns and not self._annulled(view, base, as_of)
        if alone and self._begun(base, view, as_of):
            return self.poll(base.poll).results(by, as_of, size, language)
        parts = [(p, self.poll(p.poll).ground(as_of, size, legal=True)) for p in (base, *reruns)]
        last = reruns[-1] if reruns else base

        def status(_counted: int, _stations: int) -> Status:
            own = self.poll(last.poll).results(as_of=as_of, size=size).status
            if own.word != "no returns":
                return own
            state = state_of(self.id, self._happened(as_of, size))
            return own if state.word in ("scheduled", "counting") else _of_state(state, view)

        question = Question(view, by, as_of, language)
        return answer(compose(parts), composed_poll(base, reruns), question, status)

    def _standing_polls(self, view: View, as_of: AsOf) -> tuple[PollDefined, list[PollDefined]]:
        """Return the poll that the result rests on, and its re-runs ordered or begun by then."""
        polls = view.polls_of(self.id)
        if not polls:
            raise NotInRecord(f"contest {self.id}: found no poll; expected one")
        until = moment(as_of)
        firsts = [p for p in polls if p.type != "rerun"]
        held = [p for p in firsts if until is None or self._begun(p, view, as_of)]
        base = held[-1] if held else (firsts or polls)[0]
        happened = view.happened(until)
        ordered = {o.poll or o.date for _, o in standing_orders(happened, ("rerun",))}
        reruns = [
            p
            for p in reruns_of(base, polls)
            if {p.poll, p.date} & ordered or self._begun(p, view, as_of)
        ]
        return _without_replaced(base, reruns)

    def _begun(self, poll: PollDefined, view: View, as_of: AsOf) -> bool:
        """Return whether any return of a poll had been made by a moment."""
        until = moment(as_of)
        first = self._first_return(poll, view)
        return first is not None and (until is None or first.at <= until)

    def _first_return(self, poll: PollDefined, view: View) -> FirstReturn | None:
        at = self.record.fold.returns((poll.contest, poll.poll), view.size)["at"].min()
        return None if at is None else FirstReturn(poll.poll, at)  # type: ignore[arg-type]

    def _annulled(self, view: View, poll: PollDefined, as_of: AsOf) -> bool:
        return bool(effects_on(self.id, poll.poll, view.happened(moment(as_of))))

    def docket(self, as_of: AsOf = None, size: int | None = None) -> Docket:
        """Return objections, decisions, orders and their progress, and the contest's state."""
        return make_docket(self.id, self._happened(as_of, size))

    def _happened(self, as_of: AsOf, size: int | None) -> Happened:
        """Return all that a docket is made from."""
        view, until = self.record.view(size), moment(as_of)
        first = [self._first_return(p, view) for p in view.polls_of(self.id)]
        return Happened(
            events=view.happened(until),
            polls=view.polls_of(self.id),
            first_returns=[f for f in first if f and (until is None or f.at <= until)],
            procedures=view.procedures,
            parties=list(view.parties),
            until=until,
            returns=lambda poll: (
                self.poll(poll).returns(as_of, size),
                self.poll(poll).stations(size),
            ),
        )

    def statements(self, as_of: AsOf = None, size: int | None = None) -> list[Checked]:
        """Return every declaration and report that gives figures, held against the record's own."""
        figures: dict[str, PollFigures] = {}
        found = []
        for event in self.record.view(size).happened(moment(as_of)):
            if not isinstance(event, DeclarationMade | ReportReceived) or event.contest != self.id:
                continue
            if event.poll is None or not (event.counts or event.votes or event.margin is not None):
                continue
            if event.poll not in figures:
                figures[event.poll] = self._figures(event.poll, size)
            found.append(check_statement(event, figures[event.poll]))
        return found

    def _figures(self, key: str, size: int | None) -> PollFigures:
        poll = self.poll(key)
        returns = self.record.fold.returns(poll.key, self.record.view(size).size)

        def size_at(until: datetime) -> int:
            last = returns.filter(pl.col("at") <= until)["seq"].max()
            return int(str(last)) + 1

        return PollFigures(
            course=poll.course(size),
            leading=[o.id for o in poll.definition(size).options if not o.residual],
            size_at=size_at,
            by_kind=lambda until: poll.results("kind", until, size).frame,
        )

    def compare(
        self,
        before: str,
        after: str,
        by: str | None = None,
        as_of: AsOf = None,
        size: int | None = None,
    ) -> pl.DataFrame:
        """Return what changed between two polls, a row per unit (see `canvass.compare_totals`)."""
        from recanvass.canvass.compare import compare_totals  # noqa: PLC0415 - starts fast

        first = self.poll(before).results(by, as_of, size)
        second = self.poll(after).results(by, as_of, size)
        frame = compare_totals(first.frame, second.frame)
        names = pl.concat([r.frame.select("unit", "name") for r in (second, first)]).unique(
            "unit", keep="first"
        )
        return frame.join(names, on="unit", how="left", nulls_equal=True, maintain_order="left")


def _of_state(state: ContestState, view: View) -> Status:
    """Return the contest's own state as a status, where no poll has one to show."""
    for event in view.events:
        if event.id == state.event:
            body = getattr(event, "body", None)
            return Status(state.word, event.at, event.precision, body, event.id)
    return Status(state.word, state.since)


def _without_replaced(
    base: PollDefined, reruns: list[PollDefined]
) -> tuple[PollDefined, list[PollDefined]]:
    """Leave out what a re-run in the very same places has replaced altogether."""
    for place in range(len(reruns) - 1, -1, -1):
        if (reruns[place].units, reruns[place].roll) == (base.units, base.roll):
            return reruns[place], reruns[place + 1 :]
    return base, reruns
