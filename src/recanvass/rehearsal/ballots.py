"""What the stations of a made-up country really voted: returns without a slip.

An option's strength differs from region to region, district to district, neighbourhood to
neighbourhood and station to station, each step a deviation of its own (a hierarchical model);
prisons have one in common. Turnout does the same. Counts are drawn by the normal approximation of
the binomial distribution (`draws.Draws.binomial`).
"""

from __future__ import annotations

from datetime import datetime, time

import polars as pl

from recanvass.rehearsal.arrivals import night_curve
from recanvass.rehearsal.draws import Draws, growth
from recanvass.rehearsal.recipe import Recipe

__all__ = ["CLOSE", "Ballots", "Paper"]

_OF_SPREAD = {"region": 0.6, "district": 0.5, "neighbourhood": 0.5, "number": 0.3}
"""How much of `Recipe.spread` is a deviation of each step; `number` is the station itself."""
_ODD, _ODD_SPREAD = 0.005, 8.0
"""Stations unlike their neighbours (a barracks, a hospital), and how many times more they differ:
what is unusual and yet right."""
_PRISON_SPREAD = 1.2
_SIBLING_SPREAD = 0.12
"""How much the second contest of an envelope differs from the first."""
_TURNOUT_SPREAD = 0.1
"""How much of it turnout has."""
_FALL = 0.55
"""Each option after the third has this share of the one before."""
_INVALID = 0.015
_FIRST_RETURN = 600
"""Seconds after the close."""
CLOSE = time(18)
"""When the polls close, in UTC."""
_LATE_HOURS = (6, 30)

_SHORT = ("registered", "voted", "valid", "invalid")
_FULL = (
    *_SHORT,
    *("ballots", "poll_cards", "proxies", "more_counted", "fewer_counted"),
    *("off_roll", "received", "unused", "spoiled"),
)


class Paper:
    """What a return of the made-up election has: its counts, and its options in ballot order."""

    def __init__(self, recipe: Recipe, draws: Draws) -> None:
        self.form = recipe.form
        self.siblings = recipe.contests > 1
        """True if the envelope has a second contest with the same options."""
        self.counts = _FULL if recipe.form == "full" else _SHORT
        self.options = tuple(f"o{n}" for n in range(1, recipe.options + 1))
        places = pl.int_range(recipe.options, eager=True)
        drawn = draws.bits("ballot order", places)
        self.ranks: list[int] = drawn.rank("ordinal").cast(pl.Int64).to_list()
        """Each option's place by strength, from 1."""
        self.local = recipe.divisions[0] > 2
        """True if the last option stands in some regions only (`stands`)."""

    @property
    def votes(self) -> tuple[str, ...]:
        """The vote columns in ballot order."""
        return tuple(f"votes.{option}" for option in self.options)

    @property
    def figures(self) -> tuple[str, ...]:
        """All columns of figures."""
        return (*self.counts, *self.votes)

    def stands(self, option: str) -> pl.Expr:
        """True where an option is on the paper: the last one not in every third region."""
        if self.local and option == self.options[-1]:
            return pl.col("region") % 3 != 0
        return pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean)


