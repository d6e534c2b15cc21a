"""The state folded a second time, by other means: one event after the other, no columns.

`verify` compares the two. A fault in the fast way, or in anything that it may one day keep between
questions, then shows as figures that differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from recanvass.errors import BadInput
from recanvass.model import (
    AnyEvent,
    ReturnRecorded,
    ReturnWithdrawn,
    SourceRegistered,
    decode_event,
    to_utc,
)
from recanvass.record.fold import PollKey

__all__ = ["Refolded", "refold"]

_Place = tuple[str, str, str]
"""Contest, poll and station."""

_Made = tuple[_Place, str, str]
"""Whose return it is and its id: a correction names one of its own station and source."""

_Candidate = tuple[datetime, bool, str, int]
"""When it happened, whether it corrects another, id, entry: in the order in which they compare."""


@dataclass
class Refolded:
    """Totals per poll of every official return that stands, and entries that hold no event."""

    totals: dict[PollKey, Counter[str]] = field(default_factory=dict)
    stations: Counter[PollKey] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    returns: int = 0
    """All returns, of any source and standing."""
    signed: list[int] = field(default_factory=list)
    """The entries among them that have signatures, good or not."""


def refold(entries: Callable[[], Iterable[tuple[int, bytes]]]) -> Refolded:
    """Return the totals that entries give. `entries` is called twice, so that none is kept.

    Counts are under their names, votes under `votes.<option>`.
    """
    answer = Refolded()
    standing = _standing(_events(entries(), answer.unreadable))
    for seq, event in _events(entries(), []):
        if not isinstance(event, ReturnRecorded):
            continue
        answer.returns += 1
        if event.signatures:
            answer.signed.append(seq)
        if seq in standing:
            key = (event.contest, event.poll)
            total = answer.totals.setdefault(key, Counter())
            total.update(event.counts)
            total.update({f"votes.{option}": n for option, n in event.votes.items()})
            answer.stations[key] += 1
    return answer


def _events(
    entries: Iterable[tuple[int, bytes]], unreadable: list[tuple[int, str]]
) -> Iterator[tuple[int, AnyEvent]]:
    for seq, body in entries:
        try:
            yield seq, decode_event(body)
        except BadInput as error:
            unreadable.append((seq, str(error)))


def _standing(events: Iterable[tuple[int, AnyEvent]]) -> set[int]:
    """Return the entries that the plain rule counts: each station's newest official return."""
    sources: dict[str, bool] = {}
    gone: set[str] = set()
    corrected_by: list[tuple[_Made, str]] = []
    candidates: dict[_Place, list[tuple[str, _Candidate]]] = {}
    for seq, event in events:
        match event:
            case SourceRegistered():
                sources[event.source] = event.official
            case ReturnWithdrawn():
                gone.add(event.of)
            case ReturnRecorded():
                place = (event.contest, event.poll, event.station)
                if event.replaces:
                    corrected_by.append(((place, event.source, event.replaces), event.id))
                made = (to_utc(event.at or ""), event.replaces is not None, event.id, seq)
                candidates.setdefault(place, []).append((event.source, made))
            case _:
                pass
    corrected = {old for old, new in corrected_by if new not in gone}
    standing = set()
    for place, returns in candidates.items():
        live = [
            made
            for source, made in returns
            if sources.get(source)
            and made[2] not in gone
            and (place, source, made[2]) not in corrected
        ]
        if live:
            standing.add(max(live)[3])
    return standing
