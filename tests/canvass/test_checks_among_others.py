"""The rules that compare a return with others: each fires on its slip and on nothing else."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from good_returns import OPTIONS, frame_of, good_return, poll, quarter

from recanvass.canvass.checks import applied_rules, check_returns
from recanvass.canvass.rules import RULES, message
from recanvass.model import Option

AMONG = tuple(code for code, rule in RULES.items() if rule.scope != "return")


def fired(frame: pl.DataFrame, **inputs: Any) -> dict[str, list[str]]:
    """Codes and the stations they fire at."""
    found = check_returns(frame, inputs.pop("poll", poll()), codes=AMONG, **inputs)
    stations = found.group_by("code", maintain_order=True).agg("station")
    return {str(code): where for code, where in stations.iter_rows()}


FOURTH = ["town/old/4"]
# The fourth return of the quarter: oak 123, elm 77, fir 46, ash 20, voted 273, registered 340.


def test_good_returns_look_odd_to_nobody() -> None:
    assert fired(quarter()) == {}


def test_n01_no_votes_for_an_option_that_leads_nearby() -> None:
    found = fired(quarter(**{"votes.oak": 0, "votes.fir": 169}))
    assert found["N01"] == FOURTH


def test_n01_knows_that_an_option_did_not_stand_here() -> None:
    options = (Option(id="oak", name="Oak", not_in=("town/old/4",)), *OPTIONS[1:])
    frame = quarter(**{"votes.oak": 0, "valid": 143})
    assert fired(frame)["N01"] == FOURTH
    assert fired(frame, poll=poll(options=options)) == {}


@pytest.mark.parametrize("nobody", [{"residual": True}, {"withdrawn": True}])
def test_n01_expects_nothing_of_a_remainder_or_a_withdrawn_option(nobody: dict[str, Any]) -> None:
    options = (*OPTIONS[:3], Option(id="ash", name="Ash", **nobody))
    frame = quarter(**{"votes.ash": 0, "votes.oak": 143})
    assert fired(frame)["N01"] == FOURTH
    assert fired(frame, poll=poll(options=options)) == {}


def test_n02_share_far_from_the_neighbours() -> None:
    assert fired(quarter(**{"votes.oak": 30, "votes.fir": 139})) == {"N02": FOURTH}


def test_n02_leaves_this_station_out_of_what_it_is_compared_with() -> None:
    found = check_returns(quarter(**{"votes.oak": 30, "votes.fir": 139}), poll(), codes=["N02"])[
        "values"
    ][0]
    assert "11.27% here and 46.25% in the 7 stations nearby" in message("N02", found, "en")


def test_n03_turnout_far_from_the_neighbours() -> None:
    assert fired(quarter(registered=273)) == {"N03": FOURTH}


def test_n04_votes_of_two_options_exchanged() -> None:
    returns = [good_return(number) | {"votes.elm": 90, "votes.ash": 10} for number in range(8)]
    returns[3] |= {"votes.elm": 10, "votes.ash": 90}
    returns = [each | {"valid": sum(each[f"votes.{o.id}"] for o in OPTIONS)} for each in returns]
    found = fired(frame_of(*returns))
    assert found["N04"] == FOURTH


def test_n05_votes_written_one_row_down() -> None:
    down = {"votes.oak": 0, "votes.elm": 123, "votes.fir": 77, "votes.ash": 46, "valid": 246}
    found = fired(quarter(**down))
    assert found["N05"] == FOURTH
    assert found["N01"] == FOURTH


def test_n05_votes_written_one_row_up() -> None:
    votes = {"votes.oak": 20, "votes.elm": 120, "votes.fir": 80, "votes.ash": 40, "valid": 260}
    up = {"votes.oak": 120, "votes.elm": 80, "votes.fir": 40, "votes.ash": 0, "valid": 240}
    returns = [good_return(number) | votes for number in range(8)]
    returns[3] |= up
    found = check_returns(frame_of(*returns), poll(), codes=["N05"])
    assert found["station"].to_list() == FOURTH
    assert message("N05", found["values"][0], "en") == (
        "201 votes are not where the 7 stations nearby suggest, "
        "21 if all were written one row off (↑)"
    )


def test_n05_sees_a_shift_where_an_option_did_not_stand() -> None:
    options = (*OPTIONS[:3], Option(id="ash", name="Ash", not_in=("town/old",)))
    absent = {"votes.ash": None, "votes.fir": 4, "valid": 204}
    returns = [good_return(number) | absent for number in range(8)]
    returns[3] |= {"votes.oak": 0, "votes.elm": 123, "votes.fir": 77, "valid": 200}
    assert fired(frame_of(*returns), poll=poll(options=options))["N05"] == FOURTH


def test_a_roll_with_a_digit_too_many_does_not_make_the_neighbours_look_odd() -> None:
    assert fired(quarter(registered=3_340)) == {"N03": FOURTH}


def test_one_wrong_sum_does_not_make_the_neighbours_look_odd() -> None:
    found = fired(quarter(**{"votes.fir": 90_000}))
    assert found
    assert all(stations == FOURTH for stations in found.values())


def test_without_enough_neighbours_nothing_is_compared() -> None:
    few = frame_of(*(good_return(number) for number in range(4)))
    odd = few.with_columns(pl.lit(0, pl.Int64).alias("votes.oak"))
    assert fired(odd) == {}


def test_where_the_quarter_is_too_small_the_town_serves() -> None:
    frame = quarter(**{"votes.oak": 30, "votes.fir": 139})
    alone = pl.when(pl.col("station") == FOURTH[0]).then(pl.lit("town/new"))
    moved = frame.with_columns(alone.otherwise("unit.quarter").alias("unit.quarter"))
    assert fired(moved) == {"N02": FOURTH}


def test_without_any_unit_the_whole_poll_serves() -> None:
    frame = quarter(**{"votes.oak": 30, "votes.fir": 139})
    assert fired(frame.drop("unit.town", "unit.quarter")) == {"N02": FOURTH}


@pytest.mark.parametrize("column", ["station_kind", "source"])
def test_stations_of_another_kind_or_source_are_no_neighbours(column: str) -> None:
    frame = quarter(**{"votes.oak": 30, "votes.fir": 139, column: "other"})
    assert fired(frame) == {}


def test_f01_a_column_shifted_by_one_row() -> None:
    shifted = quarter().with_columns(
        pl.when(pl.col("position").is_between(2, 5))
        .then(pl.col("votes.fir").shift(1))
        .otherwise("votes.fir")
        .alias("votes.fir")
    )
    found = check_returns(shifted, poll(limits={"shift_gap": 2}), codes=["F01"])
    assert found["station"].to_list() == [f"town/old/{number}" for number in (3, 4, 5, 6)]
    assert message("F01", found["values"][0], "en") == (
        "votes.fir is off by 2 and adds up with the figure of town/old/4"
    )


def test_f01_a_slip_that_no_neighbouring_row_explains_is_left_to_a01() -> None:
    assert "F01" not in fired(quarter(**{"votes.fir": 21}))


def test_f01_compares_judged_ballots_with_ballots_and_not_with_voters() -> None:
    assert good_return(4)["voted"] == 275
    three_more = quarter(voted=272, ballots=275, more_counted=3, invalid=7)
    assert fired(three_more) == {}


def test_f01_does_not_reach_over_a_station_without_a_return() -> None:
    shifted = quarter(**{"votes.fir": 48, "votes.oak": 120, "valid": 263})
    limits = {"shift_gap": 1}
    assert fired(quarter(**{"votes.fir": 48}), poll=poll(limits=limits)) == {"F01": FOURTH}
    assert shifted.height == 8
    gone = quarter(**{"votes.fir": 48}).filter(pl.col("position") != 4)
    assert fired(gone, poll=poll(limits=limits)) == {}


def siblings(**changes: Any) -> pl.DataFrame:
    theirs = quarter(**changes)
    votes = [f"votes.{option.id}" for option in OPTIONS]
    return theirs.select("station", "voted", *votes, sibling_contest=pl.lit("council"))


def test_s01_voters_of_the_same_envelope_differ() -> None:
    assert fired(quarter(), siblings=siblings(voted=254)) == {}
    assert fired(quarter(), siblings=siblings(voted=253)) == {"S01": FOURTH}


def test_s01_names_each_sibling_contest() -> None:
    two = pl.concat(
        [
            siblings(voted=253),
            siblings(voted=240).with_columns(sibling_contest=pl.lit("headman")),
        ]
    )
    found = check_returns(quarter(), poll(), siblings=two, codes=["S01"])
    assert [message("S01", values, "en") for values in found["values"]] == [
        "voted 273 here and 253 in council: a difference of 20",
        "voted 273 here and 240 in headman: a difference of 33",
    ]


def test_s02_votes_one_row_off_the_sibling_contest() -> None:
    down = {"votes.oak": 0, "votes.elm": 123, "votes.fir": 77, "votes.ash": 46, "valid": 246}
    alone = quarter(**down).filter(pl.col("position") == 3)
    assert fired(alone, siblings=siblings()) == {"S02": FOURTH}


def test_s02_is_not_applied_where_the_slates_are_not_matched() -> None:
    unmatched = siblings().select("station", "sibling_contest", "voted")
    applied = applied_rules(quarter(), poll(), siblings=unmatched)
    assert "S01" in applied
    assert "S02" not in applied


def test_c01_an_identical_whole_return_nearby() -> None:
    figures = {
        name: value
        for name, value in good_return(0).items()
        if isinstance(value, int) and name not in ("seq", "position")
    }
    assert fired(quarter(**figures)) == {"C01": ["town/old/1", "town/old/4"]}


def test_c02_identical_votes_nearby() -> None:
    votes = {f"votes.{option.id}": good_return(0)[f"votes.{option.id}"] for option in OPTIONS}
    found = fired(quarter(**votes, valid=260))
    assert found == {"C02": ["town/old/1", "town/old/4"]}


def test_c02_identical_votes_of_few_options_far_away_are_a_coincidence() -> None:
    far = {"unit.quarter": "town/new"}
    votes = {f"votes.{option.id}": good_return(0)[f"votes.{option.id}"] for option in OPTIONS}
    frame = quarter(**votes, **far, valid=260)
    assert fired(frame) == {}
    assert "C02" in fired(frame, poll=poll(limits={"identical_options": 4}))


def test_a_party_copy_of_the_same_return_is_not_an_identical_return() -> None:
    copy = quarter().with_columns(source=pl.lit("party"))
    assert fired(pl.concat([quarter(), copy])) == {}


def test_h01_a_recount_that_moved_many_votes() -> None:
    before = quarter(**{"votes.oak": 118, "votes.elm": 82}).filter(pl.col("position") == 3)
    assert fired(quarter(), previous=before) == {"H01": FOURTH}
    before = quarter(**{"votes.oak": 119, "votes.elm": 81}).filter(pl.col("position") == 3)
    assert fired(quarter(), previous=before) == {}


def test_one_return_at_a_desk_is_judged_without_the_others() -> None:
    assert fired(frame_of(good_return())) == {}


def test_rules_whose_inputs_were_not_given_are_not_applied() -> None:
    applied = applied_rules(quarter(), poll())
    assert not {"S01", "S02", "H01"} & set(applied)
    assert {"N01", "F01", "C01"} <= set(applied)


def test_a_poll_without_options_is_judged_by_its_counts() -> None:
    frame = quarter(registered=273).drop([f"votes.{option.id}" for option in OPTIONS])
    found = fired(frame.with_columns(valid=0), poll=poll(options=()))
    assert found == {"N03": FOURTH}
