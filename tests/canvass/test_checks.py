from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from good_returns import FORM, OPTIONS, frame_of, good_return, poll, quarter
from hypothesis import given, settings
from hypothesis import strategies as st

from recanvass.canvass.checks import applied_rules, blocked, check_returns, summary
from recanvass.canvass.rules import RULES, SEVERITIES, message
from recanvass.errors import BadInput
from recanvass.model import Option

ALONE = tuple(code for code, rule in RULES.items() if rule.scope == "return")
EVERY_FIGURE = [*FORM, *(f"votes.{option.id}" for option in OPTIONS)]


def codes(frame: pl.DataFrame, **changes: Any) -> list[str]:
    return check_returns(frame, poll(**changes), codes=ALONE)["code"].to_list()


def broken(**changes: Any) -> pl.DataFrame:
    return frame_of(good_return() | changes)


# good_return(): registered 340, voted = ballots = 267, valid 260, invalid 5, blank 2,
# poll_cards 264 + proxies 2 + voter_cards 1, received 400 = 267 + unused 132 + spoiled 1,
# oak 120, elm 80, fir 40, ash 20.
SLIPS: list[tuple[list[str], dict[str, Any]]] = [
    (["M01"], {"unused": None}),
    (["M01"], {"valid": None}),
    (["M02"], {"votes.fir": None}),
    (["M02", "A05"], {"votes.fir": None, "votes.oak": 220}),
    (["M03"], dict.fromkeys(EVERY_FIGURE)),
    (["M04"], dict.fromkeys(EVERY_FIGURE, 0)),
    (["A01"], {"votes.oak": 121}),
    (["A02", "A03"], {"valid": 0}),
    (["A03"], {"invalid": 6}),
    (["A01", "A03", "A04"], {"valid": 268}),
    (["A06"], {"proxies": 3}),
    (["A07"], {"more_counted": 1}),
    (["A07"], {"fewer_counted": 1}),
    (["A03", "A08", "P01"], {"ballots": 268}),
    (["A03", "A09", "P01"], {"ballots": 268, "more_counted": 1, "fewer_counted": 1}),
    (["A03", "A10", "P01"], {"ballots": 266}),
    (["A03", "A11", "P01"], {"ballots": 266, "more_counted": 1, "fewer_counted": 1}),
    (["R01"], {"registered": 0}),
    (["R02"], {"registered": 264, "off_roll": 2}),
    (["R03"], {"registered": 264, "off_roll": 3}),
    (["M01", "R03"], {"registered": 264, "off_roll": None}),
    (["R03", "R05"], {"registered": 263, "off_roll": 4}),
    (["R06"], {"off_roll": 9}),
    (["R06", "R07"], {"off_roll": 268}),
    (["P01"], {"unused": 131}),
    (["P01", "P02"], {"received": 266}),
    (["A03", "U01"], {"blank": 9}),
    (["A03", "U02"], {"invalid": 9}),
    (
        ["U03"],
        {"voted": 282, "poll_cards": 279, "fewer_counted": 15},
    ),
    (
        ["U05"],
        {"votes.oak": 260, "votes.elm": 0, "votes.fir": 0, "votes.ash": 0},
    ),
]


@pytest.mark.parametrize(
    ("fires", "slip"), SLIPS, ids=[f"{'-'.join(fires)}_{next(iter(slip))}" for fires, slip in SLIPS]
)
def test_one_slip_fires_exactly_its_rules(fires: list[str], slip: dict[str, Any]) -> None:
    assert sorted(codes(broken(**slip))) == sorted(fires)


def test_a_good_return_breaks_no_rule() -> None:
    assert codes(broken()) == []


def test_a_total_of_several_boxes_balances_its_stated_differences() -> None:
    asks = (*FORM, "boxes")
    total = {"boxes": 5, "more_counted": 3, "fewer_counted": 3}
    assert codes(broken(**total), asks=asks) == []
    assert codes(broken(**total | {"more_counted": 4}), asks=asks) == ["A12"]


