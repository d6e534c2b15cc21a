from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput
from recanvass.ledger.keys import Signer, Verifier

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
