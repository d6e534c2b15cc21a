"""A made-up country as a case folder: the same one for the same size and seed, of any size.

Nothing in it is real. Every station reports for every contest, so that a country of `stations`
stations has `stations × contests` returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

__all__ = ["POLL", "PROVINCES", "Country", "write_country"]

POLL = "2030-06-02"
PROVINCES = 81
_DISTRICTS = 12
"""In each province."""
_STATIONS_AT_A_TIME = 20_000

_HEAD = """\
[case]
id = "country"
name = "A made-up country"

[[sources]]
id = "board"
name = "Board"
official = true

[[units.top]]
id = "country"
level = "country"
"""


@dataclass(frozen=True)
class Country:
    """How large, and which: each seed gives other votes."""

    stations: int
    contests: int = 5
    options: int = 30
    seed: int = 1

    @property
    def returns(self) -> int:
        """How many returns it makes in all."""
        return self.stations * self.contests

    def contest(self, number: int) -> str:
        """Return the id of a contest."""
        return f"contest-{number}"


def write_country(country: Country, folder: Path) -> None:
    """Write a country's case: `case.toml`, and a wide CSV file for each contest.

    Written in chunks: its size costs disk, not memory.
    """
    folder.mkdir(parents=True)
    parts = [_HEAD, *(_tables(country, n) for n in range(country.contests))]
    (folder / "case.toml").write_text("\n".join(parts), encoding="utf-8")
    for number in range(country.contests):
        _write_returns(country, number, folder / f"{country.contest(number)}.csv")


def _tables(country: Country, number: int) -> str:
    """Return the TOML of one contest."""
    name = country.contest(number)
    options = [f"o{n}" for n in range(1, country.options + 1)]
    slate = ", ".join(f'{{ id = "{o}", name = "Option {o[1:]}" }}' for o in options)
    votes = ", ".join(f'{o} = "{o}"' for o in options)
    counts = ", ".join(f'{c} = "{c}"' for c in ("registered", "voted", "valid", "invalid"))
    return f"""\
[[offices]]
id = "{name}"
name = "Office {number}"
unit = "country"

[[contests]]
id = "{name}"
office = "{name}"
name = "Contest {number}"

[[polls]]
contest = "{name}"
date = {POLL}
family = "one-envelope"
options = [{slate}]

[[returns]]
contest = "{name}"
files = "{name}.csv"
at = 2030-06-02T22:00:00+00:00
counts = {{ {counts} }}
votes = {{ {votes} }}

  [returns.station]
  levels = ["province", "district"]
  path = ["province", "district"]
  id = "station"
  under = "country"
"""


def _write_returns(country: Country, number: int, path: Path) -> None:
    dice = np.random.default_rng([country.seed, number])
    popularity = dice.dirichlet(np.linspace(4, 0.2, country.options))
    with path.open("wb") as file:
        for first in range(0, country.stations, _STATIONS_AT_A_TIME):
            count = min(_STATIONS_AT_A_TIME, country.stations - first)
            frame = _chunk(country, np.arange(first, first + count), popularity, dice)
            frame.write_csv(file, include_header=first == 0)


def _chunk(
    country: Country,
    station: np.ndarray,
    popularity: np.ndarray,
    dice: np.random.Generator,
) -> pl.DataFrame:
    """Return the returns of some stations. Their place follows from their number alone."""
    place = station * (PROVINCES * _DISTRICTS) // country.stations
    registered = np.random.default_rng([country.seed, int(station[0])]).integers(
        200, 400, station.size
    )
    voted = dice.binomial(registered, 0.8)
    valid = dice.binomial(voted, 0.97)
    votes = dice.multinomial(valid, popularity)
    return pl.DataFrame(
        {
            "province": [f"Province {n + 1:02}" for n in place // _DISTRICTS],
            "district": [f"District {n + 1:02}" for n in place % _DISTRICTS],
            "station": station + 1,
            "registered": registered,
            "voted": voted,
            "valid": valid,
            "invalid": voted - valid,
            **{f"o{n + 1}": votes[:, n] for n in range(country.options)},
        }
    )
