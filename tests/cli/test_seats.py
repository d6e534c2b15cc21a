"""`recanvass seats`, as its user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from council_case import EVENTS, LOT, RULE, write_council

from recanvass.cli.load import load_into
from recanvass.errors import BadCase, BadInput
from recanvass.model import LotDrawn, OfficeDefined, convert_event
from recanvass.record import create_record, open_record
from recanvass.record.seats_view import office_seats

# North, 4 seats: 100, 60, 50, 33⅓, 30, 20: Elm 3 (100, 50, 33⅓), Oak 1.
# South, 5 seats: 150, 75, 50 (Oak), 50 (Elm), 50 (Ash): Oak 3, Elm 1, Ash 1.


@pytest.fixture
def council(tmp_path: Path) -> Callable[..., Path]:
    """Load the council, changed, and return its ledger."""

    def load(**changes: str) -> Path:
        ledger = tmp_path / "council.db"
        load_into(str(ledger), write_council(tmp_path / "case", **changes))
        return ledger

    return load


def lists(ran: Any) -> dict[str, tuple[int, int, int]]:
    return {
        row["list"]: (row["seats"], row["declared"], row["difference"])
        for row in ran.json()["lists"]
    }


def test_seats_stand_beside_those_declared_with_the_difference(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    ran = run("--ledger", council(), "seats", "council", "--format", "json")
    assert ran.status == 0
    assert lists(ran) == {"elm": (4, 4, 0), "oak": (4, 4, 0), "ash": (1, 1, 0)}
    other = EVENTS.replace("elm = 4, oak = 4", "elm = 5, oak = 3")
    ran = run("--ledger", council(events=other), "seats", "council", "--format", "json")
    assert lists(ran)["elm"] == (4, 5, -1)


def test_the_table_names_circles_lists_and_sums(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    shown = run("--ledger", council(), "seats", "council").out
    assert "council 2024-05-05: official, 2 of 2 stations counted" in shown
    assert "the rule makes 9 seats, as many as the office has" in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["North", "4", "3", "1", "0"] in rows
    assert ["South", "5", "1", "3", "1"] in rows
    assert ["Elm", "150", "4", "4", "="] in rows


def test_every_step_is_told(council: Callable[..., Path], run: Callable[..., Any]) -> None:
    shown = run("--ledger", council(), "seats", "council", "--steps").out
    assert "seat 1: Elm, with 100 against Oak with 60" in shown
    assert "seat 4: Elm, with 33.333… against Oak with 30" in shown
    assert shown.count("seat ") == 9


def test_the_steps_are_told_in_turkish(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    shown = run("--ledger", council(), "--lang", "tr", "seats", "council", "--steps").out
    assert "4. sandalye: Elm, 33,333…" in shown
    assert " against " not in shown
    assert " seats " not in shown


def test_a_list_below_the_threshold_of_a_circle_is_named(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    rule = RULE.replace('"1/10"', '"0.15"')
    shown = run("--ledger", council(rule=rule), "seats", "council", "--steps").out
    assert "Ash takes no part: 20 votes, the threshold is 28.500" in shown


def test_votes_for_nobody_count_as_valid_and_have_no_seats(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    """Of 190 valid votes in North, 10 are for others: a tenth is 19 and not 18."""
    rule = RULE.replace('"1/10"', '"2/19", exceeded = true')
    ledger = council(rule=rule)
    found = run("--ledger", ledger, "seats", "council", "--format", "json").json()
    assert "steps" not in found["circles"][0]
    assert "rest" not in {row["list"] for row in found["lists"]}
    told = run("--ledger", ledger, "seats", "council", "--steps", "--format", "json").json()
    assert told["circles"][0]["steps"][0] == {
        "step": "below-threshold",
        "name": "ash",
        "votes": 20,
        "needed": "20",
        "exceeded": True,
        "alliance": None,
    }


def tied() -> str:
    return RULE.replace('"land/south" = 5', '"land/south" = 4')


def test_the_lot_that_was_drawn_gives_the_result_from_its_moment_on(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    """Oak's third 50, Elm's 50 and Ash's 50 are tied for the last two of four seats."""
    lot = LOT.replace('among = ["elm", "ash"]', 'among = ["elm", "oak", "ash"]').replace(
        'drawn = ["ash"]', 'drawn = ["ash", "elm"]'
    )
    ledger = council(rule=tied(), events=EVENTS + lot)
    before = run("--ledger", ledger, "seats", "council", "--as-of", "2024-05-07T11:00+02:00")
    assert before.status == 1
    assert "South: a lot is needed: 2 of Elm, Oak, Ash" in before.out
    after = run("--ledger", ledger, "seats", "council", "--format", "json")
    assert after.status == 0
    assert [c["seats"] for c in after.json()["circles"]] == [
        {"elm": 3, "oak": 1, "ash": 0},
        {"elm": 1, "oak": 2, "ash": 1},
    ]


