"""Files that a disk gave back otherwise than it took them: cut off, torn, with bits flipped.

Found, or refused, or without meaning: what passes verification is what was signed.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from batches import batch_of, entry_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import LedgerDamaged, RecanvassError
from recanvass.ledger import Ledger, Signer, verify

ORIGIN = "ledger.example/city"
SIZES = (0, 300, 301, 700, 1500)
TABLES = ("meta", "entries", "ids", "tiles", "checkpoints", "keys", "blobs")

examples = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Sound:
    """A ledger that never was damaged."""

    key: str
    closed: bytes
    """Its file, all in one."""
    file: bytes
    wal: bytes
    """Its file and journal, as a crash after the last commit would leave them."""
    rows: dict[str, list[tuple[object, ...]]]
    entries: list[bytes]


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a file holds."""
    connection = sqlite3.connect(path)
    try:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    finally:
        connection.close()


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Sound:
    path = tmp_path_factory.mktemp("sound") / "record.db"
    with Ledger.create(path, ORIGIN, signer) as ledger:
        for number, (first, end) in enumerate(pairwise(SIZES)):
            ledger.append(*batch_of("a", number, end - first))
        entries = ledger.read()
        wal = path.with_name("record.db-wal").read_bytes()
        file = path.read_bytes()
        key = ledger.verifier
    return Sound(key, path.read_bytes(), file, wal, rows_of(path), entries)


Damage = Callable[[bytes], bytes]


def flipped(bits: list[float]) -> Damage:
    """Flip bits, each given by where it is, from 0 to 1."""

    def damage(data: bytes) -> bytes:
        changed = bytearray(data)
        for place in bits:
            at = min(int(place * len(changed) * 8), len(changed) * 8 - 1)
            changed[at // 8] ^= 1 << at % 8
        return bytes(changed)

    return damage


def cut_off(place: float) -> Damage:
    return lambda data: data[: int(place * len(data))]


def torn(place: float, pages: int) -> Damage:
    """Leave some pages as they are on a disk that never was written."""

    def damage(data: bytes) -> bytes:
        start = int(place * len(data)) // 4096 * 4096
        end = min(start + pages * 4096, len(data))
        return data[:start] + bytes(end - start) + data[end:]

    return damage


places = st.floats(0, 1, exclude_max=True)
damages = st.one_of(
    st.builds(flipped, st.lists(places, min_size=1, max_size=4)),
    st.builds(cut_off, places),
    st.builds(torn, places, st.integers(1, 3)),
)


@examples
@given(damage=damages)
def test_a_damaged_file_is_found_out_or_has_lost_nothing(sound, tmp_path, damage):
    path = tmp_path / "record.db"
    path.write_bytes(damage(sound.closed))
    try:
        found = verify(path, sound.key, entry_id)
    except RecanvassError:
        return
    if found.ok:
        assert rows_of(path) == sound.rows


@examples
@given(damage=damages)
def test_a_damaged_journal_gives_the_record_as_it_was_at_one_of_its_checkpoints(
    sound, signer, tmp_path, damage
):
    path = tmp_path / "record.db"
    for name in ("record.db-shm", "record.db-wal"):
        (tmp_path / name).unlink(missing_ok=True)
    path.write_bytes(sound.file)
    (tmp_path / "record.db-wal").write_bytes(damage(sound.wal))
    with Ledger.open(path, signer=signer) as ledger:
        size = ledger.size
        assert size in SIZES
        assert ledger.read() == sound.entries[:size]
        assert ledger.verify(sound.key, entry_id).faults == []
        ledger.append(*batch_of("next", 0, 5))
        assert ledger.verify(sound.key, entry_id).faults == []


@examples
@given(damage=damages)
def test_nothing_is_appended_to_a_file_whose_tree_is_not_the_signed_one(
    sound, signer, tmp_path, damage
):
    path = tmp_path / "record.db"
    path.write_bytes(damage(sound.closed))
    try:
        with Ledger.open(path, signer=signer) as ledger:
            ledger.append(*batch_of("next", 0, 5))
            note = ledger.checkpoint()
    except RecanvassError:
        return
    # Old entries may be damaged still, and are not signed anew: the tree goes on from the one
    # that was signed before.
    with Ledger.create(tmp_path / "same.db", ORIGIN, signer) as same:
        for number, (first, end) in enumerate(pairwise(SIZES)):
            same.append(*batch_of("a", number, end - first))
        same.append(*batch_of("next", 0, 5))
        assert same.checkpoint() == note
    (tmp_path / "same.db").unlink()


def test_a_journal_without_its_file_is_not_taken_for_a_ledger(sound, signer, tmp_path):
    path = tmp_path / "record.db"
    (tmp_path / "record.db-wal").write_bytes(sound.wal)
    path.touch()
    with pytest.raises(LedgerDamaged, match="expected a ledger"):
        Ledger.open(path, signer=signer)
    shutil.rmtree(tmp_path)
