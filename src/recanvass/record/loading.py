"""A case into the record: what is new or changed is added in one batch, and nothing else.

Everything is checked first. A return whose figures changed since an earlier load becomes a
correction that names the return it corrects; a definition or event that changed replaces its
earlier version; what stayed the same adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import (
    UNIT_SCHEMA,
    count_columns,
    encode_returns,
    encode_units,
    instants,
    vote_columns,
)
from recanvass.canvass.places import lost_units, stations_of
from recanvass.errors import BadCase, BadInput
from recanvass.exchange import Case, Reject, ReturnsTable, read_case
from recanvass.model import (
    KNOWN_COUNTS,
    AnyEvent,
    ContestDefined,
    OfficeDefined,
    PollDefined,
    encode_event,
)
from recanvass.record.admission import Known, admit_event
from recanvass.record.fold import PollKey, View
from recanvass.record.signatures import refuse_bad_signatures
from recanvass.record.taking import not_yet_held

if TYPE_CHECKING:
    from recanvass.ledger import Batch
    from recanvass.record.record import Record

__all__ = ["Loaded", "add_case", "load_case"]

_RETURNS_AT_A_TIME = 50_000


@dataclass(frozen=True)
class Loaded:
    """What a load added."""

    case: Case
    definitions: int
    units: int
    returns: int
    corrections: int
    unchanged: int
    """Returns that the record held already."""
    outdated: int
    """New returns older than what the record holds of their station, so that they do not count."""
    events: int
    size: int
    """The ledger's size afterwards."""
    signed: int = 0
    """Signed returns, each from a file of its own."""

    @property
    def added(self) -> int:
        """How many things were added in all."""
        returns = self.returns + self.corrections + self.signed
        return self.definitions + self.units + returns + self.events


@dataclass(frozen=True)
class _Change:
    """New returns of one poll, ready to be written."""

    key: PollKey
    frame: pl.DataFrame
    unchanged: int


def load_case(record: Record, path: Path, data: Path | None = None) -> Loaded:
    """Read a case, check all of it, and add what is new or changed. Raise BadCase otherwise."""
    return add_case(record, read_case(path, data=data))


def add_case(record: Record, case: Case) -> Loaded:
    """Add a case that was read to the record, all or nothing."""
    view = record.view()
    versions = _versions(record)
    units = _new_units(case.units, view)
    definitions = [e for e in (_version_of(d, versions) for d in case.definitions) if e]
    events = [e for e in (_version_of(d, versions) for d in case.events) if e]
    signed = not_yet_held(record.ledger, [each.event for each in case.signed])
    _admit([*definitions, *signed, *events], units, view)
    refuse_bad_signatures(record.fold, [*definitions, *signed], units)
    changes = _changes(record, case, view)
    with record.ledger.batch() as batch:
        _write_units(batch, units, record.fold.unit_entries + 1)
        _write_events(batch, definitions)
        _write_events(batch, signed)
        for change in changes:
            _write_returns(batch, change)
        _write_events(batch, events)
    written = pl.concat([c.frame.select("replaces", "outdated") for c in changes] or [_NOTHING])
    corrections = written["replaces"].count()
    return Loaded(
        case=case,
        definitions=len(definitions),
        units=units.height,
        returns=written.height - corrections,
        corrections=corrections,
        unchanged=sum(c.unchanged for c in changes),
        outdated=int(written["outdated"].sum()),
        events=len(events),
        size=record.ledger.size,
        signed=len(signed),
    )


_NOTHING = pl.DataFrame(schema={"replaces": pl.String, "outdated": pl.Boolean})


def _versions(record: Record) -> dict[str, list[AnyEvent]]:
    """Return the versions of every event but returns and units, by the id of its first."""
    first: dict[str, str] = {}
    versions: dict[str, list[AnyEvent]] = {}
    for _, event in record.fold.small_events():
        root = first.get(event.replaces or "", event.id)
        first[event.id] = root
        versions.setdefault(root, []).append(event)
    return versions


