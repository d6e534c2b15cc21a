"""Seats of circles and of lower bodies, and bodies made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput
from recanvass.model import CircleSizes, IndirectRule, SizeBand, convert_event
from recanvass.office.indirect import IndirectBody, indirect_body
from recanvass.office.sizes import Sizes, SizesNeedLot, band_of, circle_sizes

BANDS = (
    SizeBand(seats=9, up_to=10_000),
    SizeBand(seats=25, up_to=100_000, first_list=2),
    SizeBand(seats=55),
)


@pytest.mark.parametrize(
    ("population", "seats"), [(0, 9), (10_000, 9), (10_001, 25), (100_000, 25), (100_001, 55)]
)
def test_a_band_ends_with_its_own_number(population: int, seats: int) -> None:
    assert band_of(population, BANDS).seats == seats


def test_a_population_beyond_the_last_band_is_refused() -> None:
    with pytest.raises(BadInput, match="population: found 100,001; expected at most 100,000"):
        band_of(100_001, BANDS[:2])


def test_sizes_by_population_carry_the_reserved_seats() -> None:
    found = circle_sizes(CircleSizes(populations={"north": 5, "south": 50_000}, bands=BANDS), 0)
    assert isinstance(found, Sizes)
    assert [(s.seats, s.population, s.first_list) for s in found.by_unit.values()] == [
        (9, 5, 0),
        (25, 50_000, 2),
    ]


def test_every_circle_has_its_base_and_the_rest_follows_people() -> None:
    rule = CircleSizes(populations={"a": 900, "b": 90, "c": 10}, method="hare", base=1)
    found = circle_sizes(rule, 13)
    assert isinstance(found, Sizes)
    assert {unit: size.seats for unit, size in found.by_unit.items()} == {"a": 10, "b": 2, "c": 1}


@given(
    people=st.lists(st.integers(0, 1_000_000), min_size=1, max_size=8),
    method=st.sampled_from(["dhondt", "sainte-lague", "hare", "droop", "huntington-hill"]),
    minimum=st.integers(0, 3),
    more=st.integers(0, 60),
)
def test_no_circle_has_fewer_than_the_minimum(
    people: list[int], method: str, minimum: int, more: int
) -> None:
    rule = CircleSizes(
        populations={f"unit-{n}": p for n, p in enumerate(people)}, method=method, minimum=minimum
    )
    seats = minimum * len(people) + more
    found = circle_sizes(rule, seats)
    if isinstance(found, SizesNeedLot):
        return
    sizes = [size.seats for size in found.by_unit.values()]
    assert min(sizes) >= minimum
    assert sum(sizes) == (seats if any(people) else minimum * len(people))


def test_circles_that_are_tied_for_a_seat_ask_for_a_lot() -> None:
    found = circle_sizes(CircleSizes(populations={"a": 7, "b": 7}, method="hare"), 3)
    assert found == SizesNeedLot(("a", "b"), 1)


def test_fewer_seats_than_are_owed_are_refused() -> None:
    rule = CircleSizes(populations={"a": 1, "b": 1}, method="hare", minimum=2)
    with pytest.raises(BadInput, match="seats: found 3 for 2 with at least 2 each; expected 4"):
        circle_sizes(rule, 3)


def test_an_indirect_body_is_a_share_of_each_lower_one_rounded_down_and_offices() -> None:
    rule = IndirectRule(
        sizes=CircleSizes(populations={"a": 9_000, "b": 90_000, "c": 900_000}, bands=BANDS),
        share="1/5",
        heads=1,
        chairs=1,
    )
    body = indirect_body(rule)
    assert isinstance(body, IndirectBody)
    assert [unit.delegates for unit in body.units] == [1, 5, 11]
    assert (body.delegates, body.heads, body.chairs, body.seats) == (17, 3, 1, 21)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"type": "lists", "method": "hondt"}, "Invalid enum value 'hondt'"),
        ({"type": "lists", "method": "hare", "deduct": "3/2"}, "expected a share from 0 to 1"),
        ({"type": "lists", "method": "hare", "deduct": 0.1}, "Expected `str"),
        ({"type": "lists", "method": "hare", "circles": "district"}, "found no `sizes`"),
        ({"type": "indirect", "share": "1/5", "sizes": {}}, "expected one of `fixed`"),
        (
            {"type": "indirect", "share": "1/5", "sizes": {"bands": [{"seats": 3}]}},
            "found no `populations`",
        ),
        (
            {
                "type": "indirect",
                "share": "1/5",
                "sizes": {
                    "populations": {"a": 1},
                    "bands": [{"seats": 3, "up_to": 9}, {"seats": 4, "up_to": 9}],
                },
            },
            "expected each `up_to` larger",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(rule: dict, message: str) -> None:
    office = {"kind": "office.defined", "id": "o", "office": "o", "name": "O", "unit": "u"}
    with pytest.raises(BadInput, match=message):
        convert_event(office | {"seat_rule": rule}, "o")
