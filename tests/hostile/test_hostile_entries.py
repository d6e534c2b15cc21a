"""A ledger whose log is sound and whose entries are not: signed by somebody who means no good.

Every question is answered or refused in one line, and `verify` finds what is no event.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated, with_odd_values

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.cli.main import main
from recanvass.ledger import Ledger

EXAMPLES = int(os.environ.get("RECANVASS_EXAMPLES", "100"))
QUESTIONS = (
    "verify",
    "results mayor",
    "results mayor --by town",
    "checks mayor",
    "station land/east/1",
    "timeline",
    "docket mayor",
    "claims",
    "office mayor",
    "sources mayor",
)

fuzzed = settings(
    max_examples=EXAMPLES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the made-up case."""
    folder = tmp_path_factory.mktemp("sound")
    load_into(str(folder / "record.db"), write_case(folder / "case"))
    return folder / "record.db"


@pytest.fixture(scope="module")
def entries(sound: Path) -> list[bytes]:
    with Ledger.open(sound, read_only=True) as ledger:
        return ledger.read()


@pytest.fixture
def ask(sound, tmp_path, capsys) -> Callable[[bytes, str], tuple[int, str, str]]:
    """Append an entry to a copy of the ledger, and ask a question of it."""

    def asked(entry: bytes, question: str) -> tuple[int, str, str]:
        for name in ("record.db", "record.db.key"):
            shutil.copy2(sound.with_name(name), tmp_path / name)
        with Ledger.open(tmp_path / "record.db") as ledger:
            ledger.append(["one more"], [entry])
        capsys.readouterr()
        status = main(["--ledger", str(tmp_path / "record.db"), *question.split()])
        for file in tmp_path.glob("record.db-*"):
            file.unlink()
        return status, *capsys.readouterr()

    return asked


def check_answer(status: int, out: str, err: str) -> None:
    assert status in (0, 1, 2)
    assert len(err.splitlines()) <= 1
    assert err == "" or status == 2
    assert out or err
    assert not set("\x1b\0\u202e") & set(out + err)


@fuzzed
@given(data=st.data())
def test_an_entry_of_any_bytes_is_answered_for(ask, entries, data):
    sound_entry = data.draw(st.sampled_from(entries))
    entry = data.draw(st.one_of(mutated(sound_entry), st.binary(max_size=200)))
    check_answer(*ask(entry, data.draw(st.sampled_from(QUESTIONS))))


@fuzzed
@given(data=st.data())
def test_an_event_with_odd_values_is_answered_for(ask, entries, data):
    event: dict[str, Any] = json.loads(data.draw(st.sampled_from(entries)))
    changed = data.draw(with_odd_values(event))
    entry = json.dumps(changed, default=str, separators=(",", ":"), sort_keys=True).encode()
    check_answer(*ask(entry[:65_535], data.draw(st.sampled_from(QUESTIONS))))


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"null",
        b"[" * 65_000,
        b'{"a":' * 13_000,
        b'{"id":"x","kind":"return.recorded","counts":{"valid":' + b"9" * 60_000 + b"}}",
        b'{"kind":"return.recorded"}',
        b'{"kind":"units.registered","units":[{}]}',
        b'{"id":"\\ud800","kind":"key.added"}',
        b'\xff"kind":"return.recorded"',
        b'{"kind":"return.recorded"}\n{"kind":"return.recorded"}',
        b'{"id":"x","kind":"return.recorded","kind":"units.registered"}',
    ],
)
def test_an_entry_that_is_no_event_is_named_and_brings_no_question_down(ask, entries, entry):
    status, out, err = ask(entry, "verify")
    assert status == 1
    assert f"entry {len(entries)}: " in out + err
    for question in QUESTIONS[1:4]:
        check_answer(*ask(entry, question))
