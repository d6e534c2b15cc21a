"""The README's tour is what the commands really do."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _tour() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tour", ROOT / "tools" / "tour.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tour")


def test_every_command_of_the_tour_prints_what_the_readme_shows(folder: Path) -> None:
    shown = README.read_text(encoding="utf-8")
    assert shown.count("\n$ recanvass") >= 8
    assert _tour().toured(shown, folder) == shown


def test_the_python_of_the_tour_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (code,) = PYTHON.findall(README.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    exec(code, names)
    assert names["record"].verify().ok  # type: ignore[attr-defined]
    names["record"].close()  # type: ignore[attr-defined]
