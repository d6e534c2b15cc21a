"""What a return is compared with, put beside it as columns: neighbours, file, copies, siblings.

Every function takes the frame that `measures.prepare` made and returns it with further columns;
rows keep their order. Returns of different sources are never each other's surroundings.
"""

from __future__ import annotations

import polars as pl

from recanvass.canvass.measures import Form

__all__ = ["with_copies", "with_file", "with_neighbours", "with_previous", "with_siblings"]

_ALIKE = ("source", "station_kind")
_LEAST_TURNOUT = 10
"""A neighbour has one voter in so many at least: a roll with a digit too many would outweigh all
the others, and make the turnout of each of them look odd."""


def with_neighbours(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Add the sums over the other stations of the nearest unit that has enough of them.

    Prisons are compared with prisons: neighbours are of the same station kind. A return whose votes
    do not add up, or are not complete, is nobody's neighbour: one slip must not make its whole
    neighbourhood look odd. Adds `near_stations` (others that are sound), `near.votes` (over the
    options that stand here), `near.votes.<option>`, `near.voted` and `near.registered`; unknown
    where no unit has as many others as the limit `neighbours_needed`.
    """
    gives = _gives_to_sums(form, set(frame.columns))
    names = list(gives)
    waiting = frame.select("row", *_ALIKE, *form.levels, **gives)
    given = waiting
    settled = []
    for level in reversed(form.levels or (None,)):
        unit = [*_ALIKE, level] if level else list(_ALIKE)
        sums = given.group_by(unit).agg(pl.col(names).sum())
        others = waiting.join(sums, on=unit, suffix=".all").select(
            "row", *((pl.col(f"{name}.all") - pl.col(name)).alias(name) for name in names)
        )
        settled.append(others.filter(pl.col("near_stations") >= form.limits["neighbours_needed"]))
        waiting = waiting.join(settled[-1], on="row", how="anti")
    beside = frame.join(pl.concat(settled), on="row", how="left", maintain_order="left")
    here = [
        pl.when(form.stands(option)).then(pl.col(f"near.votes.{option.id}")).otherwise(0)
        for option in form.poll.options
    ]
    total = pl.sum_horizontal(*here, ignore_nulls=False) if here else pl.lit(0)
    return beside.with_columns(total.alias("near.votes"))


def with_file(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Add the figures of the stations just before and after, as `before.<column>`, `after.…`.

    Unknown where that station has no return: a gap in `position`.
    """
    columns = [
        "station",
        *(name for name in ("valid", "invalid", "voted", "ballots") if name in form.counts),
        *form.votes,
    ]
    ordered = frame.select("row", "source", "position", *columns).sort("source", "position")
    sides = []
    for side, step in (("before", 1), ("after", -1)):
        next_to = (pl.col("position").shift(step) == pl.col("position") - step) & (
            pl.col("source").shift(step) == pl.col("source")
        )
        sides += [
            pl.when(next_to).then(pl.col(name).shift(step)).alias(f"{side}.{name}")
            for name in columns
        ]
    beside = ordered.select("row", *sides).sort("row").drop("row")
    return pl.concat([frame, beside], how="horizontal")


def with_copies(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Return the returns whose votes are those of another one, with how many and which.

    Adds `vector_twins` (the same votes), `whole_twins` (the same counts too), the same two in the
    nearest unit (`…_near`), and one station of each (`vector_twin`, `whole_twin`).
    """
    votes = list(form.votes)
    if not votes:
        return frame.clear()
    # The hash only narrows the search; what counts as a twin is decided on the figures themselves.
    repeated = frame.select(key=pl.struct("source", *votes).hash()).to_series().is_duplicated()
    nearest = pl.coalesce([*(pl.col(name) for name in reversed(form.levels)), pl.lit("")])
    return (
        frame.filter(repeated)
        .with_columns(nearest.alias("unit"))
        .with_columns(
            *_twins("vector", ["source", *votes]),
            *_twins("whole", ["source", *form.counts_filled_in(), *votes]),
        )
    )


def with_siblings(frame: pl.DataFrame, siblings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per return and sibling contest, with `sibling_voted` and `sibling.votes.…`.

    Returns without a sibling are left out.
    """
    votes = [name for name in siblings.columns if name.startswith("votes.")]
    theirs = siblings.select(
        "station",
        "sibling_contest",
        pl.col("voted").alias("sibling_voted"),
        *(pl.col(name).alias(f"sibling.{name}") for name in votes),
    )
    return frame.join(theirs, on="station", how="inner", maintain_order="left")


def with_previous(frame: pl.DataFrame, form: Form, previous: pl.DataFrame) -> pl.DataFrame:
    """Return the returns that superseded one, with its `previous.votes.…` and their sum."""
    votes = [name for name in form.votes if name in previous.columns]
    absent = [name for name in form.votes if name not in previous.columns]
    before = previous.select(
        "station",
        "source",
        *(pl.col(name).alias(f"previous.{name}") for name in votes),
        *(pl.lit(None, dtype=pl.Int64).alias(f"previous.{name}") for name in absent),
        **{"previous.votes": pl.sum_horizontal(votes) if votes else pl.lit(0)},
    )
    return frame.join(before, on=["station", "source"], how="inner", maintain_order="left")


def _gives_to_sums(form: Form, there: set[str]) -> dict[str, pl.Expr]:
    """What a return gives to the sums of its neighbours, by the name of the sum."""
    total = pl.col("votes_total")
    adds_up = total == pl.col("valid") if "valid" in there else pl.lit(True)
    sound = total.is_not_null() & adds_up.fill_null(True)
    gives = {
        f"near.votes.{option.id}": pl.when(sound).then(f"votes.{option.id}").fill_null(0)
        for option in form.poll.options
    }
    if {"voted", "registered"} <= there:
        over = pl.col("voted") > pl.col("registered") + pl.col("off_roll_allowed")
        under = pl.col("voted") * _LEAST_TURNOUT < pl.col("registered")
        plausible = sound & ~(over | under).fill_null(True)
        for name in ("voted", "registered"):
            gives[f"near.{name}"] = pl.when(plausible).then(name).otherwise(0)
    return {"near_stations": sound.cast(pl.Int64), **gives}


def _twins(name: str, same: list[str]) -> list[pl.Expr]:
    near = [*same, "unit"]
    return [
        (pl.len().over(same).cast(pl.Int64) - 1).alias(f"{name}_twins"),
        (pl.len().over(near).cast(pl.Int64) - 1).alias(f"{name}_twins_near"),
        pl.coalesce(_other_station(near), _other_station(same)).alias(f"{name}_twin"),
    ]


def _other_station(group: list[str]) -> pl.Expr:
    station = pl.col("station")
    first, last = station.first().over(group), station.last().over(group)
    other = pl.when(first != station).then(first).otherwise(last)
    return pl.when(other != station).then(other)
