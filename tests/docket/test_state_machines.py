from __future__ import annotations

from pathlib import Path

import pytest

from agreement import reachable
from recanvass.docket.machine import MACHINES, Refusal, step
from recanvass.docket.machine_doc import machines_page
from recanvass.office.mandates import OFFICE

ROOT = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("name", MACHINES)


def test_the_page_of_state_machines_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "state-machines.md").read_text(encoding="utf-8")
    assert page == machines_page([*MACHINES.values(), OFFICE]), "run tools/docs.py"


@EACH
def test_a_state_and_a_trigger_lead_to_one_state_only(name: str) -> None:
    pairs = [(t.source, t.trigger) for t in MACHINES[name].transitions]
    assert len(pairs) == len(set(pairs)), [p for p in pairs if pairs.count(p) > 1]


@EACH
def test_every_state_can_be_reached(name: str) -> None:
    machine = MACHINES[name]
    assert set(machine.states) == reachable(machine, machine.start)


def test_a_step_that_is_not_foreseen_says_what_would_be() -> None:
    refused = step(MACHINES["objection"], "withdrawn", "accept")
    assert refused == Refusal("withdrawn", "accept", ())
    assert step(MACHINES["objection"], "filed", "accept") == "accepted"
