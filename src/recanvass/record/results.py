"""One poll's result: totals, shares, leader, margin, turnout, progress and status."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.canvass.tally import HELD, led
from recanvass.docket import Outcome, Status
from recanvass.model import STANDARD_COUNTS, Option, PollDefined, in_language

__all__ = ["Results"]

_NOT_COUNTS = ("unit", "name", "stations", "leader", "runner_up", "margin", "tied", "turnout")


@dataclass(frozen=True)
class Results:
    """The result of a poll at a ledger size and a moment; the same question gives the same answer.

    `total` has one row, `frame` one row per unit of the level `by` (the total itself when no level
    was asked for). Columns: `unit`, `name`, `stations`, `counted`, counts, `votes.<option>`,
    `turnout` (fraction), `leader`, `runner_up`, `margin` (votes), `tied`, and `held.<figure>` where
    some counted returns lack a figure; by station also `poll` where several are put together.
    """

    poll: PollDefined
    status: Status
    as_of: str | None
    ledger_size: int
    by: str | None
    total: pl.DataFrame
    frame: pl.DataFrame
    composed: dict[str, int]
    """Counted stations by poll, where the result is put together from several; else empty."""
    status_body: str | None
    """Name of the body that made the status what it is."""
    labels: dict[str, str]
    """Short names of the options, for headings."""
    language: str = "en"
    outcome: Outcome | None = None
    """What the votes decide under the poll's rule, should they stand; None for a body of several
    seats, for a rule not known here, and while nothing is counted."""

    @property
    def stations(self) -> dict[str, int]:
        """Stations of the poll and how many of them are counted."""
        row = self.total.row(0, named=True)
        return {"total": row["stations"], "counted": row["counted"]}

    @property
    def simulated(self) -> str | None:
        """What of the poll is made up, in the language of the answer; None where nothing is."""
        said = self.poll.simulated
        return None if said is None else in_language(said, self.language)

    @property
    def votes(self) -> dict[str, int | None]:
        """Votes per option, in ballot order; None where no return says."""
        row = self.total.row(0, named=True)
        return {o.id: row.get(VOTES + o.id) for o in self.poll.options}

    @property
    def leader(self) -> str | None:
        """The option that leads, or None where nobody does."""
        leader: str | None = self.total["leader"].item()
        return leader

    @property
    def margin(self) -> int | None:
        """Votes between the first and the second option; 0 where they are level."""
        margin: int | None = self.total["margin"].item()
        return margin

    @property
    def turnout(self) -> float | None:
        """Voted over registered, of the counted stations that give both."""
        turnout: float | None = self.total["turnout"].item()
        return turnout

    def count(self, name: str) -> int | None:
        """Return a total by its count's name, or None where no return gives it."""
        return self.total[name].item() if name in self.total.columns else None

    def led(self) -> tuple[dict[str, int], int]:
        """Return in how many units of the level each option leads, and how many are level."""
        return led(self.frame)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, as `--format json` prints it."""
        answer: dict[str, Any] = {
            "contest": self.poll.contest,
            "poll": self.poll.poll,
            "simulated": self.simulated,
            "status": self.status.word,
            "status_by": self.status_body,
            "status_since": self.status.since,
            "as_of": self.as_of,
            "ledger_size": self.ledger_size,
            **self._figures(self.total.row(0, named=True)),
        }
        if self.outcome:
            answer["outcome"] = {"word": self.outcome.word, "options": self.outcome.options}
        if len(self.composed) > 1:
            answer["composed_of"] = self.composed
        if self.by:
            leads, tied = self.led()
            answer["level"] = self.by
            answer["led"] = {**leads, "tied": tied}
            answer["by"] = self.units()
        return answer

    def units(self) -> list[dict[str, Any]]:
        """Return the rows of `frame` as plain values, each with its options."""
        return [
            {
                "unit": row["unit"],
                "name": row["name"],
                **({"poll": row["poll"]} if "poll" in row else {}),
                **self._figures(row),
            }
            for row in self.frame.iter_rows(named=True)
        ]

    def _figures(self, row: dict[str, Any]) -> dict[str, Any]:
        extra = [c for c in count_columns(row) if c not in (*STANDARD_COUNTS, *_NOT_COUNTS)]
        extra = [c for c in extra if not c.startswith(HELD)]
        everyone = sum(row[c] or 0 for c in vote_columns(row))
        figures: dict[str, Any] = {
            "stations": {"total": row["stations"], "counted": row["counted"]},
            **{c: row.get(c) for c in STANDARD_COUNTS},
            **{c: row[c] for c in extra},
            "turnout": _rounded(row["turnout"]),
            "options": [self._option(o, row, everyone) for o in self.poll.options],
            "leader": row["leader"],
            "margin": row["margin"],
            "tied": row["tied"],
        }
        missing = {
            c.removeprefix(HELD): row["counted"] - row[c]
            for c in row
            if c.startswith(HELD) and row["counted"] > row[c]
        }
        return figures | ({"missing": missing} if missing else {})

    def _option(self, option: Option, row: dict[str, Any], everyone: int) -> dict[str, Any]:
        votes = row.get(VOTES + option.id)
        return {
            "id": option.id,
            "name": in_language(option.name, self.language),
            "label": self.labels.get(option.id, option.id),
            "party": option.parties[0] if option.parties else None,
            "withdrawn": option.withdrawn,
            "votes": votes,
            "share": _rounded(votes / everyone) if votes is not None and everyone else None,
        }

    def __repr__(self) -> str:
        where = f"{self.poll.contest} {self.poll.poll}"
        if self.poll.simulated:
            where += " (simulated)"
        counted = f"{self.stations['counted']:,} of {self.stations['total']:,} stations"
        if self.leader is None:
            return f"<Results {where}: {self.status.word}, {counted}, nobody leads>"
        return f"<Results {where}: {self.status.word}, {counted}, {self.leader} by {self.margin:,}>"

    def _repr_html_(self) -> str:
        head = (
            f"<p><b>{escape(self.poll.contest)} · {escape(self.poll.poll)}</b> — "
            f"{escape(self.status.word)}, {self.stations['counted']:,} of "
            f"{self.stations['total']:,} stations, ledger size {self.ledger_size:,}"
            f"{', as of ' + escape(self.as_of) if self.as_of else ''}</p>"
        )
        if self.simulated:
            head += f"<p><b>SIMULATED</b>: {escape(self.simulated)}</p>"
        figures = self._figures(self.total.row(0, named=True))
        rows = "".join(
            f"<tr><td>{escape(o['name'])}</td><td style='text-align:right'>"
            f"{'' if o['votes'] is None else format(o['votes'], ',')}</td>"
            f"<td style='text-align:right'>"
            f"{'' if o['share'] is None else format(100 * o['share'], '.2f') + ' %'}</td></tr>"
            for o in figures["options"]
        )
        return f"{head}<table>{rows}</table>"


def _rounded(value: float | None) -> float | None:
    """Return a fraction for display: six digits, so that a hundredth of a per cent is exact."""
    return None if value is None else round(value, 6)
