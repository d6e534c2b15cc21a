"""Claims about a made-up town: the answer follows from the record, and changes with it."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest

from made_up_case import ROWS, write_case
from recanvass.errors import BadCase, BadInput
from recanvass.model import Measure, convert_event
from recanvass.record import Record, create_record
from recanvass.record.claims import ClaimAnswer

CARRIED_CASE = Path(__file__).parents[2] / "src" / "recanvass" / "cases" / "istanbul-2019"

CLAIM = """
[[claim]]
id = "lead"
at = 2024-05-06T08:00:00+03:00
by = "a paper"
says = "Elm is ahead by so many votes."
measure = {{ of = "margin", contest = "mayor", poll = "2024-05-05", option = "elm" }}
value = {value}
{more}
"""
REPORT = """
[[event]]
kind = "report.received"
id = "evening-{hour}"
at = 2024-05-05T{hour}:30:00+03:00
contest = "mayor"
poll = "2024-05-05"
publisher = "agency"
margin = {margin}
leader = "elm"
"""


def written(folder: Path, value: int | str, more: str = "", events: str = "", **how: str) -> Path:
    case = write_case(folder / "case", *ROWS, more_events=events, **how)
    (case / "claims.toml").write_text(CLAIM.format(value=value, more=more), encoding="utf-8")
    return case


def loaded(folder: Path, case: Path) -> Record:
    record = create_record(folder / "a.db")
    record.load(case)
    return record


def answered(folder: Path, value: int | str, more: str = "", events: str = "") -> ClaimAnswer:
    with loaded(folder, written(folder, value, more, events)) as record:
        return record.claims().answer("lead")


def test_a_statement_that_is_the_records_figure_is_true(tmp_path: Path) -> None:
    with loaded(tmp_path, written(tmp_path, 0)) as record:
        margin = record.contest("mayor").poll().results().margin
    (tmp_path / "b").mkdir()
    assert margin is not None
    assert answered(tmp_path / "b", margin).verdict == "true"


def test_a_bound_is_true_where_it_holds(tmp_path: Path) -> None:
    assert answered(tmp_path, 1, 'sense = "more than"').verdict == "true"


def test_a_statement_that_nothing_bears_out_is_false(tmp_path: Path) -> None:
    assert answered(tmp_path, 5_000).verdict == "false"


def test_what_another_source_states_conflicts(tmp_path: Path) -> None:
    # The returns were known when the claim was made, so the report supersedes nothing.
    answer = answered(tmp_path, 77, events=REPORT.format(hour=23, margin=77))
    assert answer.verdict == "conflicts"
    assert answer.supports == ("evening-23",)


def test_a_publishers_earlier_word_is_no_support_after_its_later_one(tmp_path: Path) -> None:
    both = REPORT.format(hour=22, margin=77) + REPORT.format(hour=23, margin=78)
    assert answered(tmp_path, 77, events=both).verdict == "false"


def test_a_corrected_return_supersedes_what_was_true_of_the_first(tmp_path: Path) -> None:
    with loaded(tmp_path, written(tmp_path, 0)) as record:
        margin = record.contest("mayor").poll().results().margin
        record.load(written(tmp_path, margin or 0))
        assert record.claims().answer("lead").verdict == "true"
        later = (*ROWS[:2], "West,1,90,50,49,1,40,9")
        record.load(write_case(tmp_path / "case", *later, at="2024-05-07T09:00:00+03:00"))
        assert record.claims().answer("lead").verdict == "superseded"
        assert record.claims(as_of="2024-05-06T12:00+03:00").answer("lead").verdict == "true"


def test_without_returns_a_declaration_is_the_records_figure(tmp_path: Path) -> None:
    case = written(
        tmp_path,
        40,
        events="""
