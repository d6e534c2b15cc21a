"""The fold: ledger entries to the state of the record, at any size the ledger ever had.

Nothing here is stored as truth. Entries are sorted by what they are as they come; a view at a size
leaves out what came later, so one fold answers for the whole past.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import compress

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import (
    UNIT_SCHEMA,
    VOTES,
    count_columns,
    decode_returns,
    decode_units,
    vote_columns,
)
from recanvass.errors import BadInput, LedgerDamaged, NotInRecord
from recanvass.model import (
    AnyEvent,
    ContestDefined,
    KeyAdded,
    OfficeDefined,
    PartyDefined,
    PollDefined,
    ProcedureDefined,
    ReturnWithdrawn,
    SourceRegistered,
    TilesDefined,
    decode_event,
    to_utc,
)

__all__ = ["Fold", "FoldParts", "PollKey", "View"]

PollKey = tuple[str, str]
"""Contest and poll."""

# Entry bytes are canonical, so these can only stand where the event's own field stands: inside a
# text of the event a quotation mark would have a backslash before it.
_RETURN = '"kind":"return.recorded"'
_UNITS = '"kind":"units.registered"'
_CONTEST = r'"contest":"([^"]*)"'
_POLL = r'"poll":"([^"]*)"'


@dataclass
class _Pending:
    """Entries of one poll's returns that nobody has asked for yet."""

    bodies: list[bytes] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class View:
    """What the record held at one size."""

    size: int
    parties: dict[str, PartyDefined]
    sources: dict[str, SourceRegistered]
    offices: dict[str, OfficeDefined]
    contests: dict[str, ContestDefined]
    polls: dict[PollKey, PollDefined]
    procedures: tuple[ProcedureDefined, ...]
    tiles: dict[str, TilesDefined]
    """The tile map of each level that has one."""
    units: pl.DataFrame
    """`UNIT_SCHEMA`: each unit as last registered, in that order."""
    verifiers: frozenset[str]
    """Every key for returns that was ever added, retired or not."""
    signing: frozenset[str]
    """Every key that ever signed the record's checkpoints."""
    events: tuple[AnyEvent, ...]
    """Everything dated but returns, by when it happened; what was replaced is left out."""

    def happened(self, until: datetime | None) -> list[AnyEvent]:
        """Return the dated events that had happened by a moment (all, if None), oldest first."""
        if until is None:
            return list(self.events)
        return list(self.events[: bisect_right(self.instants, until)])

    @cached_property
    def instants(self) -> list[datetime]:
        """When each of the events happened, in UTC."""
        return [to_utc(e.at or "") for e in self.events]

    def polls_of(self, contest: str) -> list[PollDefined]:
        """Return a contest's polls by date."""
        found = [p for (c, _), p in self.polls.items() if c == contest]
        return sorted(found, key=lambda p: (p.date, p.poll))

    def poll(self, contest: str, poll: str) -> PollDefined:
        """Return a poll. Raise NotInRecord if the record had none of that key at this size."""
        found = self.polls.get((contest, poll))
        if found is None:
            known = ", ".join(f"{c} {p}" for c, p in self.polls) or "none"
            raise NotInRecord(
                f"poll: found {contest} {poll}; at size {self.size} there are: {known}"
            )
        return found

    def root_of(self, poll: PollDefined) -> str | None:
        """Return the unit that a poll's result is of: that of its office."""
        contest = self.contests.get(poll.contest)
        office = self.offices.get(contest.office) if contest else None
        return office.unit if office else None

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Names of the units above the stations, by id."""
        places = self.units.filter(pl.col("level") != "station")
        return dict(places.select("id", "name").iter_rows())

    def unit_name(self, unit: str | None) -> str | None:
        """Return the name of a unit above the stations."""
        return self.unit_names.get(unit) if unit else None

    def official(self) -> list[str]:
        """Return the sources whose returns are added up."""
        return [s.source for s in self.sources.values() if s.official]


@dataclass(frozen=True)
class FoldParts:
    """A fold laid open, to be kept and taken up again."""

    size: int
    small: list[tuple[int, AnyEvent]]
    units: pl.DataFrame
    frames: dict[PollKey, pl.DataFrame]


class Fold:
    """All entries up to `size`, sorted by what they are. Only `extend` changes it."""

    def __init__(self) -> None:
        self.size = 0
        self.kept_size = 0
        """How much of it came from frames kept earlier, rather than from entries."""
        self._small: list[tuple[int, AnyEvent]] = []
        self._units = pl.DataFrame(schema={"seq": pl.Int64(), **UNIT_SCHEMA})
        self._pending: dict[PollKey, _Pending] = {}
        self._frames: dict[PollKey, pl.DataFrame] = {}

    @classmethod
    def of_parts(cls, parts: FoldParts) -> Fold:
        """Return a fold taken up again."""
        fold = cls()
        fold.size = fold.kept_size = parts.size
        fold._small = list(parts.small)
        fold._units = parts.units
        fold._frames = dict(parts.frames)
        return fold

    def parts(self) -> FoldParts:
        """Return all that it holds, with every poll's returns decoded."""
        self.settle()
        return FoldParts(self.size, list(self._small), self._units, dict(self._frames))

    def settle(self) -> None:
        """Decode all returns that nobody has asked for yet, so that their bytes can go."""
        for key in list(self._pending):
            self._frame(key)

    def extend(self, bodies: Sequence[bytes]) -> None:
        """Take in the next entries. Raise LedgerDamaged, naming the entry, if one is no event."""
        if not bodies:
            return
        with _naming_damage(range(self.size, self.size + len(bodies)), bodies):
            text = pl.Series("body", bodies, dtype=pl.Binary).cast(pl.String)
        is_return = text.str.contains(_RETURN, literal=True)
        is_units = text.str.contains(_UNITS, literal=True) & ~is_return
        small = [
            (self.size + offset, _event(self.size + offset, bodies[offset]))
            for offset in (~(is_return | is_units)).arg_true()
        ]
        self._take_units(bodies, is_units)
        self._take_returns(bodies, text, is_return)
        self._small += small
        self.size += len(bodies)

    def _take_returns(self, bodies: Sequence[bytes], text: pl.Series, mask: pl.Series) -> None:
        chosen = pl.DataFrame({"row": mask.arg_true(), "body": text.filter(mask)}).select(
            "row",
            contest=pl.col("body").str.extract(_CONTEST),
            poll=pl.col("body").str.extract(_POLL),
        )
        for (contest, poll), part in chosen.group_by(["contest", "poll"], maintain_order=True):
            pending = self._pending.setdefault((str(contest), str(poll)), _Pending())
            rows = part["row"].to_list()
            pending.bodies.extend(map(bodies.__getitem__, rows))
            pending.seqs.extend(r + self.size for r in rows)

    def _take_units(self, bodies: Sequence[bytes], mask: pl.Series) -> None:
        if not mask.any():
            return
        seqs = mask.arg_true().cast(pl.Int64) + self.size
        chosen = list(compress(bodies, mask))
        with _naming_damage(seqs, chosen):
            self._units = pl.concat([self._units, decode_units(chosen, seqs)])

    def view(self, size: int) -> View:
        """Return what the record held when the ledger had `size` entries."""
        small = [event for seq, event in self._small if seq < size]
        live = _latest_versions(small)
        return View(
            size=size,
            parties={e.party: e for e in live if isinstance(e, PartyDefined)},
            sources={e.source: e for e in live if isinstance(e, SourceRegistered)},
            offices={e.office: e for e in live if isinstance(e, OfficeDefined)},
            contests={e.contest: e for e in live if isinstance(e, ContestDefined)},
            polls={(e.contest, e.poll): e for e in live if isinstance(e, PollDefined)},
            procedures=tuple(e for e in live if isinstance(e, ProcedureDefined)),
            tiles={e.level: e for e in live if isinstance(e, TilesDefined)},
            units=self.units(size),
            verifiers=_verifiers(small, "returns"),
            signing=_verifiers(small, "checkpoints"),
            events=tuple(sorted((e for e in live if e.at), key=lambda e: to_utc(e.at or ""))),
        )

    def units(self, size: int) -> pl.DataFrame:
        """Return each unit as last registered when the ledger had `size` entries."""
        held = self._units.filter(pl.col("seq") < size)
        last = held.unique(["id", "roll"], keep="last", maintain_order=True)
        return last.select(*UNIT_SCHEMA)

    def returns(self, key: PollKey, size: int) -> pl.DataFrame:
        """Return all returns of a poll that the ledger held at `size`, with `withdrawn_at`.

        Columns as `canvass.entry_columns.decode_returns`, in the order of the ledger.
        """
        frame = self._frame(key) if size >= self.size else self._held_at(key, size)
        withdrawn = [
            (e.of, to_utc(e.at))
            for seq, e in self._small
            if isinstance(e, ReturnWithdrawn) and e.at and seq < size
        ]
        at = pl.Datetime("us", "UTC")
        taken_back = pl.DataFrame(
            withdrawn, schema={"id": pl.String, "withdrawn_at": at}, orient="row"
        )
        if taken_back.is_empty():
            return frame.with_columns(withdrawn_at=pl.lit(None, at))
        first = taken_back.group_by("id").agg(pl.col("withdrawn_at").min())
        return frame.join(first, on="id", how="left", maintain_order="left")

    def _held_at(self, key: PollKey, size: int) -> pl.DataFrame:
        """Return the returns of a poll without rows and columns that only later entries have."""
        frame = self._frame(key).filter(pl.col("seq") < size)
        options = {
            VOTES + option.id
            for seq, e in self._small
            if isinstance(e, PollDefined) and (e.contest, e.poll) == key and seq < size
            for option in e.options
        }
        empty = [c for c in count_columns(frame.columns) if frame[c].null_count() == frame.height]
        later = [c for c in vote_columns(frame.columns) if c not in options]
        return frame.drop(empty, later)

    @property
    def unit_entries(self) -> int:
        """How many entries hold units; the next one's number is one more."""
        return self._units["seq"].n_unique()

    def unit_numbers(self) -> list[int]:
        """Return the numbers of the entries that hold units, in order: where the tree changed."""
        return self._units["seq"].unique().sort().to_list()

    def small_events(self) -> list[tuple[int, AnyEvent]]:
        """Return everything but returns and units, with its entry number."""
        return list(self._small)

    def _frame(self, key: PollKey) -> pl.DataFrame:
        """Return the frame of a poll, decoding what came since it was last asked for."""
        pending = self._pending.get(key, _Pending())
        known = self._frames.get(key)
        if not pending.bodies and known is not None:
            return known
        polls = [e for _, e in self._small if isinstance(e, PollDefined)]
        mine = [p for p in polls if (p.contest, p.poll) == key]
        seqs = pl.Series(pending.seqs, dtype=pl.Int64)
        with _naming_damage(seqs, pending.bodies):
            fresh = decode_returns(
                pending.bodies,
                seqs,
                counts=[c for p in mine for c in (*p.asks, *p.derived) if not c.startswith(VOTES)],
                options=[o.id for p in mine for o in p.options],
            )
        self._pending.pop(key, None)
        self._frames[key] = (
            fresh if known is None else pl.concat([known, fresh], how="diagonal").rechunk()
        )
        return self._frames[key]


def _event(seq: int, body: bytes) -> AnyEvent:
    """Return the event in an entry. Raise LedgerDamaged, naming the entry, if there is none."""
    try:
        return decode_event(body)
    except BadInput as error:
        raise LedgerDamaged(f"entry {seq}: {error}") from None


@contextmanager
def _naming_damage(seqs: Iterable[int], bodies: Sequence[bytes]) -> Iterator[None]:
    """Turn columns that cannot be read into the name of the entry that is no event."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        for seq, body in zip(seqs, bodies, strict=True):
            _event(seq, body)
        raise LedgerDamaged(f"entries cannot be read as columns: {error}") from None


def _verifiers(events: Sequence[AnyEvent], use: str) -> frozenset[str]:
    return frozenset(e.verifier for e in events if isinstance(e, KeyAdded) and e.use == use)


def _latest_versions(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    """Return each event as last corrected, under the id of its first version.

    Others refer to it by that id, whether or not it was corrected since.
    """
    first: dict[str, str] = {}
    latest: dict[str, AnyEvent] = {}
    for event in events:
        root = first.get(event.replaces or "", event.id)
        first[event.id] = root
        latest[root] = event if event.id == root else msgspec.structs.replace(event, id=root)
    return list(latest.values())
