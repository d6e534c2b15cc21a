"""`recanvass new`: a case folder from a bare file of returns."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from recanvass.errors import BadCase, BadInput
from recanvass.exchange.case import Case, read_case
from recanvass.exchange.draft.contests import DraftContest
from recanvass.exchange.draft.guess import Guess, guess_file
from recanvass.exchange.draft.write import case_text

__all__ = ["Draft", "draft_case"]

_SHOWN = 3


@dataclass(frozen=True)
class Draft:
    """What was written, what it was made from, and what to look at before loading it."""

    path: Path
    """The case file written."""
    guesses: tuple[str, ...]
    """What was seen and taken, a sentence each."""
    unsure: tuple[str, ...]
    """What to look at, a sentence each; empty if nothing was in doubt."""
    loads: bool
    """True if the case can be loaded as it is."""
    contests: tuple[str, ...] = ()
    """The ids of the contests, to ask results for."""


def draft_case(
    returns: Path, folder: Path, *, date: str | None = None, name: str | None = None
) -> Draft:
    """Write a case folder for a CSV of returns: a copy of the file, and a `case.toml` for it.

    `date` is the day of voting, where the file does not say it; `name` is what to call the case,
    by default as its folder.
    Raise BadInput if the file is no table of returns, or if the folder holds a case already.
    """
    returns, folder = Path(returns), Path(folder)
    target = folder / "case.toml"
    if target.exists():
        raise BadInput(f"{target}: found a case already; expected a new folder")
    guess = guess_file(returns, day=date, name=name or folder.resolve().name)
    copy = folder / "returns" / returns.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists() or not copy.samefile(returns):
        shutil.copyfile(returns, copy)
    target.write_text(case_text(guess), encoding="utf-8")
    unsure = list(guess.unsure)
    guesses = _said(guess)
    try:
        case = read_case(target)
    except BadCase as error:
        unsure += [f"it does not load yet: {reject}" for reject in error.rejects[:_SHOWN]]
        return Draft(target, tuple(guesses), tuple(unsure), loads=False)
    ids = tuple(contest.id for contest in guess.contests)
    return Draft(target, (*guesses, *_totals(case)), tuple(unsure), loads=True, contests=ids)


def _said(guess: Guess) -> list[str]:
    form, places = guess.form, guess.places
    levels = " > ".join(f"{level} ({column!r})" for level, column in places.levels)
    own = "the order of rows" if places.station == ("#",) else ", ".join(map(repr, places.station))
    layout = "a row an option (long)" if guess.long is not None else "a column an option (wide)"
    said = [
        f"{form.encoding}, separated by {form.separator!r}, header on line {form.skip_lines + 1}",
        f"layout: {layout}",
        f"places: {levels + ' > ' if levels else ''}station ({own})",
    ]
    said += [f"{count} from {column!r}" for count, column in guess.counts.items()]
    said += [
        f"contest {contest.id} ({contest.name}) with {len(_options(contest))} options: "
        + ", ".join(_options(contest)[:12])
        for contest in guess.contests[:_SHOWN]
    ]
    if form.thousands:
        said.append(f"{form.thousands!r} stands between groups of three digits")
    for column, spelled in guess.skip:
        what = ", ".join(map(repr, spelled)) if spelled else "a blank"
        said.append(f"rows with {what} in {column!r} are left out")
    return said + guess.seen


def _options(contest: DraftContest) -> list[str]:
    return list({option.id: option.name for option in contest.options}.values())


def _totals(case: Case) -> list[str]:
    """Return what the drafted case adds up to, for comparison with what was published."""
    said = []
    for table in case.returns[:_SHOWN]:
        votes = table.frame.select(pl.col(r"^votes\..*$").sum()).row(0, named=True)
        shown = ", ".join(f"{name.removeprefix('votes.')} {n:,}" for name, n in votes.items())
        said.append(f"{table.contest} {table.poll}: {table.frame.height:,} stations; {shown}")
    return said
