"""What a map can show: one figure for each unit, the colour that stands for it, and the legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from recanvass.errors import NotInRecord
from recanvass.site.edition import Edition
from recanvass.site.figures import PollFigures, UnitFigures
from recanvass.words import number, percent, points

__all__ = ["Cell", "LegendEntry", "MapData", "MapInput", "map_data", "measures_of"]

SHARE = "share-"
_MARGIN_STEPS = (0.05, 0.10, 0.20)
_SWING_STEPS = (0.01, 0.03, 0.06)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's figure and how it is shown."""

    unit: str
    name: str
    value: float | None
    option: str | None = None
    short: str
    """As it is written on a tile."""
    words: str
    slot: str
    step: int
    corner: int = 0


class LegendEntry(msgspec.Struct, frozen=True):
    """A colour, and the mark in its tile, with what they mean."""

    slot: str
    step: int
    corner: int
    text: str


class MapData(msgspec.Struct, frozen=True, kw_only=True):
    """A map's figures by unit."""

    measure: str
    label: str
    level: str
    cells: tuple[Cell, ...]
    legend: tuple[LegendEntry, ...]


@dataclass(frozen=True)
class MapInput:
    """All that a map may show of one poll."""

    figures: PollFigures
    slots: Mapping[str, str]
    """The colour of each option."""
    ranked: Sequence[str]
    """Options by votes in all, most first: the second has a mark in its tiles."""
    can_lead: Sequence[str]
    before: PollFigures | None = None
    """The poll before, for swing."""
    checks: Mapping[str, int] | None = None
    """Broken rules by unit, where they were counted."""


def measures_of(given: MapInput, edition: Edition) -> dict[str, str]:
    """Return the measures that a poll has, with their names, in the order of the switch."""
    say = edition.say
    found = {"leader": say("Leader"), "margin": say("Margin"), "turnout": say("Turnout")}
    if given.before is not None:
        found["swing"] = say("Swing")
    found |= {
        SHARE + o.id: say("Share of {option}").format(option=o.label)
        for o in given.figures.options
        if o.id in given.can_lead
    }
    return found | {"counted": say("Counted"), "checks": say("Checks")}


def map_data(measure: str, given: MapInput, edition: Edition) -> MapData:
    """Return a map's figures. Raise NotInRecord for a measure that the poll does not have."""
    labels = measures_of(given, edition)
    if measure not in labels:
        raise NotInRecord(f"measure: found {measure!r}; expected one of {', '.join(labels)}")
    make = _MAKERS.get(measure, _share)
    cells, legend = make(measure, given, edition)
    return MapData(
        measure=measure,
        label=labels[measure],
        level=given.figures.level or "",
        cells=tuple(cells),
        legend=tuple(legend),
    )


_Made = tuple[list[Cell], list[LegendEntry]]


def _units(given: MapInput) -> list[tuple[UnitFigures, str, str]]:
    """Return the units that have a name, with id and name."""
    return [(u, u.unit, u.name or u.unit) for u in given.figures.by if u.unit is not None]


def _leader(_measure: str, given: MapInput, edition: Edition) -> _Made:
    say = edition.say
    cells = []
    for unit, key, name in _units(given):
        leader = unit.option(unit.leader)
        level = say("level") if unit.tied else say("nothing counted")
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=None,
                option=unit.leader,
                short=leader.label[:4] if leader else ("=" if unit.tied else "–"),
                words=f"{name}: {leader.name if leader else level}",
                slot=given.slots.get(unit.leader or "", "rest"),
                step=4 if leader else 0,
                corner=_corner(unit.leader, given),
            )
        )
    leaders = [o for o in given.ranked if any(u.leader == o for u in given.figures.by)]
    names = {o.id: o.label for o in given.figures.options}
    counts = {o: sum(u.leader == o for u in given.figures.by) for o in leaders}
    legend = [
        LegendEntry(
            given.slots[o], 4, _corner(o, given),
            f"{names[o]} {number(counts[o], edition.language)}",
        )
        for o in leaders
    ]  # fmt: skip
    return cells, legend


def _corner(option: str | None, given: MapInput) -> int:
    """The first has no mark, the second one corner, all others two."""
    return min(given.ranked.index(option), 2) if option in given.ranked else 0


def _margin(_measure: str, given: MapInput, edition: Edition) -> _Made:
    cells = []
    for unit, key, name in _units(given):
        leader, share = unit.option(unit.leader), unit.margin_share
        words = edition.say("nothing counted")
        if leader and share is not None:
            words = edition.say("{option} by {margin} votes, {points} points").format(
                option=leader.label,
                margin=number(unit.margin, edition.language),
                points=points(share, edition.language, 1),
            )
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=share,
                option=unit.leader,
                short="–" if share is None else points(share, edition.language, 0),
                words=f"{name}: {words}",
                slot=given.slots.get(unit.leader or "", "rest"),
                step=0 if share is None else 1 + sum(share >= s for s in _MARGIN_STEPS),
                corner=_corner(unit.leader, given),
            )
        )
    names = {o.id: o.label for o in given.figures.options}
    leaders = [o for o in given.ranked if any(u.leader == o for u in given.figures.by)]
    bounds = _ranges((0.0, *_MARGIN_STEPS), edition, "+")
    legend = [
        LegendEntry(given.slots[o], step, _corner(o, given), f"{names[o]} {bounds[step - 1]}")
        for o in leaders
        for step in range(1, 5)
    ]
    return cells, legend


