"""The `[[returns]]` of a case: who reported what for which poll, as one table each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.definitions import Definitions, iso_dates
from recanvass.exchange.figures import COUNTS, VOTES, figures, join_parts
from recanvass.exchange.instants import instant_text, instants
from recanvass.exchange.mapping import (
    AtColumn,
    CaseFile,
    Layout,
    ReturnsSpec,
    as_tuple,
    check_format,
)
from recanvass.exchange.places import STATION, place_rows, unit_frame
from recanvass.exchange.rejects import Faults
from recanvass.exchange.rows import RowReader
from recanvass.exchange.table import FILE, LINE
from recanvass.exchange.toml_file import TomlFile
from recanvass.model import PollDefined, check_id

__all__ = ["ReturnsTable", "read_returns"]


@dataclass(frozen=True)
class ReturnsTable:
    """Returns of one source for one poll, for one reason."""

    contest: str
    poll: str
    source: str
    reason: str
    frame: pl.DataFrame
    """A row a station: `station`, `at` (ISO 8601 with offset), `counts.…`, `votes.…` (Int64, null
    is missing), `file` and `line` where it was read."""


@dataclass(frozen=True)
class _Task:
    """One `[[returns]]` with its references resolved."""

    spec: ReturnsSpec
    line: int | None
    poll: PollDefined
    source: str
    at: str | AtColumn


def read_returns(
    case: CaseFile, made: Definitions, reader: RowReader, toml: TomlFile
) -> tuple[tuple[ReturnsTable, ...], pl.DataFrame]:
    """Return the tables of returns of a case, and the units that their columns describe.

    A unit comes once for each table that has it.
    """
    faults = reader.faults
    tables: list[ReturnsTable] = []
    units = [unit_frame()]
    for number, spec in enumerate(case.returns):
        line = toml.line_of("returns", number)
        try:
            task = _resolved(spec, line, made)
            if task is None:
                continue
            layouts = _layouts(task)
        except BadInput as error:
            found, _, expected = str(error).partition("; expected ")
            faults.add(
                toml.name, line, f"returns[{number}]", found.removeprefix("found "), expected
            )
            continue
        frame = _frame(task, layouts, case.units.roll, reader, units)
        if frame is not None:
            poll = task.poll
            tables.append(ReturnsTable(poll.contest, poll.poll, task.source, spec.reason, frame))
    _one_return_each(tables, faults)
    return tuple(tables), pl.concat(units, rechunk=False)


def _resolved(spec: ReturnsSpec, line: int | None, made: Definitions) -> _Task | None:
    """Return the task; None if its poll is among the definitions at fault, named already."""
    contest = spec.contest or made.only_contest()
    polls = [key for name, key in made.polls if name == contest]
    poll = iso_dates(spec.poll) or (polls[0] if len(polls) == 1 else None)
    defined = made.polls.get((str(contest), str(poll)))
    if defined is None and made.at_fault:
        return None
    if defined is None:
        known = ", ".join(f"{name} {key}" for name, key in made.polls) or "none that is sound"
        found = f"contest {contest!r}, poll {poll!r}" if contest else "no `contest`"
        raise BadInput(f"found {found}; expected a poll of the case: {known}")
    sources = made.keys.get("source", [])
    source = spec.source or (made.official[0] if len(made.official) == 1 else None)
    if source not in sources:
        shown = ", ".join(sources) or "none is defined"
        raise BadInput(f"found source {source or 'not given'!r}; expected one of {shown}")
    at = spec.at
    if at is None:
        raise BadInput("found no `at`; expected when these returns were made, with a UTC offset")
    when = _at_column(at) if isinstance(at, dict) else _instant(at)
    return _Task(spec, line, defined, source, when)


def _at_column(at: dict[str, Any]) -> AtColumn:
    try:
        return msgspec.convert(at, AtColumn)
    except msgspec.ValidationError as error:
        raise BadInput(f"found in `at`: {error}; expected column, offset, format") from None


def _instant(at: Any) -> str:
    try:
        return instant_text(at)
    except BadInput as error:
        raise BadInput(str(error).removeprefix("time: ")) from None


def _layouts(task: _Task) -> tuple[tuple[Layout, AtColumn | None], ...]:
    """Return the layouts to read, each with the column of times if it holds it.

    A part takes its stations from the `[[returns]]` that it belongs to, if it names none itself.
    """
    spec = task.spec
    at = task.at if isinstance(task.at, AtColumn) else None
    if spec.parts and spec.files:
        raise BadInput("found `files` beside `parts`; expected `files` in each part only")
    layouts: list[Layout] = list(spec.parts) or [spec]
    whole: list[tuple[Layout, AtColumn | None]] = []
    taken: set[str] = set()
    for number, layout in enumerate(layouts):
        given = {name: getattr(layout, name) for name in Layout.__struct_fields__}
        given["station"] = layout.station or spec.station
        plain = Layout(**given)
        _sound(plain, task.poll)
        again = taken & _figures_of(plain)
        if again:
            raise BadInput(f"found {', '.join(sorted(again))} in two parts; expected in one")
        taken |= _figures_of(plain)
        whole.append((plain, at if number == 0 else None))
    return tuple(whole)


def _figures_of(layout: Layout) -> set[str]:
    return {f"counts.{name}" for name in layout.counts} | {f"votes.{name}" for name in layout.votes}


def _sound(layout: Layout, poll: PollDefined) -> None:
    """Raise BadInput if a layout contradicts itself or the poll."""
    _sound_station(layout)
    if not (layout.counts or layout.votes or layout.long):
        raise BadInput("found neither counts nor votes; expected [returns.counts], .votes or .long")
    options = [option.id for option in poll.options]
    named = list(layout.votes) + list(layout.long.options.values() if layout.long else ())
    for option in named:
        if option not in options:
            shown = ", ".join(options) or "none is defined"
            raise BadInput(f"found votes for {option!r}; expected an option of the poll: {shown}")
    for name in (*layout.counts, *(layout.long.counts.values() if layout.long else ())):
        check_id(name, "count")
    sizes = {len(columns) for columns in layout.groups.values()}
    if len(sizes) > 1 or 0 in sizes:
        raise BadInput("found lists of different lengths in `groups`; expected a column a group")
    check_format(layout)


def _sound_station(layout: Layout) -> None:
    station = layout.station
    if station is None or not as_tuple(station.id):
        raise BadInput('found no station `id`; expected its column, or "#" for the order of rows')
    if len(station.path) != len(station.levels):
        raise BadInput(
            f"found {len(station.path)} columns in station `path` and {len(station.levels)} names "
            "in `levels`; expected as many names as columns"
        )
    if "#" in as_tuple(station.id) and (layout.long or len(as_tuple(station.id)) > 1):
        raise BadInput('found station id "#" with others or with `long`; expected a column')
    if station.under is not None:
        check_id(station.under, "station under")


def _frame(
    task: _Task,
    layouts: tuple[tuple[Layout, AtColumn | None], ...],
    roll: str | None,
    reader: RowReader,
    units: list[pl.DataFrame],
) -> pl.DataFrame | None:
    """Return the frame of one `[[returns]]`, and add its units; None if nothing could be read."""
    faults = reader.faults
    options = [option.id for option in task.poll.options]
    parts: list[pl.DataFrame] = []
    for layout, at in layouts:
        rows = reader.read(layout, at, task.line)
        if rows is None or layout.station is None:
            continue
        placed, found = place_rows(rows, layout.station, task.poll.roll or roll, faults)
        part = figures(placed, layout, options, faults)
        if at is not None:
            times = placed.select(STATION, instants(placed, at, faults).alias("at"))
            part = part.join(
                times.unique(STATION, keep="first"), on=STATION, how="left", maintain_order="left"
            )
        if parts and not layout.new_stations:
            part = part.join(parts[0], on=STATION, how="semi")
            found = found.clear()
        units.append(found)
        parts.append(part)
    if not parts:
        return None
    whole = join_parts(parts)
    at_column = pl.col("at") if "at" in whole.columns else pl.lit(str(task.at))
    return whole.select(
        pl.col(STATION).alias("station"),
        at_column.alias("at"),
        pl.col(f"^{COUNTS}.*$".replace(".", r"\.", 1)),
        pl.col(f"^{VOTES}.*$".replace(".", r"\.", 1)),
        pl.col(FILE).alias("file"),
        pl.col(LINE).alias("line"),
    )


def _one_return_each(tables: list[ReturnsTable], faults: Faults) -> None:
    """Note the stations that two tables report for the same poll, source, reason and time."""
    groups: dict[tuple[str, str, str, str], list[pl.DataFrame]] = {}
    for table in tables:
        key = (table.contest, table.poll, table.source, table.reason)
        groups.setdefault(key, []).append(table.frame.select("station", "at", "file", "line"))
    for frames in groups.values():
        if len(frames) == 1:
            continue
        every = pl.concat(frames)
        again = every.filter(~pl.struct("station", "at").is_first_distinct())
        found = again.select("file", "line", pl.format("station {} again", "station"))
        faults.add_many(
            found.iter_rows(), again.height, None,
            "one return of a station for the same poll, source, reason and time",
        )  # fmt: skip