class Ballots:
    """Makes the returns of stations, in parts of any size."""

    def __init__(self, recipe: Recipe, draws: Draws, paper: Paper) -> None:
        self.recipe = recipe
        self.draws = draws
        self.paper = paper
        self.close = datetime.combine(datetime.fromisoformat(recipe.day), CLOSE)

    def returns(self, stations: pl.DataFrame, contest: str) -> pl.DataFrame:
        """Return `stations` with the figures of one contest and `at`, seconds after the close.

        An option that does not stand in a place has no figure there. Stations that never report
        are left out.
        """
        missing = self.draws.happens("missing", stations["number"], self.recipe.missing)
        frame = stations.filter(~missing)
        off_roll = self._off_roll(frame["number"])
        frame = frame.with_columns(off_roll, self._arrival(frame), self._voted(frame, off_roll))
        frame = self._papers(frame) if self.recipe.form == "full" else frame
        cast = frame["ballots" if self.recipe.form == "full" else "voted"]
        share = _INVALID * growth(self._steps(frame, f"{contest}/invalid share", 0.8))
        invalid = self.draws.binomial(
            f"{contest}/invalid", frame["number"], cast, share.clip(0.0, 0.3)
        )
        frame = frame.with_columns(invalid.alias("invalid"), (cast - invalid).alias("valid"))
        return frame.with_columns(self._votes(frame, contest))

    def moment(self, seconds: pl.Expr) -> pl.Expr:
        """Return seconds after the close as a time in UTC, as files have it."""
        at = pl.lit(self.close) + pl.duration(seconds=seconds)
        return at.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")

    def _steps(self, frame: pl.DataFrame, purpose: str, spread: float) -> pl.Series:
        """Return a deviation that is the sum of those of the station and of all above it."""
        odd = self.draws.happens("odd", frame["number"], _ODD).cast(pl.Float64)
        deviation = pl.repeat(0.0, frame.height, eager=True)
        for step, share in _OF_SPREAD.items():
            own = self.draws.normal(f"{purpose}/{step}", frame[step]) * (share * spread)
            deviation += own * (1.0 + odd * (_ODD_SPREAD - 1.0)) if step == "number" else own
        return deviation

    def _arrival(self, frame: pl.DataFrame) -> pl.Series:
        """Return when the first return is made: large stations and some quarters take longer."""
        number, draws = frame["number"], self.draws
        large = (frame["registered"] / (2.0 * self.recipe.registered)).clip(0.0, 1.0)
        through = (
            0.5 * draws.fraction("arrival", number)
            + 0.25 * draws.fraction("arrival/neighbourhood", frame["neighbourhood"])
            + 0.25 * large
        )
        night = _FIRST_RETURN + (night_curve(through) * (self.recipe.hours * 3600.0)).floor()
        first, last = (3600 * hours for hours in _LATE_HOURS)
        late = draws.happens("late", number, self.recipe.late).cast(pl.Int64)
        later = late * (first + draws.below("late by", number, last - first))
        return (night.cast(pl.Int64) + later).alias("at")

    def _off_roll(self, number: pl.Series) -> pl.Series:
        """Return how many officials vote where they serve, without being on the roll."""
        some = self.draws.happens("off roll", number, 0.05).cast(pl.Int64)
        return (some * (1 + self.draws.below("how many", number, 4))).alias("off_roll")

    def _voted(self, frame: pl.DataFrame, off_roll: pl.Series) -> pl.Series:
        deviation = self._steps(frame, "turnout", _TURNOUT_SPREAD * self.recipe.spread)
        chance = (self.recipe.turnout * growth(deviation)).clip(0.0, 0.97)
        voted = self.draws.binomial("voted", frame["number"], frame["registered"], chance)
        return (voted + off_roll).alias("voted")

    def _papers(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add ballot papers and ways of admission, all of which balance."""
        number, draws, voted = frame["number"], self.draws, frame["voted"]
        some = draws.happens("difference", number, 0.04).cast(pl.Int64)
        ballots = (voted + some * (draws.below("how large", number, 7) - 3)).clip(0)
        proxies = draws.binomial("proxies", number, voted, 0.04)
        spoiled = draws.below("spoiled", number, 4)
        # A twentieth more than voters, in pads of ten.
        received = (frame["registered"] * 21 // 20 + 19) // 10 * 10
        return frame.with_columns(
            ballots=ballots,
            proxies=proxies,
            poll_cards=voted - proxies,
            more_counted=(ballots - voted).clip(0),
            fewer_counted=(voted - ballots).clip(0),
            received=received,
            spoiled=spoiled,
            unused=received - ballots - spoiled,
        )

    def _votes(self, frame: pl.DataFrame, contest: str) -> list[pl.Series]:
        """Return the votes: one option after the other takes its part of the valid ballots left."""
        options = self.paper.options
        weights = [self._weight(frame, place, contest) for place in range(len(options))]
        left, votes = frame["valid"], []
        for place, option in enumerate(options):
            total = weights[place]
            for weight in weights[place + 1 :]:
                total = total + weight
            # Where nothing is left to share, 0 of 0 is no number.
            chance = (weights[place] / total).fill_nan(0.0)
            purpose = f"{contest}/votes/{option}"
            taken = self.draws.binomial(purpose, frame["number"], left, chance)
            left = left - taken
            stands = frame.select(self.paper.stands(option)).to_series()
            votes.append(taken.set(~stands, None).alias(f"votes.{option}"))
        return votes

    def _weight(self, frame: pl.DataFrame, place: int, contest: str) -> pl.Series:
        """Return how strong an option is at each station; 0 where it does not stand."""
        option, rank = self.paper.options[place], self.paper.ranks[place]
        draws = self.draws
        deviation = self._steps(frame, f"strength/{option}", self.recipe.spread)
        sibling = draws.normal(f"{contest}/strength/{option}", frame["district"])
        deviation += _SIBLING_SPREAD * sibling
        prison = (frame["station_kind"] == "prison").cast(pl.Float64)
        deviation += prison * _PRISON_SPREAD * draws.normal(f"prison/{option}", pl.Series([0]))
        stands = frame.select(self.paper.stands(option)).to_series().cast(pl.Float64)
        return _usual_strength(rank) * growth(deviation) * stands


def _usual_strength(rank: int) -> float:
    """Return how strong an option is on the whole by its rank: two are large, others fall off."""
    strength = 1.0 if rank <= 2 else 0.25
    for _ in range(3, rank):
        strength *= _FALL
    return strength
