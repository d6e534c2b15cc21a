"""Which stations are challenged, chosen by a list or by a condition; how many ballots are tainted.

A condition is an SQL expression over the ground of a poll, a row per station: `station`,
`station_kind`, the counts, `votes_<option>`, and the ids of the units above the station as
`unit_<level>` or by the name of the level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground
from recanvass.canvass.places import UNIT
from recanvass.errors import BadInput, NotInRecord

__all__ = ["TAINTED", "by_condition", "by_list", "tainted_ballots"]

TAINTED = "tainted"
"""Column of a list of stations: how many ballots are tainted in each."""

_NUMBER = re.compile(r"^\d{1,12}$", re.ASCII)
_SHARE = re.compile(r"^(\d{1,3}(?:\.\d{1,12})?)\s?%$|^([01]?\.\d{1,12})$", re.ASCII)


def by_condition(ground: Ground, condition: str) -> pl.DataFrame:
    """Return the stations (`station`) that have a counted return and meet an SQL condition.

    A station for which the condition cannot be told (a figure is missing) is not chosen. Raise
    BadInput for a condition that is none, names an unknown column, or that no station meets.
    """
    names = _sql_names(ground)
    test = _expression(condition, list(names))
    used = {c: names[c] for c in test.meta.root_names()}
    # An enumeration or category would refuse a text that is not among its values.
    texts = [c for c, t in ground.frame.schema.items() if t in (pl.Enum, pl.Categorical)]
    columns = [
        (pl.col(c).cast(pl.String) if c in texts else pl.col(c)).alias(name)
        for name, c in used.items()
    ]
    held = ground.frame.filter(pl.col("seq").is_not_null())
    try:
        met = held.select(columns).with_columns(test.alias("::met"))["::met"]
    except pl.exceptions.PolarsError as error:
        raise _bad_condition(condition, _first_line(error)) from None
    if met.dtype != pl.Boolean:
        raise _bad_condition(condition, "it gives a value, not true or false")
    chosen = held.filter(met.fill_null(False)).select("station")
    if chosen.is_empty():
        raise BadInput(f"where: found no station with {condition!r}; expected at least one")
    return chosen


def _sql_names(ground: Ground) -> dict[str, str]:
    """Return the columns of the ground by the names that a condition can use without quotes."""
    known = ["station", "name", "station_kind", *ground.counts, "source", "reason"]
    votes = {VOTES.replace(".", "_") + o: VOTES + o for o in ground.options}
    units = {UNIT.replace(".", "_") + level: UNIT + level for level in ground.levels}
    plain = {level: UNIT + level for level in ground.levels if level not in known}
    return plain | {c: c for c in known} | votes | units


def _expression(condition: str, known: Sequence[str]) -> pl.Expr:
    try:
        test = pl.sql_expr(condition)
        roots = test.meta.root_names()
    except pl.exceptions.PolarsError as error:
        raise _bad_condition(condition, _first_line(error)) from None
    unknown = [c for c in dict.fromkeys(roots) if c not in known]
    if unknown or not roots:
        found = f"unknown column {', '.join(unknown)}" if unknown else "no column"
        raise _bad_condition(condition, f"{found}; there are {', '.join(known)}")
    return test


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _bad_condition(condition: str, what: str) -> BadInput:
    return BadInput(
        f"where: found {condition!r}: {what}; expected an SQL condition on the columns of a "
        "station, such as station_kind = 'prison'"
    )


def by_list(ground: Ground, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return a list of stations (`station`, perhaps `tainted`) after checking it.

    Raise NotInRecord, naming all of them, for stations that the poll does not have or that have no
    counted return, and BadInput for an empty list or for stations named twice.
    """
    if chosen.is_empty():
        raise BadInput("stations: found none; expected at least one")
    stations = chosen["station"]
    twice = stations.filter(stations.is_duplicated()).unique(maintain_order=True)
    if twice.len():
        raise BadInput(f"stations: found twice: {_listed(twice)}; expected each once")
    known = ground.frame.select("station", returned=pl.col("seq").is_not_null())
    looked_up = chosen.join(known, on="station", how="left", maintain_order="left")
    unknown = looked_up.filter(pl.col("returned").is_null())["station"]
    if unknown.len():
        raise NotInRecord(
            f"stations: found {_listed(unknown)}; expected stations of this poll, by their ids"
        )
    silent = looked_up.filter(~pl.col("returned"))["station"]
    if silent.len():
        raise NotInRecord(
            f"stations: found without a counted return: {_listed(silent)}; "
            "expected stations whose return is in the total"
        )
    return chosen


def _listed(stations: pl.Series) -> str:
    return ", ".join(stations.to_list())


def tainted_ballots(text: str) -> int | Fraction:
    """Return what `--tainted` asks for: a number of ballots, or a share of them (`0.05`, `5%`).

    Raise BadInput for anything else, or for a share above 1.
    """
    if _NUMBER.match(text):
        return int(text)
    share = _SHARE.match(text)
    if share:
        per_cent, fraction = share.groups()
        value = Fraction(per_cent) / 100 if per_cent else Fraction(fraction)
        if value <= 1:
            return value
    raise BadInput(
        f"tainted: found {text!r}; expected a number of ballots, or a share from 0 to 1 "
        "such as 0.05 or 5%"
    )
