"""Keys come and go: at every size exactly those that are active sign, and trust follows."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadInput, LedgerConflict
from recanvass.ledger import Ledger, Signer, Verifier, parse_proof, prove_entry, publish_log, verify
from recanvass.ledger.checkpoint import open_signed, read_checkpoint
from recanvass.ledger.key_changes import change_path, change_sizes
from recanvass.ledger.key_file import add_to_key_file, key_path
from recanvass.ledger.note import Note, format_note, parse_note

ORIGIN = "ledger.example/city"
KEYS = [Signer(ORIGIN, bytes([n]) * 32) for n in range(6)]


def name(signer: Signer) -> str:
    return str(signer.verifier)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of three entries under the first key, closed."""
    path = tmp_path / "record.db"
    with Ledger.create(path, ORIGIN, KEYS[0]) as ledger:
        ledger.append(["a", "b", "c"], [b"1", b"2", b"3"])
    key_path(path).write_text(KEYS[0].secret())
    key_path(path).chmod(0o600)
    return path


def test_keys_come_and_go_in_postgresql_as_in_a_file(schema_url):
    with Ledger.create(schema_url, ORIGIN, KEYS[0]) as ledger:
        ledger.append(["a"], [b"1"])
        ledger.add_key(KEYS[1], "add", b"add")
        ledger.append(["b"], [b"2"])
        ledger.retire_key(name(KEYS[0]), "retire", b"retire")
        ledger.append(["c"], [b"3"])
        signed = [signed_by(ledger, size) for size in range(6)]
        old, new = name(KEYS[0]), name(KEYS[1])
        assert signed == [{old}, {old}, {old, new}, {old, new}, {new}, {new}]
        assert [(key.since, key.until) for key in ledger.keys] == [(0, 4), (2, None)]
        assert ledger.verify(old).ok


@pytest.fixture
def rotated(path: Path) -> Path:
    """The same ledger with a second key from size 4 to 6, alone from 5 on; six entries, closed."""
    add_to_key_file(KEYS[1], key_path(path))
    with Ledger.open(path) as ledger:
        ledger.add_key(KEYS[1], "add", b"the second key signs")
        ledger.retire_key(name(KEYS[0]), "retire", b"the first key does not")
        ledger.append(["d"], [b"4"])
    return path


def signed_by(ledger: Ledger, size: int) -> set[str]:
    _, keys = open_signed(ledger.checkpoint(size), ORIGIN, [k.verifier for k in KEYS])
    return {str(key) for key in keys}


def test_a_key_that_is_added_signs_the_entry_that_adds_it_and_on(path):
    with Ledger.open(path) as ledger:
        assert ledger.add_key(KEYS[1], "add", b"now").size == 4
        ledger.append(["d"], [b"4"])
        assert signed_by(ledger, 3) == {name(KEYS[0])}
        assert signed_by(ledger, 4) == signed_by(ledger, 5) == {name(KEYS[0]), name(KEYS[1])}
        assert ledger.verifier == name(KEYS[1])
        assert ledger.verify(name(KEYS[0])).ok and ledger.verify(name(KEYS[1])).ok


def test_a_retired_key_signs_no_more(rotated):
    with Ledger.open(rotated) as ledger:
        assert signed_by(ledger, 5) == signed_by(ledger, 6) == {name(KEYS[1])}
        for key in KEYS[:2]:
            found = ledger.verify(name(key))
            assert (found.faults, found.trusted, found.verifier) == ([], True, name(key))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "retire", "append"]), st.integers(0, 5)), max_size=10
    )
)
def test_any_turns_of_keys_leave_every_checkpoint_with_exactly_the_active_ones(
    tmp_path_factory, steps
):
    folder = tmp_path_factory.mktemp("turns")
    active, ever, size = [0], {0}, 0
    expected = {0: [0]}
    with Ledger.create(folder / "record.db", ORIGIN, KEYS[0]) as ledger:
        for number, (what, key) in enumerate(steps):
            entry = (f"id-{number}", b"%d" % number)
            may = {
                "add": key not in ever,
                "retire": key in active and len(active) > 1,
                "append": True,
            }[what]
            try:
                if what == "add":
                    ledger.add_key(KEYS[key], *entry)
                    active = [*active, key]
                    ever |= {key}
                elif what == "retire":
                    ledger.retire_key(name(KEYS[key]), *entry)
                    active = [k for k in active if k != key]
                else:
                    ledger.append([entry[0]], [entry[1]])
                assert may
                size += 1
                expected[size] = active
            except LedgerConflict:
                assert not may
            assert ledger.size == size
        for at, keys in expected.items():
            assert signed_by(ledger, at) == {name(KEYS[k]) for k in keys}
        assert all(ledger.verify(name(KEYS[k])).ok for k in ever)
        publish_log(ledger, folder / "log")
        for number, at in enumerate(change_sizes(ledger.keys), 1):
            proof = parse_proof((folder / "log" / change_path(number)).read_bytes())
            assert read_checkpoint(proof.checkpoint).size == proof.index + 1 == at
            for key in expected[at]:
                proof.verify(KEYS[key].verifier)


