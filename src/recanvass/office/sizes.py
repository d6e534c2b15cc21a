"""How many seats each circle or lower body has: laid down, by population, or shared out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from recanvass.errors import BadInput
from recanvass.model import CircleSizes, SizeBand
from recanvass.office.division import divide
from recanvass.office.lots import Lot, LotMissing, Lots
from recanvass.office.steps import SeatStep

__all__ = ["Size", "Sizes", "SizesNeedLot", "band_of", "circle_sizes", "laid_down"]


class Size(msgspec.Struct, frozen=True):
    """Seats of one circle, and what they follow from."""

    seats: int
    population: int | None = None
    first_list: int = 0
    """How many of them are reserved for the list with the most votes."""


class Sizes(msgspec.Struct, frozen=True):
    """Seats of all circles, by unit."""

    by_unit: dict[str, Size]
    steps: tuple[SeatStep, ...] = ()
    """How they were shared out, where they were."""


class SizesNeedLot(msgspec.Struct, frozen=True):
    """Circles are tied for the last seats: a lot must be drawn before seats can be allocated."""

    among: tuple[str, ...]
    draw: int


def band_of(population: int, bands: Iterable[SizeBand]) -> SizeBand:
    """Return the band that a population is in. Raise BadInput if it is beyond the last."""
    last = None
    for band in bands:
        if band.up_to is None or population <= band.up_to:
            return band
        last = band.up_to
    raise BadInput(
        f"population: found {population:,}; expected at most {last or 0:,}, the last band"
    )


def laid_down(sizes: CircleSizes) -> Sizes:
    """Return seats as fixed, or by bands of population. Raise BadInput beyond the last band."""
    if sizes.fixed:
        return Sizes({unit: Size(number) for unit, number in sizes.fixed.items()})
    bands = {unit: band_of(number, sizes.bands) for unit, number in sizes.populations.items()}
    return Sizes(
        {
            unit: Size(band.seats, sizes.populations[unit], band.first_list)
            for unit, band in bands.items()
        }
    )


def circle_sizes(sizes: CircleSizes, seats: int, lots: Iterable[Lot] = ()) -> Sizes | SizesNeedLot:
    """Return the seats of every circle; `seats`, those of the office, where they are shared out.

    Raise BadInput if there are fewer than the circles are owed, or a population beyond the bands.
    """
    if sizes.method is None:
        return laid_down(sizes)
    people = sizes.populations
    try:
        shared = divide(
            people, seats, sizes.method, Lots(lots), base=sizes.base, minimum=sizes.minimum
        )
    except LotMissing as asked:
        return SizesNeedLot(asked.among, asked.draw)
    return Sizes(
        {unit: Size(number, people[unit]) for unit, number in shared.seats.items()}, shared.steps
    )
