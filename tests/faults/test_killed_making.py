"""`kill -9` at lines of making a ledger and of publishing one, evenly spread over all of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from batches import batch_of, entry_id
from killing import KILLS, Victim
from victims import change_keys, copy, create, dying_at_line, publish

from recanvass.errors import LedgerExists, LedgerMissing
from recanvass.ledger import Ledger, LogReader, Verifier, open_files, publish_log, verify_log
from recanvass.ledger.copying import copy_ledger

ORIGIN = "ledger.example/city"
DEATHS = KILLS // 10
SERVER_DEATHS = KILLS // 40


def died_at_line(count: int, *work: object) -> Victim:
    """The process that died before the `count`th line of some work, or did it all."""
    with Victim(dying_at_line, count, *work) as victim:
        victim.end()
    return victim


def lines_of(*work: object) -> int:
    """How many lines of the ledger's code some work runs."""
    victim = died_at_line(0, *work)
    assert victim.status == 0
    return next(word[1] for word in victim.told if isinstance(word, tuple))


def test_a_ledger_whose_making_is_killed_at_any_line_is_whole_or_can_be_made_again(tmp_path):
    lines = lines_of(create, tmp_path / "whole.db", ORIGIN)
    for nth in range(1, DEATHS + 1):
        path = tmp_path / str(nth) / "record.db"
        path.parent.mkdir()
        victim = died_at_line(-(-nth * lines // DEATHS), create, path, ORIGIN)
        assert victim.status == -9
        if path.exists():
            check_made(path, acknowledged=0 in victim.told)
        else:
            assert victim.told == []
            check_can_be_made(path)


def check_made(path: Path, *, acknowledged: bool) -> None:
    with Ledger.open(path) as ledger:
        assert ledger.size in ((3,) if acknowledged else (0, 3))
        ledger.append(*batch_of("again", 0, 2))
        assert ledger.verify(ledger.verifier, entry_id).faults == []


def check_can_be_made(path: Path) -> None:
    with pytest.raises(LedgerMissing):
        Ledger.open(path)
    key = path.with_name("record.db.key")
    if key.exists():
        with pytest.raises(LedgerExists, match="move it away, or delete it"):
            Ledger.create(path, ORIGIN)
        key.unlink()
    with Ledger.create(path, ORIGIN) as ledger:
        ledger.append(*batch_of("again", 0, 2))


def test_keys_whose_change_is_killed_at_any_line_sign_on(tmp_path):
    def made(name: str) -> Path:
        path = tmp_path / name / "record.db"
        path.parent.mkdir()
        with Ledger.create(path, ORIGIN) as ledger:
            ledger.append(*batch_of("before", 0, 3))
        return path

    lines = lines_of(change_keys, made("whole"))
    for nth in range(1, DEATHS + 1):
        path = made(str(nth))
        victim = died_at_line(-(-nth * lines // DEATHS), change_keys, path)
        assert victim.status == -9
        with Ledger.open(path) as ledger:
            changes = sum(key.since > 0 for key in ledger.keys)
            changes += sum(key.until is not None for key in ledger.keys)
            assert len(victim.told) <= changes <= len(victim.told) + 1
            assert ledger.size == 3 + changes
            ledger.append(*batch_of("after", 0, 2))
            assert ledger.verify(ledger.keys[0].verifier, entry_id).faults == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 700 entries."""
    path = tmp_path_factory.mktemp("published") / "record.db"
    with Ledger.create(path, ORIGIN) as ledger:
        ledger.append(*batch_of("a", 0, 300))
        ledger.append(*batch_of("b", 0, 400))
    return path


def check_copy(source: Path, target: Path | str) -> None:
    """Check that a copy is whole, if it is there, and can be made if it is not."""
    try:
        size = copy_ledger(source, target).size
    except LedgerExists:
        size = 700
    with Ledger.open(source, read_only=True) as ledger, Ledger.open(target) as copied:
        assert copied.size == size == 700
        assert copied.root() == ledger.root()
        assert copied.verify(ledger.verifier, entry_id).faults == []


def test_a_copy_that_is_killed_at_any_line_is_whole_or_can_be_made_again(published, tmp_path):
    lines = lines_of(copy, published, tmp_path / "whole.db")
    for nth in range(1, DEATHS + 1):
        target = tmp_path / f"{nth}.db"
        victim = died_at_line(-(-nth * lines // DEATHS), copy, published, target)
        assert victim.status == -9
        check_copy(published, target)


def test_a_copy_into_postgres_that_is_killed_at_any_line_is_whole_or_can_be_made_again(
    published, postgres
):
    def target(nth: int) -> str:
        return f"{postgres}&schema=copied_{nth}"

    lines = lines_of(copy, published, target(0))
    for nth in range(1, SERVER_DEATHS + 1):
        victim = died_at_line(-(-nth * lines // SERVER_DEATHS), copy, published, target(nth))
        assert victim.status == -9
        check_copy(published, target(nth))


def check_log(folder: Path, ledger: Ledger, before: int) -> None:
    """Check that a folder verifies as it is, and that the next publication finishes it."""
    key = Verifier.parse(ledger.verifier)
    try:
        log = LogReader(open_files(folder), key)
    except LedgerMissing:
        assert before == 0
    else:
        assert log.stated.size in (before, ledger.size)
        assert verify_log(log, trusted=str(key)).faults == []
    assert publish_log(ledger, folder).size == ledger.size
    assert verify_log(LogReader(open_files(folder), key), trusted=str(key)).faults == []


def test_a_publication_that_is_killed_at_any_line_leaves_a_log_that_verifies(published, tmp_path):
    lines = lines_of(publish, published, tmp_path / "whole")
    with Ledger.open(published, read_only=True) as ledger:
        for nth in range(1, DEATHS + 1):
            folder = tmp_path / str(nth)
            victim = died_at_line(-(-nth * lines // DEATHS), publish, published, folder)
            assert victim.status == -9
            check_log(folder, ledger, before=0)


def test_publications_of_a_growing_log_that_are_killed_leave_one_that_verifies(tmp_path):
    draw = Random("growing log")
    path, folder = tmp_path / "record.db", tmp_path / "log"
    with Ledger.create(path, ORIGIN) as ledger:
        for nth in range(25):
            before = publish_log(ledger, folder).size
            ledger.append(*batch_of(str(nth), 0, draw.randint(1, 600)))
            with Victim(publish, path, folder) as victim:
                victim.kill(after=draw.uniform(0.005, 0.05))
            assert victim.told in ([], [ledger.size])
            check_log(folder, ledger, before)