def test_a_key_is_added_only_once_and_the_last_is_not_retired(path):
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerConflict, match="the only one that signs"):
            ledger.retire_key(name(KEYS[0]), "retire", b"none")
        with pytest.raises(LedgerConflict, match="among the keys that signed"):
            ledger.add_key(KEYS[0], "add", b"again")
        with pytest.raises(LedgerConflict, match="it does not sign"):
            ledger.retire_key(name(KEYS[1]), "retire", b"unknown")
        with pytest.raises(LedgerConflict, match="known already"):
            ledger.add_key(KEYS[1], "a", b"1")
        with pytest.raises(BadInput, match=r"expected ledger\.example/city"):
            ledger.add_key(Signer.generate("other"), "add", b"other")
        assert (ledger.size, [key.verifier for key in ledger.keys]) == (3, [name(KEYS[0])])


def test_a_retired_key_does_not_come_back(rotated):
    with Ledger.open(rotated) as ledger, pytest.raises(LedgerConflict, match="signed already"):
        ledger.add_key(KEYS[0], "again", b"again")


def test_every_active_key_must_be_at_hand_to_write_and_the_missing_one_is_named(path):
    with Ledger.open(path) as ledger:
        ledger.add_key(KEYS[1], "add", b"now")
    with pytest.raises(BadInput) as refusal:
        Ledger.open(path)
    assert f"expected also that of {name(KEYS[1])}" in str(refusal.value)
    assert Ledger.open(path, read_only=True).size == 4


def test_a_key_that_was_lost_can_be_retired_without_it(path):
    with Ledger.open(path) as ledger:
        ledger.add_key(KEYS[1], "add", b"now")
    key_path(path).write_text(KEYS[1].secret())
    with pytest.raises(BadInput, match="expected also"):
        Ledger.open(path)
    with Ledger.open(path, lost=name(KEYS[0])) as ledger:
        with pytest.raises(BadInput, match="expected also"):
            ledger.append(["d"], [b"4"])
        ledger.retire_key(name(KEYS[0]), "retire", b"lost")
        ledger.append(["d"], [b"4"])
        assert ledger.verify(name(KEYS[0])).ok


def test_a_process_that_runs_learns_of_a_key_added_by_another(path):
    with Ledger.open(path) as running:
        add_to_key_file(KEYS[1], key_path(path))
        with Ledger.open(path) as other:
            other.add_key(KEYS[1], "add", b"now")
        running.append(["d"], [b"4"])
        assert signed_by(running, 5) == {name(KEYS[0]), name(KEYS[1])}


def test_a_proof_made_while_two_keys_sign_verifies_with_either(path):
    with Ledger.open(path) as ledger:
        ledger.add_key(KEYS[1], "add", b"now")
        proof = parse_proof(prove_entry(ledger, 1).format())
    for signer in KEYS[:2]:
        assert proof.verify(signer.verifier).size == 4


def resign(path: Path, size: int, *signers: Signer) -> None:
    """Put a checkpoint in its place that these keys signed."""
    connection = sqlite3.connect(path)
    (note,) = connection.execute("SELECT note FROM checkpoints WHERE size = ?", [size]).fetchone()
    text = parse_note(note).text
    signed = format_note(text, [signer.sign(text.encode()) for signer in signers])
    with connection:
        connection.execute("UPDATE checkpoints SET note = ? WHERE size = ?", (signed, size))
    connection.close()


@pytest.mark.parametrize(
    ("size", "signers", "fault"),
    [
        (3, [2], "found signatures by .*; expected one by"),
        (4, [0], "not signed by .*, which signs from size 4 on"),
        (4, [0, 1, 2], None),  # somebody else's line proves nothing and harms nothing
        (3, [0, 1], "signed by .*, which does not sign at this size"),
        (6, [0, 1], "signed by .*, which does not sign at this size"),
        (6, [0], "not signed by"),
    ],
)
def test_a_checkpoint_signed_by_others_than_the_active_keys_is_named(rotated, size, signers, fault):
    resign(rotated, size, *(KEYS[n] for n in signers))
    found = verify(rotated, name(KEYS[1]))
    if fault is None:
        assert found.ok
    else:
        messages = [fault.message for fault in found.faults]
        assert any(re.match(f"checkpoint at size {size}: .*{fault}", m) for m in messages), messages


def test_keys_that_do_not_overlap_are_found(rotated):
    connection = sqlite3.connect(rotated)
    with connection:
        connection.execute("UPDATE keys SET until = 4 WHERE since = 0")
    connection.close()
    resign(rotated, 4, KEYS[1])
    messages = [fault.message for fault in verify(rotated).faults]
    assert "checkpoint at size 4: no key signs that did so before" in messages


def test_a_note_keeps_its_text_whoever_signs_it():
    note = Note("text\n", (KEYS[0].sign(b"text\n"), KEYS[1].sign(b"text\n")))
    assert parse_note(format_note(note.text, note.signatures)) == note
    assert Verifier.parse(name(KEYS[0])) == KEYS[0].verifier
