"""The example of docs/case-format.md is a case, and stays one."""

from __future__ import annotations

import re
from pathlib import Path

from recanvass.exchange import read_case

PAGE = Path(__file__).parents[2] / "docs" / "case-format.md"


def test_the_example_of_the_reference_loads(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    case, events = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    rows = re.findall(r"^    ((?:District|North|South),.*)$", page, re.MULTILINE)
    (tmp_path / "returns").mkdir()
    (tmp_path / "returns" / "boxes.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "case.toml").write_text(case, encoding="utf-8")
    (tmp_path / "events.toml").write_text(events, encoding="utf-8")
    read = read_case(tmp_path)
    assert read.returns[0].frame["votes.ada"].sum() == 491
    assert [event.id for event in read.events] == ["agency-first-report"]