[[event]]
kind = "declaration.made"
id = "result"
at = 2024-05-05T21:50:00+03:00
contest = "mayor"
poll = "2024-05-05"
body = "board"
status = "official"
votes = { elm = 100, oak = 60 }
""",
    )
    with loaded(tmp_path, case) as record:
        claim = (case / "claims.toml").read_text().replace("05-06T08:00", "05-05T21:55")
        (case / "claims.toml").write_text(claim)
        record.load(case)
        answer = record.claims(as_of="2024-05-05T21:58+03:00").answer("lead")
    assert answer.verdict == "true"
    assert answer.figure is not None
    assert answer.figure.way.events == ("result",)


def test_loading_a_claim_again_adds_nothing_and_a_changed_one_is_a_new_version(
    tmp_path: Path,
) -> None:
    with loaded(tmp_path, written(tmp_path, 10)) as record:
        size = record.ledger.size
        assert record.load(tmp_path / "case").added == 0
        record.load(written(tmp_path, 12))
        assert record.ledger.size == size + 1
        assert [a.claim.value for a in record.claims()] == ["12"]
        assert [a.claim.value for a in record.claims(size=size)] == ["10"]


@pytest.mark.parametrize(
    ("claim", "found", "expected"),
    [
        ({"value": '"many"'}, "'many'", "a number"),
        ({"value": "54.2"}, "54.2", "in quotes"),
        ({"more": 'sense = "roughly"'}, "roughly", "the fields of a claim"),
        ({"more": "step = 0"}, "regex", "the fields of a claim"),
    ],
)
def test_a_claim_that_cannot_be_taken_is_named_with_its_line(
    tmp_path: Path, claim: dict[str, str], found: str, expected: str
) -> None:
    with pytest.raises(BadCase) as refused:
        loaded(tmp_path, written(tmp_path, **({"value": "1"} | claim)))
    (reject,) = refused.value.rejects
    assert (reject.file, reject.line, reject.column) == ("claims.toml", 2, "lead")
    assert found in reject.found
    assert expected in reject.expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('contest = "mayor"', 'contest = "council"'),
        ('poll = "2024-05-05"', 'poll = "2024-06-05"'),
        ('option = "elm"', 'option = "ash"'),
        ('of = "margin"', 'of = "margins"'),
        ("08:00:00+03:00", "08:00:00"),
    ],
)
def test_a_claim_about_what_the_case_lacks_is_refused(tmp_path: Path, old: str, new: str) -> None:
    case = written(tmp_path, 1)
    text = (case / "claims.toml").read_text(encoding="utf-8")
    assert old in text
    (case / "claims.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadCase, match=r"claims\.toml line 2"):
        loaded(tmp_path, case)


def test_the_record_refuses_a_claim_about_a_unit_that_it_lacks(tmp_path: Path) -> None:
    measure = {"of": "votes", "contest": "mayor", "poll": "2024-05-05", "option": "elm"}
    fields = {"id": "x", "at": "2024-05-06T08:00:00+03:00", "by": "a paper", "says": "so many"}
    with loaded(tmp_path, written(tmp_path, 1)) as record:
        good = fields | {"kind": "claim.made", "measure": measure, "value": "1"}
        bad = good | {"measure": measure | {"unit": "moon"}}
        with pytest.raises(BadInput, match="unit: found 'moon'"):
            record.append([convert_event(bad, "x")])
        record.append([convert_event(good, "x")])
        assert record.claims().answer("x").verdict == "false"


def test_the_reference_names_every_measure_with_its_arguments() -> None:
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
    listed = {
        tag: {a.strip().removesuffix("?") for a in arguments.split(",")}
        for tag, arguments in re.findall(r"^\| `([a-z-]+)` \| ([a-z_?, ]+) \|", page, re.MULTILINE)
    }
    del listed["of"]
    measures = {str(m.__struct_config__.tag): set(m.__struct_fields__) for m in Measure.__args__}
    assert listed == measures


def test_the_example_of_the_reference_is_a_claim_of_the_carried_case(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    copytree(CARRIED_CASE, tmp_path / "case")
    (tmp_path / "case" / "claims.toml").write_text(example, encoding="utf-8")
    with loaded(tmp_path, tmp_path / "case") as record:
        assert [a.verdict for a in record.claims()] == ["true as rounded"]
