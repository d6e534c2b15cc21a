"""A made-up council of two circles, elected by lists; tests change its rule."""

from __future__ import annotations

from pathlib import Path

RETURNS = (
    "side,box,registered,voted,valid,invalid,elm,oak,ash,rest\n"
    "North,1,300,200,190,10,100,60,20,10\n"
    "South,1,300,250,250,0,50,150,50,0\n"
)
RULE = """
  [offices.seat_rule]
  type = "lists"
  method = "dhondt"
  circles = "side"
  thresholds = [{ share = "1/10" }]

  [offices.seat_rule.sizes.fixed]
  "land/north" = 4
  "land/south" = 5
"""
CASE = """
[case]
id = "council"
name = "A council"
origin = "ledger.example/council"

[[units.top]]
id = "land"
name = "Land"
level = "land"

[[sources]]
id = "board"
name = "The board"
official = true

[[offices]]
id = "council"
name = "The council"
unit = "land"
seats = 9
RULE
[[contests]]
id = "council"
office = "council"
name = "The council"

[[polls]]
contest = "council"
date = "2024-05-05"
asks = ["registered", "voted", "valid", "invalid"]

  [[polls.options]]
  id = "elm"
  name = "Elm"
  alliance = "Trees"

  [[polls.options]]
  id = "oak"
  name = "Oak"

  [[polls.options]]
  id = "ash"
  name = "Ash"
  alliance = "Trees"

  [[polls.options]]
  id = "rest"
  name = "The rest"
  residual = true

[[returns]]
contest = "council"
poll = "2024-05-05"
source = "board"
at = 2024-05-05T22:00:00+02:00
files = ["returns.csv"]

  [returns.station]
  levels = ["side"]
  path = ["side"]
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
  ash = "ash"
  rest = "rest"
"""
EVENTS = """
[[event]]
kind = "declaration.made"
at = 2024-05-06T12:00:00+02:00
body = "board"
status = "official"
poll = "2024-05-05"
seats = { elm = 4, oak = 4, ash = 1 }
"""
LOT = """
[[event]]
kind = "lot.drawn"
at = 2024-05-07T12:00:00+02:00
body = "board"
among = ["elm", "ash"]
drawn = ["ash"]
unit = "land/south"
"""


def write_council(
    folder: Path, rule: str = RULE, returns: str = RETURNS, events: str = EVENTS
) -> Path:
    """Write the case and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(CASE.replace("RULE", rule), encoding="utf-8")
    (folder / "returns.csv").write_text(returns, encoding="utf-8")
    (folder / "events.toml").write_text(events, encoding="utf-8")
    return folder
