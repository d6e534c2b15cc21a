"""What a case folder says, for each way that returns files are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_folders import (
    HEADER,
    POLL,
    RETURNS,
    SOURCE_OFFICE_CONTEST,
    WIDE,
    read,
    rejects,
    shared_raw,
    wide,
    write,
)

from recanvass.exchange import read_case

CASE = SOURCE_OFFICE_CONTEST + POLL


def test_a_wide_file_gives_counts_and_votes_with_file_and_line(tmp_path: Path) -> None:
    frame = read(tmp_path, WIDE, r_csv=HEADER + "1,2,1,1\n\n2,,3,\n").returns[0].frame
    assert frame.rows() == [
        ("land/1", "2020-01-05T20:00:00+01:00", 2, 1, 1, "r.csv", 2),
        ("land/2", "2020-01-05T20:00:00+01:00", None, 3, None, "r.csv", 4),
    ]
    assert frame.columns == [
        "station", "at", "counts.valid", "votes.ada", "votes.bo", "file", "line",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    content = "box,valid,ada,bo\nİ,2,1,1\n".encode(encoding)
    assert read(tmp_path, WIDE, r_csv=content).returns[0].frame["station"][0] == "land/i"


def test_an_encoding_separator_and_lines_above_the_header_are_as_the_case_says(
    tmp_path: Path,
) -> None:
    case = wide('encoding = "cp1254"\nseparator = ";"\nthousands = "."\nskip_lines = 2')
    content = "Sonuçlar\n;;;\nbox;valid;ada;bo\nŞişli;1.234;1.000;234\n".encode("cp1254")
    frame = read(tmp_path, case, r_csv=content).returns[0].frame
    assert frame.row(0)[0:5] == ("land/sisli", "2020-01-05T20:00:00+01:00", 1234, 1000, 234)


def test_a_header_of_two_lines_is_joined_over_merged_cells(tmp_path: Path) -> None:
    case = wide("header_lines = 2").replace('ada = "ada"', 'ada = "Ada Votes"')
    case = case.replace('bo = "bo"', 'bo = "Bo Votes"')
    content = "box,valid,Ada,,Bo,\n,,Votes,%,Votes,%\n1,3,1,33,2,67\n"
    assert read(tmp_path, case, r_csv=content).returns[0].frame.row(0)[2:5] == (3, 1, 2)


def test_a_header_can_be_named_by_the_case(tmp_path: Path) -> None:
    case = wide('header_lines = 0\nheader = ["box", "valid", "ada", "bo"]')
    assert read(tmp_path, case, r_csv="1,3,1,2\n").returns[0].frame["line"].to_list() == [1]


def test_rows_that_are_totals_are_skipped(tmp_path: Path) -> None:
    skip = 'skip = [{column = "box", equals = "TOTAL"}, {column = "box", blank = true}]'
    frame = read(tmp_path, wide(skip), r_csv=HEADER + "1,2,1,1\nTOTAL,2,1,1\n,2,1,1\n")
    assert frame.returns[0].frame.height == 1


def test_sums_and_differences_of_columns_miss_what_a_part_misses(tmp_path: Path) -> None:
    case = WIDE.replace('bo = "bo"', 'bo = "valid - ada"')
    frame = read(tmp_path, case, r_csv="box,valid,ada\n1,5,3\n2,,3\n").returns[0].frame
    assert frame["votes.bo"].to_list() == [2, None]


def test_a_difference_below_zero_is_left_missing_and_not_refused(tmp_path: Path) -> None:
    case = WIDE.replace('bo = "bo"', 'bo = "valid - ada"')
    assert (
        read(tmp_path, case, r_csv="box,valid,ada\n1,2,3\n").returns[0].frame["votes.bo"][0] is None
    )


def test_a_column_with_spaces_signs_and_quotes_in_its_name_is_found(tmp_path: Path) -> None:
    case = WIDE.replace('bo = "bo"', 'bo = "`Bo - list 2` + late"')
    content = "box,valid,ada,Bo  - list 2,late\n1,9,3,4,2\n"
    assert read(tmp_path, case, r_csv=content).returns[0].frame["votes.bo"][0] == 6


def test_valid_votes_can_be_the_sum_of_the_votes(tmp_path: Path) -> None:
    case = WIDE.replace('valid = "valid"', 'valid = "sum(votes)"')
    frame = read(tmp_path, case, r_csv="box,ada,bo\n1,3,\n2,,\n").returns[0].frame
    assert frame["counts.valid"].to_list() == [3, None]


def test_station_ids_are_paths_and_spellings_with_one_slug_are_one_place(tmp_path: Path) -> None:
    station = 'levels = ["district", "quarter"]\npath = ["d", "q"]\nid = "#"'
    case = WIDE.replace('id = "box"', station)
    content = "d,q,valid,ada,bo\nADALAR,Kınalı  Ada,2,1,1\nAdalar,KINALI ADA,2,1,1\nX,Y,2,1,1\n"
    case_read = read(tmp_path, case, r_csv=content)
    assert case_read.returns[0].frame["station"].to_list() == [
        "land/adalar/kinali-ada/1",
        "land/adalar/kinali-ada/2",
        "land/x/y/1",
    ]
    assert case_read.units.select("id", "name", "level", "parent").rows()[:3] == [
        ("land", "Land", "country", None),
        ("land/adalar", "ADALAR", "district", "land"),
        ("land/x", "X", "district", "land"),
    ]
    names = dict(case_read.units.select("id", "name").iter_rows())
    assert names["land/adalar/kinali-ada"] == "Kınalı Ada"


def test_a_cell_above_can_stand_for_the_blank_ones_below(tmp_path: Path) -> None:
    case = wide('fill = ["d"]').replace('id = "box"', 'levels = ["d"]\npath = ["d"]\nid = "box"')
    content = "d,box,valid,ada,bo\nA,1,2,1,1\n,2,2,1,1\nB,1,2,1,1\n"
    stations = read(tmp_path, case, r_csv=content).returns[0].frame["station"].to_list()
    assert stations == ["land/a/1", "land/a/2", "land/b/1"]


def test_the_kind_of_a_station_is_told_by_its_cells(tmp_path: Path) -> None:
    case = WIDE.replace(
        'id = "box"', 'id = "box"\nkind = [{column = "box", contains = "CEZA", kind = "prison"}]'
    )
    units = read(tmp_path, case, r_csv=HEADER + "CEZAEVİ 1,2,1,1\n2,2,1,1\n").units
    kinds = dict(units.filter(level="station").select("id", "station_kind").iter_rows())
    assert kinds == {"land/cezaevi-1": "prison", "land/2": None}


LONG = """
[[returns]]
at = 2020-01-05T20:00:00+01:00
files = "r.csv"
{extra}
[returns.station]
id = "box"
under = "land"
[returns.long]
option = "who"
votes = "n"
options = {{"Ada L." = "ada"}}
counts = {{"Registered Voters" = "registered", "Over" = "invalid", "Under" = "invalid"}}
{more}
"""


def test_a_long_file_gives_a_row_a_station(tmp_path: Path) -> None:
    content = "box,who,n\n1,Ada L.,5\n1,BO,3\n1,Registered Voters,20\n1,Over,1\n1,Under,2\n2,Bo,4\n"
    frame = read(tmp_path, CASE + LONG.format(extra="", more=""), r_csv=content).returns[0].frame
    rows = frame.select("station", "votes.ada", "votes.bo", "counts.registered", "counts.invalid")
    assert rows.rows() == [("land/1", 5, 3, 20, 3), ("land/2", None, 4, None, None)]


def test_an_option_that_the_poll_does_not_have_is_named(tmp_path: Path) -> None:
    found = rejects(
        tmp_path, CASE + LONG.format(extra="", more=""), r_csv="box,who,n\n1,Bo,5\n1,Zoë,3\n"
    )
    assert (found[0].line, found[0].column, found[0].found) == (3, "who", "Zoë")
    assert found[0].expected == "an option of the poll: ada, bo"


def test_a_station_and_option_that_repeat_are_a_fault_unless_rows_are_added(tmp_path: Path) -> None:
    content = "box,who,n\n1,Bo,5\n1,Bo,3\n"
    found = rejects(tmp_path, CASE + LONG.format(extra="", more=""), r_csv=content)
    assert found[0].line == 3
    added = CASE + LONG.format(extra="", more="add_rows = true")
    assert read(tmp_path, added, r_csv=content).returns[0].frame["votes.bo"].to_list() == [8]


def test_counts_that_stand_on_every_row_of_a_station_must_agree(tmp_path: Path) -> None:
    more = '[returns.counts]\nvoted = "v"'
    content = "box,who,n,v\n1,Ada L.,5,9\n1,Bo,3,9\n2,Bo,3,8\n2,Ada L.,3,7\n"
    found = rejects(tmp_path, CASE + LONG.format(extra="", more=more), r_csv=content)
    assert [(r.line, r.found) for r in found] == [(5, "7, after 8 in this station")]
    good = content.replace("3,7", "3,8")
    frame = read(tmp_path, CASE + LONG.format(extra="", more=more), r_csv=good).returns[0].frame
    assert frame["counts.voted"].to_list() == [9, 8]


def test_several_contests_of_one_file_are_told_apart_by_where(tmp_path: Path) -> None:
    case = CASE + LONG.format(extra='where = {office = "Mayor"}', more="")
    content = "box,office,who,n\n1,Mayor,Bo,5\n1,Sheriff,Cy,3\n"
    assert read(tmp_path, case, r_csv=content).returns[0].frame["votes.bo"].to_list() == [5]


PARTS = """
[[returns]]
at = 2020-01-05T20:00:00+01:00
[returns.station]
id = "box"
under = "land"
[[returns.parts]]
files = "r.csv"
[returns.parts.votes]
ada = "ada"
bo = "bo"
[[returns.parts]]
files = "t.csv"
new_stations = {new}
[returns.parts.counts]
registered = "reg"
"""


def test_votes_and_counts_in_two_files_are_joined_by_station(tmp_path: Path) -> None:
    files = {"r_csv": "box,ada,bo\n1,5,6\n2,7,8\n", "t_csv": "box,reg\n2,90\n3,80\n"}
    frame = read(tmp_path, CASE + PARTS.format(new="true"), **files).returns[0].frame
    rows = frame.sort("station").select("station", "votes.ada", "counts.registered", "file").rows()
    assert rows == [
        ("land/1", 5, None, "r.csv"),
        ("land/2", 7, 90, "r.csv"),
        ("land/3", None, 80, "t.csv"),
    ]
    case = read(tmp_path, CASE + PARTS.format(new="false"), **files)
    assert case.returns[0].frame.height == 2
    assert "land/3" not in case.units["id"].to_list()


def test_a_pattern_reads_the_rows_of_all_its_files(tmp_path: Path) -> None:
    case = WIDE.replace('"r.csv"', '["more-*.csv"]')
    (tmp_path / "more-1.csv").write_text(HEADER + "1,2,1,1\n")
    (tmp_path / "more-2.csv").write_text(HEADER + "2,2,1,1\n1,2,1,1\n")
    found = rejects(tmp_path, case)
    assert [(r.file, r.line) for r in found] == [("more-2.csv", 3)]


def test_the_time_can_be_in_a_column(tmp_path: Path) -> None:
    case = WIDE.replace(
        "at = 2020-01-05T20:00:00+01:00", 'at = {column = "when", offset = "+03:00"}'
    )
    content = "box,valid,ada,bo,when\n1,2,1,1,2020-01-05 21:30\n2,2,1,1,2020-01-05T22:00Z\n"
    assert read(tmp_path, case, r_csv=content).returns[0].frame["at"].to_list() == [
        "2020-01-05T21:30+03:00",
        "2020-01-05T22:00Z",
    ]
    found = rejects(tmp_path, case, r_csv=content + "3,2,1,1,2020-01-05\n4,2,1,1,\n")
    assert [(r.line, r.column) for r in found] == [(4, "when"), (5, "when")]


UNITS = '[units]\nfile = "units.csv"\nclosed = true\n'


def test_a_station_that_a_closed_tree_does_not_list_is_unknown(tmp_path: Path) -> None:
    case = WIDE.replace('[[units.top]]\nid = "land"\nname = "Land"\nlevel = "country"\n', "")
    units = "id,name,level,parent,kind\nland/1,One,station,land,prison\nland,Land,country,,\n"
    content = HEADER + "1,2,1,1\n2,2,1,1\n"
    found = rejects(tmp_path, case + UNITS, r_csv=content, units_csv=units)
    assert [(r.file, r.line, r.found) for r in found] == [("r.csv", 3, "unknown station land/2")]
    read_one = read(tmp_path, case + UNITS, r_csv=HEADER + "1,2,1,1\n", units_csv=units)
    assert read_one.units.rows() == [
        ("land", "Land", "country", None, None, None),
        ("land/1", "One", "station", "land", "prison", None),
    ]


def test_a_unit_under_nothing_known_or_in_a_circle_is_a_fault(tmp_path: Path) -> None:
    units = "id,name,level,parent\na,A,district,b\nb,B,district,a\nc,C,district,nowhere\n"
    case = WIDE + '[units]\nfile = "units.csv"\n'
    case = case.replace("[[units.top]]", "[[units.top]]")
    case = WIDE.replace("[[units.top]]", '[units]\nfile = "units.csv"\n[[units.top]]')
    found = rejects(tmp_path, case, r_csv=HEADER + "1,2,1,1\n", units_csv=units)
    assert found[0].found == "'nowhere' above 'c'"


def test_a_second_case_file_takes_over_what_it_does_not_replace(tmp_path: Path) -> None:
    write(tmp_path, WIDE, r_csv=HEADER + "1,2,1,1\n", s_csv=HEADER + "7,2,1,1\n8,2,1,1\n")
    other = '[case]\nextends = "case.toml"\n' + RETURNS.format(extra="").replace("r.csv", "s.csv")
    (tmp_path / "other.toml").write_text(other)
    case = read_case(tmp_path / "other.toml")
    assert case.id == "small"
    assert case.returns[0].frame["station"].to_list() == ["land/7", "land/8"]


def test_a_folder_named_by_the_user_is_searched_first(tmp_path: Path) -> None:
    write(tmp_path, WIDE, r_csv=HEADER + "1,2,1,1\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "r.csv").write_text(HEADER + "5,2,1,1\n")
    frame = read_case(tmp_path, data=tmp_path / "data").returns[0].frame
    assert frame["station"].to_list() == ["land/5"]


BOXES = """
[[returns]]
at = 2019-04-17T13:30:00+03:00
files = "boxes-2019-03-31.csv"
[returns.station]
levels = ["district", "neighbourhood"]
path = ["district", "neighborhood"]
id = "#"
under = "land"
kind = [{column = "neighborhood", contains = "CEZA", kind = "prison"}]
[returns.counts]
registered = "registered"
voted = "voted"
valid = "valid"
invalid = "voted - valid"
[returns.votes]
ada = "chp"
bo = "valid - chp"
"""


def test_the_boxes_of_istanbul_are_read_whole(tmp_path: Path) -> None:
    raw = shared_raw()
    case = read_case(write(tmp_path, CASE + BOXES), data=raw)
    frame = case.returns[0].frame
    assert frame.height == 31_186
    assert frame["counts.registered"].sum() == 10_570_939
    assert frame["counts.invalid"].sum() == 315_250
    assert frame["votes.ada"].sum() == 4_169_765
    stations = case.units.filter(level="station")
    assert stations.filter(station_kind="prison").height == 62
    assert case.units.filter(level="district").height == 39