def _ranges(bounds: Sequence[float], edition: Edition, before: str = "") -> list[str]:
    """Return ranges of per cent or points in words: 0–5, 5–10, 20 and more."""
    whole = [format(100 * b, ".0f") for b in bounds]
    inner = [f"{before}{a}–{b}" for a, b in pairwise(whole)]
    return [*inner, edition.say("{bound} and more").format(bound=before + whole[-1])]


def _turnout(_measure: str, given: MapInput, edition: Edition) -> _Made:
    return _amounts(given, edition, lambda u: u.turnout, "ramp")


def _share(measure: str, given: MapInput, edition: Edition) -> _Made:
    option = measure.removeprefix(SHARE)

    def share(unit: UnitFigures) -> float | None:
        found = unit.option(option)
        return found.share if found else None

    return _amounts(given, edition, share, given.slots[option])


def _amounts(
    given: MapInput, edition: Edition, value: Callable[[UnitFigures], float | None], slot: str
) -> _Made:
    """Return a map of shares in four steps of equal width, from the least to the most."""
    known = [v for u, _, _ in _units(given) if (v := value(u)) is not None]
    bounds = _equal_steps(known)
    cells = []
    for unit, key, name in _units(given):
        amount = value(unit)
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=amount,
                short="–" if amount is None else format(100 * amount, ".0f"),
                words=f"{name}: {percent(amount, edition.language)}",
                slot=slot,
                step=0 if amount is None else 1 + sum(amount >= b for b in bounds[1:]),
            )
        )
    texts = [f"{t} %" for t in _ranges(bounds, edition)] if edition.language != "tr" else [
        f"%{t}" for t in _ranges(bounds, edition)
    ]  # fmt: skip
    return cells, [LegendEntry(slot, n, 0, text) for n, text in enumerate(texts, 1)]


def _equal_steps(values: Sequence[float]) -> list[float]:
    """Return the lower bounds of four steps, in whole per cents."""
    if not values:
        return [0.0, 0.25, 0.5, 0.75]
    low = math.floor(100 * min(values))
    step = max(1, math.ceil((math.ceil(100 * max(values)) - low) / 4))
    return [(low + n * step) / 100 for n in range(4)]


def _swing(_measure: str, given: MapInput, edition: Edition) -> _Made:
    option = given.ranked[0]
    before = {u.unit: u for u in given.before.by} if given.before else {}
    cells = []
    for unit, key, name in _units(given):
        change = _change(unit, before.get(unit.unit), option)
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=change,
                option=option,
                short="–" if change is None else points(change, edition.language, 0),
                words=f"{name}: {points(change, edition.language)}",
                slot="down" if (change or 0) < 0 else "up",
                step=0 if change is None else 1 + sum(abs(change) >= s for s in _SWING_STEPS),
                corner=1 if (change or 0) < 0 else 0,
            )
        )
    bounds = (0.0, *_SWING_STEPS)
    legend = [
        LegendEntry("down", 4 - n, 1, t) for n, t in enumerate(_ranges(bounds, edition, "−")[::-1])
    ]
    legend += [LegendEntry("up", n + 1, 0, t) for n, t in enumerate(_ranges(bounds, edition, "+"))]
    used = {(c.slot, c.step) for c in cells}
    return cells, [e for e in legend if (e.slot, e.step) in used]


def _change(unit: UnitFigures, before: UnitFigures | None, option: str) -> float | None:
    """Return the change of an option's share; None where either side has none."""
    now, then = unit.option(option), before.option(option) if before else None
    if now is None or then is None or now.share is None or then.share is None:
        return None
    return now.share - then.share


def _counted(_measure: str, given: MapInput, edition: Edition) -> _Made:
    cells = []
    for unit, key, name in _units(given):
        share = unit.stations.share
        pair = (number(n, edition.language) for n in (unit.stations.counted, unit.stations.total))
        words = edition.say("{counted} of {total} stations").format(
            **dict(zip(("counted", "total"), pair, strict=True))
        )
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=share,
                short=format(math.floor(100 * share), "d"),
                words=f"{name}: {words}",
                slot="ramp",
                step=1 + sum(share >= s for s in (0.5, 0.9, 1.0)),
            )
        )
    texts = ("0–49 %", "50–89 %", "90–99 %", "100 %")
    return cells, [LegendEntry("ramp", n, 0, t) for n, t in enumerate(texts, 1)]


def _checks(_measure: str, given: MapInput, edition: Edition) -> _Made:
    broken = given.checks or {}
    most = max(broken.values(), default=0)
    bounds = _whole_steps(most)
    cells = []
    for _unit, key, name in _units(given):
        count = broken.get(key, 0)
        words = edition.say("{n} findings of the checks").format(n=number(count, edition.language))
        cells.append(
            Cell(
                unit=key,
                name=name,
                value=float(count),
                short=number(count, edition.language) if count < 1000 else "1k+",
                words=f"{name}: {words}",
                slot="ramp",
                step=1 + sum(count >= b for b in bounds[1:]),
            )
        )
    ends = [*(b - 1 for b in bounds[1:]), max(most, bounds[-1])]
    texts = [str(a) if a == b else f"{a}–{b}" for a, b in zip(bounds, ends, strict=True)]
    return cells, [LegendEntry("ramp", n, 0, t) for n, t in enumerate(texts, 1)]


def _whole_steps(most: int) -> list[int]:
    """Return the lower bounds of four steps of whole numbers, the first only 0."""
    step = max(1, math.ceil(most / 3))
    return [0, 1, 1 + step, 1 + 2 * step]


_MAKERS: dict[str, Callable[[str, MapInput, Edition], _Made]] = {
    "leader": _leader,
    "margin": _margin,
    "turnout": _turnout,
    "swing": _swing,
    "counted": _counted,
    "checks": _checks,
}
