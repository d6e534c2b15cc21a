"""`keys.csv` and the signed returns of a case folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from made_up_keys import AGENT, OFFICER, SECOND, signed
from recanvass.errors import BadCase, BadInput
from recanvass.exchange import Reject, read_case
from recanvass.exchange.return_file import format_return
from recanvass.ledger import Signer
from recanvass.model import KeyAdded
from recanvass.record import Record, create_record

OF_EAST_1 = {"station": "land/east/1", "votes": {"elm": 60, "oak": 30}}
RETIRING = f"""
[[event]]
kind = "key.retired"
at = 2024-05-08T09:00:00+03:00
verifier = "{OFFICER.verifier}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case whose stations have keys, and that names signed returns."""
    folder = write_case(tmp_path / "case", *ROWS[1:])
    _replace(folder / "case.toml", 'name = "A made-up town"', 'name = "A"\nsigned = "signed/*"')
    units = "id,level,parent\nland/east,town,land\nland/east/1,station,land/east\n"
    (folder / "units.csv").write_text(units, encoding="utf-8")
    _replace(folder / "case.toml", "[[units.top]]", '[units]\nfile = "units.csv"\n[[units.top]]')
    write_keys(folder)
    (folder / "signed").mkdir()
    write_signed(folder, OFFICER, AGENT)
    return folder


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def write_keys(folder: Path, **changes: str) -> None:
    """Write three keys; `changes` are cells of the second one."""
    cells = {
        "verifier": str(SECOND.verifier),
        "role": "officer",
        "holder": "Chair of East 2",
        "party": "",
        "stations": "land/east/2 land/west/1",
    } | changes
    rows = [
        ",".join(cells),
        f"{OFFICER.verifier},officer,Chair of East 1,,land/east/1",
        ",".join(cells.values()),
        f"{AGENT.verifier},agent,,,land",
    ]
    (folder / "keys.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_signed(folder: Path, *signers: Signer, **changes: object) -> None:
    note = format_return(signed(*signers, **(OF_EAST_1 | changes)))
    (folder / "signed" / "east-1.note").write_bytes(note)


def fault(folder: Path) -> Reject:
    with pytest.raises(BadCase) as refused:
        read_case(folder)
    (reject,) = refused.value.rejects
    assert isinstance(reject, Reject)
    return reject


@pytest.fixture
def record(tmp_path: Path):
    with create_record(tmp_path / "record.db") as made:
        yield made


def test_a_case_brings_its_keys_and_its_signed_returns(folder: Path, record: Record) -> None:
    loaded = record.load(folder)
    assert (loaded.signed, loaded.returns) == (1, 2)
    (one,) = record.station("land/east/1").returns
    assert [(s.name, s.role, s.holder, s.fault) for s in one.signatures] == [
        ("agent", "agent", None, None),
        ("officer", "officer", "Chair of East 1", None),
    ]
    assert record.verify().signatures.signed == 1


def test_the_same_signed_case_twice_adds_nothing(folder: Path, record: Record) -> None:
    size = record.load(folder).size
    again = record.load(folder)
    assert (again.added, again.size) == (0, size)


def test_a_key_retired_in_the_same_case_still_vouches_for_its_returns(
    folder: Path, record: Record
) -> None:
    events = folder / "events.toml"
    events.write_text(events.read_text(encoding="utf-8") + RETIRING, encoding="utf-8")
    size = record.load(folder).size
    assert record.verify().ok
    assert record.load(folder).size == size
    write_signed(folder, OFFICER, id="signed/2", at="2024-05-05T22:30:00+03:00")
    with pytest.raises(BadInput, match="retired"):
        record.load(folder)


def test_a_mended_row_of_keys_takes_the_place_of_the_old_one(folder: Path, record: Record) -> None:
    record.load(folder)
    write_keys(folder, holder="Deputy chair of East 2")
    assert record.load(folder).definitions == 1
    record.view()
    keys = [e for _, e in record.fold.small_events() if isinstance(e, KeyAdded)]
    assert [k.holder for k in keys if k.verifier == str(SECOND.verifier)] == [
        "Chair of East 2",
        "Deputy chair of East 2",
    ]


def test_a_case_with_a_bad_signature_is_refused_whole(folder: Path, record: Record) -> None:
    write_signed(folder, SECOND)
    with pytest.raises(BadInput, match="second, whose key is for other stations"):
        record.load(folder)
    assert record.ledger.size == 1


@pytest.mark.parametrize(
    ("cells", "column", "found"),
    [
        ({"verifier": "second+123"}, "verifier", "second+123"),
        ({"verifier": ""}, "verifier", "a blank"),
        ({"verifier": str(OFFICER.verifier)}, "verifier", "again"),
        ({"role": "chair"}, "role", "chair"),
        ({"party": "greens"}, "party", "greens"),
        ({"stations": "land/east/1 land/north"}, "stations", "land/north"),
    ],
)
def test_a_wrong_cell_of_keys_is_named_by_line_and_column(folder, cells, column, found) -> None:
    write_keys(folder, **cells)
    reject = fault(folder)
    assert (reject.file, reject.line, reject.column) == ("keys.csv", 3, column)
    assert found in reject.found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"poll": "2024-05-06"}, "poll mayor 2024-05-06"),
        ({"station": "land/east/7"}, "station 'land/east/7'"),
        ({"source": "observer"}, "source 'observer'"),
        ({"votes": {"fir": 1}}, "option 'fir'"),
    ],
)
def test_a_signed_return_of_something_unknown_is_named_by_its_file(folder, changes, found) -> None:
    write_signed(folder, OFFICER, **changes)
    reject = fault(folder)
    assert reject.file == "signed/east-1.note"
    assert found in reject.found


def test_a_file_that_is_no_return_is_named(folder: Path) -> None:
    (folder / "signed" / "east-1.note").write_bytes(b"\x89PNG")
    assert fault(folder).file == "signed/east-1.note"


def test_a_pattern_that_finds_no_file_is_a_fault(folder: Path) -> None:
    _replace(folder / "case.toml", "signed/*", "notes/*")
    assert fault(folder).column == "signed"


def test_a_file_of_keys_that_is_named_must_be_there(folder: Path) -> None:
    _replace(folder / "case.toml", 'name = "A"', 'name = "A"\nkeys = "other.csv"')
    assert "other.csv" in fault(folder).found
