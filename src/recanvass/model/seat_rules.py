"""How the seats of an office are shared out: the part of its definition that an allocation reads.

Shares are texts (`"1/10"`, `"0.05"`): the record holds no floats, and a tenth must be a tenth.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta

from recanvass.model.base import Part

__all__ = [
    "CircleSizes",
    "IndirectRule",
    "ListRule",
    "Method",
    "SeatRule",
    "SizeBand",
    "Threshold",
    "rule_units",
]

Method = Literal[
    "dhondt",
    "sainte-lague",
    "modified-sainte-lague-1.4",
    "modified-sainte-lague-1.2",
    "adams",
    "huntington-hill",
    "danish",
    "hare",
    "droop",
    "hagenbach-bischoff",
    "imperiali",
]
"""How votes become seats; `recanvass.office.methods` says what each of them is."""

_Count = Annotated[int, Meta(ge=0)]
_Share = Annotated[str, Meta(pattern=r"^(0|1|0\.\d{1,12}|\d{1,12}/[1-9]\d{0,11})$")]
"""A fraction from 0 to 1: `1/10` or `0.05`."""


def _at_most_whole(share: str, what: str) -> None:
    if Fraction(share) > 1:
        raise ValueError(f"{what}: found {share!r}; expected a share from 0 to 1")


class Threshold(Part, frozen=True):
    """What a list must reach to take part. All thresholds of a rule must be reached."""

    share: _Share
    of: Literal["valid", "cast"] = "valid"
    """Of the valid votes, or of all that were cast."""
    within: Literal["circle", "all"] = "circle"
    """Measured in each circle by itself, or in all circles together."""
    counts: Literal["list", "alliance"] = "list"
    """Whether the lists of an alliance are measured one by one, or as one."""
    exceeded: bool = False
    """True if just reaching the share is not enough."""

    def __post_init__(self) -> None:
        _at_most_whole(self.share, "threshold")


class SizeBand(Part, frozen=True):
    """How many seats a body has where the population is within a band."""

    seats: _Count
    up_to: _Count | None = None
    """The largest population of the band; absent in the last band, which has no end."""
    first_list: _Count = 0
    """How many of these seats go to the list with the most votes before the rest is divided."""

    def __post_init__(self) -> None:
        if self.first_list > self.seats:
            raise ValueError(
                f"first_list: found {self.first_list} of {self.seats} seats; expected no more"
            )


class CircleSizes(Part, frozen=True):
    """How many seats each circle has: one of three ways.

    `fixed` as laid down; by `bands` of `populations`; or the seats of the office shared among the
    circles by `method` in proportion to `populations`.
    """

    fixed: dict[str, _Count] = {}
    """Seats by unit."""
    populations: dict[str, _Count] = {}
    """People by unit."""
    bands: tuple[SizeBand, ...] = ()
    """From the smallest population to the largest."""
    method: Method | None = None
    base: _Count = 0
    """Seats that every circle has before the rest is shared as if there were none."""
    minimum: _Count = 0
    """Seats that every circle has at least, counted as part of its share."""

    def __post_init__(self) -> None:
        ways = (bool(self.fixed), bool(self.bands), self.method is not None)
        if sum(ways) != 1:
            raise ValueError("sizes: expected one of `fixed`, `bands` and `method`")
        if not self.fixed and not self.populations:
            raise ValueError("sizes: found no `populations`; expected people by unit")
        ends = [band.up_to for band in self.bands]
        finite = [end for end in ends if end is not None]
        if None in ends[:-1] or finite != sorted(set(finite)):
            raise ValueError("bands: expected each `up_to` larger than the one before")


class ListRule(Part, frozen=True, tag_field="type", tag="lists"):
    """Seats in proportion to the votes of lists, in one circle or in several."""

    method: Method
    circles: str | None = None
    """A level of the tree whose units are the circles, or `contest` where each contest that fills
    the office is one; absent: one circle with all seats."""
    sizes: CircleSizes | None = None
    """Seats of the circles; absent: the one circle has all seats of the office."""
    thresholds: tuple[Threshold, ...] = ()
    deduct: _Share | None = None
    """The share of the circle's valid votes that is taken off every list before dividing; a list
    with nothing left takes no part."""
    first_list: _Count = 0
    """Seats of each circle that go to the list with the most votes before the rest is divided."""
    together: Literal["list", "alliance"] = "list"
    """With `alliance`, seats go to alliances first and are then divided among their lists."""

    def __post_init__(self) -> None:
        if self.deduct is not None:
            _at_most_whole(self.deduct, "deduct")
        if self.circles is not None and self.sizes is None:
            raise ValueError("circles: found no `sizes`; expected the seats of each circle")


class IndirectRule(Part, frozen=True, tag_field="type", tag="indirect"):
    """A body that nobody votes for directly: a share of the members of each lower body, rounded
    down, and holders of other offices."""

    sizes: CircleSizes
    """Members of the lower bodies."""
    share: _Share
    """The share of each lower body's members that sits here."""
    heads: _Count = 0
    """Seats that come with an office of each lower unit: its mayor."""
    chairs: _Count = 0
    """Seats that come with an office of the whole: who presides."""

    def __post_init__(self) -> None:
        _at_most_whole(self.share, "share")
        if self.sizes.method is not None:
            raise ValueError("sizes: found `method`; expected `fixed` or `bands` for lower bodies")


SeatRule = ListRule | IndirectRule


def rule_units(rule: SeatRule | None) -> tuple[str, ...]:
    """Return the units that a rule speaks of; where contests are the circles there are none."""
    if rule is None or rule.sizes is None:
        return ()
    if isinstance(rule, ListRule) and rule.circles == "contest":
        return ()
    return tuple(rule.sizes.fixed or rule.sizes.populations)
