"""A disk that is really full: a file system of some hundred kilobytes, or a limit on file sizes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from made_up_case import write_case

APPENDS = """
import resource
from pathlib import Path
from recanvass.errors import RecanvassError
from recanvass.ledger import Ledger
from batches import batch_of, entry_id

Path("ballast").write_bytes(bytes(150_000))
path = Path("record.db")
with Ledger.create(path, "ledger.example/city") as ledger:
    kept = 0
    for number in range(10_000):
        try:
            ledger.append(*batch_of("full", number, 40))
        except RecanvassError as error:
            assert str(error).startswith("record.db: ") and "disk" in str(error), error
            break
        kept += 40
    assert kept > 100, kept
    assert ledger.size == kept
    Path("ballast").unlink()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    ledger.append(*batch_of("freed", 0, 40))
with Ledger.open(path) as ledger:
    assert ledger.size == kept + 40
    ledger.append(*batch_of("freed", 1, 40))
    assert ledger.verify(ledger.verifier, entry_id).faults == []
"""

PUBLICATION = """
import os
from pathlib import Path
from recanvass.errors import RecanvassError
from recanvass.ledger import Ledger, LogReader, open_files, Verifier, publish_log, verify_log
from batches import batch_of

Path("ballast").write_bytes(bytes(150_000))
log = Path("log")
with Ledger.create(Path(os.environ["OUTSIDE"]), "ledger.example/city") as ledger:
    key = Verifier.parse(ledger.verifier)
    published = 0
    for number in range(100):
        ledger.append(*batch_of("b", number, 100))
        try:
            publish_log(ledger, log)
        except (RecanvassError, OSError) as error:
            assert "No space left" in str(error) and "log" in str(error), error
            break
        published = ledger.size
    assert 100 <= published < 10_000
    log_left = LogReader(open_files(log), key)
    assert log_left.stated.size == published
    assert verify_log(log_left, trusted=str(key)).faults == []
    Path("ballast").unlink()
    publish_log(ledger, log)
    assert verify_log(LogReader(open_files(log), key), trusted=str(key)).faults == []
"""

LOAD_TWICE = """
load() { "$1" -m recanvass --ledger record.db load "$2"; }
load "$@"
echo "status $?"
mount -o remount,size=8m . && load "$@" && "$1" -m recanvass --ledger record.db verify
"""


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder, and return all that it says."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "OUTSIDE": str(folder.parent / "outside.db"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def on_a_small_disk(folder: Path, kilobytes: int, script: str, *words: object) -> str:
    """Run a shell script on a file system that nobody else sees and that ends with it."""
    mounted = f'mount -t tmpfs -o size={kilobytes}k tmpfs "$1" && cd "$1" && shift && {script}'
    arguments = ["unshare", "-Urm", "sh", "-c", mounted, "sh", str(folder), *map(str, words)]
    try:
        whole = run(["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", str(folder)], folder)
    except FileNotFoundError:
        whole = "there is no `unshare` here"
    if whole:
        pytest.skip(f"no file system can be mounted: {whole.strip()}")
    return run(arguments, folder)


def test_appends_to_a_full_disk_are_refused_and_go_on_when_there_is_room(tmp_path):
    assert on_a_small_disk(tmp_path, 600, '"$@"', sys.executable, "-c", APPENDS) == ""


def test_appends_beyond_the_limit_on_file_sizes_are_refused_and_go_on_when_it_is_raised(tmp_path):
    limited = ["sh", "-c", 'ulimit -S -f 800 && exec "$@"', "sh", sys.executable, "-c", APPENDS]
    assert run(limited, tmp_path) == ""


def test_a_publication_on_a_full_disk_leaves_the_log_of_before(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    assert on_a_small_disk(place, 600, '"$@"', sys.executable, "-c", PUBLICATION) == ""


@pytest.mark.parametrize("kilobytes", [104, 128, 260])
def test_a_load_on_a_full_disk_is_told_in_one_line_and_can_be_done_again(tmp_path, kilobytes):
    rows = [f"Town {n % 5},{n},120,100,90,10,60,30" for n in range(200)]
    case = write_case(tmp_path / "case", *rows)
    place = tmp_path / "place"
    place.mkdir()
    said = on_a_small_disk(place, kilobytes, LOAD_TWICE, sys.executable, case).splitlines()
    assert said[0].startswith("recanvass: error: record.db")
    assert said[1] == "status 2"
    assert any("returns 200" in line for line in said)
    assert any(line.startswith("verified: ") for line in said)
