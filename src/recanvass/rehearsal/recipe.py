"""What a made-up election is made from: every choice, checked, and the same for the same seed."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import msgspec

from recanvass.errors import BadInput
from recanvass.rehearsal.draws import LARGEST_SEED
from recanvass.words import LANGUAGES

__all__ = ["CONTESTS", "MOST_STATIONS", "Recipe"]

MOST_STATIONS = 2_000_000
CONTESTS: Final = ("mayor", "council")
"""The contests of one envelope; a recipe takes the first, or both."""

_STATIONS_IN_A_NEIGHBOURHOOD = 14
_MOST_PARTS = 12
"""Units that a unit is divided into, unless `tree` says otherwise."""

_WHOLE: Final = {
    "stations": (1, MOST_STATIONS),
    "seed": (0, LARGEST_SEED),
    "options": (2, 40),
    "contests": (1, len(CONTESTS)),
    "registered": (20, 5_000),
    # Late returns and corrections are in before the recounts (`afterwards`).
    "hours": (1, 24),
}
_SHARES: Final = {
    "turnout": (0.05, 0.95),
    "spread": (0, 2),
    "late": (0, 1),
    "missing": (0, 1),
    "errors": (0, 1),
    "corrections": (0, 1),
    "recounts": (0, 0.2),
    "observer": (0, 1),
}


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up election. Raises BadInput, naming the field, for what cannot be made.

    Shares are fractions from 0 to 1.
    """

    stations: int
    seed: int = 1
    language: str = "en"
    """Of the made-up names."""
    day: str = "2030-06-02"
    """The day of voting."""
    tree: tuple[int, int, int] | None = None
    """Regions, districts in each, neighbourhoods in each; by default as the stations need."""
    options: int = 5
    contests: int = 1
    """1, or 2 in the same envelope."""
    form: Literal["short", "full"] = "short"
    """What the form asks for: four counts, or ballot papers and ways of admission too."""
    registered: int = 320
    """Voters on the roll of a station, on average."""
    turnout: float = 0.8
    spread: float = 0.4
    """How much an option's strength differs from place to place; 0: only by chance."""
    hours: int = 8
    """How long the night is, from the close of the polls."""
    late: float = 0.02
    """Stations that report up to 30 hours later."""
    missing: float = 0.005
    """Stations that never report."""
    errors: float = 0.01
    """Returns with a clerical error, spread evenly over its kinds."""
    rates: dict[str, float] = {}
    """Kinds of error that have a rate of their own, beside `errors`."""
    corrections: float = 0.5
    """Returns with an error that are corrected on a later day."""
    recounts: float = 0.02
    """Neighbourhoods that are counted again on the fourth day."""
    observer: float = 0.2
    """Stations of whose return an observer mission has a copy."""

    def __post_init__(self) -> None:
        for name, (least, most) in (_WHOLE | _SHARES).items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise BadInput(f"{name}: found {value}; expected {least} to {most}")
        if self.language not in LANGUAGES:
            raise BadInput(f"language: found {self.language!r}; expected {', '.join(LANGUAGES)}")
        if self.form not in ("short", "full"):
            raise BadInput(f"form: found {self.form!r}; expected short or full")
        _check_day(self.day)
        _check_rates(self.rates, self.errors)
        if self.tree is not None:
            _check_tree(self.tree, self.stations)

    @property
    def divisions(self) -> tuple[int, int, int]:
        """Regions, districts in each, neighbourhoods in each."""
        if self.tree is not None:
            return self.tree
        needed = -(-self.stations // _STATIONS_IN_A_NEIGHBOURHOOD)
        neighbourhoods = min(_MOST_PARTS, needed)
        districts = min(_MOST_PARTS, -(-needed // neighbourhoods))
        return -(-needed // (neighbourhoods * districts)), districts, neighbourhoods

    @property
    def contest_ids(self) -> tuple[str, ...]:
        """The contests that are held."""
        return CONTESTS[: self.contests]


def _check_day(day: str) -> None:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise BadInput(f"day: found {day!r}; expected a date such as 2030-06-02") from None
    # Days follow: later returns, recounts, the declaration.
    if found.year > 9000 or day != found.isoformat():
        raise BadInput(f"day: found {day!r}; expected a date such as 2030-06-02, up to 9000")


def _check_rates(rates: dict[str, float], errors: float) -> None:
    for kind, rate in rates.items():
        if not 0 <= rate <= 1:
            raise BadInput(f"rate of {kind}: found {rate}; expected 0 to 1")
    total = sum(rates.values()) + errors
    if total > 1:
        raise BadInput(f"rates of errors: found {total:g} in all; expected 1 at most")


def _check_tree(tree: tuple[int, int, int], stations: int) -> None:
    if min(tree) < 1:
        raise BadInput(f"tree: found {tree}; expected three numbers from 1")
    neighbourhoods = tree[0] * tree[1] * tree[2]
    if neighbourhoods > stations:
        raise BadInput(
            f"tree: found {neighbourhoods} neighbourhoods for {stations} stations; "
            "expected a station for each"
        )
