"""`tiles.csv`: read into a definition of the record, and every fault named."""

from __future__ import annotations

from pathlib import Path

from recanvass.errors import BadCase
from recanvass.exchange import Case, read_case
from recanvass.model import Tile, TilesDefined
from recanvass.record import Record, create_record

CASE = """
[case]
id = "small"
name = "A small case"
{units}
[[units.top]]
id = "land"
level = "country"

[[units.top]]
id = "land/a"
level = "town"
parent = "land"

[[units.top]]
id = "land/b"
level = "town"
parent = "land"
"""


def case(folder: Path, tiles: str, name: str = "tiles.csv", units: str = "") -> Case:
    (folder / "case.toml").write_text(CASE.format(units=units), encoding="utf-8")
    (folder / name).write_text("unit,row,column,label\n" + tiles, encoding="utf-8")
    return read_case(folder)


def faults(folder: Path, tiles: str) -> list[str]:
    try:
        case(folder, tiles)
    except BadCase as error:
        return [str(r) for r in error.rejects]
    return []


def maps(read: Case) -> list[TilesDefined]:
    return [d for d in read.definitions if isinstance(d, TilesDefined)]


def test_a_file_of_tiles_becomes_a_map_of_each_level(tmp_path: Path) -> None:
    towns, country = maps(case(tmp_path, "land/a,0,2,AAA\nland/b,1,0,\nland,0,0,L\n"))
    assert (towns.level, country.level) == ("town", "country")
    assert towns.tiles == (
        Tile(unit="land/a", row=0, column=2, label="AAA"),
        Tile(unit="land/b", row=1, column=0),
    )


def test_a_level_of_several_words_has_a_map_that_the_record_takes_in(tmp_path: Path) -> None:
    two_words = CASE.replace('level = "town"', 'level = "polling district"')
    (tmp_path / "case.toml").write_text(two_words.format(units=""), encoding="utf-8")
    (tmp_path / "tiles.csv").write_text("unit,row,column\nland/a,0,0\n", encoding="utf-8")
    with create_record(tmp_path / "r.db") as record:
        record.load(tmp_path)
        assert [*record.view().tiles] == ["polling district"]
        assert record.load(tmp_path).added == 0


def test_another_name_is_read_when_the_case_gives_it(tmp_path: Path) -> None:
    read = case(tmp_path, "land/a,0,0,A\n", "layout.csv", '[units]\ntiles = "layout.csv"\n')
    assert len(maps(read)) == 1


def test_a_named_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(
        CASE.format(units='[units]\ntiles = "gone.csv"\n'), encoding="utf-8"
    )
    try:
        read_case(tmp_path)
    except BadCase as error:
        assert "no file 'gone.csv'" in str(error)
    else:
        raise AssertionError("it was read")


def test_an_unknown_unit_is_named_by_line(tmp_path: Path) -> None:
    assert faults(tmp_path, "land/a,0,0,A\nland/z,0,1,Z\n") == [
        "tiles.csv line 3, unit: found land/z; expected a unit of the case"
    ]


def test_two_units_on_one_tile_are_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "land/a,4,0,A\nland/b,4,0,B\n") == [
        "tiles.csv line 3, row: found land/b again at row 4, column 0; "
        "expected a tile of its own for each unit"
    ]


def test_a_place_that_is_no_whole_number_or_too_far_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, "land/a,-1,1e9,A\nland/b,1.5,101,B\n")
    assert [f.partition(";")[0] for f in found] == [
        "tiles.csv line 2, row: found -1",
        "tiles.csv line 2, column: found 1e9",
        "tiles.csv line 3, row: found 1.5",
        "tiles.csv line 3, column: found 101",
    ]


def test_a_label_is_a_few_letters(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "land/a,0,0,ABCDEFG\n")
    assert fault == "tiles.csv line 2, label: found ABCDEFG; expected at most 6 letters"


def test_the_carried_case_gives_every_district_of_istanbul_a_tile(districts: Record) -> None:
    view = districts.view()
    tiles = view.tiles["district"].tiles
    assert {t.unit for t in tiles} == set(
        view.units.filter(view.units["level"] == "district")["id"]
    )
    labels = [t.label for t in tiles]
    assert len({*labels}) == 39
    east = {t.unit.removeprefix("istanbul/"): (t.row, t.column) for t in tiles}
    assert east["silivri"][1] == 0
    assert east["sile"][1] == max(column for _, column in east.values())
    bosphorus = {t.column for t in tiles}
    assert 8 not in bosphorus
