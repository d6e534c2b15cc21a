"""The page on seats is what the code says, and its examples are rules."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path

from recanvass.model import convert_event
from recanvass.office.seats_doc import seats_page

PAGE = Path(__file__).parents[2] / "docs" / "seats.md"


def test_the_page_is_the_one_that_the_code_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == seats_page()


def test_the_examples_of_the_page_are_rules_and_a_lot() -> None:
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", seats_page(), re.MULTILINE)
    read = [tomllib.loads(textwrap.dedent(block)) for block in blocks]
    lot = next(toml["event"][0] for toml in read if "event" in toml)
    assert convert_event(lot | {"id": "lot", "at": lot["at"].isoformat()}, "lot").unit
    rules = [toml["offices"]["seat_rule"] for toml in read if "offices" in toml]
    rules[1]["sizes"] = {"fixed": {"land/north": 10}}
    office = {"kind": "office.defined", "id": "o", "office": "o", "name": "O", "unit": "land"}
    types = [type(convert_event(office | {"seat_rule": r}, "o").seat_rule).__name__ for r in rules]
    assert types == ["ListRule", "IndirectRule"]