def test_a_mistyped_voted_figure_is_told_from_officials_who_voted() -> None:
    asks = ("registered", "voted", "valid")
    three = ("station", "id", "seq", "source", "station_kind", "position", *asks)
    row = {name: good_return().get(name) for name in three}
    row |= {f"votes.{option.id}": good_return()[f"votes.{option.id}"] for option in OPTIONS}
    mistyped = frame_of(row | {"registered": 285, "voted": 290})
    officials = frame_of(row | {"registered": 260, "voted": 265})
    assert codes(mistyped, asks=asks) == ["R03", "R04"]
    assert codes(officials, asks=asks) == ["R03"]


def test_an_empty_station_is_a_warning_when_its_roll_is_not_empty() -> None:
    nobody = dict.fromkeys(EVERY_FIGURE, 0) | {"registered": 340, "received": 400, "unused": 400}
    assert codes(broken(**nobody)) == ["U04"]


@pytest.mark.parametrize(
    ("fires", "blank", "cast"),
    [(True, 3, 100), (False, 2, 100), (True, 4, 101), (False, 3, 101), (True, 1, 0), (False, 0, 0)],
)
def test_u01_three_per_cent_is_exact(fires: bool, blank: int, cast: int) -> None:
    found = check_returns(broken(blank=blank, ballots=cast), poll(), codes=["U01"])
    assert (found.height == 1) is fires


@pytest.mark.parametrize(
    ("fires", "voted", "ballots"),
    [
        (True, 102, 100),
        (False, 101, 100),
        (True, 1015, 1000),
        (False, 1014, 1000),
        (True, 1, 0),
        (False, 0, 0),
    ],
)
def test_u03_two_per_cent_or_fifteen_is_exact(fires: bool, voted: int, ballots: int) -> None:
    found = check_returns(broken(voted=voted, ballots=ballots), poll(), codes=["U03"])
    assert (found.height == 1) is fires


def test_the_officials_limit_applies_where_the_form_does_not_count_them() -> None:
    frame = broken(registered=260, off_roll=None)
    assert "R03" in codes(frame)
    assert "R02" in codes(frame, limits={"off_roll_allowed": 6})


def test_a_blank_cell_never_fires_a_rule_about_sums() -> None:
    for name in EVERY_FIGURE:
        assert set(codes(broken(**{name: None}))) <= {"M01", "M02"}, name


def test_a_rule_whose_columns_are_absent_is_not_applied() -> None:
    frame = broken().drop("received")
    assert "P01" not in applied_rules(frame, poll())
    assert "P01" in applied_rules(broken(), poll())


def test_an_equation_over_a_derived_count_is_not_applied() -> None:
    frame = broken()
    assert "A03" in applied_rules(frame, poll())
    assert "A03" not in applied_rules(frame, poll(derived=("invalid",)))
    assert "U02" in applied_rules(frame, poll(derived=("invalid",)))


def test_votes_that_are_a_derived_remainder_are_not_checked_against_valid() -> None:
    applied = applied_rules(broken(), poll(derived=("invalid", "votes.ash")))
    assert not {"A01", "A03", "F01"} & set(applied)


def test_a_derived_count_is_not_missing() -> None:
    assert codes(broken(invalid=None), derived=("invalid",)) == []


def test_a_count_that_has_no_column_at_all_is_missing() -> None:
    assert codes(broken().drop("invalid")) == ["M01"]


SLATE = (*OPTIONS[:3], Option(id="ash", name="Ash", not_in=("town/old",)))


def test_an_option_that_did_not_stand_here_is_neither_missing_nor_zero() -> None:
    frame = broken(**{"votes.ash": None, "votes.oak": 140})
    assert codes(frame, options=SLATE) == []


def test_votes_for_an_option_that_did_not_stand_here_are_an_error() -> None:
    found = check_returns(broken(), poll(options=SLATE), codes=ALONE)
    assert found["code"].to_list() == ["U06"]
    assert message("U06", found["values"][0], "en") == (
        "20 votes for ash, which did not stand here"
    )


def test_an_option_stands_only_where_it_is_said_to() -> None:
    elsewhere = (*OPTIONS[:3], Option(id="ash", name="Ash", stands_in=("town/new",)))
    here = (*OPTIONS[:3], Option(id="ash", name="Ash", stands_in=("town",)))
    assert codes(broken(), options=elsewhere) == ["U06"]
    assert codes(broken(), options=here) == []


