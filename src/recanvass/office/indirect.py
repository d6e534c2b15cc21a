"""Bodies that nobody votes for directly: delegates of lower bodies, and holders of offices."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import msgspec

from recanvass.model import IndirectRule
from recanvass.office.sizes import laid_down

__all__ = ["IndirectBody", "LowerBody", "indirect_body"]


class LowerBody(msgspec.Struct, frozen=True):
    """What one lower unit sends."""

    unit: str
    population: int | None
    members: int
    """Of the lower body."""
    delegates: int
    """The share of them that sits in this body, rounded down."""
    heads: int
    """Seats that come with an office of the unit."""


class IndirectBody(msgspec.Struct, frozen=True):
    """A whole body, unit by unit."""

    units: tuple[LowerBody, ...]
    chairs: int

    @property
    def delegates(self) -> int:
        """Seats of members of lower bodies."""
        return sum(unit.delegates for unit in self.units)

    @property
    def heads(self) -> int:
        """Seats that come with an office of a lower unit."""
        return sum(unit.heads for unit in self.units)

    @property
    def seats(self) -> int:
        """All seats."""
        return self.delegates + self.heads + self.chairs


def indirect_body(rule: IndirectRule) -> IndirectBody:
    """Return who sits in a body by its rule. Raise BadInput for a population beyond the bands."""
    share = Fraction(rule.share)
    return IndirectBody(
        tuple(
            LowerBody(unit, size.population, size.seats, floor(size.seats * share), rule.heads)
            for unit, size in laid_down(rule.sizes).by_unit.items()
        ),
        rule.chairs,
    )
