"""Small made-up elections: drawn by hypothesis, or written down for one test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from recanvass.model import (
    AnyEvent,
    ContestDefined,
    OfficeDefined,
    Option,
    PartyDefined,
    PollDefined,
    ReturnRecorded,
    ReturnWithdrawn,
    SourceRegistered,
    Unit,
    UnitsRegistered,
)
from recanvass.record import Poll, Record, create_record

CONTEST, POLL = "mayor", "2024-05-05"
BOARD, OBSERVER = "board", "observer"
LEVELS = (None, "town", "quarter", "kind", "station")
COUNTS = ("registered", "voted", "valid", "invalid")
MOMENTS = (
    "2024-05-05T21:00:00+03:00",
    "2024-05-05T18:00:30Z",
    "2024-05-05T18:30:00Z",
    "2024-05-05T22:00:00.250000+03:00",
    "2024-05-06T00:30+03:00",
    "2024-05-06T09:00:00-04:00",
)
"""In the order in which they happen, whatever their offsets say."""


@dataclass(frozen=True)
class Election:
    """Definitions, and what then happened in any order."""

    definitions: tuple[AnyEvent, ...]
    happenings: tuple[AnyEvent, ...]

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        return (*self.definitions, *self.happenings)


def definitions(units: Sequence[Unit], **changes: Any) -> tuple[AnyEvent, ...]:
    """What must exist before a return: `changes` are fields of the poll."""
    poll: dict[str, Any] = {
        "id": "poll",
        "contest": CONTEST,
        "poll": POLL,
        "date": POLL,
        "options": (
            Option(id="elm", name="Elm", parties=("green",)),
            Option(id="oak", name="Oak"),
            Option(id="rest", name="others", residual=True),
        ),
    }
    return (
        UnitsRegistered(id="units", units=(Unit(id="land", level="land", name="Land"), *units)),
        PartyDefined(id="green", party="green", name="Greens"),
        SourceRegistered(id="source/board", source=BOARD, name="The board", official=True),
        SourceRegistered(id="source/observer", source=OBSERVER, name="Observers", type="observer"),
        OfficeDefined(id="office", office="office", name="Mayor", unit="land"),
        ContestDefined(id="contest", contest=CONTEST, office="office", name="Mayor of Land"),
        PollDefined(**(poll | changes)),
    )


def stations(count: int) -> tuple[Unit, ...]:
    """Stations `a/1` … in town `a`."""
    town = Unit(id="a", level="town", name="A", parent="land")
    return (
        town,
        *(
            Unit(id=f"a/{n + 1}", level="station", name=f"A {n + 1}", parent="a")
            for n in range(count)
        ),
    )


def a_return(id: str, station: str = "a/1", **changes: Any) -> ReturnRecorded:
    """A return of the board: 100 voters, 60 for elm and 30 for oak, unless `changes` say else."""
    fields: dict[str, Any] = {
        "id": id,
        "contest": CONTEST,
        "poll": POLL,
        "station": station,
        "source": BOARD,
        "at": MOMENTS[0],
        "counts": {"registered": 120, "voted": 100, "valid": 90, "invalid": 10},
        "votes": {"elm": 60, "oak": 30, "rest": 0},
    }
    return ReturnRecorded(**(fields | changes))


def withdrawn(id: str, of: str, at: str = MOMENTS[-1]) -> ReturnWithdrawn:
    """The withdrawal of a return."""
    return ReturnWithdrawn(id=id, contest=CONTEST, poll=POLL, of=of, at=at)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Unit, ...]:
    """Towns, some with quarters; a station lies in any of them, in the land, or nowhere."""
    places: list[Unit] = []
    for town in "abc"[: draw(st.integers(1, 3))]:
        places.append(Unit(id=town, level="town", name=town.upper(), parent="land"))
        quarters = range(draw(st.integers(0, 2)))
        places += [
            Unit(id=f"{town}/{q}", level="quarter", name=f"{town} {q}", parent=town)
            for q in quarters
        ]
    homes = st.sampled_from([*(p.id for p in places), "land"])
    leaves = [
        Unit(
            id=f"box-{n}",
            level="station",
            name=f"Box {n}",
            parent=home,
            station_kind=draw(st.sampled_from([None, "prison", "postal"])),
        )
        for n, home in enumerate(draw(st.lists(homes, min_size=1, max_size=6)))
    ]
    return (*places, *leaves)


def _figures(draw: st.DrawFn, names: Sequence[str]) -> dict[str, int]:
    drawn = {name: draw(st.none() | st.integers(0, 500)) for name in names}
    return {name: value for name, value in drawn.items() if value is not None}


@st.composite
def elections(draw: st.DrawFn, withdrawals: bool = True) -> Election:
    """An election whose returns come late, corrected, withdrawn, with figures missing."""
    tree = draw(trees())
    boxes = [unit.id for unit in tree if unit.level == "station"]
    happenings: list[AnyEvent] = []
    last: dict[tuple[str, str], str] = {}
    for n in range(draw(st.integers(0, 9))):
        station, source = draw(st.sampled_from(boxes)), draw(st.sampled_from([BOARD, OBSERVER]))
        corrects = last.get((station, source)) if draw(st.booleans()) else None
        happenings.append(
            a_return(
                f"return/{n}",
                station,
                source=source,
                at=draw(st.sampled_from(MOMENTS)),
                reason="correction" if corrects else draw(st.sampled_from(["count", "order"])),
                replaces=corrects,
                counts=_figures(draw, COUNTS),
                votes=_figures(draw, ("elm", "oak", "rest")),
            )
        )
        last[station, source] = f"return/{n}"
        if withdrawals and draw(st.integers(0, 3)) == 0:
            happenings.append(
                withdrawn(f"withdrawal/{n}", f"return/{n}", draw(st.sampled_from(MOMENTS)))
            )
    return Election(definitions(tree), tuple(happenings))


@contextmanager
def record_of(events: Sequence[AnyEvent] = (), *batches: Sequence[AnyEvent]) -> Iterator[Record]:
    """A record in a file that is gone afterwards, with each sequence of events as one batch."""
    with TemporaryDirectory() as folder, create_record(Path(folder) / "made-up.db") as record:
        for batch in (events, *batches):
            record.append(batch)
        yield record


def the_poll(record: Record) -> Poll:
    """The one poll of a made-up record."""
    return record.contest(CONTEST).poll(POLL)


def shown(record: Record, as_of: str | None = None, size: int | None = None) -> dict[str, Any]:
    """Everything that a result says at every level, but not at which ledger size it says so."""
    poll = the_poll(record)
    answers = {}
    levels = (*poll.ground(as_of, size).levels, None, "kind", "station")
    for by in levels:
        answer = poll.results(by, as_of, size).to_dict()
        del answer["ledger_size"]
        answers[str(by)] = answer
    return answers
