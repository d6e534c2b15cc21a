"""Cosignatures to the byte: against real witnesses, against the specification, and back."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Signer, Verifier, Witness, WitnessSigner
from recanvass.ledger.checkpoint import Checkpoint
from recanvass.ledger.cosignature import cosignatures
from recanvass.ledger.note import NoteSignature, format_note, open_note

# A checkpoint of a public test log, as it was published with the words of four public witnesses.
REAL = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
""".encode()  # noqa: E501 - a signature is on one line
LOG = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
WITNESSES = [
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
TIME = 0x6A122120

SEED = bytes(range(32))
SIGNER = WitnessSigner("witness.example/w1", SEED)
TEXT = Checkpoint("log.example", 7, bytes(32), ("an extension",)).text()


def test_what_four_public_witnesses_signed_is_verified():
    known = [Witness.parse(text) for text in WITNESSES]
    found = cosignatures(REAL, known)
    assert [(str(one.witness), one.time) for one in found] == [(text, TIME) for text in WITNESSES]
    assert len(open_note(REAL, [Verifier.parse(LOG), *known]).signatures) == 5


@pytest.mark.parametrize("name", [text.partition("+")[0] for text in WITNESSES])
@pytest.mark.parametrize("at", [12, 40])  # in the time, in the signature
def test_a_changed_time_or_signature_of_a_public_witness_is_refused(name, at):
    start = REAL.index(f"\n— {name} ".encode()) + len(f"\n— {name} ".encode())
    other = b"A" if REAL[start + at : start + at + 1] != b"A" else b"B"
    changed = REAL[: start + at] + other + REAL[start + at + 1 :]
    with pytest.raises(BadProof, match=f"the signature of {name} does not verify"):
        cosignatures(changed, [Witness.parse(text) for text in WITNESSES])


def test_a_cosignature_has_the_bytes_that_the_specification_says():
    """Put together here without our own code for keys, notes and messages."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes_raw()
    key_id = sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    message = (
        b"cosignature/v1\ntime 1679315147\nlog.example\n7\n"
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nan extension\n"
    )
    line = SIGNER.cosign(TEXT, 1679315147)
    assert (line.name, line.key_id) == ("witness.example/w1", key_id)
    assert line.signature == (1679315147).to_bytes(8, "big") + key.sign(message)
    assert len(line.signature) == 72


@given(st.integers(1, (1 << 63) - 1), st.text())
def test_what_a_witness_signs_is_verified_with_its_time(time, text):
    line = SIGNER.cosign(text, time)
    key = Witness.parse(str(SIGNER.verifier))
    message = text.encode()
    assert key.verifies(message, line.signature)
    assert not key.verifies(message + b"\n", line.signature)
    later = (time + 1).to_bytes(8, "big") + line.signature[8:]
    assert not key.verifies(message, later)
    assert not key.verifies(message, line.signature[8:])


@pytest.mark.parametrize("time", [0, 1 << 63, (1 << 64) - 1])
def test_a_time_that_none_can_have_signed_at_is_refused(time):
    line = SIGNER.sign(f"cosignature/v1\ntime {time}\n{TEXT}".encode())
    stamped = NoteSignature(line.name, line.key_id, time.to_bytes(8, "big") + line.signature)
    with pytest.raises(BadProof, match="does not verify"):
        cosignatures(format_note(TEXT, [stamped]), [Witness.parse(str(SIGNER.verifier))])


@pytest.mark.parametrize("time", [0, 1 << 63, (1 << 64) - 1])
def test_a_witness_does_not_sign_at_a_time_that_its_clock_cannot_show(time):
    with pytest.raises(BadInput, match="clock: found"):
        SIGNER.cosign(TEXT, time)


def test_a_witness_that_signed_twice_counts_once_by_what_it_said_last():
    note = format_note(TEXT, [SIGNER.cosign(TEXT, 5), SIGNER.cosign(TEXT, 9)])
    (found,) = cosignatures(note, [Witness.parse(str(SIGNER.verifier))])
    assert found.time == 9


def test_keys_of_logs_and_of_witnesses_are_not_mistaken_for_each_other():
    log = Signer("witness.example/w1", SEED)
    assert log.verifier.key_id != SIGNER.verifier.key_id
    for wrong in (lambda: Witness.parse(str(log.verifier)), lambda: Verifier.parse(WITNESSES[0])):
        with pytest.raises(BadInput, match="Ed25519 key"):
            wrong()
    with pytest.raises(BadInput, match="a witness's"):
        WitnessSigner.parse(log.secret())
    again = WitnessSigner.parse(SIGNER.secret())
    assert again.verifier == SIGNER.verifier
    assert not log.verifier.verifies(TEXT.encode(), SIGNER.cosign(TEXT, 5).signature[8:])
