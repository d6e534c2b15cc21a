"""Files, folders and file systems that may only be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case

COMMON_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Takes from root what lets it write everywhere."""


@pytest.fixture
def place(tmp_path: Path, small_record: Path) -> Path:
    """A folder with a ledger of the made-up case, and the case with one figure changed."""
    folder = tmp_path / "place"
    folder.mkdir()
    for name in ("record.db", "record.db.key"):
        shutil.copy2(small_record / name, folder / name)
    write_case(tmp_path / "case", ROWS[0].replace("60,30", "59,31"), *ROWS[1:])
    return folder


@pytest.fixture(scope="module")
def small_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    recanvass("load", write_case(folder / "case"), folder=folder)
    return folder


def recanvass(*words: object, folder: Path, user: list[str] | None = None) -> tuple[int, str]:
    """Run a command on the ledger in a folder; return its status and all that it says."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if user and is_root and shutil.which(user[0]) is None:
        pytest.skip(f"root may write everywhere, and there is no `{user[0]}`")
    done = subprocess.run(
        [
            *(user if user and is_root else []),
            *(sys.executable, "-m", "recanvass", "--ledger", "record.db"),
            *map(str, words),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("closed", [["record.db"], ["."], [".", "record.db"]])
def test_what_may_only_be_read_is_read_and_a_change_is_refused_in_one_line(place, closed):
    before = (place / "record.db").read_bytes()
    for name in closed:
        (place / name).chmod(0o555 if name == "." else 0o444)
    try:
        status, said = recanvass("verify", folder=place, user=COMMON_USER)
        assert (status, said.partition(":")[0]) == (0, "verified")
        status, said = recanvass("load", place.parent / "case", folder=place, user=COMMON_USER)
        assert (status, said.count("\n")) == (2, 1)
        assert said.startswith("recanvass: error: record.db: ")
    finally:
        place.chmod(0o755)
    assert (place / "record.db").read_bytes() == before


def test_a_ledger_in_a_folder_of_somebody_else_is_not_read_while_it_may_change(place):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    os.chown(place, 65_534, -1)
    status, said = recanvass("verify", folder=place, user=COMMON_USER)
    assert status == 2
    assert "cannot be read where you may not write but others may" in said
