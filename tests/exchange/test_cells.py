from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recanvass.exchange.cells import LARGEST, numbers, slugs, tidy
from recanvass.exchange.mapping import Format
from recanvass.model import slug


def one(text: str | None, **form: object) -> tuple[int | None, bool]:
    values, bad = numbers(pl.Series([text], dtype=pl.String), Format(**form))
    return values[0], bad[0]


def test_a_blank_cell_is_missing_and_not_zero() -> None:
    assert one("") == (None, False)
    assert one("  \u00a0 ") == (None, False)
    assert one(None) == (None, False)


def test_a_sign_for_no_figure_is_missing_only_if_the_case_says_so() -> None:
    assert one("-", missing=("-",)) == (None, False)
    assert one("-")[1]


def test_a_whole_number_exported_with_a_decimal_point_is_a_count() -> None:
    assert one("1234.0") == (1234, False)
    assert one("1,234.0", thousands=",") == (1234, False)


def test_a_fraction_a_sign_or_an_exponent_is_no_count() -> None:
    for text in ("12.5", "-3", "1e3", "1_000", "abc", "1 2", str(LARGEST + 1), "9" * 30):
        assert one(text)[1], text


def test_thousands_signs_stand_between_groups_of_three() -> None:
    assert one("1.234.567", thousands=".") == (1234567, False)
    assert one("1\u202f234", thousands=" ") == (1234, False)
    assert one("1’234", thousands="'") == (1234, False)
    assert one("12.34", thousands=".")[1]
    assert one("1,234")[1]


@given(st.integers(0, LARGEST))
def test_every_count_is_read_back_however_it_is_grouped(number: int) -> None:
    for sign in (",", ".", " ", "'"):
        assert one(f"{number:,}".replace(",", sign), thousands=sign) == (number, False)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_slugs_of_a_column_are_the_slugs_of_its_texts(texts: list[str]) -> None:
    assert slugs(pl.Series(texts, dtype=pl.String)).to_list() == [slug(text) for text in texts]


def test_white_space_is_collapsed_and_a_blank_text_is_null() -> None:
    texts = pl.Series([" A\u00a0 B ", "A B", "  ", None])
    assert tidy(texts).to_list() == ["A B", "A B", None, None]
