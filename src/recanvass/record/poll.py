"""One poll of the record: its results, checks, course, stations and other sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground, lay_ground
from recanvass.canvass.places import UNIT, stations_of
from recanvass.canvass.standing import happened_by, lay_standing
from recanvass.canvass.tally import with_leaders
from recanvass.docket import (
    Status,
    effects_on,
    lay_legal_standing,
    poll_status,
    with_exclusions_as_withdrawals,
)
from recanvass.errors import BadInput
from recanvass.model import PollDefined, in_language
from recanvass.record.answer import Question, answer
from recanvass.record.describe import option_label
from recanvass.record.moment import AsOf, moment
from recanvass.record.results import Results

if TYPE_CHECKING:
    from fractions import Fraction

    from recanvass.docket.whatif import WhatIf
    from recanvass.record.record import Record

__all__ = ["Poll"]

_GROUNDS_KEPT = 8


class Poll:
    """One voting occasion of a contest. Made by `Contest.poll`."""

    def __init__(self, record: Record, contest: str, poll: str) -> None:
        self.record = record
        self.key = (contest, poll)
        self._grounds: dict[tuple[int, datetime | None, bool], Ground] = {}
        self._stations: tuple[int, pl.DataFrame] | None = None
        """The stations at the ledger size asked for last."""

    def __repr__(self) -> str:
        return f"<Poll {self.key[0]} {self.key[1]}: {self.results()!r}>"

    def definition(self, size: int | None = None) -> PollDefined:
        """Return the poll as defined when the ledger had `size` entries."""
        return self.record.view(size).poll(*self.key)

    def results(
        self,
        by: str | None = None,
        as_of: AsOf = None,
        size: int | None = None,
        language: str = "en",
    ) -> Results:
        """Return totals of what had happened by `as_of` and the ledger held at `size`.

        `by` is a level of the tree, `station` or `kind`. Raise BadInput for another level, or for
        a time without an offset.
        """
        view, until = self.record.view(size), moment(as_of)

        def status(counted: int, stations: int) -> Status:
            return poll_status(view.happened(until), *self.key, counted, stations)

        question = Question(view, by, as_of, language)
        return answer(self.ground(as_of, size), view.poll(*self.key), question, status)

    def returns(self, as_of: AsOf = None, size: int | None = None) -> pl.DataFrame:
        """Return every return made by `as_of`, with its standing, in the order of the ledger."""
        view = self.record.view(size)
        poll = view.poll(*self.key)
        made = happened_by(self.record.fold.returns(self.key, view.size), moment(as_of))
        laid = lay_standing(made, view.official())
        effects = effects_on(*self.key, view.happened(moment(as_of)))
        if effects:
            laid = lay_legal_standing(laid, self.stations(size), effects)
        if not poll.blocking:
            return laid
        kept_out = pl.lit(self._blocked(laid, poll, size)) & (pl.col("standing") == "counted")
        return laid.with_columns(
            pl.when(kept_out).then(pl.lit("excluded")).otherwise("standing").alias("standing")
        )

    def _blocked(self, returns: pl.DataFrame, poll: PollDefined, size: int | None) -> pl.Series:
        """Return for each return whether a blocking rule of the poll keeps it out."""
        from recanvass.canvass.checks import blocked  # noqa: PLC0415

        stations = self.stations(size)
        judged = returns.join(stations, on="station", how="left", maintain_order="left")
        return blocked(self._with_officers(judged, poll), poll)

    def _with_officers(self, returns: pl.DataFrame, poll: PollDefined) -> pl.DataFrame:
        """Return returns with the officers who signed each, if the poll asks for signatures."""
        if not poll.signatures:
            return returns
        from recanvass.record.signatures import with_officers  # noqa: PLC0415

        return with_officers(returns, self.record)

    def stations(self, size: int | None = None) -> pl.DataFrame:
        """Return the stations of the poll with the units that they lie in."""
        view = self.record.view(size)
        known, stations = self._stations or (None, None)
        if stations is None or known != view.size:
            poll = view.poll(*self.key)
            stations = stations_of(view.units, poll, view.root_of(poll))
            self._stations = (view.size, stations)
        return stations

    def ground(self, as_of: AsOf = None, size: int | None = None, legal: bool = False) -> Ground:
        """Return a row per station with what is counted of it; kept for the next question.

        What was annulled is still shown as this poll's own result, unless `legal` asks for what
        stands in law.
        """
        key = (self.record.view(size).size, moment(as_of), legal)
        if key not in self._grounds:
            while len(self._grounds) >= _GROUNDS_KEPT:
                self._grounds.pop(next(iter(self._grounds)))
            self._grounds[key] = lay_ground(
                self.stations(size),
                self.returns(as_of, size),
                ("counted",) if legal else ("counted", "annulled"),
            )
        return self._grounds[key]

    def main_level(self, as_of: AsOf = None, size: int | None = None) -> str | None:
        """Return the first level with several units: what a result is usually broken down by."""
        ground = self.ground(as_of, size)
        for level in ground.levels:
            if ground.frame[UNIT + level].n_unique() > 1:
                return level
        return None

    def checks(
        self, as_of: AsOf = None, size: int | None = None, codes: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Return the rules that the poll's standing returns break, a row each.

        See `canvass.checks.check_returns` for the columns.
        """
        from recanvass.canvass.checks import check_returns  # noqa: PLC0415 - results must start fast

        poll = self.definition(size)
        returns = self.returns(as_of, size)
        standing = returns.filter(pl.col("standing").is_in(["counted", "excluded", "annulled"]))
        judged = standing.join(self.stations(size), on="station", how="left", maintain_order="left")
        superseded = returns.filter(pl.col("standing") == "superseded")
        previous = superseded.sort("at", "seq").unique("station", keep="last")
        return check_returns(
            self._with_officers(judged, poll),
            poll,
            siblings=self._siblings(poll, as_of, size),
            previous=previous if previous.height else None,
            codes=codes,
        )

    def _siblings(self, poll: PollDefined, as_of: AsOf, size: int | None) -> pl.DataFrame | None:
        """Return what the other contests of the same envelope report, a row per station.

        Votes of a sibling's option stand under the option of this poll that has the same party.
        """
        if poll.family is None:
            return None
        view = self.record.view(size)
        frames = []
        for other in view.polls.values():
            if other.family != poll.family or other.contest == poll.contest:
                continue
            ground = self.record.contest(other.contest).poll(other.poll).ground(as_of, size)
            if "voted" in ground.counts:
                frames.append(
                    ground.frame.filter(pl.col("seq").is_not_null()).select(
                        "station",
                        pl.lit(other.contest).alias("sibling_contest"),
                        "voted",
                        *_votes_of_same_party(poll, other),
                    )
                )
        return pl.concat(frames, how="diagonal") if frames else None

    def course(self, size: int | None = None, as_of: AsOf = None) -> pl.DataFrame:
        """Return totals from every moment at which they changed (`canvass.running_totals`).

        What was excluded by a decision that stands at `as_of` is out from that decision on.
        """
        from recanvass.canvass.series import running_totals  # noqa: PLC0415

        view = self.record.view(size)
        poll = view.poll(*self.key)
        returns = with_exclusions_as_withdrawals(
            self.record.fold.returns(self.key, view.size),
            self.stations(size),
            effects_on(*self.key, view.happened(moment(as_of))),
        )
        kept_out = self._blocked(returns, poll, size) if poll.blocking else None
        return running_totals(returns, view.official(), kept_out)

    def margins(self, points: Sequence[AsOf], size: int | None = None) -> pl.DataFrame:
        """Return leader and margin at many moments at once: `moment`, `counted`, `leader`, …

        A thousand points cost about as much as one result.
        """
        from recanvass.canvass.series import at_points  # noqa: PLC0415

        moments = [m for m in map(moment, points) if m is not None]
        if len(moments) < len(points):
            raise BadInput("margins: found None among the points; expected times with an offset")
        leading = [o.id for o in self.definition(size).options if not o.residual]
        return with_leaders(at_points(self.course(size), moments), leading)

    def whatif(
        self,
        stations: Sequence[str] | pl.DataFrame | None = None,
        where: str | None = None,
        tainted: int | Fraction | None = None,
        as_of: AsOf = None,
        size: int | None = None,
    ) -> WhatIf:
        """Return what challenged stations could change (see `record.challenge.challenge`)."""
        from recanvass.record.challenge import challenge  # noqa: PLC0415

        return challenge(
            self, stations=stations, where=where, tainted=tainted, as_of=as_of, size=size
        )

    def sources(self, as_of: AsOf = None, size: int | None = None) -> pl.DataFrame:
        """Return where other sources' copies differ from the official returns, figure by figure."""
        from recanvass.canvass.compare import compare_sources  # noqa: PLC0415

        return compare_sources(self.returns(as_of, size))

    def labels(self, language: str = "en", size: int | None = None) -> dict[str, str]:
        """Return the options' short names, by id, in ballot order."""
        view = self.record.view(size)
        return {o.id: option_label(o, view, language) for o in view.poll(*self.key).options}

    def option_name(self, option: str | None, language: str = "en") -> str:
        """Return an option's name for people."""
        for known in self.definition().options:
            if known.id == option:
                return in_language(known.name, language)
        return option or ""


def _votes_of_same_party(poll: PollDefined, other: PollDefined) -> list[pl.Expr]:
    """Return the other poll's votes under this poll's options, where one party backs both."""
    theirs = {p: o.id for o in other.options for p in o.parties[:1]}
    return [
        pl.col(VOTES + theirs[option.parties[0]]).alias(VOTES + option.id)
        for option in poll.options
        if option.parties and option.parties[0] in theirs
    ]
