"""Small case folders, made in a temporary directory for one test each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recanvass.errors import BadCase
from recanvass.exchange import Case, Reject, read_case

CASES = os.environ.get("RECANVASS_CASES", Path(__file__).parents[3] / "shared" / "cases")
RAW = Path(CASES) / "istanbul-2019" / "raw"

SOURCE_OFFICE_CONTEST = """
[case]
id = "small"
name = "A small case"

[[sources]]
id = "board"
name = "Board"
official = true

[[units.top]]
id = "land"
name = "Land"
level = "country"

[[offices]]
id = "mayor"
name = "Mayor"
unit = "land"

[[contests]]
id = "mayor"
office = "mayor"
name = "Mayor"
"""

POLL = """
[[polls]]
date = 2020-01-05

[[polls.options]]
id = "ada"
name = "Ada"

[[polls.options]]
id = "bo"
name = "Bo"
"""

RETURNS = """
[[returns]]
at = 2020-01-05T20:00:00+01:00
files = "r.csv"
{extra}
[returns.station]
id = "box"
under = "land"
[returns.counts]
valid = "valid"
[returns.votes]
ada = "ada"
bo = "bo"
"""

WIDE = SOURCE_OFFICE_CONTEST + POLL + RETURNS.format(extra="")
HEADER = "box,valid,ada,bo\n"


def wide(extra: str) -> str:
    """Return the text of a case of one wide file, with more keys in its [[returns]]."""
    return SOURCE_OFFICE_CONTEST + POLL + RETURNS.format(extra=extra)


def write(folder: Path, case: str, **files: str | bytes) -> Path:
    """Write a case folder; `r_csv="…"` becomes the file `r.csv`."""
    (folder / "case.toml").write_text(case, encoding="utf-8")
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder


def read(folder: Path, case: str, **files: str | bytes) -> Case:
    """Return the case that these files make."""
    return read_case(write(folder, case, **files))


def rejects(folder: Path, case: str, **files: str | bytes) -> list[Reject]:
    """Return the faults of the case that these files make."""
    with pytest.raises(BadCase) as refused:
        read(folder, case, **files)
    assert "\n" not in str(refused.value)
    return [reject for reject in refused.value.rejects if isinstance(reject, Reject)]


def shared_raw() -> Path:
    """Return the folder of the real ballot-box files, or skip the test."""
    if not RAW.is_dir():
        pytest.skip("the ballot-box files are not on this machine")
    return RAW
