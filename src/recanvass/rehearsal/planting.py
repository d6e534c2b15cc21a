"""Errors of the catalogue planted into returns at stated rates, and the list of them."""

from __future__ import annotations

import polars as pl

from recanvass.errors import BadInput
from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.draws import Draws
from recanvass.rehearsal.hand import Hand
from recanvass.rehearsal.mistakes import MISTAKES
from recanvass.rehearsal.recipe import Recipe

__all__ = ["NOTHING_PLANTED", "Planter", "listed"]

_RUN = 6
"""Returns that a shifted column spans."""
_RETURNS_OF = {"exchanged": 2, "column-shifted": _RUN}
"""Returns that one slip of a kind reaches, where that is not one."""


class Planter:
    """Plants the errors of a recipe. Raises BadInput for a kind that there is not, or not here."""

    def __init__(self, recipe: Recipe, draws: Draws, paper: Paper) -> None:
        self.draws = draws
        self.paper = paper
        self.rates = _rates(recipe, paper)

    def plant(self, frame: pl.DataFrame, contest: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the returns of a contest as they were written, and the errors in them.

        `frame` has a row per return, in the order of the file; each keeps its place. The second
        frame is as `listed` makes it.
        """
        placed = self._with_kinds(frame, contest)
        parts = [placed.filter(pl.col("kind").is_null()).select(frame.columns)]
        planted = [NOTHING_PLANTED]
        for (kind,), part in placed.filter(pl.col("kind").is_not_null()).group_by(["kind"]):
            mistake = MISTAKES[str(kind)]
            written = mistake.made(Hand(part, self.paper, self.draws, f"{contest}/{kind}"))
            parts.append(written.select(frame.columns))
            rules = mistake.rules(self.paper) if callable(mistake.rules) else pl.lit(mistake.rules)
            if self.paper.siblings and mistake.siblings:
                rules = pl.concat_str(rules, pl.lit(f" {mistake.siblings}")).str.strip_chars()
            planted.append(listed(part, written, self.paper, str(kind), rules))
        return pl.concat(parts).sort("number"), pl.concat(planted).sort("number")

    def _with_kinds(self, frame: pl.DataFrame, contest: str) -> pl.DataFrame:
        """Add to each return the kind of its error (or null) and what its neighbours have.

        Adds `kind`, `second_of_pair`, `run` (which run of shifted cells it is in), and the figures
        of the returns before and after it.
        """
        drawn = self.draws.fraction(f"{contest}/mistake", frame["number"])
        kind = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        bound = 0.0
        for name, rate in self.rates.items():
            hit = (drawn >= bound) & (drawn < bound + rate)
            kind = kind.set(hit, name)
            bound += rate
        near = [
            pl.col(name).shift(step).alias(f"{side}.{name}")
            for side, step in (("before", 1), ("after", -1))
            for name in ("number", *self.paper.figures)
        ]
        return frame.with_columns(kind.alias("kind"), *near).with_columns(_spread_out())


def _spread_out() -> list[pl.Expr]:
    """Return `kind`, `second_of_pair` and `run` with the errors that reach several returns.

    A run of shifted cells goes before a pair, a pair before what befalls one return alone.
    """
    kind, number = pl.col("kind"), pl.col("number")
    starts_run = (kind == "column-shifted").fill_null(False)
    run = pl.coalesce(
        pl.when(starts_run.shift(back, fill_value=False)).then(number.shift(back))
        for back in range(_RUN)
    )
    drawn = (kind == "exchanged").fill_null(False)
    first = drawn & ~drawn.shift(1, fill_value=False) & pl.col("after.number").is_not_null()
    second = first.shift(1, fill_value=False)
    # A pair of which a run took one return is none.
    alone = run.is_null()
    first = first & alone & alone.shift(-1, fill_value=False)
    second = second & alone & alone.shift(1, fill_value=False)
    return [
        pl.when(run.is_not_null())
        .then(pl.lit("column-shifted"))
        .when(first | second)
        .then(pl.lit("exchanged"))
        .when(drawn)
        .then(None)
        .otherwise(kind)
        .alias("kind"),
        second.alias("second_of_pair"),
        run.alias("run"),
    ]


NOTHING_PLANTED = pl.DataFrame(
    schema={
        "number": pl.Int64,
        "station": pl.String,
        "kind": pl.String,
        "figures": pl.String,
        "was": pl.String,
        "became": pl.String,
        "rules": pl.String,
    }
)


def listed(
    was: pl.DataFrame, became: pl.DataFrame, paper: Paper, kind: str, rules: pl.Expr
) -> pl.DataFrame:
    """Return a row for each return that differs between two frames of the same returns.

    `figures`, `was` and `became` name what differs, apart by spaces, `-` for a blank; `rules` is an
    expression over `figure` (the last of them) and the counts as they were.
    """
    before, after = (
        frame.unpivot(paper.figures, index=["number", "station"], variable_name="figure")
        for frame in (was, became)
    )
    both = before.join(after, on=["number", "station", "figure"], maintain_order="left")
    wrong = both.filter(pl.col("value").ne_missing(pl.col("value_right")))
    texts = [pl.col(name).cast(pl.String).fill_null("-") for name in ("value", "value_right")]
    return (
        wrong.group_by("number", "station", maintain_order=True)
        .agg(
            pl.col("figure").str.join(" ").alias("figures"),
            texts[0].str.join(" ").alias("was"),
            texts[1].str.join(" ").alias("became"),
            pl.col("figure").last(),
        )
        .join(was.select("number", *paper.counts), on="number", maintain_order="left")
        .with_columns(kind=pl.lit(kind), rules=rules)
        .select(NOTHING_PLANTED.columns)
    )


def _rates(recipe: Recipe, paper: Paper) -> dict[str, float]:
    """Return how often each kind is drawn for a return; the share of returns that it reaches."""
    for kind in recipe.rates:
        if kind not in MISTAKES:
            raise BadInput(f"kind of error: found {kind!r}; expected any of {', '.join(MISTAKES)}")
        if not MISTAKES[kind].possible(paper):
            raise BadInput(f"kind of error: found {kind!r}, which this form and tree do not allow")
    even = [name for name, mistake in MISTAKES.items() if mistake.possible(paper)]
    even = [name for name in even if name not in recipe.rates]
    rates = {name: recipe.errors / len(even) for name in even} | recipe.rates
    return {name: rates[name] / _RETURNS_OF.get(name, 1) for name in MISTAKES if name in rates}
