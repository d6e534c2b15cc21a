from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from good_returns import poll

from recanvass.canvass.checks import formula_names
from recanvass.canvass.measures import MEASURES
from recanvass.canvass.rules import (
    LIMITS,
    RULES,
    SCOPES,
    SEVERITIES,
    Rule,
    check_blocking,
    limits_of,
    marked,
    message,
    shown_names,
)
from recanvass.canvass.rules_doc import rules_page
from recanvass.errors import BadInput
from recanvass.model import KNOWN_COUNTS

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
DOCS = Path(__file__).parents[2] / "docs"


@EVERY_RULE
def test_a_formula_names_only_counts_measures_and_limits(rule: Rule) -> None:
    known = {*KNOWN_COUNTS, *MEASURES, *LIMITS}
    assert formula_names(rule.formula) <= known
    for formula in rule.also.values():
        assert formula_names(formula) <= known


@EVERY_RULE
def test_a_message_shows_only_values_that_exist(rule: Rule) -> None:
    assert set(shown_names(rule)) <= {*KNOWN_COUNTS, *MEASURES, *LIMITS, *rule.also}


@EVERY_RULE
def test_a_rule_speaks_english_and_turkish_and_shows_the_same_numbers(rule: Rule) -> None:
    shown = {
        language: sorted(re.findall(r"{(\w+)", rule.message[language])) for language in ("en", "tr")
    }
    assert set(shown["en"]) == set(shown["tr"])
    assert rule.title["en"] != rule.title["tr"]


@EVERY_RULE
def test_the_letter_of_a_code_says_what_the_rule_must_see(rule: Rule) -> None:
    letters = {"N": "neighbours", "F": "file", "S": "siblings", "C": "copies", "H": "previous"}
    assert rule.scope == letters.get(rule.code[0], "return")
    assert re.fullmatch(r"[A-Z]\d\d", rule.code)


@EVERY_RULE
def test_a_rule_has_a_known_severity_scope_and_a_source(rule: Rule) -> None:
    assert rule.severity in SEVERITIES
    assert rule.scope in SCOPES
    assert rule.source


@EVERY_RULE
def test_a_formula_divides_nothing_so_that_thresholds_are_exact(rule: Rule) -> None:
    assert "/" not in rule.formula
    assert "." not in rule.formula


def test_every_measure_and_limit_serves_a_rule() -> None:
    page = rules_page()
    for name in (*MEASURES, *LIMITS):
        assert page.count(name) > 1, name


def test_the_page_in_docs_is_the_catalogue() -> None:
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_blocking_takes_rules_that_judge_a_return_alone() -> None:
    check_blocking(("A01", "R02"))


@pytest.mark.parametrize(("code", "says"), [("N01", "neighbours"), ("Z99", "'Z99'")])
def test_blocking_refuses_unknown_rules_and_those_that_need_others(code: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_blocking(("A01", code))


def test_a_poll_sets_its_own_limits_and_keeps_the_other_defaults() -> None:
    limits = limits_of(poll(limits={"off_roll_allowed": 0}))
    assert limits["off_roll_allowed"] == 0
    assert limits["share_points"] == LIMITS["share_points"].default


def test_a_limit_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(BadInput, match="off_rol_allowed"):
        limits_of(poll(limits={"off_rol_allowed": 3}))


def test_a_message_has_the_numbers_in_it() -> None:
    values = '{"voted":387,"registered":341,"excess":46,"off_roll_covered":8}'
    assert message("R02", values, "en").startswith("voted 387 > registered 341 by 46")
    assert message("R02", values, "tr").startswith("oy kullanan 387 > kayıtlı 341, 46 fazla")


def test_a_share_is_written_as_the_language_writes_it() -> None:
    values = {"voted": 387, "registered": 341, "not_valid": 114, "not_valid_share": 2905}
    assert "(29.05%)" in message("R04", values, "en")
    assert "(%29,05)" in message("R04", values, "tr")


def test_a_language_that_the_rule_does_not_speak_gets_english() -> None:
    assert message("M03", "{}", "nl") == message("M03", "{}", "en")


def test_a_message_of_an_unknown_code_is_refused() -> None:
    with pytest.raises(BadInput, match="Z99"):
        message("Z99", "{}", "en")


def test_marks_are_the_columns_that_the_values_name() -> None:
    assert marked("R02", {"voted": 1}) == ("voted", "registered")
    assert marked("M01", {"missing_count_names": "voted, valid"}) == ("voted", "valid")
    assert marked("M02", {"missing_vote_names": "oak, elm"}) == ("votes.oak", "votes.elm")


def test_the_catalogue_can_be_read_without_polars() -> None:
    asks = "import recanvass.canvass.rules, sys; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0
