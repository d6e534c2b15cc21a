"""Case folders made to fill the memory or to take for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from made_up_case import ROWS, write_case
from recanvass.errors import BadCase, BadInput
from recanvass.exchange import read_case
from recanvass.exchange.table import LARGEST_FILE, MOST_LINES
from recanvass.record import create_record

SECONDS_AT_MOST = 5.0
MEGABYTE = 1 << 20
MEGABYTES_OF_AN_HONEST_LOAD = 700
FILES = 'files = ["returns.csv"]'
UNITS = '[units]\nfile = "units.csv"\n'

# Text of case.toml, what it becomes, and what is said of it.
BOMBS: dict[str, tuple[str, str, str]] = {
    "a dotted key": ("[case]", "a." * 100_000 + "b = 1\n[case]", "keys of at most 12 parts"),
    "deep arrays": ("[case]", "x = " + "[" * 100_000 + "\n[case]", "nested too deep"),
    "deep tables": ("[case]", "x = " + "{a=" * 100_000 + "\n[case]", "nested too deep"),
    "a long number": ("[case]", "x = " + "9" * 5000 + "\n[case]", "thousands of digits"),
    "a long hexadecimal": (FILES, f"{FILES}\nskip_lines = 0x{'f' * 90_000}", "out of range"),
    "lines without end": (FILES, f"{FILES}\nskip_lines = {2**62}", "out of range"),
    "a long formula": ('elm = "elm"', f'elm = "{"a + " * 90_000}a"', "length <= 5000"),
    "a regular expression": (FILES, f"{FILES}\nquote = '('", ""),
    "a pattern in a pattern": (FILES, 'files = ["**/**/**/*.csv"]', "no file"),
    "a pattern that is none": (FILES, 'files = ["***"]', "no file"),
    "a name without end": (FILES, f'files = ["{"x" * 5000}"]', "no file"),
    "folders without end": (FILES, f'files = ["{"*/" * 300}*.csv"]', "no file"),
    "a NUL in a name": ("[case]", '[case]\nevents = "a\\u0000b"', "null byte"),
    "an encoding of names": (FILES, f'{FILES}\nencoding = "punycode"', "text encoding"),
    "an encoding that is none": (FILES, f'{FILES}\nencoding = "a\\u0000b"', "text encoding"),
    "events from a device": ("[case]", '[case]\nevents = "/dev/zero"', "more than 5,000,000"),
    "a separator of units": ("[case]", f'{UNITS}separator = ""\n[case]', "one character"),
}


def refusal(folder: Path) -> str:
    """Return what is said of a case, which takes its time to no avail."""
    start = time.process_time()
    try:
        read_case(folder)
    except BadCase as error:
        return "\n".join([str(error), *map(str, error.rejects)])
    finally:
        assert time.process_time() - start < SECONDS_AT_MOST
    return ""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_case_file_is_refused_at_once(tmp_path, name):
    old, new, says = BOMBS[name]
    folder = write_case(tmp_path / "case", *ROWS, '"East",4,1,1,1,0,1,0')
    toml = folder / "case.toml"
    (folder / "units.csv").write_text("id,name,level,parent\nland/x,X,town,land\n")
    toml.write_text(toml.read_text().replace(old, new, 1))
    assert says in refusal(folder)


def test_a_file_beyond_all_bounds_is_not_even_read(tmp_path):
    folder = write_case(tmp_path / "case")
    with (folder / "returns.csv").open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)  # it takes no room on the disk
    assert f"found {LARGEST_FILE + 1:,} bytes" in refusal(folder)


HEAD = "\n".join(["town,box,registered,voted,valid,invalid,elm,oak", *ROWS, ""]).encode()


@pytest.mark.parametrize(
    ("bomb", "says"),
    [
        (b"9" * 50_000_000, "returns.csv line 5: found 50000000 bytes"),
        (b'"' + b"9\n" * 5_000_000 + b'"', "found a quoted cell over 5000001 lines"),
        (b'"' + b"a,b\n" * 5_000_000, "line 5: found a quotation mark"),
        (b"\n" * (MOST_LINES + 1), "30,000,005 lines"),
        (b"\r" * (MOST_LINES + 1), "30,000,001 lines"),
        (b"1," * 400_000, "400001 fields"),
        (b"East,1,x,y,z,a,b,c\n" * 300_000, "290000 more like these"),
        ("ﷺ".encode() * 300_000 + b",1,1,1,1,1,1,1\n", ""),
    ],
    ids=["line", "cell", "quote", "lines", "returns", "fields", "faults", "ligatures"],
)
def test_memory_is_bounded_whatever_a_file_of_returns_repeats(tmp_path, bomb, says):
    folder = write_case(tmp_path / "case")
    (folder / "returns.csv").write_bytes(HEAD + bomb)
    measured = (
        "import resource, sys\n"
        "from recanvass.cli.main import main\n"
        "status = main(['--ledger', sys.argv[1], 'load', sys.argv[2]])\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(status, peak // 1024 if sys.platform != 'darwin' else peak >> 20)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", measured, tmp_path / "record.db", folder],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    status, megabytes = map(int, done.stdout.split())
    assert status == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) < 30
    assert megabytes < MEGABYTES_OF_AN_HONEST_LOAD + 25 * len(bomb) // MEGABYTE
    assert not (tmp_path / "record.db").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('levels = ["town"]', "levels = ['to\"wn']"),
        ('level = "land"', "level = 'la\"nd'"),
        ('id = "box"', "id = 'box'\nkind = {column = 'box', equals = '1', kind = 'a\"b'}"),
        ('under = "land"', 'under = "land"\n[units]\nroll = "a\\u0001b"'),
    ],
)
def test_no_text_of_a_case_makes_an_entry_that_is_no_event(tmp_path, old, new):
    folder = write_case(tmp_path / "case")
    toml = folder / "case.toml"
    assert old in toml.read_text()
    toml.write_text(toml.read_text().replace(old, new, 1))
    with create_record(tmp_path / "record.db") as record:
        with pytest.raises(BadInput):
            record.load(folder)
        assert record.ledger.size == 1
        assert record.verify().ok
