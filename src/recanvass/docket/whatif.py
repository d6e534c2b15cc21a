"""Could it change the outcome? What challenged stations can do to who leads a poll.

Four answers, each under an assumption of its own (`docket.assumptions` says it in a sentence):
the stations left out; the bound; tainted ballots drawn at random; tainted ballots where they hurt
the leader most. All ask who has the most votes. A ballot is a valid ballot with one vote; the
ballots of a station are its valid ones, or its votes where they are more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground
from recanvass.canvass.tally import add_up, with_leaders, with_turnout
from recanvass.docket.challenge import TAINTED
from recanvass.docket.hypergeometric import (
    Chance,
    Pool,
    draw_chance,
    stations_chance,
)
from recanvass.docket.least_draw import least_draw
from recanvass.errors import BadInput

__all__ = [
    "PROBABILITIES",
    "Bound",
    "Figures",
    "RandomDraw",
    "RivalChance",
    "Seats",
    "Target",
    "WhatIf",
    "WorstFirst",
    "what_if",
]

PROBABILITIES = (0.01, 0.05, 0.5)
"""The probabilities of a reversal for which the number of ballots is sought."""

Seats = Callable[[Ground], Mapping[str, int]]
"""From a ground to seats per option, for a poll that fills a body with seats."""

_BALLOTS = "::ballots"


@dataclass(frozen=True)
class Figures:
    """Totals of some stations."""

    stations: int
    counted: int
    counts: dict[str, int | None]
    votes: dict[str, int | None]
    leader: str | None
    runner_up: str | None
    margin: int | None
    tied: bool
    turnout: float | None
    seats: dict[str, int] | None = None
    """Seats per option; None for the challenged stations, which elect nobody by themselves."""


@dataclass(frozen=True)
class Bound:
    """How many ballots are challenged, and how many would have to be bad."""

    ballots: int
    """Valid ballots of the challenged stations."""
    of_leader: int
    """Those of them that are the leader's."""
    to_tie: int
    """So many of the leader's ballots taken away make it level with the runner-up."""
    to_reverse: int
    """So many put the runner-up ahead."""
    moved_to_reverse: int
    """So many put it ahead if they are not taken away but are the runner-up's."""

    @property
    def can_tie(self) -> bool:
        """Whether the challenged stations hold enough of the leader's ballots for a tie."""
        return self.of_leader >= self.to_tie

    @property
    def can_reverse(self) -> bool:
        """Whether they hold enough for the runner-up to lead."""
        return self.of_leader >= self.to_reverse


@dataclass(frozen=True)
class RivalChance:
    """What a random draw does between the leader and one rival."""

    option: str
    margin: int
    chance: Chance


@dataclass(frozen=True)
class RandomDraw:
    """What follows if `tainted` ballots are taken away at random."""

    tainted: int
    per_station: bool
    """Whether the number was given for each station, or for all of them together."""
    rivals: tuple[RivalChance, ...]
    """The runner-up, and every other rival who could catch up; nearest first."""

    @property
    def at_least(self) -> float:
        """Return a lower bound of the probability that anybody overtakes the leader."""
        return max(r.chance.reversal for r in self.rivals)

    @property
    def at_most(self) -> float:
        """Return an upper bound of it, by adding up; the same where there is one rival."""
        return min(1.0, sum(r.chance.reversal for r in self.rivals))


@dataclass(frozen=True)
class Target:
    """How many ballots, drawn at random, give the runner-up this probability of the lead."""

    probability: float
    ballots: int | None
    """None: no number of ballots of these stations does."""
    exact: bool


@dataclass(frozen=True)
class WorstFirst:
    """Tainted ballots that fill whole stations, those where the leader leads by most first."""

    to_expect: int | None
    """The least number of ballots with which the runner-up is expected to lead; None: none is."""
    to_be_sure: int | None
    """The least number with which it leads however the draw in the last station falls."""
    stations_to_be_sure: int | None
    """How many stations those lie in."""
    chance: Chance | None
    """With the number of tainted ballots that was asked about."""


