"""The case file itself and its events: definitions, references, times."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_folders import HEADER, WIDE, read, rejects

from recanvass.errors import BadCase
from recanvass.exchange import read_case
from recanvass.model import PollDefined, ReportReceived

ROW = HEADER + "1,2,1,1\n"
REPORT = """
[[event]]
kind = "report.received"
at = 2020-01-05T21:00:00+01:00
poll = 2020-01-05
publisher = "Agency"
votes = {ada = 5, bo = 4}
"""


def test_definitions_become_events_with_ids_of_kind_and_key(tmp_path: Path) -> None:
    case = read(tmp_path, WIDE, r_csv=ROW)
    assert [event.id for event in case.definitions] == [
        "source.registered/board",
        "office.defined/mayor",
        "contest.defined/mayor",
        "poll.defined/mayor/2020-01-05",
    ]
    poll = case.definitions[-1]
    assert isinstance(poll, PollDefined)
    assert (poll.contest, poll.poll, poll.date) == ("mayor", "2020-01-05", "2020-01-05")


@pytest.mark.parametrize(
    ("old", "new", "column", "found"),
    [
        ('office = "mayor"', 'office = "king"', "contests[0]", "office 'king'"),
        ('unit = "land"', 'unit = "sea"', "office.defined/mayor", "unit 'sea'"),
        ("date = 2020-01-05", "", "polls[0]", "no date"),
        ('id = "bo"', 'id = "ada"', "polls[0]", "option 'ada' a second time"),
        ('bo = "bo"', 'cy = "bo"', "returns[0]", "votes for 'cy'"),
        ("at = 2020-01-05T20:00:00+01:00", "", "returns[0]", "no `at`"),
        ("20:00:00+01:00", "20:00:00", "returns[0]", "'2020-01-05T20:00:00'"),
        ("at = 2020-01-05T20:00:00+01:00", "at = 2020-01-05", "returns[0]", "2020-01-05"),
        ('files = "r.csv"', 'files = "r.csv"\nmising = ["-"]', "returns[0]", "`mising`"),
        ("official = true", "", "returns[0]", "source 'not given'"),
        ('files = "r.csv"', 'files = "r.csv"\nseparator = ";;"', "returns[0]", "separator ';;'"),
    ],
)
def test_a_wrong_entry_of_the_case_file_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, column: str, found: str
) -> None:
    assert old in WIDE
    faults = rejects(tmp_path, WIDE.replace(old, new), r_csv=ROW)
    assert faults[0].file == "case.toml"
    assert faults[0].column == column
    assert found in faults[0].found
    assert faults[0].line is not None or column == "office.defined/mayor"


def test_a_file_that_is_not_toml_is_named_by_line(tmp_path: Path) -> None:
    found = rejects(tmp_path, "[case]\nid = \n", r_csv=ROW)
    assert (found[0].file, found[0].line) == ("case.toml", 2)


def test_a_case_file_beyond_five_megabytes_is_not_read(tmp_path: Path) -> None:
    found = rejects(tmp_path, "#" * 5_000_001)
    assert found[0].found == "more than 5,000,000 bytes"


def test_a_folder_without_a_case_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"case\.toml"):
        read_case(tmp_path)


def test_events_are_read_with_the_only_contest_and_an_id_not_made_of_figures(
    tmp_path: Path,
) -> None:
    (report,) = read(tmp_path, WIDE, r_csv=ROW, events_toml=REPORT).events
    (other,) = read(tmp_path, WIDE, r_csv=ROW, events_toml=REPORT.replace("5,", "6,")).events
    assert isinstance(report, ReportReceived)
    assert report.contest == "mayor"
    assert report.at == "2020-01-05T21:00:00+01:00"
    assert report.id == other.id


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("21:00:00+01:00", "21:00:00", "'2020-01-05T21:00:00'"),
        ("T21:00:00+01:00", "", "2020-01-05"),
        ("at = 2020-01-05T21:00:00+01:00", "", "no `at`"),
        ("report.received", "report.sent", "kind 'report.sent'"),
        ("poll = 2020-01-05", "poll = 2021-01-05", "poll '2021-01-05'"),
        ("ada = 5", "cy = 5", "option 'cy'"),
        ("publisher", "editor", "`editor`"),
        ('publisher = "Agency"', "", "`publisher`"),
    ],
)
def test_a_wrong_event_is_named_with_its_number_and_line(
    tmp_path: Path, old: str, new: str, found: str
) -> None:
    assert old in REPORT
    second = REPORT.replace(old, new).replace("Agency", "Other")
    faults = rejects(tmp_path, WIDE, r_csv=ROW, events_toml=REPORT + second)
    assert [(f.file, f.line, f.column) for f in faults] == [("events.toml", 9, "event 2")]
    assert found in faults[0].found + faults[0].expected


def test_two_events_with_the_same_id_are_a_fault(tmp_path: Path) -> None:
    found = rejects(tmp_path, WIDE, r_csv=ROW, events_toml=REPORT + REPORT)
    assert "again" in found[0].found


def test_faults_of_all_files_are_found_in_one_go(tmp_path: Path) -> None:
    events = REPORT.replace("+01:00", "")
    found = rejects(tmp_path, WIDE, r_csv=HEADER + "1,x,1,1\n1,2\n", events_toml=events)
    assert {r.file for r in found} == {"r.csv", "events.toml"}
    assert len(found) == 3
