"""Whatever stands in a case folder: it is loaded, or every fault is named in one line each.

RECANVASS_EXAMPLES says how many folders are tried (default 40).
"""

from __future__ import annotations

import os
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import as_toml, mutated, with_odd_values

from made_up_case import ROWS, write_case
from made_up_keys import OFFICER, signed
from recanvass.errors import BadCase, RecanvassError, one_line
from recanvass.exchange import Reject, read_case
from recanvass.exchange.return_file import format_return
from recanvass.record import create_record

SECONDS_AT_MOST = 5.0
EXAMPLES = int(os.environ.get("RECANVASS_EXAMPLES", "40"))
FORM = """
encoding = "utf-8"
separator = ","
quote = '"'
thousands = "."
missing = ["-"]
skip_lines = 0
header_lines = 1
short_lines = false
where = {town = ["East", "West"]}
fill = ["town"]
skip = [{column = "box", equals = "9"}, {column = "box", blank = true}]
"""
LISTED = """id,name,level,parent
land/east,East,town,land
land/east/1,1,station,land/east
"""
KEYS = f"""verifier,role,holder,party,stations
{OFFICER.verifier},officer,Chair of East 1,,land/east/1
"""
UNITS = """
[units]
file = "units.csv"
"""
COLUMN_OF_TIMES = 'at = {column = "when", offset = "+03:00", format = "%d.%m.%Y %H:%M"}'
EVENTS = """
[[event]]
kind = "objection.filed"
id = "o-1"
at = 2024-05-06T10:00:00+03:00
contest = "mayor"
poll = "2024-05-05"
by = "elm"
to = "board"
grounds = "Votes counted wrongly"
asks = [{type = "recount-full", scope = {stations = ["land/east/1"]}}]

[[event]]
kind = "decision.made"
id = "d-1"
at = 2024-05-06T18:00:00+03:00
contest = "mayor"
body = "board"
on = ["o-1"]
summary = {en = "A recount", tr = "Yeniden sayım"}
orders = [{type = "recount-full", scope = {units = ["land/east"], polls = ["2024-05-05"]}}]
votes_for = 3

[[event]]
kind = "mandate.began"
at = "2024-05-07T10:00:00+03:00"
office = "mayor"
person = "Ada"
"""
CLAIMS = """
[[claim]]
id = "c-1"
at = 2024-05-06T12:00:00+03:00
by = "Agency"
says = {en = "Elm has 170 votes"}
measure = {of = "votes", contest = "mayor", poll = "2024-05-05", option = "elm"}
value = 170
"""

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case that uses most of what there is."""
    folder = write_case(tmp_path / "case", *ROWS[1:], more_events=EVENTS)
    toml = folder / "case.toml"
    text = toml.read_text().replace('files = ["returns.csv"]', f'files = ["returns.csv"]\n{FORM}')
    text = text.replace("[case]", '[case]\nsigned = "*.note"')
    toml.write_text(text + UNITS)
    (folder / "units.csv").write_text(LISTED)
    (folder / "claims.toml").write_text(CLAIMS)
    (folder / "keys.csv").write_text(KEYS)
    note = signed(OFFICER, station="land/east/1", votes={"elm": 60, "oak": 30})
    (folder / "one.note").write_bytes(format_return(note))
    return folder


def taken(folder: Path) -> bool:
    """Return whether a case can be read and loaded; whatever else it raises is a failure."""
    start = time.process_time()
    ledger = folder.with_name("record.db")
    try:
        made = read_case(folder)
        with create_record(ledger, "ledger.example/fuzz") as record:
            record.load(made.path)
            assert record.verify().ok
    except BadCase as error:
        rejects = [reject for reject in error.rejects if isinstance(reject, Reject)]
        for line in [str(error), *map(str, rejects)]:
            assert line == one_line(line)
            assert len(line) < 5000
        return False
    except RecanvassError as error:
        assert len(str(error).splitlines()) == 1
        return False
    finally:
        assert time.process_time() - start < SECONDS_AT_MOST
        for file in folder.parent.glob("record.db*"):
            file.unlink()
    return True


def test_the_case_that_is_damaged_below_is_sound(case):
    assert taken(case)


@pytest.mark.parametrize("name", ["case.toml", "events.toml", "claims.toml"])
@fuzzed
@given(data=st.data())
def test_a_case_with_odd_values_is_taken_or_its_faults_are_named(case, name, data):
    file = case / name
    sound = file.read_text()
    changed = as_toml(data.draw(with_odd_values(tomllib.loads(sound))))
    file.write_text(changed)
    try:
        taken(case)
    finally:
        file.write_text(sound)


@pytest.mark.parametrize(
    "name",
    [
        "case.toml",
        "returns.csv",
        "units.csv",
        "events.toml",
        "claims.toml",
        "keys.csv",
        "one.note",
    ],
)
@fuzzed
@given(data=st.data())
def test_a_damaged_file_of_a_case_is_taken_or_its_faults_are_named(case, name, data):
    file = case / name
    sound = file.read_bytes()
    file.write_bytes(data.draw(mutated(sound, *(f.read_bytes() for f in case.iterdir()))))
    try:
        taken(case)
    finally:
        file.write_bytes(sound)
