"""Every named fault of a returns file: by file, line, column, found, expected."""

from __future__ import annotations

from pathlib import Path

from case_folders import HEADER, WIDE, read, rejects, wide, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadCase
from recanvass.exchange import read_case, write_rejects


def test_a_cell_that_is_no_count_is_named_by_line_and_column(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "1,2,1,1\n\n2,-4,x,1\n")
    assert [(r.file, r.line, r.column, r.found) for r in found] == [
        ("r.csv", 4, "valid", "-4"),
        ("r.csv", 4, "ada", "x"),
    ]
    assert found[0].expected == "a whole number from 0 to 999,999,999"


def test_a_line_with_too_few_or_too_many_fields_is_named(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "1,2,1\n2,2,1,1\n3,2,1,1,\n")
    assert [(r.line, r.found) for r in found] == [(2, "3 fields"), (4, "5 fields")]
    assert found[0].expected == "4 fields, as in the header"


def test_lines_are_counted_through_quoted_line_breaks(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + '"1\nb",2,1,1\n"x,y",q,1,1\n4,1\n')
    assert [(r.line, r.found) for r in found] == [(4, "q"), (5, "2 fields")]


def test_a_quotation_that_is_not_closed_is_named(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + '1,2,1,1\n"2,2,1,1\n3,2,1,1\n')
    assert found[0].line == 3
    assert "not closed" in found[0].found


def test_text_after_a_closing_quotation_mark_is_named(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + '1,2,1,1\n"2"x,2,1,1\n')
    assert [r.line for r in found] == [3]


def test_every_line_that_is_not_in_the_encoding_is_named(tmp_path: Path) -> None:
    data = HEADER.encode() + b"1,2,1,1\n\xfe,2,1,1\n3,2,1,1\n\xff,2,1,1\n"
    found = rejects(tmp_path, WIDE, r_csv=data)
    assert [(r.line, r.found[:9]) for r in found] == [(3, "byte 0xfe"), (5, "byte 0xff")]


def test_a_nul_byte_is_named(tmp_path: Path) -> None:
    assert rejects(tmp_path, WIDE, r_csv=HEADER + "1,2,\0,1\n")[0].line == 2


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv="box,valid,ada\n1,2,2\n")
    assert found[0].file == "case.toml"
    assert found[0].column == "votes.bo"
    assert "'box', 'valid', 'ada'" in found[0].expected


def test_two_columns_of_the_same_name_are_a_fault_where_they_are_used(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv="box,valid,ada,bo,bo\n1,2,1,1,1\n")
    assert found[0].found == "2 columns of this name"
    case = read(tmp_path, WIDE, r_csv="box,valid,ada,bo,%,%\n1,2,1,1,50,50\n")
    assert case.returns[0].frame.height == 1


def test_a_station_that_reports_twice_is_named_with_its_first_line(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "A  1,2,1,1\nB,2,1,1\na-1,2,1,1\n")
    assert [(r.line, r.found) for r in found] == [
        (4, "station land/a-1 again, as in r.csv line 2"),
    ]


def test_a_blank_place_is_named(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "1,2,1,1\n,9,8,1\n")
    assert (found[0].line, found[0].column, found[0].found) == (3, "box", "a blank")


def test_a_file_without_rows_is_a_fault(tmp_path: Path) -> None:
    for content in ("", HEADER, HEADER + "\n\n"):
        assert rejects(tmp_path, WIDE, r_csv=content)


def test_conditions_that_leave_no_row_are_a_fault(tmp_path: Path) -> None:
    found = rejects(tmp_path, wide('where = {box = "9"}'), r_csv=HEADER + "1,2,1,1\n")
    assert "no row left" in found[0].found


def test_a_header_of_a_hundred_thousand_columns_is_one_fault(tmp_path: Path) -> None:
    content = ",".join(f"c{n}" for n in range(100_000)) + "\n"
    assert len(rejects(tmp_path, WIDE, r_csv=content)) == 1


def test_a_file_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.csv").write_text(HEADER + "1,2,1,1\n")
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "out.csv")
    for name in ("../out.csv", "link.csv"):
        case = WIDE.replace('"r.csv"', f'"{name}"')
        assert "no file" in rejects(tmp_path / "in", case)[0].found


def test_an_absolute_path_that_the_case_gives_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.csv").write_text(HEADER + "1,2,1,1\n")
    case = WIDE.replace('"r.csv"', f'"{tmp_path / "out.csv"}"')
    assert read(tmp_path / "in", case).returns[0].frame.height == 1


def test_many_faults_of_a_column_are_counted_after_ten_thousand(tmp_path: Path) -> None:
    rows = "".join(f"{n},1,x,0\n" for n in range(10_050))
    found = rejects(tmp_path, WIDE, r_csv=HEADER + rows)
    assert len(found) == 10_001
    assert "50 more like these" in [r.found for r in found]


def test_faults_are_written_as_a_table(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "1,2,x,1\n")
    write_rejects(found, tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text().splitlines() == [
        "file,line,column,found,expected",
        'r.csv,2,ada,x,"a whole number from 0 to 999,999,999"',
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=60) | st.text('0,12"\n\rab;', max_size=60).map(str.encode))
def test_no_bytes_make_anything_but_a_case_or_named_faults(tmp_path: Path, tail: bytes) -> None:
    folder = write(tmp_path, WIDE, r_csv=HEADER.encode() + tail)
    try:
        frame = read_case(folder).returns[0].frame
    except BadCase as error:
        assert error.rejects
    else:
        assert frame.height >= 1
