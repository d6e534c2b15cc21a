"""What comes after the first count: corrections, recounts, and an observer mission's copies."""

from __future__ import annotations

import polars as pl

from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.draws import Draws
from recanvass.rehearsal.hand import Hand, digit_doubled
from recanvass.rehearsal.planting import listed
from recanvass.rehearsal.recipe import Recipe

__all__ = ["RECOUNT_DAY", "Afterwards"]

_HOUR = 3600
RECOUNT_DAY = 4 * 24 * _HOUR
"""Seconds after the close; by then every late return and every correction is in."""
_RECOUNT_LASTS = 12 * _HOUR
_CORRECTED = (4 * _HOUR, 36 * _HOUR)
_BUNDLES_FOUND = 0.1
"""Share of recounts that find a bundle which the first count gave to the wrong option."""
_OBSERVER_SLIPS = 0.02


class Afterwards:
    """Makes further returns of stations from what their first ones should have been (`true`)."""

    def __init__(self, recipe: Recipe, draws: Draws, paper: Paper) -> None:
        self.recipe = recipe
        self.draws = draws
        self.paper = paper

    def corrections(self, true: pl.DataFrame, planted: pl.DataFrame, contest: str) -> pl.DataFrame:
        """Return returns that put right some of those with a planted error, within 36 hours."""
        wrong = true.join(planted.select("number"), on="number", how="semi", maintain_order="left")
        number = wrong["number"]
        chosen = self.draws.happens(f"{contest}/corrected", number, self.recipe.corrections)
        first, last = _CORRECTED
        after = first + self.draws.below(f"{contest}/corrected after", number, last - first)
        return wrong.with_columns(pl.col("at") + after).filter(chosen)

    def recounted(self, frame: pl.DataFrame) -> pl.Series:
        """Return which rows, each of a `neighbourhood`, are counted again."""
        return self.draws.happens("recounted", frame["neighbourhood"], self.recipe.recounts)

    def recounts(self, true: pl.DataFrame, contest: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the recounts, and those that found many votes in the wrong place (as `listed`).

        A few invalid ballots are judged valid; sometimes a bundle turns out to be another option's.
        """
        again = true.filter(self.recounted(true))
        hand = Hand(again, self.paper, self.draws, f"{contest}/recount")
        judged = pl.min_horizontal("invalid", hand.below("judged", 4))
        to = hand.pick("to", hand.votes, lambda name: pl.col(name).is_not_null())
        few = again.select(judged).to_series()
        at = RECOUNT_DAY + hand.below("at", _RECOUNT_LASTS)
        counted = hand.wrong(
            *hand.moved(-few, to, None), pl.col("valid") + few, pl.col("invalid") - few
        )
        found = self._bundles(counted, contest)
        moved = listed(counted, found, self.paper, "recount-found-bundle", pl.lit("H01"))
        return found.with_columns(at.alias("at")), moved

    def _bundles(self, counted: pl.DataFrame, contest: str) -> pl.DataFrame:
        """Return recounts of which some moved 10 to 49 votes from the largest option to another."""
        hand = Hand(counted, self.paper, self.draws, f"{contest}/bundle")
        top = hand.largest()
        to = hand.pick("to", hand.votes, lambda name: pl.col(name).is_not_null())
        happens = self.draws.happens(f"{contest}/bundle", counted["number"], _BUNDLES_FOUND)
        many = happens.cast(pl.Int64) * (10 + hand.below("votes", 40))
        votes = hand.at(top, hand.votes)
        return hand.wrong(*hand.moved(pl.select(many.clip(None, votes)).to_series(), top, to))

    def copies(self, true: pl.DataFrame, contest: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return an observer's copies of what the returns should have been, and its own slips."""
        watched = self.draws.happens("watched", true["number"], self.recipe.observer)
        seen = true.filter(watched)
        hand = Hand(seen, self.paper, self.draws, f"{contest}/observer")
        wrong = hand.digits_wrong(hand.votes, 1, digit_doubled)
        slip = self.draws.happens(f"{contest}/slip", seen["number"], _OBSERVER_SLIPS)
        copied = pl.concat([seen.filter(~slip), wrong.filter(slip)]).sort("number")
        slips = listed(seen, copied, self.paper, "observer-slip", pl.lit("sources"))
        after = self.draws.below(f"{contest}/copied after", copied["number"], _HOUR)
        return copied.with_columns(pl.col("at") + after), slips
