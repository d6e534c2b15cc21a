"""Colours: WCAG contrast as it is defined, and every slot readable in both schemes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.model import Option
from recanvass.record import Record
from recanvass.site.assets import asset_content
from recanvass.site.colours import SURFACES, contrast, fitted, ink_on, palette_of, shades

CASES = Path(__file__).parents[2] / "src" / "recanvass" / "cases"
colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def carried_colours() -> list[str]:
    files = CASES.glob("*/case.toml")
    cases = [tomllib.loads(f.read_text(encoding="utf-8")) for f in files]
    return [p["color"] for case in cases for p in case.get("parties", ())]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@given(colours)
def test_text_on_any_fill_can_be_read(colour: str) -> None:
    for scheme in SURFACES:
        for shade in shades(colour, scheme):
            assert contrast(shade.fill, shade.ink) >= 4.5


@given(colours, st.sampled_from(sorted(SURFACES)))
def test_any_colour_stands_out_from_the_surface(colour: str, scheme: str) -> None:
    assert contrast(fitted(colour, SURFACES[scheme]), SURFACES[scheme]) >= 3.0
    assert contrast(shades(colour, scheme)[-1].fill, SURFACES[scheme]) >= 3.0


@given(colours)
def test_a_tint_is_nearer_to_the_surface_than_the_full_colour(colour: str) -> None:
    for scheme, surface in SURFACES.items():
        ratios = [contrast(s.fill, surface) for s in shades(colour, scheme)]
        assert ratios == sorted(ratios)


def test_every_party_of_the_carried_cases_has_a_colour() -> None:
    found = carried_colours()
    assert len(found) >= 25
    assert all(re.fullmatch("#[0-9a-f]{6}", c) for c in found)


@pytest.mark.parametrize("colour", sorted({*carried_colours()}))
def test_a_colour_of_a_carried_case_keeps_its_hue_in_both_schemes(colour: str) -> None:
    # A dark blue on black must grow lighter, but it does not become white.
    for scheme, surface in SURFACES.items():
        assert fitted(colour, surface) != ink_on(surface), scheme


def test_the_stylesheet_has_the_surfaces_that_colours_are_fitted_to(districts: Record) -> None:
    css = asset_content("site.css", palette_of(districts.view())).decode()
    assert f"--surface: light-dark({SURFACES['light']}, {SURFACES['dark']})" in css
    assert f"--surface: {SURFACES['light']};" in css


@pytest.mark.parametrize("name", ["ink", "quiet", "accent", "bad", "good"])
@pytest.mark.parametrize("behind", ["surface", "page", "faint"])
def test_text_of_the_theme_can_be_read_on_every_ground(
    name: str, behind: str, districts: Record
) -> None:
    css = asset_content("site.css", palette_of(districts.view())).decode()
    pairs = dict(re.findall(r"--(\w+): light-dark\((#\w{6}, #\w{6})\)", css))
    for text, ground in zip(pairs[name].split(", "), pairs[behind].split(", "), strict=True):
        assert contrast(text, ground) >= 4.5


def test_each_party_has_a_slot_and_a_remainder_the_common_one(districts: Record) -> None:
    palette = palette_of(districts.view())
    options = districts.view().poll("istanbul-mayor", "2019-03-31").options
    slots = palette.of_options(options)
    assert len({*slots.values()}) == 4
    assert slots["other"] == "rest"
    assert f".{slots['chp']}{{--f1:" in palette.css


def test_options_without_a_party_can_be_told_apart(districts: Record) -> None:
    options = [Option(id=f"o{n}", name=f"O {n}") for n in range(4)]
    assert len({*palette_of(districts.view()).of_options(options).values()}) == 4
