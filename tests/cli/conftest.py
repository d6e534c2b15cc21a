from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command in this process."""

    def command(*words: object) -> Ran:
        capsys.readouterr()
        try:
            status = main([str(w) for w in words])
        except SystemExit as left:
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return command


@pytest.fixture(scope="session")
def run_apart() -> Callable[..., Ran]:
    """Run a command in a process of its own."""

    def command(*words: object) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "recanvass", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return command


@pytest.fixture(scope="session")
def small_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of the made-up case. Nobody may write to it."""
    folder = tmp_path_factory.mktemp("small")
    load_into(str(folder / "small.db"), write_case(folder / "case"))
    return folder / "small.db"
