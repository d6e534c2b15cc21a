"""Files that a command is given by name: without an end, without sense, not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.cli.main import main

COMMANDS = (
    "verify --key FILE",
    "verify --policy FILE",
    "verify --checkpoint FILE",
    "verify FILE --key FILE",
    "verify --dir FILE",
    "whatif mayor --stations FILE",
    "load FILE.toml",
    "new made FILE",
    "sign FILE --key FILE",
    "take FILE",
    "results mayor --ledger FILE",
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    load_into(str(tmp_path / "record.db"), write_case(tmp_path / "case"))
    return tmp_path / "record.db"


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("kind", ["endless", "folder", "bytes", "nothing"])
def test_a_file_that_makes_no_sense_is_told_in_one_line(
    ledger, tmp_path, monkeypatch, capsys, words, kind
):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ("file.toml" if ".toml" in words else "file")
    match kind:
        case "endless":
            file.symlink_to("/dev/zero")
        case "folder":
            file.mkdir()
        case "bytes":
            file.write_bytes(bytes(range(256)) * 100)
    before = sorted(path.name for path in tmp_path.iterdir())
    named = words.replace("FILE.toml", str(file)).replace("FILE", str(file)).split()
    status = main(named if "--ledger" in named else ["--ledger", str(ledger), *named])
    out, err = capsys.readouterr()
    assert status in (1, 2)
    lines = (1, 2, 3) if words.startswith("load") else (1,)  # a load lists its faults below
    assert out.startswith("NOT VERIFIED") or len(err.splitlines()) in lines
    after = sorted(path.name for path in tmp_path.iterdir() if path.name != "rejects.csv")
    assert [name for name in after if not name.startswith("record.db-")] == before