def test_before_anything_is_counted_all_seats_are_vacant(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    rule = RULE.replace('"1/10"', '"1/10", of = "cast"')
    early = ("--as-of", "2024-05-05T12:00+02:00")
    ran = run("--ledger", council(rule=rule), "seats", "council", *early)
    assert ran.status == 0
    assert "0 of 2 stations counted" in ran.out
    assert "vacant: 9" in ran.out


def test_a_rule_that_makes_other_seats_than_the_office_has_says_so(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    shown = run("--ledger", council(rule=RULE.replace("= 5", "= 6")), "seats", "council").out
    assert "the rule makes 10 seats; the office is defined with 9" in shown


def test_seats_of_the_circles_follow_people_and_ask_for_a_lot_where_these_are_equal(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    head, _, _ = RULE.partition("  [offices.seat_rule.sizes.fixed]")
    sizes = '  [offices.seat_rule.sizes]\n  method = "hare"\n  populations = {}\n'
    uneven = head + sizes.replace("{}", '{ "land/north" = 800, "land/south" = 1000 }')
    found = run("--ledger", council(rule=uneven), "seats", "council", "--format", "json").json()
    assert {u: s["seats"] for u, s in found["sizes"]["by_unit"].items()} == {
        "land/north": 4,
        "land/south": 5,
    }


def test_circles_that_are_tied_for_a_seat_leave_all_seats_open(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    head, _, _ = RULE.partition("  [offices.seat_rule.sizes.fixed]")
    even = head + (
        '  [offices.seat_rule.sizes]\n  method = "hare"\n'
        '  populations = { "land/north" = 7, "land/south" = 7 }\n'
    )
    ran = run("--ledger", council(rule=even), "seats", "council")
    assert ran.status == 1
    assert "a lot is needed: 1 of North, South" in ran.out


def test_an_alliance_is_allocated_as_one_over_the_whole_land(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    whole = '  [offices.seat_rule]\n  type = "lists"\n  method = "hare"\n  together = "alliance"\n'
    shown = run("--ledger", council(rule=whole), "seats", "council", "--steps").out
    assert "Trees divides its 5 seats among its lists" in shown


def test_a_unit_that_the_case_does_not_have_is_named(council: Callable[..., Path]) -> None:
    with pytest.raises(BadCase, match=r"unit 'land/east'.*expected a unit of the case"):
        council(rule=RULE.replace("land/south", "land/east"))


def test_votes_of_a_circle_without_seats_are_not_left_out_silently(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    ran = run("--ledger", council(rule=RULE.replace('"land/south" = 5', "")), "seats", "council")
    assert ran.status == 2
    assert "circle land/south: found votes and no seats; expected its seats" in ran.err


def test_an_unknown_method_is_a_fault_of_the_case(council: Callable[..., Path]) -> None:
    with pytest.raises(BadCase, match="Invalid enum value 'hondt'"):
        council(rule=RULE.replace("dhondt", "hondt"))


def test_the_record_refuses_a_rule_of_unknown_units(tmp_path: Path) -> None:
    office = convert_event(
        {
            "kind": "office.defined", "id": "o", "office": "o", "name": "O", "unit": "nowhere",
            "seat_rule": {"type": "lists", "method": "hare"},
        },
        "o",
    )  # fmt: skip
    assert isinstance(office, OfficeDefined)
    with (
        create_record(tmp_path / "new.db") as record,
        pytest.raises(BadInput, match="unit: found 'nowhere'"),
    ):
        record.append([office])


def test_a_lot_without_a_circle_is_taken_from_the_record(council: Callable[..., Path]) -> None:
    ledger = council(rule=tied())
    with open_record(ledger) as record:
        assert office_seats(record, "council").house.lots_needed
        among = ("ash", "elm", "oak")
        record.append(
            [
                LotDrawn(
                    id="lot", at="2024-05-07T12:00:00+02:00", contest="council", body="board",
                    among=among, drawn=("elm", "oak"),
                )
            ]
        )  # fmt: skip
        found = office_seats(record, "council")
        assert found.house.seats == {"elm": 4, "oak": 4, "ash": 0}
        assert office_seats(record, "council", size=found.ledger_size - 1).house.lots_needed


def test_an_office_with_neither_rule_nor_declaration_is_refused(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    ran = run("--ledger", council(rule="", events=""), "seats", "council")
    assert ran.status == 2
    assert "found no seat_rule and no declared seats; expected one of them" in ran.err


def test_without_a_rule_the_declared_seats_are_shown(
    council: Callable[..., Path], run: Callable[..., Any]
) -> None:
    ran = run("--ledger", council(rule=""), "seats", "council", "--format", "csv")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "list,name,votes,seats,declared,difference",
        "elm,Elm,,,4,",
        "oak,Oak,,,4,",
        "ash,Ash,,,1,",
    ]


def test_the_council_of_istanbul_is_272_and_39_and_1(
    district_ledger: Path, run: Callable[..., Any]
) -> None:
    """Law 2972 art. 5 and 6; the populations of the 39 districts are those of the province."""
    found = run("--ledger", district_ledger, "seats", "istanbul-council", "--format", "json").json()
    body = found["body"]
    assert sum(unit["population"] for unit in body["units"]) == 15_067_724
    assert (body["delegates"], body["heads"], body["chairs"], body["seats"]) == (272, 39, 1, 312)
    assert found["seats_defined"] == found["seats_by_rule"] == 312
    declared = {row["list"]: row["declared"] for row in found["lists"]}
    assert declared == {"akp": 176, "chp": 127, "mhp": 4, "iyi": 4, "mayor": 1}
    shown = run("--ledger", district_ledger, "seats", "istanbul-council").out
    assert "272 delegates + 39 by office of a unit + 1 in the chair = 312" in shown