@dataclass(frozen=True)
class WhatIf:
    """The answers. Those that need a leader and a rival are None where one of them is missing."""

    now: Figures
    challenged: Figures
    without: Figures
    bound: Bound | None
    draw: RandomDraw | None
    targets: tuple[Target, ...]
    worst: WorstFirst | None

    @property
    def changes_leader(self) -> bool:
        """Whether another option leads, or nobody, once the stations are left out."""
        return self.without.leader != self.now.leader

    def to_dict(self) -> dict[str, Any]:
        """Return the answers as plain values."""
        answer = asdict(self) | {"changes_leader": self.changes_leader}
        if self.bound:
            answer["bound"] |= {
                "can_tie": self.bound.can_tie,
                "can_reverse": self.bound.can_reverse,
            }
        if self.draw:
            answer["draw"] |= {"at_least": self.draw.at_least, "at_most": self.draw.at_most}
        return answer


def what_if(
    ground: Ground,
    options: Sequence[str],
    challenged: pl.DataFrame,
    tainted: int | Fraction | None = None,
    seats: Seats | None = None,
) -> WhatIf:
    """Return what the challenged stations of a poll can change.

    `options` are those that can lead (no remainder). `challenged` comes from `docket.challenge`: a
    row per station, `station` and perhaps `tainted`, ballots of that station. `tainted` is a number
    of ballots of all the stations together, or a share of them. Raise BadInput for more tainted
    ballots than there are, or for both ways of saying how many.
    """
    chosen = ground.frame["station"].is_in(challenged["station"].implode())
    now, without = (_figures(part, options, seats) for part in (ground, _part(ground, ~chosen)))
    within = _figures(_part(ground, chosen), options, None)
    stations = _ballots(ground, chosen, challenged)
    drawn, per_station = _how_many(stations, tainted)
    found = WhatIf(now, within, without, None, None, (), None)
    if now.leader is None or now.runner_up is None or not now.margin:
        return found
    duel = _duel(stations, now.leader, now.runner_up)
    pool = _pool(duel)
    margins = _margins(now, options)
    return replace(
        found,
        bound=Bound(pool.size, pool.leader, now.margin, now.margin + 1, now.margin // 2 + 1),
        draw=None
        if drawn is None
        else _random_draw(stations, margins, now.leader, drawn, per_station),
        targets=tuple(Target(p, *least_draw(pool, now.margin, p)) for p in PROBABILITIES),
        worst=_worst_first(duel, now.margin, drawn),
    )


def _part(ground: Ground, rows: pl.Series) -> Ground:
    return replace(ground, frame=ground.frame.filter(rows))


def _figures(ground: Ground, options: Sequence[str], seats: Seats | None) -> Figures:
    """Return the totals of a ground, as a result shows them."""
    total = with_turnout(with_leaders(add_up(ground), options)).row(0, named=True)
    votes = {o: total[VOTES + o] for o in ground.options}
    return Figures(
        **{c: total[c] for c in ("stations", "counted", "leader", "runner_up", "margin", "tied")},
        counts={c: total[c] for c in ground.counts},
        votes=votes,
        turnout=total["turnout"],
        seats=dict(seats(ground)) if seats else None,
    )


def _margins(now: Figures, options: Sequence[str]) -> dict[str, int]:
    """Return by how much each other option that can lead is behind, the nearest first."""
    lead = now.votes.get(now.leader or "") or 0
    behind = {o: lead - (now.votes[o] or 0) for o in options if o != now.leader and o in now.votes}
    return dict(sorted(behind.items(), key=lambda item: item[1]))


def _ballots(ground: Ground, chosen: pl.Series, challenged: pl.DataFrame) -> pl.DataFrame:
    """Return the challenged stations with their votes, their ballots and what is tainted."""
    votes = [VOTES + o for o in ground.options]
    cast_for_options = pl.sum_horizontal(votes).cast(pl.Int64)
    ballots = (
        pl.max_horizontal("valid", cast_for_options)
        if "valid" in ground.counts
        else cast_for_options
    )
    stations = ground.frame.filter(chosen).select(
        "station", *[pl.col(v).fill_null(0) for v in votes], ballots.alias(_BALLOTS)
    )
    return stations.join(challenged, on="station", how="left", maintain_order="left")


def _how_many(stations: pl.DataFrame, tainted: int | Fraction | None) -> tuple[int | None, bool]:
    """Return how many ballots are tainted in all, and whether each station has its own number."""
    if TAINTED in stations.columns:
        if tainted is not None:
            raise BadInput(
                "tainted: found a number and a column `tainted` in the list of stations; "
                "expected one of them"
            )
        _check_tainted(stations)
        return int(stations[TAINTED].sum()), True
    ballots = int(stations[_BALLOTS].sum())
    if isinstance(tainted, Fraction):
        if not 0 <= tainted <= 1:
            raise BadInput(f"tainted: found {tainted}; expected a share from 0 to 1")
        tainted = int(tainted * ballots + Fraction(1, 2))
    if tainted is not None and not 0 <= tainted <= ballots:
        raise BadInput(
            f"tainted: found {tainted:,}; expected 0 to {ballots:,}, "
            "the valid ballots of the challenged stations"
        )
    return tainted, False


def _check_tainted(stations: pl.DataFrame) -> None:
    wrong = stations.filter(~pl.col(TAINTED).is_between(0, pl.col(_BALLOTS)).fill_null(False))
    if wrong.height:
        rows = wrong.select("station", TAINTED, _BALLOTS).iter_rows()
        found = ", ".join(f"{s} {n} of {m}" for s, n, m in rows)
        raise BadInput(
            f"tainted: found {found}; expected at least 0 and at most the valid ballots of the "
            "station"
        )


def _duel(stations: pl.DataFrame, leader: str, rival: str) -> pl.DataFrame:
    """Return per station the ballots of the leader, of one rival and of all others."""
    mine, theirs = pl.col(VOTES + leader), pl.col(VOTES + rival)
    return stations.select(
        leader=mine, rival=theirs, rest=pl.col(_BALLOTS) - mine - theirs, size=_BALLOTS
    )


def _pool(duel: pl.DataFrame) -> Pool:
    return Pool(*map(int, duel.select(pl.col("leader", "rival", "rest").sum()).row(0)))


def _random_draw(
    stations: pl.DataFrame, margins: Mapping[str, int], leader: str, drawn: int, per_station: bool
) -> RandomDraw:
    """Return the chances of the nearest rival and of every other one within reach."""
    chances: list[RivalChance] = []
    for rival, margin in margins.items():
        duel = _duel(stations, leader, rival)
        pool = _pool(duel)
        if chances and min(drawn, pool.leader) < margin:
            continue
        if per_station:
            chance = stations_chance(duel.with_columns(drawn=stations[TAINTED]), margin)
        else:
            chance = draw_chance(pool, drawn, margin)
        chances.append(RivalChance(rival, margin, chance))
    return RandomDraw(drawn, per_station, tuple(chances))


def _worst_first(duel: pl.DataFrame, margin: int, drawn: int | None) -> WorstFirst:
    """Fill the stations in the order of the leader's lead per ballot."""
    lead = pl.col("leader") - pl.col("rival")
    ordered = duel.filter(pl.col("size") > 0).sort(lead / pl.col("size"), descending=True)
    filled = ordered.with_columns(
        ballots_before=pl.col("size").cum_sum() - pl.col("size"),
        lost_before=lead.cum_sum() - lead,
    ).with_row_index("number", 1)
    chance = None if drawn is None else _chance_when_filled(filled, margin, drawn)
    turning = filled.filter(pl.col("lost_before") + lead > margin).head(1)
    if turning.is_empty():
        return WorstFirst(None, None, None, chance)
    row = turning.row(0, named=True)
    missing = margin - row["lost_before"]
    own_lead = row["leader"] - row["rival"]
    # The draw that spares the leader longest takes all other ballots of the station first.
    spared = 2 * row["rival"] + row["rest"]
    return WorstFirst(
        to_expect=row["ballots_before"] + missing * row["size"] // own_lead + 1,
        to_be_sure=row["ballots_before"] + missing + 1 + spared,
        stations_to_be_sure=row["number"],
        chance=chance,
    )


def _chance_when_filled(filled: pl.DataFrame, margin: int, drawn: int) -> Chance:
    """Return the chances when whole stations are taken away, and the last one in part."""
    row = filled.filter(pl.col("ballots_before") <= drawn).tail(1).row(0, named=True)
    pool = Pool(row["leader"], row["rival"], row["rest"])
    return draw_chance(pool, drawn - row["ballots_before"], margin - row["lost_before"])
