"""The page of two polls beside each other: who gained where, and who changed leader."""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl

from recanvass.record import Contest
from recanvass.site.contest_page import PollTab, can_lead
from recanvass.site.edition import Edition
from recanvass.words import number, points

__all__ = ["ComparePage", "OptionChange", "StationCloud", "UnitChange", "compare_page"]


class OptionChange(msgspec.Struct, frozen=True, kw_only=True):
    """One option in both polls; None where it did not stand or nobody said."""

    id: str
    name: str
    label: str
    votes_before: int | None
    votes_after: int | None
    share_before: float | None
    share_after: float | None

    @property
    def change(self) -> int | None:
        """Votes gained."""
        if self.votes_before is None or self.votes_after is None:
            return None
        return self.votes_after - self.votes_before

    @property
    def swing(self) -> float | None:
        """Change of the share, as a fraction."""
        if self.share_before is None or self.share_after is None:
            return None
        return self.share_after - self.share_before


class UnitChange(msgspec.Struct, frozen=True, kw_only=True):
    """One unit in both polls."""

    unit: str | None
    name: str | None
    leader_before: str | None
    leader_after: str | None
    flipped: bool
    margin_before: int | None
    margin_after: int | None
    turnout_before: float | None
    turnout_after: float | None
    options: tuple[OptionChange, ...]

    def option(self, option: str) -> OptionChange | None:
        """Return an option's change."""
        return next((o for o in self.options if o.id == option), None)


class StationCloud(msgspec.Struct, frozen=True, kw_only=True):
    """Each station that reported both polls, as columns; shares and turnouts are fractions."""

    share_before: tuple[float, ...]
    share_after: tuple[float, ...]
    turnout_change: tuple[float, ...]
    swing: tuple[float, ...]


class ComparePage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    before: PollTab
    after: PollTab
    headline: str
    total: UnitChange
    option: str
    """The option whose swing the charts show: the one that leads now."""
    slots: dict[str, str]
    level: str | None
    units: tuple[UnitChange, ...]
    flipped: int
    stations: int
    """Stations that reported both polls."""


def compare_page(edition: Edition, contest: str, before: str, after: str) -> ComparePage:
    """Return the page. Raise NotInRecord for an unknown contest or poll."""
    asked = edition.record.contest(contest)
    poll = asked.poll(after)
    first, second = edition.results(contest, before), edition.results(contest, after)
    names = _names(asked, before, after, edition)
    frame = asked.compare(before, after, None, edition.as_of, edition.size)
    total = _change(frame.row(0, named=True), names)
    level = poll.main_level(**edition.moment)
    if level is not None and level not in asked.poll(before).ground(**edition.moment).levels:
        level = None
    units: tuple[UnitChange, ...] = ()
    if level is not None:
        by = asked.compare(before, after, level, edition.as_of, edition.size)
        units = tuple(_change(row, names) for row in by.iter_rows(named=True))
    leading = can_lead(second.poll)
    option = total.leader_after or (leading[0] if leading else "")
    flipped = sum(u.flipped for u in units)
    tabs = [PollTab(r.poll.poll, r.poll.date, r.poll.type, r.status.word) for r in (first, second)]
    return ComparePage(
        contest=contest,
        name=asked.name(edition.language),
        before=tabs[0],
        after=tabs[1],
        headline=_headline(total, option, names, edition),
        total=total,
        option=option,
        slots=edition.palette.of_options(first.poll.options)
        | edition.palette.of_options(second.poll.options),
        level=level,
        units=units,
        flipped=flipped,
        stations=len(station_cloud(edition, contest, before, after, option).swing),
    )


def _names(
    contest: Contest, before: str, after: str, edition: Edition
) -> dict[str, tuple[str, str]]:
    """Return name and label of the options of both polls, those of the later one first."""
    found: dict[str, tuple[str, str]] = {}
    for key in (after, before):
        poll = contest.poll(key)
        labels = poll.labels(edition.language, edition.size)
        for option in poll.definition(edition.size).options:
            found.setdefault(option.id, (edition.text(option.name), labels[option.id]))
    return found


def _change(row: dict[str, Any], names: dict[str, tuple[str, str]]) -> UnitChange:
    return UnitChange(
        unit=row["unit"],
        name=row["name"],
        leader_before=row["leader.before"],
        leader_after=row["leader.after"],
        flipped=row["flipped"],
        margin_before=row["margin.before"],
        margin_after=row["margin.after"],
        turnout_before=row["turnout.before"],
        turnout_after=row["turnout.after"],
        options=tuple(
            OptionChange(
                id=option,
                name=name,
                label=label,
                votes_before=row.get(f"votes.{option}.before"),
                votes_after=row.get(f"votes.{option}.after"),
                share_before=row.get(f"share.{option}.before"),
                share_after=row.get(f"share.{option}.after"),
            )
            for option, (name, label) in names.items()
            if f"votes.{option}.before" in row
        ),
    )


def _headline(
    total: UnitChange, option: str, names: dict[str, tuple[str, str]], edition: Edition
) -> str:
    """Return what the comparison comes to."""
    one = total.option(option)
    if one is None or one.swing is None:
        return edition.say("What changed between two polls")
    return edition.say("{name}: {swing} points, {change} votes").format(
        name=names[option][0],
        swing=points(one.swing, edition.language),
        change=number(one.change, edition.language, signed=True),
    )


def station_cloud(
    edition: Edition, contest: str, before: str, after: str, option: str
) -> StationCloud:
    """Return the stations of both polls, kept for the charts of the page."""
    return edition.kept(
        ("cloud", contest, before, after, option),
        lambda: _cloud(edition, contest, before, after, option),
    )


def _cloud(edition: Edition, contest: str, before: str, after: str, option: str) -> StationCloud:
    asked = edition.record.contest(contest)
    frame = asked.compare(before, after, "station", edition.as_of, edition.size)
    wanted = (f"share.{option}.before", f"share.{option}.after")
    if not set(wanted) <= set(frame.columns):
        return StationCloud(share_before=(), share_after=(), turnout_change=(), swing=())
    known = frame.select(
        pl.col(wanted[0]).alias("share_before"),
        pl.col(wanted[1]).alias("share_after"),
        (pl.col("turnout.after") - pl.col("turnout.before")).alias("turnout_change"),
    ).drop_nulls()
    known = known.with_columns(swing=pl.col("share_after") - pl.col("share_before"))
    return StationCloud(**{name: tuple(known[name]) for name in known.columns})
