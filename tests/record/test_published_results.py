"""Totals published beside the log: what is written, what a crash leaves, what a lie looks like."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import recanvass as rc
from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.errors import BadInput, BadProof, LedgerConflict
from recanvass.ledger.published_files import FolderFiles
from recanvass.record import Record, open_record
from recanvass.record.check_results import check_results
from recanvass.record.publish_results import PublishedResults, publish_results
from recanvass.record.published_results import read_latest, result_files

CASES = Path(rc.__file__).parent / "cases"
TOTAL = "mayor/2024-05-05/total.json"
BY_TOWN = "mayor/2024-05-05/by-town.json"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    load_into(str(tmp_path / "town.db"), write_case(tmp_path / "case"))
    return tmp_path / "town.db"


def grow(ledger: Path, votes: int) -> None:
    """Correct a return, so that the ledger has one entry more."""
    row = f"East,1,{100 + votes},{10 + votes},{votes},10,{votes - 30},30"
    load_into(str(ledger), write_case(ledger.parent / "case", row, *ROWS[1:]))


def publish(ledger: Path, keep: int = 0, language: str = "en") -> PublishedResults:
    with open_record(ledger, read_only=True) as record:
        size = record.ledger.size
        return publish_results(record, ledger.parent / "results", size, language, keep)


def messages(ledger: Path) -> list[str]:
    files = FolderFiles(ledger.parent / "results")
    with open_record(ledger, read_only=True) as record:
        index = read_latest(files)
        assert index is not None
        return [fault.message for fault in check_results(record, files, index)]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_each_poll_and_what_stands_is_published_as_results_prints_it(ledger):
    publish(ledger)
    with open_record(ledger, read_only=True) as record:
        size, contest = record.ledger.size, record.contest("mayor")
        place = ledger.parent / "results" / str(size)
        for folder, asked in {"2024-05-05": contest.poll(), "standing": contest}.items():
            for name, by in {"total": None, "by-land": "land", "by-town": "town"}.items():
                found = json.loads((place / "mayor" / folder / f"{name}.json").read_bytes())
                assert found == json.loads(json.dumps(asked.results(by).to_dict()))
    assert (place / "index.json").read_bytes() == (place.parent / "latest.json").read_bytes()
    assert messages(ledger) == []


def test_publishing_again_writes_nothing_and_older_sizes_stay_as_they_were(ledger):
    assert publish(ledger).written > 0
    assert publish(ledger).written == 0
    (old,) = [p for p in (ledger.parent / "results").iterdir() if p.is_dir()]
    before = {p: p.read_bytes() for p in old.rglob("*.json")}
    grow(ledger, 95)
    publish(ledger)
    assert {p: p.read_bytes() for p in old.rglob("*.json")} == before
    assert messages(ledger) == []


def test_of_older_sizes_only_so_many_are_kept(ledger):
    for votes in (91, 92, 93, 94):
        grow(ledger, votes)
        done = publish(ledger, keep=2)
    kept = {int(p.name) for p in (ledger.parent / "results").iterdir() if p.is_dir()}
    assert kept == {done.size - 1, done.size}
    assert done.removed == 1
    assert messages(ledger) == []


def test_a_negative_number_to_keep_is_refused(ledger):
    with pytest.raises(BadInput, match="--keep: found -1"):
        publish(ledger, keep=-1)


def test_results_are_checked_in_the_language_that_they_are_written_in(ledger):
    publish(ledger, language="tr")
    assert messages(ledger) == []


def test_results_older_than_the_ledger_are_checked_at_their_own_size(ledger):
    publish(ledger)
    grow(ledger, 95)
    assert messages(ledger) == []


def test_what_a_crash_left_is_made_anew_and_never_called_for(ledger, monkeypatch):
    publish(ledger)
    before = (ledger.parent / "results" / "latest.json").read_bytes()
    grow(ledger, 95)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", _die)
        publish(ledger)
    assert (ledger.parent / "results" / "latest.json").read_bytes() == before
    assert messages(ledger) == []
    publish(ledger)
    assert messages(ledger) == []
    assert not list((ledger.parent / "results").glob(".unfinished*"))


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_crash_before_the_index_is_replaced_leaves_the_old_one_whole(ledger, monkeypatch):
    publish(ledger)
    grow(ledger, 95)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "read_bytes", _die)  # of the index, on its way to latest.json
        publish(ledger)
    assert messages(ledger) == []
    assert publish(ledger).written == 1
    assert messages(ledger) == []


def test_results_of_another_record_are_not_written_over(ledger, tmp_path):
    publish(ledger)
    other = tmp_path / "other"
    other.mkdir()
    load_into(str(other / "town.db"), write_case(other / "case"))
    shutil.copytree(tmp_path / "results", other / "results")
    grow(other / "town.db", 95)
    with pytest.raises(LedgerConflict, match="results of another record"):
        publish(other / "town.db")


def test_results_beyond_the_ledger_are_a_conflict_and_a_fault(ledger, tmp_path):
    shutil.copy(ledger, tmp_path / "older.db")
    grow(ledger, 95)
    publish(ledger)
    older = tmp_path / "older.db"
    with pytest.raises(LedgerConflict, match="this ledger has only"):
        publish(older)
    assert "the log has only" in messages(older)[0]


# Lies


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (TOTAL, '"votes":150', '"votes":151', "options elm votes: found 151; expected 150"),
        (TOTAL, '"registered":410', '"registered":41', "registered: found 41; expected 410"),
        (TOTAL, '"leader":"elm"', '"leader":"oak"', 'leader: found "oak"; expected "elm"'),
        (TOTAL, '"counted":3', '"counted":"3"', 'stations counted: found "3"; expected 3'),
        (TOTAL, '"voted":300,', "", "voted: found nothing; expected 300"),
        (TOTAL, '"voted":300,', '"voted":300,"x":1,', "x: found 1; expected nothing"),
        (BY_TOWN, '"votes":130', '"votes":131', "by land/east options elm votes: found 131"),
        (BY_TOWN, '"unit":"land/west"', '"unit":"land/east"', "by land/west unit: found nothing"),
        (TOTAL, "{", "[", "found no JSON"),
        (TOTAL, '"contest"', ' "contest"', "written in other bytes than published"),
    ],
)
def test_an_edited_figure_is_named_by_file_contest_unit_and_figure(ledger, file, old, new, says):
    publish(ledger)
    size = json.loads((ledger.parent / "results" / "latest.json").read_bytes())["size"]
    edit(ledger.parent / "results" / str(size) / file, old, new)
    found = messages(ledger)
    assert any(says in message for message in found), found
    assert all(m.startswith(f"results/{size}/{file}: ") for m in found)
    if "JSON" not in says:
        assert all("mayor 2024-05-05" in m for m in found)


def test_a_file_that_is_gone_is_named(ledger):
    publish(ledger)
    (file,) = (ledger.parent / "results").glob(f"*/{TOTAL}")
    file.unlink()
    assert [m.split(": ")[1] for m in messages(ledger)] == ["found no file; expected results"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"bytes": ', '"bytes": 1', "found another length or sha256"),
        ('"sha256": "', '"sha256": "00', "found another length or sha256"),
        ("total.json", "other.json", "which the record does not have"),
        ("total.json", "../../../../etc/passwd", "which the record does not have"),
        ('"root": "', '"root": "00', "another record or history"),
        ('"origin": "', '"origin": "x', "another record or history"),
        ('"size": ', '"size": 9', "the log has only"),
    ],
)
def test_an_edited_index_is_named(ledger, old, new, says):
    publish(ledger)
    edit(ledger.parent / "results" / "latest.json", old, new)
    found = messages(ledger)
    assert any(says in message for message in found), found
    assert all(m.startswith("results/latest.json: ") for m in found)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[" * 100_000, b"\xff", b'{"format":1,"origin":1}', b"x" * 10_000_001],
)
def test_an_index_that_is_none_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "latest.json").write_bytes(content)
    with pytest.raises(BadProof, match=r"results/latest\.json: ") as refusal:
        read_latest(FolderFiles(tmp_path))
    assert "\n" not in str(refusal.value)


def test_an_index_of_a_later_format_is_refused(ledger):
    publish(ledger)
    edit(ledger.parent / "results" / "latest.json", '"format": 1', '"format": 2')
    with pytest.raises(BadProof, match="expected format 1"):
        messages(ledger)


def test_figures_nested_without_end_are_told_and_do_not_bring_the_check_down(ledger):
    publish(ledger)
    (file,) = (ledger.parent / "results").glob(f"*/{TOTAL}")
    file.write_bytes(b"[" * 5000 + b"]" * 5000)
    assert "found no JSON" in messages(ledger)[0]


# Names and cases


@pytest.mark.parametrize("poll", ["standing", "..", "a/b", "UPPER", "Ö", "x" * 200, "index.json"])
def test_an_id_that_is_no_plain_name_gets_one_that_no_other_has(tmp_path, poll):
    case = write_case(tmp_path / "case")
    file = case / "case.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('date = "2024-05-05"', f'date = "2024-05-05"\nid = "{poll}"')
    file.write_text(text.replace('poll = "2024-05-05"', f'poll = "{poll}"'), encoding="utf-8")
    (case / "events.toml").unlink()
    load_into(str(tmp_path / "town.db"), case)
    with open_record(tmp_path / "town.db", read_only=True) as record:
        paths = list(result_files(record, record.ledger.size, "en"))
    (folder,) = {p.split("/")[1] for p in paths} - {"standing"}
    assert len(paths) == 6
    assert folder.encode().isascii() and "~" in folder and ".." not in folder


@pytest.mark.parametrize("case", sorted(p.name for p in CASES.iterdir() if p.is_dir()))
def test_every_case_that_the_package_carries_is_published_as_it_is_folded(tmp_path, case):
    ledger = tmp_path / "case.db"
    load_into(str(ledger), CASES / case)
    assert publish(ledger).written > 0
    assert messages(ledger) == []


def test_an_empty_record_publishes_an_index_without_files(tmp_path):
    with rc.create(tmp_path / "empty.db") as record:
        assert isinstance(record, Record)
        done = publish_results(record, tmp_path / "results", record.ledger.size, "en", 10)
    assert done.written == 2
    assert messages(tmp_path / "empty.db") == []
