"""How figures go wrong under the hands of a clerk, for many returns at once.

A `Hand` holds the returns that one kind of error befalls, with the figures as they should be, and
gives back columns as they were written. What cannot go wrong that way (a figure of one digit has
none to exchange) stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.draws import Draws

__all__ = ["Hand", "digit_doubled", "digit_dropped", "digits_transposed"]

_Digits = Callable[[pl.Expr, pl.Expr], pl.Expr]
"""From a figure as text, and a fraction that tells where, to what was written (text)."""


@dataclass(frozen=True)
class Hand:
    """Returns that are about to be written wrong: `number`, figures, `before.…` and `after.…`."""

    frame: pl.DataFrame
    paper: Paper
    draws: Draws
    purpose: str

    @property
    def votes(self) -> tuple[str, ...]:
        """The vote columns in ballot order."""
        return self.paper.votes

    def below(self, what: str, limit: int) -> pl.Series:
        """Return a whole number from 0 below a limit for each return."""
        return self.draws.below(f"{self.purpose}/{what}", self.frame["number"], limit)

    def wrong(self, *columns: pl.Expr) -> pl.DataFrame:
        """Return the returns with some of their columns as they were written."""
        return self.frame.with_columns(columns)

    def pick(
        self, what: str, columns: Sequence[str], eligible: Callable[[str], pl.Expr]
    ) -> pl.Series:
        """Return the place in `columns` of one that is eligible, at random; null where none is."""
        lots = [
            pl.when(eligible(column)).then(
                self.draws.below(f"{self.purpose}/{what}/{column}", self.frame["number"], 1 << 30)
            )
            for column in columns
        ]
        drawn = self.frame.select(lot=pl.concat_list(lots))["lot"]
        return drawn.list.arg_max().set(drawn.list.max().is_null(), None)

    def largest(self) -> pl.Series:
        """Return the place of the option with the most votes."""
        votes = [pl.col(name).fill_null(-1) for name in self.votes]
        return self.frame.select(top=pl.concat_list(votes).list.arg_max())["top"]

    def at(self, place: pl.Series, columns: Sequence[str]) -> pl.Series:
        """Return the figure at a place of `columns`; null where there is no place."""
        cells = [pl.when(place == n).then(column) for n, column in enumerate(columns)]
        return self.frame.select(cell=pl.coalesce(cells))["cell"]

    def written_at(
        self, place: pl.Series, columns: Sequence[str], new: Callable[[str], pl.Expr]
    ) -> list[pl.Expr]:
        """Return the columns with another figure at that place."""
        return [
            pl.when(place == n).then(new(column)).otherwise(column).alias(column)
            for n, column in enumerate(columns)
        ]

    def digits_wrong(self, columns: Sequence[str], least: int, how: _Digits) -> pl.DataFrame:
        """Return the returns with the digits of one figure, `least` or more, written wrong."""
        place = self.pick("figure", columns, lambda column: pl.col(column) >= least)
        return self.wrong(*self.digits_wrong_at(place, columns, how))

    def digits_wrong_at(
        self, place: pl.Series, columns: Sequence[str], how: _Digits
    ) -> list[pl.Expr]:
        """Return the columns with the digits of the figure at that place written wrong."""
        where = self.draws.fraction(f"{self.purpose}/digit", self.frame["number"])
        return self.written_at(
            place,
            columns,
            # Not strict: cells that stay as they are may have one digit, and none without it.
            lambda column: how(pl.col(column).cast(pl.String), pl.lit(where)).cast(
                pl.Int64, strict=False
            ),
        )

    def moved(self, many: pl.Series, source: pl.Series, to: pl.Series | None) -> list[pl.Expr]:
        """Return the votes with some of one option's given to another, or to nobody."""
        given = many.fill_null(0)
        columns = []
        for n, column in enumerate(self.votes):
            votes = pl.col(column) - pl.when(source == n).then(given).otherwise(0)
            if to is not None:
                votes = votes + pl.when(to == n).then(given).otherwise(0)
            columns.append(votes.alias(column))
        return columns

    def balanced(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with the voters, and the papers, that its ballots call for.

        For errors that nobody sees in a sum.
        """
        ballots = pl.col("valid") + pl.col("invalid")
        if "ballots" not in self.paper.counts:
            return frame.with_columns(voted=ballots)
        voted = ballots - pl.col("more_counted") + pl.col("fewer_counted")
        used = ballots + pl.col("spoiled")
        received = pl.max_horizontal("received", used)
        return frame.with_columns(
            ballots=ballots,
            voted=voted,
            proxies=pl.min_horizontal("proxies", voted),
            poll_cards=voted - pl.min_horizontal("proxies", voted),
            received=received,
            unused=received - used,
        )


def digit_dropped(figure: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Return 305 as 35, 05 or 30."""
    at = (where * figure.str.len_chars()).floor().cast(pl.Int64)
    return figure.str.slice(0, at) + figure.str.slice(at + 1)


def digit_doubled(figure: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Return 305 as 3305, 3005 or 3055."""
    at = (where * figure.str.len_chars()).floor().cast(pl.Int64)
    return figure.str.slice(0, at + 1) + figure.str.slice(at)


def digits_transposed(figure: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Return 305 as 035 or 350."""
    at = (where * (figure.str.len_chars() - 1)).floor().cast(pl.Int64)
    first, second = figure.str.slice(at, 1), figure.str.slice(at + 1, 1)
    return figure.str.slice(0, at) + second + first + figure.str.slice(at + 2)