def _version_of(event: AnyEvent, versions: dict[str, list[AnyEvent]]) -> AnyEvent | None:
    """Return the event to add for one of the case, or None if the record holds it as it is."""
    known = versions.get(event.id)
    if not known:
        return event
    last = known[-1]
    if msgspec.structs.replace(last, id=event.id, replaces=event.replaces) == event:
        return None
    number = len(known) + 1
    return msgspec.structs.replace(event, id=f"{event.id}/{number}", replaces=last.id)


def _new_units(units: pl.DataFrame, view: View) -> pl.DataFrame:
    """Return the units that the record does not hold as they are. Raise BadCase for lost ones."""
    fresh = units.select(*UNIT_SCHEMA).join(
        view.units, on=list(UNIT_SCHEMA), how="anti", nulls_equal=True, maintain_order="left"
    )
    lost = lost_units(pl.concat([view.units, fresh]).unique(["id", "roll"], keep="last"))
    if lost.height:
        unit, parent = lost.select("id", "parent").row(0)
        raise BadCase(f"unit {unit}: found parent {parent!r}; expected a unit of the tree")
    return fresh


def _admit(events: Sequence[AnyEvent], units: pl.DataFrame, view: View) -> None:
    known = Known(view)
    known.units.update(units["id"])
    known.stations.update(units.filter(pl.col("level") == "station")["id"])
    for event in events:
        admit_event(event, known)
        known.take_in(event)


def _changes(record: Record, case: Case, view: View) -> list[_Change]:
    """Return what the case's returns add to the record, poll by poll. Raise BadCase."""
    by_poll: dict[tuple[str, str, str], list[ReturnsTable]] = {}
    for table in case.returns:
        by_poll.setdefault((table.contest, table.poll, table.source), []).append(table)
    polls = {**view.polls, **_polls_of(case)}
    all_units = pl.concat([view.units, case.units.select(*UNIT_SCHEMA)]).unique(
        ["id", "roll"], keep="last", maintain_order=True
    )
    changes = []
    for (contest, key, source), tables in by_poll.items():
        poll = polls[contest, key]
        rows = _rows(tables)
        _check_rows(rows, poll, stations_of(all_units, poll, _root(poll, case, view)))
        known = record.fold.returns((contest, key), view.size)
        changes.append(_change(rows, known.filter(pl.col("source") == source), poll, source))
    return changes


def _polls_of(case: Case) -> dict[PollKey, PollDefined]:
    return {(d.contest, d.poll): d for d in case.definitions if isinstance(d, PollDefined)}


def _root(poll: PollDefined, case: Case, view: View) -> str | None:
    """Return the unit of the poll's office, as the case defines it or the record knows it."""
    contests = {**view.contests}
    offices = {**view.offices}
    for one in case.definitions:
        if isinstance(one, ContestDefined):
            contests[one.contest] = one
        elif isinstance(one, OfficeDefined):
            offices[one.office] = one
    return offices[contests[poll.contest].office].unit


def _rows(tables: Sequence[ReturnsTable]) -> pl.DataFrame:
    """Return the rows of all tables of one source, with plain count names."""
    frames = [
        t.frame.rename({c: c.removeprefix("counts.") for c in t.frame.columns}).with_columns(
            pl.lit(t.reason).alias("reason"), moment=instants("at")
        )
        for t in tables
    ]
    return pl.concat(frames, how="diagonal")


def _check_rows(rows: pl.DataFrame, poll: PollDefined, stations: pl.DataFrame) -> None:
    """Raise BadCase for counts that no poll knows, and for stations that are not of this poll."""
    allowed = {*KNOWN_COUNTS, *poll.asks, *poll.derived}
    odd = [c for c in count_columns(rows.columns) if c not in allowed and c != "moment"]
    if odd:
        raise BadInput(
            f"poll {poll.contest} {poll.poll}: found count {odd[0]!r}; "
            f"expected one of {', '.join(sorted(allowed))} (or add it to the poll's `asks`)"
        )
    stray = rows.join(stations.select("station"), on="station", how="anti", maintain_order="left")
    if stray.height:
        rejects = tuple(
            Reject(file, line, "station", station, f"a station of {poll.contest} {poll.poll}")
            for file, line, station in stray.select("file", "line", "station").iter_rows()
        )
        raise BadCase(f"{len(rejects)} stations are not of this poll", rejects)


