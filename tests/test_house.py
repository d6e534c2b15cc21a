"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "recanvass"
TEXTS = sorted(
    p
    for pattern in ("*.py", "*.toml", "*.md", "*.po", "*.csv")
    for folder in ("src", "tests", "docs", "benchmarks", "tools")
    for p in (ROOT / folder).rglob(pattern)
    if "__pycache__" not in p.parts
) + sorted(p for p in ROOT.iterdir() if p.suffix in (".md", ".toml") or p.name == "Makefile")

# Put together here, so that this file does not hold what it looks for.
NOT_OURS = {
    "a path of one machine": re.compile("|".join(["/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/"])),
    "a registry's host": re.compile(
        "|".join(["pypi" + r"\.org", "artifact" + "ory", "devp" + "i"])
    ),
    "a passing mark": re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"])),
}


@pytest.mark.parametrize("what", NOT_OURS)
def test_no_file_holds_what_is_not_ours(what: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in TEXTS
        if (match := NOT_OURS[what].search(file.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_tests_are_named_as_sentences() -> None:
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert node.name.count("_") >= 2, f"{file.name}: {node.name}"


def test_only_modules_that_need_columns_import_polars() -> None:
    """A type alone must not cost half a second of start-up."""
    for file in [*(SOURCE / "model").rglob("*.py"), *(SOURCE / "ledger").rglob("*.py")]:
        assert "import polars" not in file.read_text(encoding="utf-8"), file
