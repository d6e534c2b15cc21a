"""Mandates on their way into the record: what is taken in, what is refused, how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_mandates import began, day, ended

from made_up_case import write_case
from recanvass.errors import BadInput
from recanvass.record import Record, create_record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with create_record(tmp_path / "made-up.db") as made:
        made.load(write_case(tmp_path / "case"))
        yield made


def test_a_mandate_of_an_office_or_party_that_nobody_defined_is_refused(record: Record) -> None:
    before = record.ledger.size
    for wrong, told in (
        (began(1, "ann", office="queen"), "office: found 'queen'"),
        (ended(1, "ann", office="queen"), "office: found 'queen'"),
        (began(1, "ann", "elms"), "party: found 'elms'"),
    ):
        with pytest.raises(BadInput, match=told):
            record.append([wrong])
    assert record.ledger.size == before


def test_a_mandate_that_the_office_does_not_foresee_is_taken_in_and_flagged(
    record: Record,
) -> None:
    record.append([began(1, "ann"), began(2, "bob")])
    holders = record.office("mayor").holders()
    assert [b.trigger for b in holders.breaches] == ["take a taken seat"]
    (told,) = holders.to_dict()["breaches"]
    assert (told["person"], told["text"]) == ("bob", "took the office while it was held")


def test_a_correction_replaces_a_mandate_and_the_ledger_keeps_both(record: Record) -> None:
    wrong = began(1, "ann")
    record.append([wrong])
    known = record.ledger.size
    record.append([began(3, "ann", id="corrected", replaces=wrong.id)])
    holders = record.office("mayor").holders
    assert [m.began.at for m in holders().mandates] == [day(3)]
    assert [m.began.at for m in holders(size=known).mandates] == [day(1)]


def test_a_holder_whom_no_source_names_is_told_as_such(record: Record) -> None:
    record.append([began(1, None), ended(2)])
    texts = [i.text for i in record.timeline() if i.kind.startswith("mandate.")]
    assert texts == [
        "somebody not named takes the office of Mayor",
        "somebody not named leaves the office of Mayor: end of term",
    ]
