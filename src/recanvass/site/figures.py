"""The figures of a result as a page holds them: typed and plain, as `--format json` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from recanvass.record import Results

__all__ = ["Figures", "OptionFigures", "PollFigures", "Progress", "UnitFigures", "figures_of"]


class Progress(msgspec.Struct, frozen=True):
    """Stations and how many of them are counted."""

    total: int
    counted: int

    @property
    def share(self) -> float:
        """Counted over all; 0 where there are none."""
        return self.counted / self.total if self.total else 0.0


class OptionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One option's votes."""

    id: str
    name: str
    label: str
    party: str | None
    withdrawn: bool
    votes: int | None
    share: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What every total has."""

    stations: Progress
    registered: int | None
    voted: int | None
    valid: int | None
    invalid: int | None
    boxes: int | None = None
    turnout: float | None
    options: tuple[OptionFigures, ...]
    leader: str | None
    margin: int | None
    tied: bool
    missing: dict[str, int] = {}

    @property
    def votes(self) -> int:
        """Votes for all options."""
        return sum(o.votes or 0 for o in self.options)

    @property
    def margin_share(self) -> float | None:
        """The margin as a fraction of all votes; None where nobody leads."""
        if self.leader is None or self.margin is None or not self.votes:
            return None
        return self.margin / self.votes

    def option(self, option: str | None) -> OptionFigures | None:
        """Return an option's figures by its id."""
        return next((o for o in self.options if o.id == option), None)


class UnitFigures(Figures, frozen=True, kw_only=True):
    """The total of one unit."""

    unit: str | None
    name: str | None
    poll: str | None = None


class PollFigures(Figures, frozen=True, kw_only=True):
    """The total of a poll, and of each unit of a level."""

    contest: str
    poll: str
    status: str
    status_by: str | None
    status_since: str | None
    as_of: str | None
    ledger_size: int
    composed_of: dict[str, int] = {}
    level: str | None = None
    by: tuple[UnitFigures, ...] = ()


def figures_of(results: Results) -> PollFigures:
    """Return the figures of a result."""
    return msgspec.convert(results.to_dict(), PollFigures)
