"""1,000 seats among 100 lists, with every step, against the package `apportionment`.

The peer gives seats only. It reckons in floats unless told to use fractions; ours are always exact.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from apportionment import methods as peer

from benchmarks.measure import Row, alternate
from recanvass.model import ListRule, Method
from recanvass.office.allocation import Allocated, allocate
from recanvass.office.circle import CircleVotes

__all__ = ["made_up_votes", "measure_seats"]

_SEATS = 1_000
_LISTS = 100
_ROUNDS = 20
_ROUNDS_EXACT = 2
_METHODS: tuple[tuple[Method, str], ...] = (
    ("dhondt", "dhondt"),
    ("sainte-lague", "saintelague"),
    ("huntington-hill", "huntington"),
    ("hare", "largest_remainder"),
)


def made_up_votes(lists: int) -> dict[str, int]:
    """Return votes that are the same in every run."""
    chance = random.Random(2019)
    return {f"list-{number}": chance.randint(1_000, 1_000_000) for number in range(lists)}


def measure_seats() -> list[Row]:
    """Return a row per method, and one against the peer with exact fractions."""
    votes = made_up_votes(_LISTS)
    circle = CircleVotes(votes=votes, seats=_SEATS)

    def ours(method: Method) -> Callable[[], Allocated]:
        def allocated() -> Allocated:
            found = allocate(circle, ListRule(method=method))
            if not isinstance(found, Allocated):
                raise TypeError(f"{method}: found a tie; expected votes without one")
            return found

        return allocated

    def theirs(method: str, exact: bool) -> Callable[[], list[int]]:
        return lambda: peer.compute(
            method, list(votes.values()), _SEATS, fractions=exact, parties=list(votes)
        )

    rows = []
    for method, name in _METHODS:
        if list(ours(method)().seats.values()) != theirs(name, False)():
            raise RuntimeError(f"{method}: the peer gives other seats")
        best = alternate(_ROUNDS, {"ours": ours(method), "peer": theirs(name, False)})
        what = f"{_SEATS:,} seats among {_LISTS} lists, `{method}`, every step"
        rows.append(Row(what, best["ours"], "apportionment, floats", best["peer"], None, 0.01))
    best = alternate(_ROUNDS_EXACT, {"ours": ours("dhondt"), "peer": theirs("dhondt", True)})
    what = f"{_SEATS:,} seats among {_LISTS} lists, `dhondt`, every step"
    rows.append(Row(what, best["ours"], "apportionment, fractions", best["peer"], 1.0))
    return rows
