"""Timeline, docket and results agree at every event of every case, and at every ledger size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import recanvass
from agreement import check_at_every_moment, check_moment
from recanvass.record import Record

CARRIED = Path(recanvass.__file__).parent / "cases"
CASES = sorted(p.parent.name for p in CARRIED.glob("*/case.toml"))
SMALL = [case for case in CASES if case != "istanbul-2019"]


def test_there_are_eight_cases_to_walk() -> None:
    assert len(CASES) == 8


@pytest.mark.parametrize("case", CASES)
def test_everything_agrees_at_every_moment(carried: Callable[[str], Record], case: str) -> None:
    record = carried(case)
    disputed = [c for c in record.contests() if c.docket().rulings]
    assert disputed
    for contest in disputed:
        check_at_every_moment(contest)


@pytest.mark.parametrize("case", SMALL)
def test_everything_agrees_at_every_ledger_size(
    carried: Callable[[str], Record], case: str
) -> None:
    record = carried(case)
    for size in range(1, record.ledger.size + 1):
        for contest in record.view(size).contests:
            if record.view(size).polls_of(contest):
                found = record.contest(contest)
                check_moment(found, found.docket(size=size), size=size)
