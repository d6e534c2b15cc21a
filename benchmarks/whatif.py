"""Challenged stations: 754 of the real boxes, and the exact chance against SciPy's sum."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks.istanbul import Istanbul
from benchmarks.measure import Row, alternate
from recanvass.docket.hypergeometric import Pool, draw_chance
from recanvass.record import Poll
from recanvass.record.challenge import challenge

__all__ = ["measure_whatif"]

_ROUNDS = 5
_CHALLENGED = 754
_POOL, _MARGIN, _DRAWN = Pool(172_664, 121_082, 6_483), 13_729, 77_000
"""Maltepe: the district whose ballots could most easily have carried the lead of March 2019."""


def _scipy(pool: Pool, drawn: int, margin: int) -> float:
    """Return the same chance as SciPy has it: over the rest's ballots, tails of the leader's."""
    import numpy as np  # noqa: PLC0415 - a peer, needed here only
    from scipy.stats import hypergeom  # noqa: PLC0415

    z = np.arange(max(0, drawn - pool.leader - pool.rival), min(drawn, pool.rest) + 1)
    rest = hypergeom.pmf(z, pool.size, pool.rest, drawn)
    likely = rest > 0
    z, rest = z[likely], rest[likely]
    beyond = hypergeom.sf(
        (margin + drawn - z) // 2, pool.leader + pool.rival, pool.leader, drawn - z
    )
    return float((rest * beyond).sum())


def _some_stations(poll: Poll) -> list[str]:
    stations = poll.ground().frame["station"].to_list()
    return random.Random(2019).sample(stations, _CHALLENGED)


def measure_whatif(istanbul: Istanbul, folder: Path) -> list[Row]:  # noqa: ARG001 - as all parts
    """Return the rows of all answers, of one exact chance, and of a number for each station."""
    with istanbul.record() as record:
        poll = istanbul.march(record)
        stations = _some_stations(poll)
        boxes = poll.results().stations["total"]
        each = pl.DataFrame({"station": stations, "tainted": 5})
        best = alternate(
            _ROUNDS,
            {
                "all": partial(challenge, poll, stations=stations, tainted=10_000),
                "one result": lambda: poll.results("district"),
                "each": partial(challenge, poll, stations=each),
                "exact": partial(draw_chance, _POOL, _DRAWN, _MARGIN),
                "scipy": partial(_scipy, _POOL, _DRAWN, _MARGIN),
            },
        )
    ours = draw_chance(_POOL, _DRAWN, _MARGIN).reversal
    theirs = _scipy(_POOL, _DRAWN, _MARGIN)
    if abs(ours - theirs) > 1e-6 * theirs:
        raise RuntimeError(f"the exact chance is {ours}, and {theirs} by SciPy")
    return [
        Row(
            f"`whatif` on {_CHALLENGED} of {boxes:,} stations, all four answers, warm",
            best["all"],
            "`results` by district of the same poll, warm",
            best["one result"],
            most_seconds=0.2,
        ),
        Row(
            f"`whatif` on {_CHALLENGED} stations with tainted ballots in each, convolved",
            best["each"],
            most_seconds=2,
        ),
        Row(
            f"the exact chance of {_DRAWN:,} ballots of {_POOL.size:,} against {_MARGIN:,}",
            best["exact"],
            "the same sum with `scipy.stats.hypergeom`",
            best["scipy"],
            most_seconds=2,
            note=f"both {ours:.6f}",
        ),
    ]
