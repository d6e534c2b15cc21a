"""`recanvass claims`."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def claims(run: Callable[..., Any], district_ledger: Path) -> Callable[..., Any]:
    return lambda *words: run("--ledger", district_ledger, "claims", *words)


def test_all_claims_are_listed_with_their_answers(claims: Callable[..., Any]) -> None:
    done = claims()
    assert done.status == 0
    assert "more than 775,000" in done.out
    assert "806,014" in done.out
    assert "superseded: true of what was known then" in done.out


def test_one_claim_is_shown_with_the_way_to_its_figure(claims: Callable[..., Any]) -> None:
    out = claims("a10-march-margin").out
    assert "true as rounded" in out
    assert "rounded it is 14,000" in out
    assert "recanvass results istanbul-mayor --poll 2019-03-31" in out


def test_the_command_that_is_named_shows_the_figure(
    claims: Callable[..., Any], run: Callable[..., Any], district_ledger: Path
) -> None:
    for claim in ("a10-march-margin", "maltepe-recount", "a13-days-held", "a14-districts"):
        plain = claims(claim, "--format", "json").json()
        command = plain["command"].split()[1:]
        shown = run("--ledger", district_ledger, *command)
        assert shown.status == 0
        assert f"{plain['readings'][0]['figure']:,}" in shown.out


def test_json_and_csv_hold_every_claim(claims: Callable[..., Any]) -> None:
    plain = claims("--format", "json").json()
    rows = list(csv.DictReader(claims("--format", "csv").out.splitlines()))
    assert [c["claim"] for c in plain["claims"]] == [r["claim"] for r in rows]
    assert sum(plain["answers"].values()) == len(rows)


def test_answers_come_in_turkish(claims: Callable[..., Any]) -> None:
    assert "yuvarlanmış hâliyle doğru" in claims("b3-margin", "--lang", "tr").out


def test_an_unknown_claim_is_wrong_use(claims: Callable[..., Any]) -> None:
    done = claims("no-such-claim")
    assert done.status == 2
    assert "no-such-claim" in done.err


def test_a_record_without_claims_says_so(run: Callable[..., Any], small_ledger: Path) -> None:
    done = run("--ledger", small_ledger, "claims")
    assert done.status == 0
    assert "no claims" in done.out
