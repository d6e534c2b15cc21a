"""One station with everything it ever reported, and where each return stands in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.errors import NotInRecord
from recanvass.model import PollDefined, Text, decode_event
from recanvass.record.evidence import Evidence, evidence_of
from recanvass.record.moment import AsOf
from recanvass.record.signatures import JudgedSignature, SignatureFault

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["StationHistory", "StationReturn", "StationSignature", "station_history"]


@dataclass(frozen=True)
class StationSignature:
    """Who signed a return, as the keys were registered when it came in."""

    name: str
    """The name of the key."""
    role: str | None
    """`officer` or `agent`, if the key was registered."""
    holder: str | None
    party: str | None
    fault: SignatureFault | None
    """What is wrong with the signature; None if it is good."""


@dataclass(frozen=True)
class StationReturn:
    """One return of the station."""

    contest: str
    poll: str
    entry: int
    """Its number in the ledger."""
    leaf: str
    """Its leaf hash, hexadecimal."""
    at: str
    """When it was made, as recorded, with the offset of its place."""
    source: str
    reason: str
    standing: str
    counts: dict[str, int | None]
    votes: dict[str, int | None]
    changed: dict[str, int]
    """What it changed against the return of the same source before it."""
    filled_in: tuple[str, ...]
    """Figures that it gives and that return lacked."""
    id: str
    signatures: tuple[StationSignature, ...]
    simulated: Text | None
    """What of its poll is made up, as the poll's definition says; None where nothing is."""


@dataclass(frozen=True)
class StationHistory:
    """A station and all its returns: by poll, then in the order in which they happened."""

    station: str
    name: str
    kind: str
    places: tuple[str, ...]
    """Names of the units that it lies in, top down."""
    ledger_size: int
    returns: tuple[StationReturn, ...]
    broken: pl.DataFrame
    """The rules that its standing returns break: contest, poll and the columns of the checks."""
    evidence: tuple[Evidence, ...]
    """What is attached to any of its returns."""

    def __repr__(self) -> str:
        where = " › ".join(self.places)
        return f"<Station {self.station}: {where}; {len(self.returns)} returns>"


def station_history(
    record: Record, station: str, as_of: AsOf = None, size: int | None = None
) -> StationHistory:
    """Return a station's history. Raise NotInRecord if no such station is registered."""
    view = record.view(size)
    rows = view.units.filter((pl.col("id") == station) & (pl.col("level") == "station"))
    if rows.is_empty():
        raise NotInRecord(_unknown(station, view.units))
    unit = rows.row(0, named=True)
    returns: list[StationReturn] = []
    broken: list[pl.DataFrame] = []
    for (contest, key), definition in view.polls.items():
        poll = record.contest(contest).poll(key)
        found = _returns_of(record, definition, poll.returns(as_of, size), station)
        returns.extend(found)
        if found:
            checks = poll.checks(as_of, size).filter(pl.col("station") == station)
            labels = (pl.lit(contest).alias("contest"), pl.lit(key).alias("poll"))
            broken.append(checks.select(*labels, pl.all()))
    return StationHistory(
        station=station,
        name=unit["name"],
        kind=unit["station_kind"] or "ordinary",
        places=_places(record, unit["parent"], view.size),
        ledger_size=view.size,
        returns=tuple(returns),
        broken=pl.concat(broken, how="diagonal_relaxed") if broken else pl.DataFrame(),
        evidence=_evidence(record, returns, size),
    )


def _evidence(
    record: Record, returns: list[StationReturn], size: int | None
) -> tuple[Evidence, ...]:
    ids = {one.id for one in returns}
    return tuple(each for each in evidence_of(record, size) if each.to in ids)


def _signature(judged: JudgedSignature) -> StationSignature:
    key = judged.key
    if key is None:
        return StationSignature(judged.name, None, None, None, judged.fault)
    return StationSignature(judged.name, key.role, key.holder, key.party, judged.fault)


def _unknown(station: str, units: pl.DataFrame) -> str:
    """Return the message for a station that is not there, with a few that are close."""
    head = station.rsplit("/", 1)[0]
    stations = units.filter(pl.col("level") == "station")["id"]
    near = stations.filter(stations.str.starts_with(head)).head(3).to_list()
    example = near or stations.head(1).to_list()
    return f"station: found {station!r}; expected one such as {', '.join(example) or '(none yet)'}"


def _places(record: Record, parent: str | None, size: int) -> tuple[str, ...]:
    units = record.view(size).units.filter(pl.col("level") != "station")
    above = {i: (n, p) for i, n, p in units.select("id", "name", "parent").iter_rows()}
    names: list[str] = []
    while parent in above and len(names) < len(above):
        name, parent = above[parent]
        names.append(name)
    return tuple(reversed(names))


def _returns_of(
    record: Record, poll: PollDefined, returns: pl.DataFrame, station: str
) -> list[StationReturn]:
    mine = returns.filter(pl.col("station") == station).sort("at", "seq")
    counts, votes = count_columns(mine.columns), vote_columns(mine.columns)
    history: list[StationReturn] = []
    last: dict[str, dict[str, Any]] = {}
    judged = record.signatures.of(mine.filter("signed")["seq"].to_list())
    for row in mine.iter_rows(named=True):
        before = last.get(row["source"], {})
        last[row["source"]] = row
        history.append(
            StationReturn(
                contest=poll.contest,
                poll=poll.poll,
                entry=row["seq"],
                leaf=record.ledger.leaf_hash(row["seq"]).hex(),
                at=decode_event(record.ledger.entry(row["seq"])).at or "",
                source=row["source"],
                reason=row["reason"],
                standing=row["standing"],
                simulated=poll.simulated,
                counts={c: row[c] for c in counts},
                votes={c.removeprefix(VOTES): row[c] for c in votes},
                filled_in=tuple(
                    c.removeprefix(VOTES)
                    for c in (*counts, *votes)
                    if before and before[c] is None and row[c] is not None
                ),
                changed={
                    c.removeprefix(VOTES): row[c] - before[c]
                    for c in (*counts, *votes)
                    if before and None not in (row[c], before[c]) and row[c] != before[c]
                },
                id=row["id"],
                signatures=tuple(map(_signature, judged.get(row["seq"], ()))),
            )
        )
    return history
