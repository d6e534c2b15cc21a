from __future__ import annotations

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, LedgerExists
from recanvass.ledger.keys import (
    Signer,
    Verifier,
    key_path,
    read_signer,
    signer_from_environment,
    write_signer,
)

# The key pair that the documentation of Go's sumdb/note signs its examples with.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLISHED = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_gos_signing_key_gives_its_verifier_key():
    signer = Signer.parse(SECRET)
    assert str(signer.verifier) == PUBLISHED
    assert signer.secret() == SECRET


def test_what_a_signer_signs_its_verifier_verifies():
    signer = Signer.generate("a.example")
    line = signer.sign(b"message")
    assert Verifier.parse(str(signer.verifier)).verifies(b"message", line.signature)
    assert not signer.verifier.verifies(b"messagf", line.signature)
    assert not signer.verifier.verifies(b"message", line.signature[:-1])


def test_a_key_never_shows_its_seed_by_accident():
    assert "AYEKFALV" not in repr(Signer.parse(SECRET))
    with pytest.raises(BadInput) as refusal:
        Signer.parse(SECRET.replace("c74f20a3", "c74f20a4"))
    assert "AYEKFALV" not in str(refusal.value)
    with pytest.raises(BadInput) as refusal:
        Signer.parse(SECRET[:-1])
    assert "AYEKFALV" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        PUBLISHED.replace("c74f20a3", "C74F20A3"),
        PUBLISHED.replace("c74f20a3", "c74f20a4"),
        PUBLISHED.replace("Peter", "Pater"),
        PUBLISHED.replace("+AR", "+Ah"),  # a type that is not Ed25519
        PUBLISHED[:-4],
        PUBLISHED.replace("Peter", "Peter "),
    ],
)
def test_a_malformed_verifier_key_is_refused(text):
    with pytest.raises(BadInput):
        Verifier.parse(text)


@given(st.text())
def test_any_text_is_a_key_or_bad_input(text):
    for parse in (Verifier.parse, Signer.parse):
        for candidate in (text, f"PRIVATE+KEY+{text}", f"a+{text}", f"{text}+c74f20a3+AYEK"):
            with pytest.raises(BadInput):
                parse(candidate)


def test_a_pem_file_is_not_taken_for_a_seed():
    with pytest.raises(BadInput):
        Signer.parse("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n")


def test_a_key_file_is_its_owners_alone(tmp_path):
    path = write_signer(Signer.parse(SECRET), tmp_path / "record.db")
    assert path == key_path(tmp_path / "record.db") == tmp_path / "record.db.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    signer = read_signer(tmp_path / "record.db")
    assert signer is not None
    assert signer.secret() == SECRET


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(tmp_path, mode):
    write_signer(Signer.parse(SECRET), tmp_path / "record.db").chmod(mode)
    with pytest.raises(BadInput, match="0600"):
        read_signer(tmp_path / "record.db")


def test_a_key_is_not_written_over_another(tmp_path):
    write_signer(Signer.parse(SECRET), tmp_path / "record.db")
    with pytest.raises(LedgerExists, match="One key signs one history"):
        write_signer(Signer.generate("PeterNeumann"), tmp_path / "record.db")


def test_the_environment_can_hold_the_key(monkeypatch):
    assert signer_from_environment() is None
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", SECRET)
    signer = signer_from_environment()
    assert signer is not None
    assert str(signer.verifier) == PUBLISHED
    monkeypatch.setenv("RECANVASS_SIGNING_KEY", "nonsense")
    with pytest.raises(BadInput, match="RECANVASS_SIGNING_KEY"):
        signer_from_environment()


def test_a_name_may_be_in_any_script(tmp_path):
    write_signer(Signer.generate("seçim.örnek/iğdır"), tmp_path / "record.db")
    signer = read_signer(tmp_path / "record.db")
    assert signer is not None
    assert signer.verifier.name == "seçim.örnek/iğdır"
