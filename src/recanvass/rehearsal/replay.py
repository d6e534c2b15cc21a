"""A night replayed: a poll's returns fed into a new ledger as they came, or as they might have.

A `Night` is planned from a record: what is defined first, then every return with its moment. In
`recorded` order the moments are those of the record. Where it has none to speak of (a file that was
published afterwards), the order and the moments are made up (`arrivals`), and the poll's definition
in the new ledger says so. Either way the end of the night is the result of the record.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import encode_units
from recanvass.docket import effects_on, with_exclusions_as_withdrawals
from recanvass.errors import BadInput, LedgerMissing
from recanvass.ledger.place import Place, ledger_place
from recanvass.model import (
    AnyEvent,
    KeyAdded,
    PollDefined,
    ReturnRecorded,
    ReturnWithdrawn,
    decode_event,
    encode_event,
    parse_instant,
    slug,
)
from recanvass.record import Poll, Record, create_record, open_record
from recanvass.rehearsal.arrivals import ORDERS, arrival_seconds
from recanvass.rehearsal.draws import LARGEST_SEED, Draws
from recanvass.rehearsal.labels import replay_label

__all__ = ["RECORDED", "Night", "Played", "has_times", "open_rehearsal", "plan_night", "play"]

RECORDED = "recorded"
_CLOSE = "T17:00:00"
_UNSIGNED = "K01"
"""The rule that a return lacks signatures."""
_LONGEST_HOURS = 48
_MOST_AT_ONCE = 2_000
"""Returns that are added in one batch, so that readers never wait long for what is in it."""
_LONGEST_PAUSE = timedelta(minutes=30)
"""Of the night: when nothing came in for longer, the rest of the pause is left out."""


@dataclass(frozen=True)
class Night:
    """What will be fed, and when."""

    source: Record
    poll: PollDefined
    """As it will be defined: with what is simulated."""
    order: str
    definitions: tuple[AnyEvent, ...]
    arrivals: pl.DataFrame
    """A row for each return or withdrawal, by when it comes: `moment` (UTC), `id` (of its event),
    `seq` (the return's entry in the source), `at` (text; null: as recorded), `withdraws`."""

    def events(self, start: int, end: int) -> list[AnyEvent]:
        """Return the events of the arrivals from `start` up to, not including, `end`."""
        rows = self.arrivals.slice(start, end - start)
        return [self._event(row) for row in rows.iter_rows(named=True)]

    def batches(self, step: timedelta) -> Iterator[tuple[datetime, list[AnyEvent]]]:
        """Yield the events of each stretch of the night that has any, and when it ends."""
        start = 0
        while start < self.arrivals.height:
            until = self.arrivals["moment"][start] + step
            end = self.arrived(until)
            yield until, self.events(start, end)
            start = end

    def arrived(self, until: datetime) -> int:
        """Return how many arrivals there are up to a moment."""
        return int(self.arrivals["moment"].search_sorted(until, side="right"))

    @property
    def origin(self) -> str:
        """What the log of the new ledger is called, and the key that signs it."""
        return f"recanvass.local/replay-{slug(f'{self.poll.contest}-{self.poll.poll}')}"

    @property
    def zone(self) -> tzinfo | None:
        """The offset of the place from UTC, as its first return has it."""
        return parse_instant(self.events(0, 1)[0].at or "").tzinfo

    def left(self, target: Record) -> Night:
        """Return the night with what a ledger does not hold yet."""
        view = target.view()
        key = (self.poll.contest, self.poll.poll)
        known = {event.id for _, event in target.fold.small_events()}
        known.update(target.fold.returns(key, view.size)["id"])
        return replace(self, arrivals=self.arrivals.filter(~pl.col("id").is_in(known)))

    def _event(self, row: dict[str, object]) -> AnyEvent:
        found = decode_event(self.source.ledger.entry(int(str(row["seq"]))))
        if not isinstance(found, ReturnRecorded):
            raise BadInput(f"entry {row['seq']}: found no return; expected one")
        if row["withdraws"]:
            return ReturnWithdrawn(
                id=str(row["id"]),
                at=str(row["at"]),
                contest=found.contest,
                poll=found.poll,
                of=found.id,
            )
        if row["at"] is None:
            return found
        # What it corrects is not fed, nothing is known of its made-up moment's precision, and who
        # signed it did not sign that moment.
        return msgspec.structs.replace(
            found, at=str(row["at"]), precision=None, replaces=None, signatures=()
        )


def plan_night(
    record: Record,
    contest: str,
    poll: str | None = None,
    order: str | None = None,
    *,
    seed: int = 1,
    hours: float = 5,
) -> Night:
    """Return the night of a poll of a record.

    `order` is `recorded` or one of `arrivals.ORDERS`; by default `recorded` if the record has
    times, else `random`. `seed` and `hours` are for made-up orders. Raise NotInRecord for a poll
    that there is not, BadInput for anything that cannot be replayed so.
    """
    chosen = record.contest(contest).poll(poll)
    order = _order(chosen, order)
    if not 0 <= seed <= LARGEST_SEED:
        raise BadInput(f"seed: found {seed}; expected 0 to {LARGEST_SEED}")
    if not 0 < hours <= _LONGEST_HOURS:
        raise BadInput(f"hours: found {hours:g}; expected more than 0, up to {_LONGEST_HOURS}")
    definition = chosen.definition()
    definition = msgspec.structs.replace(
        definition, replaces=None, simulated=replay_label(definition.simulated, order, seed, hours)
    )
    if order == RECORDED:
        recipe, arrivals = RECORDED, _as_recorded(chosen)
    else:
        recipe, arrivals = f"{order}/{seed}/{hours:g}", _made_up(chosen, order, seed, hours)
        definition = _without_signatures(definition)
    if arrivals.is_empty():
        raise BadInput(f"poll {contest} {chosen.key[1]}: found no returns; expected some to replay")
    poll_defined = msgspec.structs.replace(definition, id=f"replay/{recipe}")
    return Night(record, poll_defined, order, _definitions(record, poll_defined), arrivals)


def _order(poll: Poll, asked: str | None) -> str:
    """Return the order asked for, or that which the record allows. Raise BadInput for no order."""
    timed = has_times(poll)
    order = asked or (RECORDED if timed else "random")
    if order not in (RECORDED, *ORDERS):
        raise BadInput(f"order: found {order!r}; expected {', '.join((RECORDED, *ORDERS))}")
    if order == RECORDED and not timed:
        raise BadInput(
            f"poll {poll.key[0]} {poll.key[1]}: found one moment for most of its returns, "
            f"so no order is recorded; expected another: {', '.join(ORDERS)}"
        )
    return order


def has_times(poll: Poll) -> bool:
    """Return whether the record says when returns came in: no one moment has half of them."""
    at = poll.returns()["at"]
    return at.len() > 0 and 2 * int(at.value_counts()["count"].max()) < at.len()  # type: ignore[arg-type]


def open_rehearsal(night: Night, url: Place | str) -> Record:
    """Return a ledger that holds what the night defines: a new one, or one that this night began.

    Raise BadInput, and write nothing, if there is another ledger.
    """
    place = ledger_place(url)
    try:
        target = open_record(place)
    except LedgerMissing:
        if isinstance(place, Path):
            if place.exists():
                raise
            place.parent.mkdir(parents=True, exist_ok=True)
        target = create_record(place, night.origin)
    try:
        _define(night, target, str(place))
    except BaseException:
        target.close()
        raise
    return target


def _define(night: Night, target: Record, place: str) -> None:
    if target.ledger.size <= 1 and not target.view().polls:
        target.append(night.definitions)  # one batch: a ledger has all of them or none
        return
    number = target.ledger.find(night.poll.id)
    if number is None or target.ledger.entry(number) != encode_event(night.poll):
        raise BadInput(
            f"{place}: found another record; expected a new ledger, or one that the same replay "
            "(order, seed, hours) began"
        )


@dataclass(frozen=True)
class Played:
    """How far a night has come."""

    moment: datetime
    """Of the night, in UTC."""
    fed: int
    """Arrivals that are in the ledger."""
    arrivals: int


def play(
    night: Night,
    target: Record,
    speed: float,
    tick: float = 1.0,
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[Played]:
    """Feed what is not in the ledger yet, `speed` seconds of the night a second; yield each batch.

    Looks every `tick` seconds what has come in; the time that it takes to add it counts. Each batch
    is whole when it is yielded, so a replay may be broken off at any point and goes on from there.
    """
    left = night.left(target)
    moments = left.arrivals["moment"].to_list()
    if not moments:
        return
    fed, held = 0, night.arrivals.height - len(moments)
    now, looked = moments[0], clock()
    while True:
        due = left.arrived(now)
        while fed < due:
            end = min(due, fed + _MOST_AT_ONCE)
            target.append(left.events(fed, end))
            fed = end
            yield Played(moments[fed - 1], held + fed, night.arrivals.height)
        if fed == len(moments):
            return
        wait(max(tick - (clock() - looked), 0.0))
        passed, looked = clock() - looked, clock()
        ahead = (moments[-1] - now).total_seconds()
        now += timedelta(seconds=min(max(speed * passed, 0.0), ahead))
        now = max(now, moments[fed] - _LONGEST_PAUSE)


def _without_signatures(poll: PollDefined) -> PollDefined:
    """Return a poll that asks for none: nobody signed a made-up moment."""
    blocking = tuple(code for code in poll.blocking if code != _UNSIGNED)
    return msgspec.structs.replace(poll, signatures=0, blocking=blocking)


def _definitions(record: Record, poll: PollDefined) -> tuple[AnyEvent, ...]:
    """Return what must be defined before the poll's returns, the poll last.

    The keys for returns come too, none retired: whoever signed was entitled to when it came in.
    """
    view = record.view()
    keys = {
        event.verifier: event
        for _, event in record.fold.small_events()
        if isinstance(event, KeyAdded) and event.use == "returns"
    }
    _, bodies = encode_units(view.units, 1)
    others: Sequence[AnyEvent] = (
        *view.parties.values(),
        *view.sources.values(),
        *view.offices.values(),
        view.contests[poll.contest],
        *keys.values(),
    )
    plain = [msgspec.structs.replace(event, replaces=None) for event in others]
    return (*map(decode_event, bodies), *plain, poll)


def _as_recorded(poll: Poll) -> pl.DataFrame:
    """Return every return at its own moment, and taken back where it was withdrawn or excluded."""
    record, view = poll.record, poll.record.view()
    effects = effects_on(*poll.key, view.happened(None))
    known = record.fold.returns(poll.key, view.size)
    returns = with_exclusions_as_withdrawals(known, poll.stations(), effects)
    made = returns.select(
        "id", "seq", moment="at", at=pl.lit(None, pl.String), withdraws=pl.lit(value=False)
    )
    taken_back = returns.filter(pl.col("withdrawn_at").is_not_null()).select(
        # Not of the return's own id, which may have all the length that an id may have.
        pl.format("replay/withdrawn/{}", "seq").alias("id"),
        "seq",
        moment="withdrawn_at",
        at=pl.col("withdrawn_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00"),
        withdraws=pl.lit(value=True),
    )
    return pl.concat([made, taken_back], how="diagonal").sort("moment", "withdraws", "seq")


def _made_up(poll: Poll, order: str, seed: int, hours: float) -> pl.DataFrame:
    """Return the returns that count, and other sources' last copies, at made-up moments."""
    returns = poll.returns()
    newest = returns.filter(pl.col("standing") == "other-source").sort("at", "seq")
    chosen = pl.concat(
        [
            returns.filter(pl.col("standing").is_in(["counted", "annulled"])),
            newest.unique(["station", "source"], keep="last"),
        ]
    )
    if chosen.is_empty():
        return _as_recorded(poll).clear()
    registered = pl.col("registered").max() if "registered" in chosen.columns else pl.lit(0)
    stations = (
        chosen.group_by("station")
        .agg(registered.alias("registered"))
        .join(poll.stations().drop("name", "position"), on="station", how="left")
    )
    night = arrival_seconds(stations, order, Draws(seed), int(hours * 3600))
    start, offset = _start(poll, int(chosen["seq"].min()))  # type: ignore[arg-type]
    moment = pl.lit(start.replace(tzinfo=None)) + pl.duration(seconds=pl.col("seconds"))
    return (
        chosen.select("id", "seq", "station")
        .join(night, on="station")
        .select(
            "id",
            "seq",
            moment=(moment - start.utcoffset())
            .dt.replace_time_zone("UTC")
            .cast(chosen["at"].dtype),
            at=moment.dt.strftime("%Y-%m-%dT%H:%M:%S") + offset,
            withdraws=pl.lit(value=False),
        )
        .sort("moment", "seq")
    )


def _start(poll: Poll, seq: int) -> tuple[datetime, str]:
    """Return when a made-up night begins, and the offset of its place, which returns tell."""
    at = decode_event(poll.record.ledger.entry(seq)).at or ""
    zone = parse_instant(at).tzinfo
    day = poll.definition().date
    start = datetime.fromisoformat(day + _CLOSE).replace(tzinfo=zone)
    return start, start.isoformat()[len(day + _CLOSE) :]