def _change(rows: pl.DataFrame, known: pl.DataFrame, poll: PollDefined, source: str) -> _Change:
    """Return the rows that the record does not hold yet, with id and what they correct."""
    counts = [c for c in count_columns(rows.columns) if c != "moment"]
    figures = [*counts, *vote_columns(rows.columns)]
    fresh = _beside_known(_without_held(rows, known, figures), known)
    number = pl.col("_versions").fill_null(0) + _place_in_batch(fresh)
    is_new = pl.col("_id").is_null()
    frame = fresh.select(
        pl.concat_str(
            pl.lit(f"{poll.contest}/{poll.poll}/{source}/"), "station", pl.lit("/"), number
        ).alias("id"),
        "station",
        pl.lit(source).alias("source"),
        pl.when(is_new).then("reason").otherwise(pl.lit("correction")).alias("reason"),
        "at",
        pl.col("_id").alias("replaces"),
        (is_new & (pl.col("_newest") > pl.col("moment"))).fill_null(False).alias("outdated"),
        *figures,
    )
    return _Change((poll.contest, poll.poll), frame, rows.height - frame.height)


def _is_corrected(known: pl.DataFrame) -> pl.Expr:
    """True for returns that another one, not withdrawn itself, corrects."""
    corrections = known.filter(pl.col("withdrawn_at").is_null())
    return pl.col("id").is_in(corrections["replaces"].drop_nulls().implode())


def _place_in_batch(fresh: pl.DataFrame) -> pl.Expr:
    """Return 1 for a station's first new return, 2 for its second …, by when they were made."""
    if not fresh["station"].is_duplicated().any():
        return pl.lit(1, pl.Int64)
    return pl.col("moment").rank("ordinal").over("station").cast(pl.Int64)


def _beside_known(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return rows with what the record holds of the same station.

    `_id`: its live return of the same moment; `_versions`: how many returns it ever had;
    `_newest`: the moment of its newest.
    """
    live = known.filter(~_is_corrected(known) & pl.col("withdrawn_at").is_null())
    same_moment = (
        live.sort(pl.col("replaces").is_not_null(), "id")
        .unique(["station", "at"], keep="last")
        .select("station", pl.col("at").alias("moment"), pl.col("id").alias("_id"))
    )
    versions = known.group_by("station").agg(pl.len().cast(pl.Int64).alias("_versions"))
    newest = live.group_by("station").agg(pl.col("at").max().alias("_newest"))
    beside = rows.join(same_moment, on=["station", "moment"], how="left", maintain_order="left")
    for known_of_station in (versions, newest):
        beside = beside.join(known_of_station, on="station", how="left", maintain_order="left")
    return beside


def _without_held(rows: pl.DataFrame, known: pl.DataFrame, figures: Sequence[str]) -> pl.DataFrame:
    """Return the rows that differ from what the record holds of that station and moment.

    A return that was withdrawn is held too: loading its case again must not bring it back.
    """
    held = known.filter(~_is_corrected(known) | pl.col("withdrawn_at").is_not_null())
    if held.is_empty():
        return rows
    every = list(dict.fromkeys([*figures, *_figures_of(known)]))
    keys = ["station", "moment", *every]
    sides = [
        f.with_columns(pl.lit(None, pl.Int64).alias(c) for c in every if c not in f.columns)
        for f in (rows, held.rename({"at": "moment"}))
    ]
    fresh = sides[0].join(sides[1], on=keys, how="anti", nulls_equal=True, maintain_order="left")
    return fresh.select(rows.columns)


def _figures_of(known: pl.DataFrame) -> list[str]:
    """Return the figures that a frame of returns holds."""
    return [*count_columns(known.columns), *vote_columns(known.columns)]


def _write_units(batch: Batch, units: pl.DataFrame, first_number: int) -> None:
    batch.add(*encode_units(units, first_number))


def _write_events(batch: Batch, events: Sequence[AnyEvent]) -> None:
    batch.add([e.id for e in events], [encode_event(e) for e in events])


def _write_returns(batch: Batch, change: _Change) -> None:
    contest, poll = change.key
    for part in change.frame.drop("outdated").iter_slices(_RETURNS_AT_A_TIME):
        batch.add(part["id"].to_list(), encode_returns(part, contest, poll).to_list())
