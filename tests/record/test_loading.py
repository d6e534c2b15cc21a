"""Loading a case again adds what is new or changed, as corrections, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from recanvass.errors import BadCase, RecanvassError
from recanvass.model import ReturnRecorded, ReturnWithdrawn, decode_event
from recanvass.record import Poll, Record, create_record

EAST_1 = "land/east/1"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with create_record(tmp_path / "record.db") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "case"


def the_poll(record: Record) -> Poll:
    return record.contest("mayor").poll()


def elm(record: Record, size: int | None = None) -> int | None:
    return the_poll(record).results(size=size).votes["elm"]


def changed(old: str, new: str) -> list[str]:
    assert any(old in row for row in ROWS)
    return [row.replace(old, new) for row in ROWS]


def test_a_case_becomes_a_record(record: Record, folder: Path) -> None:
    loaded = record.load(write_case(folder))
    assert (loaded.returns, loaded.corrections, loaded.events) == (3, 0, 1)
    assert loaded.size == record.ledger.size
    assert the_poll(record).results().votes == {"elm": 150, "oak": 139}
    assert record.verify().ok


def test_the_same_case_twice_adds_nothing(record: Record, folder: Path) -> None:
    first = record.load(write_case(folder))
    again = record.load(folder)
    assert (again.added, again.unchanged, again.size) == (0, 3, first.size)


def test_rows_in_another_order_are_the_same_case(record: Record, folder: Path) -> None:
    record.load(write_case(folder))
    assert record.load(write_case(folder, *reversed(ROWS))).added == 0


def test_a_changed_figure_becomes_a_correction_that_names_what_it_corrects(
    record: Record, folder: Path
) -> None:
    size = record.load(write_case(folder)).size
    loaded = record.load(write_case(folder, *changed("60,30", "61,29")))
    assert (loaded.returns, loaded.corrections, loaded.unchanged) == (0, 1, 2)
    event = decode_event(record.ledger.entry(size))
    assert isinstance(event, ReturnRecorded)
    assert event.reason == "correction"
    assert record.ledger.find(event.replaces or "") is not None
    assert (elm(record, size), elm(record)) == (150, 151)
    history = record.station(EAST_1).returns
    assert [r.standing for r in history] == ["superseded", "counted"]
    assert history[-1].changed == {"elm": 1, "oak": -1}


def test_a_figure_that_changes_there_and_back_is_corrected_twice(
    record: Record, folder: Path
) -> None:
    for rows in (ROWS, changed("60,30", "50,40"), ROWS):
        record.load(write_case(folder, *rows))
    assert elm(record) == 150
    assert [r.standing for r in record.station(EAST_1).returns] == [
        "superseded",
        "superseded",
        "counted",
    ]
    assert record.verify().ok
    assert record.load(folder).added == 0


def test_a_blank_that_becomes_a_number_is_a_correction(record: Record, folder: Path) -> None:
    record.load(write_case(folder, "East,1,120,100,90,10,,30"))
    assert elm(record) is None
    assert record.load(write_case(folder, "East,1,120,100,90,10,0,30")).corrections == 1
    assert elm(record) == 0


def test_a_number_that_becomes_blank_is_a_correction(record: Record, folder: Path) -> None:
    record.load(write_case(folder, "East,1,120,100,90,10,60,30"))
    assert record.load(write_case(folder, "East,1,120,100,90,10,,30")).corrections == 1
    assert elm(record) is None


def test_a_new_station_is_added_beside_those_that_are_there(record: Record, folder: Path) -> None:
    record.load(write_case(folder))
    loaded = record.load(write_case(folder, *ROWS, "West,2,10,9,9,0,9,0"))
    assert (loaded.returns, loaded.units, loaded.unchanged) == (1, 1, 3)
    assert elm(record) == 159


def test_a_later_case_supersedes_and_an_older_one_says_that_it_does_not(
    record: Record, folder: Path
) -> None:
    record.load(write_case(folder))
    late = record.load(write_case(folder, *changed("60,30", "80,10"), at="2024-05-06T09:00:00Z"))
    assert (late.returns, late.corrections, late.outdated) == (3, 0, 0)
    assert elm(record) == 170
    early = record.load(write_case(folder, *changed("60,30", "1,2"), at="2024-05-05T12:00:00Z"))
    assert (early.returns, early.outdated) == (3, 3)
    assert elm(record) == 170


def test_a_changed_definition_replaces_its_earlier_version(record: Record, folder: Path) -> None:
    size = record.load(write_case(folder)).size
    loaded = record.load(write_case(folder, name="Lord Mayor"))
    assert (loaded.definitions, loaded.added) == (1, 1)
    assert record.contest("mayor").name() == "Lord Mayor"
    assert record.contest("mayor").definition(size).name == "Mayor of Land"
    assert record.load(folder).added == 0


def test_a_changed_event_replaces_its_earlier_version(record: Record, folder: Path) -> None:
    size = record.load(write_case(folder)).size
    assert record.load(write_case(folder, margin=12)).events == 1
    reported = [i.margin for i in record.timeline("mayor") if i.kind == "report.received"]
    before = [i.margin for i in record.timeline(size=size) if i.kind == "report.received"]
    assert (reported, before) == ([12], [10])
    assert record.load(write_case(folder, margin=10)).events == 1
    assert record.load(folder).added == 0


def test_a_withdrawn_return_is_not_added_again_by_loading_the_same_case(
    record: Record, folder: Path
) -> None:
    record.load(write_case(folder))
    of = decode_event(record.ledger.entry(record.station(EAST_1).returns[0].entry)).id
    day = "2024-05-05"
    record.append(
        [ReturnWithdrawn(id="w", contest="mayor", poll=day, of=of, at="2024-05-06T10:00Z")]
    )
    assert elm(record) == 90
    assert record.load(folder).added == 0
    assert elm(record) == 90


def test_two_returns_of_one_moment_do_not_make_a_load_write_twice(
    record: Record, folder: Path
) -> None:
    record.load(write_case(folder))
    twin = decode_event(record.ledger.entry(record.station(EAST_1).returns[0].entry))
    assert isinstance(twin, ReturnRecorded)
    fields = {f: getattr(twin, f) for f in twin.__struct_fields__}
    record.append([ReturnRecorded(**(fields | {"id": twin.id + "0"}))])
    assert record.load(folder).added == 0
    loaded = record.load(write_case(folder, *changed("60,30", "61,29")))
    assert (loaded.returns, loaded.corrections) == (0, 1)
    assert elm(record) == 151


@pytest.mark.parametrize(
    "row",
    [
        "East,1,120,100,90,10,sixty,30",
        "East,1,120,100,90,10,-60,30",
        "East,1,120,100,90,10,60",
        "East,2,120,100,90,10,60,30",
    ],
)
def test_a_bad_row_is_named_and_leaves_the_ledger_as_it_was(
    record: Record, folder: Path, row: str
) -> None:
    size = record.load(write_case(folder)).size
    with pytest.raises(BadCase) as refused:
        record.load(write_case(folder, ROWS[1], row))
    assert record.ledger.size == size
    assert any("returns.csv" in str(r) and "3" in str(r) for r in refused.value.rejects)
    assert elm(record) == 150


def test_an_event_that_the_record_cannot_take_leaves_the_ledger_as_it_was(
    record: Record, folder: Path
) -> None:
    unknown = """
[[event]]
kind = "report.received"
id = "report-2"
at = 2024-05-05T21:00:00+03:00
contest = "mayor"
poll = "2024-05-05"
publisher = "board"
votes = { ash = 3 }
"""
    size = record.ledger.size
    with pytest.raises(RecanvassError, match="ash"):
        record.load(write_case(folder, more_events=unknown))
    assert record.ledger.size == size
