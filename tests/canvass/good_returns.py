"""Returns in which nothing is wrong, for tests that break one thing at a time."""

from __future__ import annotations

from typing import Any

import polars as pl

from recanvass.model import Option, PollDefined

OPTIONS = tuple(Option(id=name, name=name.title()) for name in ("oak", "elm", "fir", "ash"))
FORM = [
    *("registered", "voted", "valid", "invalid", "blank", "ballots", "off_roll"),
    *("poll_cards", "proxies", "voter_cards", "more_counted", "fewer_counted"),
    *("received", "unused", "spoiled"),
]


def poll(**changes: Any) -> PollDefined:
    fields: dict[str, Any] = {
        "id": "poll",
        "contest": "mayor",
        "poll": "2024-05-05",
        "date": "2024-05-05",
        "options": OPTIONS,
        "asks": tuple(FORM),
    }
    return PollDefined(**(fields | changes))


def good_return(number: int = 0) -> dict[str, Any]:
    """A return whose figures all agree; `number` moves them a little."""
    oak, elm, fir, ash = 120 + number, 80 - number, 40 + 2 * number, 20
    valid = oak + elm + fir + ash
    cast = valid + 5 + 2
    return {
        "station": f"town/old/{number + 1}",
        "id": f"return-{number}",
        "seq": number,
        "source": "board",
        "station_kind": "ordinary",
        "position": number,
        "unit.town": "town",
        "unit.quarter": "town/old",
        "registered": 340,
        "voted": cast,
        "valid": valid,
        "invalid": 5,
        "blank": 2,
        "ballots": cast,
        "off_roll": 0,
        "poll_cards": cast - 3,
        "proxies": 2,
        "voter_cards": 1,
        "more_counted": 0,
        "fewer_counted": 0,
        "received": 400,
        "unused": 400 - cast - 1,
        "spoiled": 1,
        "votes.oak": oak,
        "votes.elm": elm,
        "votes.fir": fir,
        "votes.ash": ash,
    }


def frame_of(*returns: dict[str, Any]) -> pl.DataFrame:
    """The frame that the checks take: counts and votes are whole numbers, the rest is as it is."""
    plain = {"station", "id", "source", "station_kind", "unit.town", "unit.quarter"}
    schema = {
        name: pl.String if name in plain else pl.Int64 for each in returns[:1] for name in each
    }
    return pl.DataFrame(list(returns), schema=schema, orient="row")


def quarter(**changes: Any) -> pl.DataFrame:
    """Eight good stations of one quarter; the fourth has the changes."""
    returns = [good_return(number) for number in range(8)]
    returns[3] |= changes
    return frame_of(*returns)
