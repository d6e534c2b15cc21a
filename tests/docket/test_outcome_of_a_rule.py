from __future__ import annotations

import pytest

from recanvass.docket import Outcome, outcome_of
from recanvass.model import LotDrawn, Option, PollDefined


def poll(rule: str = "plurality") -> PollDefined:
    options = tuple(Option(id=o, name=o, residual=o == "rest") for o in ("a", "b", "c", "rest"))
    return PollDefined(
        id="p", contest="m", poll="2024-05-05", date="2024-05-05", options=options, rule=rule
    )


def lot(*drawn: str, among: tuple[str, ...]) -> LotDrawn:
    return LotDrawn(id="lot", contest="m", among=among, drawn=drawn, body="board")


def test_under_plurality_the_most_votes_elect() -> None:
    assert outcome_of(poll(), {"a": 4, "b": 3, "c": 3}, None) == Outcome("elected", ("a",))


def test_a_remainder_of_nobody_is_never_elected() -> None:
    assert outcome_of(poll(), {"a": 1, "rest": 9}, None) == Outcome("elected", ("a",))


@pytest.mark.parametrize(("valid", "word"), [(99, "elected"), (100, "run-off")])
def test_a_majority_is_more_than_half_of_the_valid_votes(valid: int, word: str) -> None:
    found = outcome_of(poll("majority"), {"a": 50, "b": 30, "c": 10}, valid)
    assert found is not None
    assert (found.word, found.needed) == (word, valid // 2 + 1)


def test_without_a_majority_the_first_two_go_to_a_runoff() -> None:
    found = outcome_of(poll("majority"), {"a": 2, "b": 4, "c": 3}, None)
    assert found == Outcome("run-off", ("b", "c"), needed=5)


def test_who_is_level_is_told_apart_by_a_lot_only() -> None:
    votes = {"a": 5, "b": 5, "c": 1}
    assert outcome_of(poll(), votes, None) == Outcome("lot needed", ("a", "b"))
    drawn = [lot("b", among=("b", "a"))]
    assert outcome_of(poll(), votes, None, drawn) == Outcome("elected", ("b",), by_lot=True)


def test_a_lot_for_the_second_place_of_a_runoff_is_among_those_who_are_level() -> None:
    votes = {"a": 4, "b": 3, "c": 3}
    assert outcome_of(poll("majority"), votes, None) == Outcome("lot needed", ("b", "c"), 6)
    found = outcome_of(poll("majority"), votes, None, [lot("c", among=("b", "c"))])
    assert found == Outcome("run-off", ("a", "c"), 6, by_lot=True)


def test_a_lot_among_others_decides_nothing_here() -> None:
    found = outcome_of(poll(), {"a": 5, "b": 5}, None, [lot("a", among=("a", "c"))])
    assert found is not None
    assert found.word == "lot needed"


def test_nothing_is_decided_without_votes_or_under_a_rule_not_known() -> None:
    assert outcome_of(poll(), {}, None) is None
    assert outcome_of(poll("approval"), {"a": 1}, None) is None
