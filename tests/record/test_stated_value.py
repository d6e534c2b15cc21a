"""When a stated value fits a figure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.model import ClaimMade, convert_event
from recanvass.record.stated_value import Day, fit, nearest


def stated(value: str, of: str = "votes", **how: str) -> ClaimMade:
    measure = {
        "votes": {"of": "votes", "contest": "c", "poll": "p", "option": "o"},
        "leader": {"of": "leader", "contest": "c", "poll": "p"},
        "date": {"of": "event-date", "event": "e"},
    }[of]
    claim = convert_event(
        {"kind": "claim.made", "id": "i", "at": "2024-01-01T00:00Z", "by": "b", "says": "s"}
        | {"measure": measure, "value": value, **how},
        "claim",
    )
    assert isinstance(claim, ClaimMade)
    return claim


@pytest.mark.parametrize(
    ("claim", "figure", "expected"),
    [
        (stated("13729"), "13729", "exact"),
        (stated("13000", step="1000"), "13729", "rounded"),
        (stated("14000", step="1000"), "13729", "rounded"),
        (stated("13000"), "13729", None),
        (stated("14000", step="1000", sense="cut off"), "13729", None),
        (stated("54"), "54.22", "rounded"),
        (stated("54.2"), "54.25", None),
        (stated("54.3"), "54.25", "rounded"),
        (stated("25000", step="2500", sense="about"), "27500", "rounded"),
        (stated("25000", step="2500", sense="about"), "27501", None),
        (stated("50", sense="more than"), "50", None),
        (stated("50", sense="at least"), "50", "exact"),
        (stated("775000", step="5000", sense="more than"), "777581", "exact"),
        (stated("775000", step="5000", sense="more than"), "806014", "loose"),
        (stated("775000", step="5000", sense="more than"), "774999", None),
        (stated("10", sense="less than"), "3", "exact"),
        (stated("-5"), "-5", "exact"),
    ],
)
def test_a_number_fits_as_it_was_meant(claim: ClaimMade, figure: str, expected: str | None) -> None:
    assert fit(claim, Fraction(figure)) == expected


def test_a_date_fits_one_that_is_known_more_finely_and_no_other() -> None:
    assert fit(stated("1994", "date"), Day("1994-03")) == "exact"
    assert fit(stated("1994-03-27", "date"), Day("1994-03")) is None
    assert fit(stated("199", "date"), Day("1994-03")) is None


def test_a_name_is_compared_without_its_marks() -> None:
    assert fit(stated("Binali Yildirim", "leader"), "Binali Yıldırım") == "exact"
    assert fit(stated("Bilnari Yildirim", "leader"), "Binali Yıldırım") is None


figures = st.integers(-(10**9), 10**9)
steps = st.sampled_from(["1", "5", "1000", "2500"])


@given(figures, steps)
def test_a_figure_fits_what_it_is_rounded_to_and_what_it_is_cut_off_to(
    figure: int, step: str
) -> None:
    size = int(step)
    cut = (abs(figure) // size * size) * (-1 if figure < 0 else 1)
    assert fit(stated(str(cut), step=step), Fraction(figure)) in ("exact", "rounded")
    rounded = nearest(stated("0", step=step), Fraction(figure))
    assert rounded is not None
    assert fit(stated(str(rounded), step=step), Fraction(figure)) in ("exact", "rounded")


@given(figures, figures, steps)
def test_a_stated_number_that_fits_is_less_than_a_step_away(
    figure: int, value: int, step: str
) -> None:
    if fit(stated(str(value), step=step), Fraction(figure)):
        assert abs(figure - value) < int(step) or figure == value


@given(figures, figures)
def test_a_bound_and_its_opposite_never_both_hold(figure: int, value: int) -> None:
    more = fit(stated(str(value), sense="more than"), Fraction(figure))
    less = fit(stated(str(value), sense="at most"), Fraction(figure))
    assert (more is None) != (less is None)
