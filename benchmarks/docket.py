"""A docket of 100,000 events: folded from the ledger's bytes, beside only decoding those bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import recanvass as rc
from benchmarks.measure import Row, alternate
from recanvass.model import (
    AnyEvent,
    ContestDefined,
    DecisionMade,
    DeclarationMade,
    ObjectionFiled,
    OfficeDefined,
    Option,
    Order,
    PollDefined,
    ReturnRecorded,
    Scope,
    SourceRegistered,
    Unit,
    UnitsRegistered,
    decode_event,
    encode_event,
)
from recanvass.record.fold import Fold

__all__ = ["measure_docket"]

_ROUNDS = 3
_EVENTS = 100_000
_STATIONS = 2_000
_CONTEST, _POLL = "mayor", "2024-05-05"
_START = datetime(2024, 5, 5, 18, tzinfo=UTC)


def _definitions() -> list[AnyEvent]:
    boxes = [
        Unit(id=f"t/{n}", level="station", name=f"Box {n}", parent=f"t{n % 40}")
        for n in range(_STATIONS)
    ]
    towns = [Unit(id=f"t{n}", level="town", name=f"Town {n}", parent="land") for n in range(40)]
    units = [Unit(id="land", level="land", name="Land"), *towns, *boxes]
    registered = [
        UnitsRegistered(id=f"units/{n}", units=tuple(units[n : n + 400]))
        for n in range(0, len(units), 400)
    ]
    options = (Option(id="elm", name="Elm"), Option(id="oak", name="Oak"))
    return [
        *registered,
        SourceRegistered(id="s", source="board", name="Board", official=True),
        OfficeDefined(id="o", office="mayor", name="Mayor", unit="land"),
        ContestDefined(id="c", contest=_CONTEST, office="mayor", name="Mayor"),
        PollDefined(id="p", contest=_CONTEST, poll=_POLL, date=_POLL, options=options),
    ]


def _returns(dice: random.Random) -> Iterator[AnyEvent]:
    for round_, reason in ((0, "count"), (40, "recount-full")):
        for n in range(_STATIONS):
            at = _START + timedelta(hours=round_, seconds=dice.randrange(3600))
            yield ReturnRecorded(
                id=f"r/{reason}/{n}",
                at=at.isoformat(),
                contest=_CONTEST,
                poll=_POLL,
                station=f"t/{n}",
                source="board",
                reason=reason,  # type: ignore[arg-type]
                counts={"voted": 300},
                votes={"elm": dice.randrange(150), "oak": dice.randrange(150)},
            )


def _law(dice: random.Random) -> Iterator[AnyEvent]:
    """Objections, each decided: a recount of a few stations, refused, or halted and resumed."""
    for number in range(_EVENTS // 2):
        at = (_START + timedelta(seconds=2 * number)).isoformat()
        stations = tuple(f"t/{dice.randrange(_STATIONS)}" for _ in range(3))
        asked = Order(type="recount-full", scope=Scope(stations=stations))
        yield ObjectionFiled(
            id=f"o/{number}",
            at=at,
            contest=_CONTEST,
            poll=_POLL,
            by="elm",
            to="court",
            asks=(asked,),
        )
        if number % 1000 == 999:
            yield DeclarationMade(
                id=f"d/{number}", at=at, contest=_CONTEST, poll=_POLL, body="b", status="official"
            )
            continue
        orders: tuple[Order, ...] = (asked,) if number % 3 else (Order(type="reject"),)
        if number % 10 == 9:
            orders = (Order(type="halt", overturns=f"d/{number - 1}"),)
        yield DecisionMade(
            id=f"d/{number}",
            at=at,
            contest=_CONTEST,
            poll=_POLL,
            body="court",
            orders=orders,
            summary="",
            on=(f"o/{number}",),
        )


def measure_docket(folder: Path) -> list[Row]:
    """Return the rows of a docket of 100,000 events, each order followed through the returns."""
    dice = random.Random(2024)
    with rc.create(folder / "docket.db") as record:
        record.append(_definitions())
        record.append(list(_returns(dice)))
        law = list(_law(dice))
        record.append(law)
        bodies = [encode_event(event) for event in law]
        contest = record.contest(_CONTEST)

        def from_bytes() -> object:
            record.fold = Fold()
            record._views.clear()
            return contest.docket()

        best = alternate(
            _ROUNDS,
            {
                "from bytes": from_bytes,
                "fold": contest.docket,
                "decode": lambda: [decode_event(b) for b in bodies],
            },
        )
        found = contest.docket()
        done = sum(order.done or 0 for order in found.orders)
        if len(found.objections) != _EVENTS // 2 or not done:
            raise RuntimeError("the docket does not hold what was put in")
    baseline = ("msgspec decoding of the same events", best["decode"])
    return [
        Row(
            f"folding a docket of {_EVENTS:,} events",
            best["fold"],
            *baseline,
            most_seconds=2,
            note=f"every recount order followed: {done:,} recounts in {2 * _STATIONS:,} returns",
        ),
        Row("the same from the ledger's bytes, nothing kept", best["from bytes"], *baseline),
    ]
