"""A room imports only from rooms above it; nothing is reached by a way round."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "recanvass"
PACKAGE = "recanvass"
HALL = {"errors", "words"}
"""Open to every room; they import no room."""

ABOVE: dict[str, set[str]] = {
    "model": set(),
    "ledger": set(),
    "canvass": {"model"},
    "docket": {"model", "canvass"},
    "office": {"model", "canvass", "docket"},
    "outlook": {"model", "canvass"},
    "audit": {"model", "canvass"},
    "forensics": {"model", "canvass"},
    "flows": {"model", "canvass"},
}
ABOVE["exchange"] = {*ABOVE}
ABOVE["record"] = {*ABOVE}
ABOVE["desk"] = {"record"} | ABOVE["record"]
ABOVE["rehearsal"] = {"record", "exchange"} | ABOVE["record"]
ABOVE["site"] = {"record"} | ABOVE["record"]
ABOVE["server"] = {"site", "desk", "record"} | ABOVE["record"]
ABOVE["cli"] = {*ABOVE}

FILES = sorted(SOURCE.rglob("*.py"))


def room_of(file: Path) -> str:
    """The room of a file; the package's own front door is named by its file."""
    inside = file.relative_to(SOURCE)
    return inside.parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Every module that a file imports, at any depth and also for types only."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            whole = [f"{base}.{a.name}" for a in node.names] if base == PACKAGE else [base]
            found += [(node.lineno, name) for name in whole]
    return found


def strays(room: str, source: str) -> list[str]:
    """What a room imports that does not lie above it."""
    bad = []
    for line, name in imported(ast.parse(source)):
        top, _, rest = name.partition(".")
        if not top:
            bad.append(f"line {line}: relative import {name}")
        elif top == PACKAGE:
            target = rest.partition(".")[0]
            open_to_all = target in HALL or target == "__version__"
            if target != room and not open_to_all and target not in ABOVE.get(room, set()):
                bad.append(f"line {line}: {name}")
    return bad


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_a_room_imports_only_from_rooms_above_it(file: Path) -> None:
    room = room_of(file)
    if room in ("__init__", "__main__"):
        pytest.skip("the front door may open every room")
    assert room in ABOVE or room in HALL, f"{file}: a room that the table does not have"
    assert strays(room, file.read_text(encoding="utf-8")) == []


def test_the_ledger_knows_nothing_of_elections() -> None:
    for file in (SOURCE / "ledger").rglob("*.py"):
        names = {name for _, name in imported(ast.parse(file.read_text(encoding="utf-8")))}
        ours = {n for n in names if n.startswith(PACKAGE)}
        assert all(n == "recanvass.errors" or n.startswith("recanvass.ledger") for n in ours), file


def test_the_model_has_no_clock_and_reads_and_writes_nothing() -> None:
    outside = {"os", "pathlib", "time", "sqlite3", "socket", "random", "polars", "io", "tempfile"}
    for file in (SOURCE / "model").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        tops = {name.partition(".")[0] for _, name in imported(tree)}
        assert not tops & outside, file
        called = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call)
                  and isinstance(n.func, ast.Attribute)}  # fmt: skip
        assert not called & {"now", "utcnow", "today"}, file


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("canvass", "from recanvass.record import Record"),
        ("canvass", "from recanvass import record"),
        ("canvass", "import recanvass.cli.main"),
        ("ledger", "if TYPE_CHECKING:\n    from recanvass.model import Event"),
        ("model", "def f():\n    from recanvass.canvass import tally"),
        ("record", "from recanvass.cli.output import Column"),
        ("words", "from recanvass.model import Text"),
        ("docket", "from ..record import Record"),
    ],
)
def test_this_test_sees_a_wrong_import_wherever_it_hides(room: str, source: str) -> None:
    assert len(strays(room, source)) == 1
