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
    from recanvass.record.fold import PollKey
    from recanvass.record.record import Record

__all__ = [
    "StationBook",
    "StationHistory",
    "StationReturn",
    "StationSignature",
    "station_history",
]


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


@dataclass(frozen=True)
class _Sorted:
    """A frame sorted by station, with the place of each station's rows."""

    frame: pl.DataFrame
    spans: dict[str, tuple[int, int]]

    def of(self, station: str) -> pl.DataFrame:
        """Return a station's rows."""
        return self.frame.slice(*self.spans.get(station, (0, 0)))


def _sorted(frame: pl.DataFrame, only: str | None, *then: str) -> _Sorted:
    if only is not None:
        frame = frame.filter(pl.col("station") == only)
    ordered = frame.sort("station", *then, maintain_order=True)
    lengths = ordered["station"].rle().struct.unnest()
    starts = lengths["len"].cum_sum() - lengths["len"]
    pairs = zip(starts, lengths["len"], strict=True)
    return _Sorted(ordered, dict(zip(lengths["value"], pairs, strict=True)))


class StationBook:
    """The history of every station at one size and moment; a page for each costs little more."""

    def __init__(
        self, record: Record, as_of: AsOf = None, size: int | None = None, only: str | None = None
    ) -> None:
        """Sort all returns and findings by station, or those of `only` one."""
        self.record = record
        self.view = record.view(size)
        units = self.view.units
        stations = units.filter(pl.col("level") == "station")
        if only is not None:
            stations = stations.filter(pl.col("id") == only)
        rows = stations.select("id", "name", "parent", "station_kind").iter_rows()
        self.stations: dict[str, tuple[str, str | None, str | None]] = {
            key: (name, parent, kind) for key, name, parent, kind in rows
        }
        above = units.filter(pl.col("level") != "station")
        self._above = {i: (n, p) for i, n, p in above.select("id", "name", "parent").iter_rows()}
        self._evidence: dict[str, list[Evidence]] = {}
        for each in evidence_of(record, size):
            self._evidence.setdefault(each.to, []).append(each)
        self._returns: dict[PollKey, _Sorted] = {}
        self._broken: dict[PollKey, _Sorted] = {}
        for contest, key in self.view.polls:
            poll = record.contest(contest).poll(key)
            found = _sorted(poll.returns(as_of, size), only, "at", "seq")
            if found.spans:
                labels = (pl.lit(contest).alias("contest"), pl.lit(key).alias("poll"))
                broken = poll.checks(as_of, size).select(*labels, pl.all())
                self._returns[contest, key] = found
                self._broken[contest, key] = _sorted(broken, only)

    def history(self, station: str) -> StationHistory:
        """Return a station's history. Raise NotInRecord if no such station is registered."""
        if station not in self.stations:
            raise NotInRecord(_unknown(station, self.view.units))
        name, _, kind = self.stations[station]
        broken = [b.of(station) for b in self._broken.values()]
        found = [b for b in broken if b.height] or broken[:1]
        returns = tuple(
            one
            for key, made in self._returns.items()
            for one in _returns_of(self.record, self.view.poll(*key), made.of(station))
        )
        return StationHistory(
            station=station,
            name=name,
            kind=kind or "ordinary",
            places=tuple(self._above[unit][0] for unit in self.units_above(station)),
            ledger_size=self.view.size,
            returns=returns,
            # Most stations break rules in one poll or none: putting frames together costs more.
            broken=found[0]
            if len(found) == 1
            else pl.concat(found or [pl.DataFrame()], how="diagonal_relaxed"),
            evidence=tuple(e for one in returns for e in self._evidence.get(one.id, ())),
        )

    def units_above(self, station: str) -> tuple[str, ...]:
        """Return the ids of the units that a station lies in, top down."""
        found: list[str] = []
        parent = self.stations[station][1]
        while parent is not None and parent in self._above and len(found) < len(self._above):
            found.append(parent)
            parent = self._above[parent][1]
        return tuple(reversed(found))


def station_history(
    record: Record, station: str, as_of: AsOf = None, size: int | None = None
) -> StationHistory:
    """Return a station's history. Raise NotInRecord if no such station is registered."""
    return StationBook(record, as_of, size, station).history(station)


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


def _returns_of(record: Record, poll: PollDefined, mine: pl.DataFrame) -> list[StationReturn]:
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
