from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given

from made_up_elections import a_return, definitions, record_of, stations, the_poll, trees
from recanvass.canvass.entry_columns import UNIT_SCHEMA
from recanvass.canvass.places import levels_of, lost_units, stations_of, units_around
from recanvass.errors import BadInput
from recanvass.model import PollDefined, Unit, UnitsRegistered


def frame(*units: Unit, roll: str | None = None) -> pl.DataFrame:
    rows = [{c: getattr(u, c, roll) for c in UNIT_SCHEMA} for u in units]
    return pl.DataFrame(rows, schema=UNIT_SCHEMA)


def a_poll(**changes: object) -> PollDefined:
    fields = {"id": "p", "contest": "c", "poll": "p", "date": "2024-05-05", "options": ()}
    return PollDefined(**(fields | changes))


def station(id: str, parent: str | None) -> Unit:
    return Unit(id=id, level="station", name=id, parent=parent)


LAND = Unit(id="land", level="land", name="Land")
EAST = Unit(id="east", level="town", name="East", parent="land")
WEST = Unit(id="west", level="town", name="West", parent="land")


@given(trees())
def test_every_station_knows_all_units_above_it(tree: tuple[Unit, ...]) -> None:
    found = stations_of(frame(LAND, *tree), a_poll(), None)
    above = {unit.id: unit for unit in (LAND, *tree)}
    for row in found.iter_rows(named=True):
        expected, parent = {}, above[row["station"]].parent
        while parent:
            expected[above[parent].level] = parent
            parent = above[parent].parent
        assert {level: row["unit." + level] for level in levels_of(found)} == {
            level: expected.get(level) for level in levels_of(found)
        }


def test_levels_are_given_top_down() -> None:
    quarter = Unit(id="q", level="quarter", name="Q", parent="east")
    found = stations_of(frame(LAND, EAST, quarter, station("1", "q")), a_poll(), None)
    assert levels_of(found) == ["land", "town", "quarter"]


def test_a_poll_is_held_in_its_own_units_only() -> None:
    tree = frame(LAND, EAST, WEST, station("e", "east"), station("w", "west"))
    assert stations_of(tree, a_poll(units=("west",)), "land")["station"].to_list() == ["w"]
    assert stations_of(tree, a_poll(units=("e",)), "land")["station"].to_list() == ["e"]
    assert stations_of(tree, a_poll(), "east")["station"].to_list() == ["e"]


def test_a_poll_in_a_unit_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match=r"poll c/p: found unit 'north'; expected a unit"):
        stations_of(frame(LAND, EAST), a_poll(units=("north",)), None)


def test_units_without_a_parent_that_exists_and_circles_are_lost() -> None:
    ring = [
        Unit(id="x", level="town", name="X", parent="y"),
        Unit(id="y", level="town", name="Y", parent="x"),
    ]
    found = lost_units(frame(LAND, EAST, *ring, station("1", "east"), station("2", "nowhere")))
    assert sorted(found["id"]) == ["2", "x", "y"]


def test_a_poll_with_a_roll_has_the_stations_of_that_roll_and_those_of_none() -> None:
    tree = pl.concat(
        [
            frame(LAND, EAST, station("plain", "east")),
            frame(station("old", "east"), roll="2019"),
            frame(station("new", "east"), roll="2024"),
        ]
    )
    assert stations_of(tree, a_poll(roll="2024"), None)["station"].to_list() == ["plain", "new"]
    assert stations_of(tree, a_poll(), None)["station"].to_list() == ["plain"]


def test_units_registered_again_with_a_roll_do_not_double_the_votes() -> None:
    again = UnitsRegistered(id="units/2024", units=stations(1), roll="2024")
    base = definitions(stations(1), roll="2024")
    with record_of((*base[:1], again, *base[1:], a_return("r"))) as record:
        results = the_poll(record).results()
        assert results.stations == {"total": 1, "counted": 1}
        assert results.votes["elm"] == 60


def test_a_return_of_a_station_outside_the_poll_is_kept_in_no_unit() -> None:
    with record_of((*definitions((station("s", None),)), a_return("r", "s"))) as record:
        poll = the_poll(record)
        assert poll.results().votes["elm"] == 60
        assert poll.results("land").frame.select("unit", "counted").rows() == [(None, 1)]
        assert poll.results("kind").frame["unit"].to_list() == ["unknown"]


@given(trees())
def test_the_units_around_a_station_are_itself_and_all_above_it(tree: tuple[Unit, ...]) -> None:
    above = {unit.id: unit.parent for unit in (LAND, *tree)}
    boxes = [unit.id for unit in tree if unit.level == "station"]
    found = units_around(frame(LAND, *tree), boxes)
    for box in boxes:
        expected, unit = set(), box
        while unit:
            expected.add(unit)
            unit = above[unit]
        assert found[box] == expected


def test_a_circle_of_units_around_a_station_ends() -> None:
    circle = frame(station("box", "a"), station("a", "b"), station("b", "a"))
    assert units_around(circle, ["box", "elsewhere"]) == {
        "box": {"box", "a", "b"},
        "elsewhere": {"elsewhere"},
    }