def test_a_slate_that_differs_by_unit_needs_to_know_the_units() -> None:
    flat = broken().drop("unit.town", "unit.quarter")
    with pytest.raises(BadInput, match="do not stand everywhere"):
        blocked(flat, poll(options=SLATE, blocking=("U06",)))


def test_a_withdrawn_option_may_be_blank() -> None:
    options = (*OPTIONS[:3], Option(id="ash", name="Ash", withdrawn=True))
    assert codes(broken(**{"votes.ash": None, "votes.oak": 140}), options=options) == []


def test_violations_come_worst_first_then_in_the_order_of_the_catalogue() -> None:
    found = check_returns(quarter(**{"votes.oak": 1, "off_roll": 9}), poll())
    worst, catalogue = list(SEVERITIES), list(RULES)
    keys = [
        (worst.index(severity), catalogue.index(code))
        for severity, code in found.select("severity", "code").iter_rows()
    ]
    assert keys == sorted(keys)
    assert found.columns == ["station", "id", "seq", "code", "severity", "values"]


def test_every_violation_says_its_numbers_in_both_languages() -> None:
    frame = pl.concat([broken(**slip) for _, slip in SLIPS]).with_columns(
        position=pl.int_range(pl.len())
    )
    found = check_returns(frame, poll())
    assert found.height > len(SLIPS)
    for code, values in found.select("code", "values").iter_rows():
        assert "{" not in message(code, values, "en") + message(code, values, "tr")


def test_a_summary_counts_each_code() -> None:
    found = check_returns(pl.concat([broken(proxies=3)] * 2), poll(), codes=["A06"])
    assert summary(found).rows() == [
        ("A06", "error", "Ways of admission do not add up to the voters", 2)
    ]
    assert summary(found, "tr")["title"].to_list() == [RULES["A06"].title["tr"]]


def test_no_returns_give_no_violations() -> None:
    found = check_returns(broken().clear(), poll())
    assert found.is_empty()
    assert summary(found).is_empty()


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(BadInput, match="X01"):
        check_returns(broken(), poll(), codes=["X01"])


def test_a_frame_without_a_needed_column_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="position"):
        check_returns(broken().drop("position"), poll())


def test_nothing_is_blocked_where_the_poll_blocks_nothing() -> None:
    assert blocked(quarter(valid=1), poll()).to_list() == [False] * 8


def test_a_blocking_rule_blocks_where_it_fires_and_only_there() -> None:
    found = blocked(quarter(**{"votes.oak": 1}), poll(blocking=("A01", "R02")))
    assert found.to_list() == [False, False, False, True, False, False, False, False]


def test_a_missing_figure_does_not_block_by_a_rule_that_needs_it() -> None:
    assert not blocked(quarter(valid=None), poll(blocking=("A01",))).any()


def test_a_rule_that_looks_at_others_may_not_block() -> None:
    with pytest.raises(BadInput, match="N02"):
        blocked(quarter(), poll(blocking=("N02",)))


figure = st.none() | st.integers(0, 400)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(EVERY_FIGURE, figure)), min_size=1, max_size=6))
def test_a_return_is_judged_alone_as_it_is_judged_in_a_file(figures: list[dict[str, Any]]) -> None:
    rows = [
        good_return() | each | {"id": str(number), "station": f"s{number}", "position": number}
        for number, each in enumerate(figures)
    ]
    together = check_returns(frame_of(*rows), poll(), codes=ALONE).drop("seq")
    alone = pl.concat(check_returns(frame_of(row), poll(), codes=ALONE) for row in rows)
    assert sorted(together.rows()) == sorted(alone.drop("seq").rows())


def test_a_return_lacks_signatures_only_where_the_poll_asks_and_somebody_looked() -> None:
    signed = broken().with_columns(pl.lit(1, pl.Int64).alias("signed.officers"))
    assert codes(signed, signatures=2) == ["K01"]
    assert codes(signed, signatures=1) == codes(signed) == codes(broken(), signatures=2) == []
    assert blocked(signed, poll(signatures=2, blocking=("K01",))).to_list() == [True]
