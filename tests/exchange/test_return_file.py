"""The file of one return: JSON while it is filled in, a C2SP signed note from then on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_elections import a_return
from made_up_keys import AGENT, OFFICER, signed
from recanvass.errors import BadInput
from recanvass.exchange.return_file import (
    MAX_RETURN_FILE_BYTES,
    format_return,
    parse_return,
    sign_return,
)
from recanvass.ledger.note import open_note
from recanvass.model import decode_event, encode_event, return_text

FIELDS = {
    "contest": "mayor",
    "poll": "2024-05-05",
    "station": "a/1",
    "source": "board",
    "at": "2024-05-05T23:00:00+03:00",
    "counts": {"voted": 100, "valid": None},
    "votes": {"elm": 60},
}


def refused(**changes: object) -> str:
    with pytest.raises(BadInput) as refusal:
        parse_return(json.dumps(FIELDS | changes).encode())
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_json_needs_no_kind_and_no_id_and_null_is_missing() -> None:
    event = parse_return(json.dumps(FIELDS, indent=2).encode())
    assert event.id == "mayor/2024-05-05/board/a/1/2024-05-05T23:00:00+03:00"
    assert event.counts == {"voted": 100}


def test_an_unsigned_return_has_the_bytes_that_it_always_had() -> None:
    event = a_return("1")
    assert b"signatures" not in encode_event(event)
    assert return_text(event).encode() == encode_event(event) + b"\n"
    assert parse_return(format_return(event)) == event


def test_any_tool_for_notes_can_check_a_signed_return() -> None:
    event = signed(OFFICER, AGENT)
    note = open_note(format_return(event), [AGENT.verifier, OFFICER.verifier])
    assert [line.name for line in note.signatures] == ["agent", "officer"]
    assert decode_event(note.text.encode()) == a_return("signed/1")


def test_a_signed_return_survives_its_entry_and_its_file() -> None:
    event = signed(OFFICER, AGENT)
    assert decode_event(encode_event(event)) == event
    assert parse_return(format_return(event)) == event


def test_the_order_of_signing_does_not_matter_and_twice_is_once() -> None:
    event = signed(OFFICER, AGENT)
    assert signed(AGENT, OFFICER) == event
    assert sign_return(event, AGENT) == event


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"at": None}, "at"),
        ({"at": "2024-05-05T23:00"}, "UTC offset"),
        ({"votes": {"elm": -1}}, "elm: found -1"),
        ({"votes": {"elm": 1_000_000_000}}, "999999999"),
        ({"votes": {"elm": 1.5}}, "float"),
        ({"votes": {"e lm": 1}}, "name of a figure"),
        ({"station": "a 1"}, "station"),
        ({"kind": "report.received"}, "report.received"),
        ({"surprise": 1}, "surprise"),
        ({"signatures": ["— x y"]}, "expected a signed note"),
        ({"remark": "x" * 66_000}, "bytes"),
    ],
)
def test_what_is_no_well_formed_return_is_refused(changes: dict[str, object], says: str) -> None:
    assert says in refused(**changes)


def test_a_note_whose_text_is_not_canonical_is_refused() -> None:
    note = format_return(signed(OFFICER))
    for other in (note.replace(b'{"at"', b'{ "at"'), note.replace(b"60", b"6e1"), b"x" + note):
        with pytest.raises(BadInput):
            parse_return(other)


def test_a_file_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(BadInput, match="at most"):
        parse_return(b"x" * (MAX_RETURN_FILE_BYTES + 1))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_is_in_a_file_it_is_a_return_or_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_return(data)


@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"a":' * 20_000, b'{"a":' * 20_000 + b"\n\n"])
def test_json_nested_too_deep_is_refused(deep: bytes) -> None:
    with pytest.raises(BadInput):
        parse_return(deep)


def test_the_example_of_the_page_on_signed_returns_is_one() -> None:
    page = Path(__file__).parents[2] / "docs" / "signed-returns.md"
    (example,) = re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert parse_return(example.encode()).votes == {"ada": 150, "bo": 148}
