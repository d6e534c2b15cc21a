"""Which stations a decision speaks of."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from recanvass.canvass.places import UNIT
from recanvass.model import Scope

__all__ = ["is_listed", "is_whole", "stations_in", "stations_in_each", "touches"]


def touches(scope: Scope, contest: str, poll: str, about: tuple[str, str | None]) -> bool:
    """Return whether a scope reaches a poll. What it leaves open is filled from `about`.

    `about` is the contest and poll that the decision itself names.
    """
    contests = scope.contests or (about[0],)
    polls = scope.polls or ((about[1],) if about[1] else ())
    return contest in contests and (not polls or poll in polls)


def is_whole(scope: Scope) -> bool:
    """Return whether a scope takes in all stations of the polls that it reaches."""
    return not (scope.units or scope.stations or scope.station_kinds or scope.stated)


def is_listed(scope: Scope) -> bool:
    """Return whether its stations are known one by one.

    A scope that is only worded ("boxes of the first board") cannot be computed with; one that has
    units beside the wording is computed for the units, which may be more than was meant.
    """
    return is_whole(scope) or bool(scope.units or scope.stations or scope.station_kinds)


def stations_in(scope: Scope, stations: pl.DataFrame) -> pl.DataFrame:
    """Return those stations (rows of `canvass.places.stations_of`) that lie in a scope.

    Units, single stations and kinds narrow together: a station listed by name is in; one in a unit
    is in if its kind is, where kinds are named. Empty if the scope is only worded.
    """
    if is_whole(scope):
        return stations
    if not is_listed(scope):
        return stations.clear()
    columns = [c for c in stations.columns if c.startswith(UNIT)]
    in_unit = pl.any_horizontal(
        pl.lit(not scope.units and not scope.stations),
        pl.col("station").is_in(list(scope.units)),
        *[pl.col(c).cast(pl.String).is_in(list(scope.units)) for c in columns],
    )
    of_kind = pl.lit(True)
    if scope.station_kinds:
        of_kind = pl.col("station_kind").cast(pl.String).is_in(list(scope.station_kinds))
    named = pl.col("station").is_in(list(scope.stations))
    return stations.filter(named | (in_unit & of_kind))


def stations_in_each(scopes: Sequence[Scope], stations: pl.DataFrame) -> pl.DataFrame:
    """Return the stations of many scopes at once: `number` (the scope's place) and `station`.

    Scopes that list single stations are many and all different; those of units or kinds are few,
    and the same ones come again and again.
    """
    numbers: list[int] = []
    names: list[str] = []
    alike: dict[tuple[tuple[str, ...], ...], list[int]] = {}
    for number, scope in enumerate(scopes):
        if scope.stations and not scope.units:
            numbers.extend([number] * len(scope.stations))
            names.extend(scope.stations)
        elif is_listed(scope):
            key = (scope.units, scope.stations, scope.station_kinds)
            alike.setdefault(key, []).append(number)
    schema = {"number": pl.Int64, "station": pl.String}
    found = [
        pl.DataFrame({"number": numbers, "station": names}, schema=schema)
        .unique()
        .join(stations.select("station"), on="station", how="semi")
    ]
    for same in alike.values():
        reached = stations_in(scopes[same[0]], stations).select("station")
        found.append(
            pl.DataFrame({"number": same}, schema_overrides=schema).join(reached, how="cross")
        )
    return pl.concat(found)
