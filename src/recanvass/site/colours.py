"""Colours that can be read: party colours from the case, fitted to both schemes by WCAG contrast.

A *slot* is a CSS class with four fills, from a tint (`--f1`) to the full colour (`--f4`), and the
text colour that is readable on each (`--i1` … `--i4`), for light and for dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from recanvass.model import Option, PartyDefined

if TYPE_CHECKING:
    from recanvass.record.fold import View

__all__ = ["SURFACES", "Palette", "Shade", "contrast", "fitted", "ink_on", "palette_of", "shades"]

SURFACES = {"light": "#ffffff", "dark": "#14171c"}
"""What charts are drawn on, by scheme; the stylesheet has the same two."""

LEAST_FOR_SHAPES = 3.0
"""WCAG 2.2, 1.4.11: a shape that carries meaning, against what lies beside it."""
LEAST_FOR_TEXT = 4.5
"""WCAG 2.2, 1.4.3: text against what it stands on."""

REST = "rest"
_RAMPS = {
    "ramp": "#0f6b7a",
    "up": "#1f6fb2",
    "down": "#b3590a",
    REST: "#8a8f98",
}
"""Slots that are no party's: one for amounts, two for changes, one for remainders."""

_NOBODYS = ("#7a5ba8", "#3f7d4e", "#a3475c", "#6b6f2a", "#2f7f8f", "#8c5a2b")
"""For options without a party, or parties without a colour, in turn."""

_STEPS = (0.26, 0.48, 0.74, 1.0)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Shade:
    """A fill and the text colour that is readable on it."""

    fill: str
    ink: str


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours `#rrggbb`, from 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, from IEC 61966-2-1)."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in _rgb(colour))
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    """Return a colour between two: `other` at 0, `one` at 1."""
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def ink_on(fill: str) -> str:
    """Return black or white, whichever is easier to read on a fill: always at least 4.5 : 1."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, fill))


def fitted(colour: str, surface: str, least: float = LEAST_FOR_SHAPES) -> str:
    """Return the colour, moved towards black or white until it stands out from the surface."""
    towards = ink_on(surface)
    for step in range(21):
        moved = _mix(towards, colour, step / 20)
        if contrast(moved, surface) >= least:
            return moved
    return towards


def shades(colour: str, scheme: str) -> tuple[Shade, ...]:
    """Return the four fills of a slot in a scheme, from a tint to the full colour."""
    surface = SURFACES[scheme]
    full = fitted(colour, surface)
    fills = [_mix(full, surface, share) for share in _STEPS]
    return tuple(Shade(fill, ink_on(fill)) for fill in fills)


@dataclass(frozen=True)
class Palette:
    """The slots of a record: a colour for each party, and for options that no party backs."""

    parties: dict[str, str]
    """Slot by party."""
    colours: dict[str, str]
    """Colour by slot, as the case has it."""

    def of_party(self, party: str | None) -> str:
        """Return the slot of a party; that of remainders for none."""
        return self.parties.get(party or "", REST)

    def of_options(self, options: Iterable[Option]) -> dict[str, str]:
        """Return the slot of each option of a poll."""
        slots, alone = {}, 0
        for option in options:
            party = option.parties[0] if option.parties else None
            if option.residual:
                slots[option.id] = REST
            elif party in self.parties:
                slots[option.id] = self.parties[party or ""]
            else:
                slots[option.id] = f"n{alone % len(_NOBODYS)}"
                alone += 1
        return slots

    @cached_property
    def css(self) -> str:
        """The stylesheet of all slots: light, and light or dark where browsers know both."""
        plain = "".join(_rule(slot, c, "light") for slot, c in self.colours.items())
        both = "".join(_rule_of_both(slot, c) for slot, c in self.colours.items())
        return f"{plain}@supports (color:light-dark(#000,#fff)){{{both}}}\n"


def _rule(slot: str, colour: str, scheme: str) -> str:
    values = "".join(
        f"--f{n}:{s.fill};--i{n}:{s.ink};" for n, s in enumerate(shades(colour, scheme), 1)
    )
    return f".{slot}{{{values}}}\n"


def _rule_of_both(slot: str, colour: str) -> str:
    pairs = zip(shades(colour, "light"), shades(colour, "dark"), strict=True)
    values = "".join(
        f"--f{n}:light-dark({a.fill},{b.fill});--i{n}:light-dark({a.ink},{b.ink});"
        for n, (a, b) in enumerate(pairs, 1)
    )
    return f".{slot}{{{values}}}\n"


def palette_of(view: View) -> Palette:
    """Return the palette of a record: each party's own colour, where it gives one that is one."""
    slots = {party: f"p{n}" for n, party in enumerate(view.parties)}
    colours = {
        slots[p.party]: _own_colour(p) or _NOBODYS[n % len(_NOBODYS)]
        for n, p in enumerate(view.parties.values())
    }
    nobodys = {f"n{n}": colour for n, colour in enumerate(_NOBODYS)}
    return Palette(slots, colours | nobodys | _RAMPS)


def _own_colour(party: PartyDefined) -> str | None:
    return party.color if party.color and _COLOUR.fullmatch(party.color) else None
