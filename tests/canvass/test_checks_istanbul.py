"""The checks on the real returns of Istanbul 2019: what they must find, and nothing made up."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from recanvass.canvass.checks import check_returns, summary
from recanvass.canvass.rules import message
from recanvass.model import Option, PollDefined

ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("RECANVASS_CASES", ROOT.parent / "shared" / "cases"))
BOXES = CASES / "istanbul-2019" / "raw"
pytestmark = pytest.mark.skipif(
    not BOXES.is_dir(), reason="the box-level files of Istanbul 2019 are not here"
)

ITEMISED = ("akp", "chp", "sp")
MARCH, JUNE = "2019-03-31", "2019-06-23"


def istanbul(day: str, derived: tuple[str, ...] = ("invalid", "votes.others")) -> PollDefined:
    options = (*ITEMISED, "others")
    return PollDefined(
        id=day,
        contest="istanbul-mayor",
        poll=day,
        date=day,
        derived=derived,
        options=tuple(Option(id=id, name=id, residual=id == "others") for id in options),
    )


def boxes(day: str) -> pl.DataFrame:
    quarter = pl.concat_str("district", "neighborhood", separator="/")
    line = pl.int_range(pl.len()) + 2
    return (
        pl.read_csv(BOXES / f"boxes-{day}.csv")
        .with_columns(
            invalid=pl.col("voted") - pl.col("valid"),
            others=pl.col("valid") - pl.sum_horizontal(ITEMISED),
        )
        .rename({name: f"votes.{name}" for name in (*ITEMISED, "others")})
        .with_columns(
            pl.col("district").alias("unit.district"),
            quarter.alias("unit.neighbourhood"),
            station=pl.format("{}/{}", quarter, line),
            id=line.cast(pl.String),
            seq=line,
            position=line,
            source=pl.lit("ysk"),
            station_kind=pl.when(pl.col("neighborhood").str.contains("CEZA"))
            .then(pl.lit("prison"))
            .otherwise(pl.lit("ordinary")),
        )
    )


@pytest.fixture(scope="module")
def march() -> pl.DataFrame:
    return check_returns(boxes(MARCH), istanbul(MARCH))


@pytest.fixture(scope="module")
def june() -> pl.DataFrame:
    return check_returns(boxes(JUNE), istanbul(JUNE))


def counts(violations: pl.DataFrame) -> dict[str, int]:
    return dict(summary(violations).select("code", "count").iter_rows())


def test_more_voters_than_the_roll_at_53_boxes_in_march(march: pl.DataFrame) -> None:
    assert counts(march)["R02"] + counts(march)["R03"] == 53


def test_more_voters_than_the_roll_at_52_boxes_in_june_all_within_officials(
    june: pl.DataFrame,
) -> None:
    assert counts(june).get("R02", 0) == 0
    assert counts(june)["R03"] == 52


def test_17_boxes_of_march_and_3_of_june_are_probably_mistyped(
    march: pl.DataFrame, june: pl.DataFrame
) -> None:
    assert counts(march)["R04"] == 17
    assert counts(june)["R04"] == 3


def test_the_known_examples_are_among_the_mistyped(march: pl.DataFrame) -> None:
    lines = set(march.filter(pl.col("code") == "R04")["seq"].to_list())
    assert {18037, 24005, 29672, 23466, 13405} <= lines
    assert not {8506, 14244} & lines


def test_the_worst_box_says_its_numbers(march: pl.DataFrame) -> None:
    (values,) = march.filter(code="R02", seq=18037)["values"]
    assert message("R02", values, "en").startswith("voted 387 > registered 341 by 46")


def test_two_pairs_of_whole_returns_are_the_same_in_june(
    march: pl.DataFrame, june: pl.DataFrame
) -> None:
    assert counts(june)["C01"] == 4
    assert "C01" not in counts(march)


def test_the_published_files_add_up_and_leave_nobody_with_zero(
    march: pl.DataFrame, june: pl.DataFrame
) -> None:
    for found in (march, june):
        assert not {code for code in counts(found) if code[0] in "MAF"}
        assert not {"N01", "N04", "N05", "U05"} & counts(found).keys()


def test_lists_of_what_is_odd_nearby_stay_short_enough_to_read(
    march: pl.DataFrame, june: pl.DataFrame
) -> None:
    for found in (march, june):
        assert 0 < counts(found)["N02"] < 100
        assert 0 < counts(found)["N03"] < 100


def test_a_planted_row_shift_is_found_and_real_boxes_are_not_accused() -> None:
    good = boxes(MARCH).filter(pl.col("station_kind") == "ordinary")
    planted = pl.col("seq") % 97 == 0
    down = good.with_columns(
        pl.when(planted).then(pl.lit(0)).otherwise("votes.akp").alias("votes.akp"),
        pl.when(planted).then("votes.akp").otherwise("votes.chp").alias("votes.chp"),
        pl.when(planted).then("votes.chp").otherwise("votes.sp").alias("votes.sp"),
        pl.when(planted)
        .then(pl.col("votes.others") + pl.col("votes.sp"))
        .otherwise("votes.others")
        .alias("votes.others"),
    )
    found = check_returns(down, istanbul(MARCH), codes=["N01", "N04", "N05"])
    shifted = Counter(found.filter(pl.col("seq") % 97 == 0)["code"].to_list())
    boxes_planted = good.filter(planted).height
    assert min(shifted["N01"], shifted["N04"]) > 0.98 * boxes_planted
    assert shifted["N05"] > 0.9 * boxes_planted
    assert set(found.filter(pl.col("seq") % 97 != 0)["code"].to_list()) <= {"N01"}


def test_a_planted_column_shift_is_found_where_the_figures_differ() -> None:
    planted = pl.col("seq").is_between(1000, 1200)
    shifted = boxes(MARCH).with_columns(
        pl.when(planted)
        .then(pl.col("votes.chp").shift(1))
        .otherwise("votes.chp")
        .alias("votes.chp")
    )
    found = check_returns(shifted, istanbul(MARCH, derived=("invalid",)), codes=["A01", "F01"])
    failing = counts(found)
    assert failing["A01"] > 190
    assert failing["F01"] > 0.8 * failing["A01"]
    assert found["seq"].is_between(1000, 1200).all()
