"""One contest of the record: its polls, their comparison, and what happened when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from recanvass.errors import NotInRecord
from recanvass.model import ContestDefined, in_language
from recanvass.record.moment import AsOf
from recanvass.record.poll import Poll

if TYPE_CHECKING:
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
