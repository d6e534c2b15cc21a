"""A small case folder that tests write, change and load again."""

from __future__ import annotations

from pathlib import Path

HEADER = "town,box,registered,voted,valid,invalid,elm,oak"
ROWS = (
    "East,1,120,100,90,10,60,30",
    "East,2,200,150,150,0,70,80",
    "West,1,90,50,49,1,20,29",
)

CASE = """
[case]
id = "made-up"
name = "A made-up town"
origin = "ledger.example/made-up"

[[units.top]]
id = "land"
name = "Land"
level = "land"

[[sources]]
id = "board"
name = "The board"
official = true

[[offices]]
id = "mayor"
name = "Mayor"
unit = "land"

[[contests]]
id = "mayor"
office = "mayor"
name = "NAME"

[[polls]]
contest = "mayor"
date = "2024-05-05"
rule = "plurality"
asks = ["registered", "voted", "valid", "invalid"]

  [[polls.options]]
  id = "elm"
  name = "Elm"

  [[polls.options]]
  id = "oak"
  name = "Oak"

[[returns]]
contest = "mayor"
poll = "2024-05-05"
source = "board"
at = WHEN
files = ["returns.csv"]

  [returns.station]
  levels = ["town"]
  path = ["town"]
  id = "box"
  under = "land"

  [returns.counts]
  registered = "registered"
  voted = "voted"
  valid = "valid"
  invalid = "invalid"

  [returns.votes]
  elm = "elm"
  oak = "oak"
"""

EVENTS = """
[[event]]
kind = "report.received"
id = "report-1"
at = 2024-05-05T21:00:00+03:00
contest = "mayor"
poll = "2024-05-05"
publisher = "board"
margin = MARGIN
leader = "elm"
"""


def write_case(
    folder: Path,
    *rows: str,
    at: str = "2024-05-05T22:00:00+03:00",
    name: str = "Mayor of Land",
    margin: int = 10,
    more_events: str = "",
) -> Path:
    """Write a case with these rows of returns (`ROWS` if none are given) and return its folder."""
    folder.mkdir(exist_ok=True)
    case = CASE.replace("WHEN", at, 1).replace("NAME", name, 1)
    (folder / "case.toml").write_text(case, encoding="utf-8")
    lines = [HEADER, *(rows or ROWS), ""]
    (folder / "returns.csv").write_text("\n".join(lines), encoding="utf-8")
    events = EVENTS.replace("MARGIN", str(margin)) + more_events
    (folder / "events.toml").write_text(events, encoding="utf-8")
    return folder
