"""Where signing keys are kept, and whose eyes they are for."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from recanvass.errors import BadInput, LedgerExists
from recanvass.ledger.key_file import (
    add_to_key_file,
    find_signers,
    key_path,
    read_key_file,
    signers_from_environment,
    write_key_file,
)
from recanvass.ledger.keys import Signer

A, B = Signer("a.example", bytes(32)), Signer("seçim.örnek/iğdır", bytes(range(32)))


def secrets(signers: list[Signer]) -> list[str]:
    return [signer.secret() for signer in signers]


@pytest.fixture
def path(tmp_path):
    """A key file beside where the ledger record.db would be."""
    path = key_path(tmp_path / "record.db")
    write_key_file(A, path)
    return path


def test_a_key_file_is_its_owners_alone(path, tmp_path):
    assert path == tmp_path / "record.db.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets(find_signers(tmp_path / "record.db")) == [A.secret()]


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(path, mode):
    path.chmod(mode)
    with pytest.raises(BadInput, match="0600"):
        read_key_file(path, Signer)


def test_a_key_is_not_written_over_another(path):
    with pytest.raises(LedgerExists, match="One key signs one history"):
        write_key_file(B, path)
    assert secrets(read_key_file(path, Signer)) == [A.secret()]


def test_a_second_key_stands_beside_the_first_and_is_not_added_twice(path, tmp_path):
    add_to_key_file(B, path)
    add_to_key_file(B, path)
    assert secrets(read_key_file(path, Signer)) == [A.secret(), B.secret()]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_keys_that_are_added_at_once_are_all_kept(path):
    more = [Signer("a.example", bytes([n]) * 32) for n in range(1, 9)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda signer: add_to_key_file(signer, path), more))
    assert {*secrets(read_key_file(path, Signer))} == {*secrets([A, *more])}


def test_a_key_file_that_could_not_be_written_whole_is_not_left(tmp_path, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_key_file(A, tmp_path / "a.key")
    assert list(tmp_path.iterdir()) == []


def test_the_environment_can_hold_several_keys_and_goes_before_a_file(path, monkeypatch):
    assert signers_from_environment() == []
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", f"{B.secret()}\n {A.secret()}")
    assert secrets(find_signers(path.with_suffix(""))) == [B.secret(), A.secret()]
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", f"{A.secret()} nonsense")
    with pytest.raises(BadInput, match="RECANVASS_SIGNING_KEY"):
        signers_from_environment()


def test_the_environment_can_name_a_key_file_elsewhere(path, tmp_path, monkeypatch):
    elsewhere = tmp_path / "safe" / "keys"
    elsewhere.parent.mkdir()
    write_key_file(B, elsewhere)
    monkeypatch.setenv("RECANVASS_SIGNING_KEY_FILE", str(elsewhere))
    assert key_path(tmp_path / "record.db") == elsewhere
    assert secrets(find_signers(tmp_path / "record.db")) == [B.secret()]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"PRIVATE+KEY+a", b"x" * 200_000])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(path, content):
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"record\.db\.key") as refusal:
        read_key_file(path, Signer)
    assert len(str(refusal.value)) < 300
