"""The README's tour is what the commands really do."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _commands() -> list[tuple[str, str]]:
    """Return each command of the tour with the output that the README shows for it."""
    commands = []
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            commands.append((command, shown))
    return commands


def _run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if words[0] == "recanvass":
        words = [sys.executable, "-m", *words]
    environment = os.environ | {"RECANVASS_LANG": "en", "RECANVASS_CACHE": "off"}
    environment.pop("RECANVASS_LEDGER", None)
    environment.pop("RECANVASS_SIGNING_KEY", None)
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def _same(shown: str, printed: str) -> bool:
    """Compare line by line; `…` in a shown line stands for anything, keys and hashes among it."""
    wanted, found = (
        [line.rstrip() for line in text.splitlines() if line.strip()] for text in (shown, printed)
    )
    return len(wanted) == len(found) and all(
        re.fullmatch(re.escape(w).replace("…", ".*"), f) for w, f in zip(wanted, found, strict=True)
    )


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    folder = tmp_path_factory.mktemp("tour")
    printed = []
    for command, shown in _commands():
        if command.startswith("cat "):
            (folder / command.removeprefix("cat ")).write_text(shown, encoding="utf-8")
        printed.append((command, shown, _run(command, folder)))
    return folder, printed


def test_every_command_of_the_tour_prints_what_the_readme_shows(
    toured: tuple[Path, list[tuple[str, str, str]]],
) -> None:
    assert len(toured[1]) >= 8
    for command, shown, printed in toured[1]:
        assert _same(shown, printed), f"$ {command}\n{printed}\n--- README shows\n{shown}"


def test_the_python_of_the_tour_runs(
    toured: tuple[Path, list[tuple[str, str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toured[0])
    (code,) = PYTHON.findall(README.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    exec(code, names)
    assert names["record"].verify().ok  # type: ignore[attr-defined]
    names["record"].close()  # type: ignore[attr-defined]
