from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger.keys import Signer, Verifier
from recanvass.ledger.note import MAX_NOTE_BYTES, format_note, open_note, parse_note

# The known answer of the signed-note specification.
TEXT = "This is an example message.\n"
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LINE = (
    "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
KNOWN = f"{TEXT}\n{LINE}".encode()

A = Signer("a.example", bytes(range(32)))
B = Signer("b.example", bytes(range(1, 33)))


def signed(*signers: Signer, text: str = "hello\n") -> bytes:
    return format_note(text, [signer.sign(text.encode()) for signer in signers])


def test_the_known_answer_of_the_specification_verifies():
    note = open_note(KNOWN, [Verifier.parse(KEY)])
    assert note.text == TEXT
    assert [line.name for line in note.signatures] == ["example.com/foo"]


def test_a_note_is_written_to_the_byte():
    line = A.sign(b"hello\n")
    assert parse_note(signed(A)).signatures == (line,)
    assert signed(A).startswith(b"hello\n\n\xe2\x80\x94 a.example ")
    assert format_note(TEXT, parse_note(KNOWN).signatures) == KNOWN


@given(st.integers(0, len(KNOWN) * 8 - 1))
def test_one_changed_bit_anywhere_in_a_note_is_refused(bit):
    changed = bytearray(KNOWN)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadProof):
        open_note(bytes(changed), [Verifier.parse(KEY)])


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_bytes_are_a_note_or_a_bad_proof(data):
    for candidate in (data, data + KNOWN, KNOWN + data, data + b"\n\n" + data):
        try:
            note = open_note(candidate, [Verifier.parse(KEY)])
        except BadProof:
            continue
        assert format_note(note.text, note.signatures).startswith(note.text.encode())


def test_signatures_by_others_are_skipped():
    note = open_note(signed(A, B), [B.verifier])
    assert [line.name for line in note.signatures] == ["b.example"]


def test_a_note_that_nobody_known_signed_is_refused():
    with pytest.raises(BadProof, match=r"expected one by b\.example"):
        open_note(signed(A), [B.verifier])


def test_a_known_signature_that_fails_refuses_the_note_although_another_one_verifies():
    wrong = A.sign(b"something else\n")
    data = format_note("hello\n", [B.sign(b"hello\n"), wrong])
    with pytest.raises(BadProof, match=r"a\.example does not verify"):
        open_note(data, [A.verifier, B.verifier])


def test_name_and_key_id_must_both_match():
    other = Signer("a.example", bytes(32))
    with pytest.raises(BadProof):
        open_note(signed(other), [A.verifier])


def test_the_text_may_hold_empty_lines_and_parts_at_the_last_one():
    text = "one\n\ntwo\n\n\u2014 not a signature\n"
    assert open_note(signed(A, text=text), [A.verifier]).text == text


def test_sixteen_signatures_are_accepted_and_a_flood_is_not():
    assert len(parse_note(signed(*[A] * 16)).signatures) == 16
    with pytest.raises(BadProof, match="101 signatures"):
        parse_note(signed(*[A] * 101))
    with pytest.raises(BadProof, match="at most"):
        parse_note(b"x" * (MAX_NOTE_BYTES + 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\u2014 example", "- example"),
        ("\u2014 example", "\u2013 example"),
        ("\u2014 example", "\u2014  example"),
        ("\u2014 example", "\u2014example"),
        ("example.com/foo U", "example.com/foo\u00a0U"),
        ("example.com/foo U", "exam ple.com/foo U"),
        ("example.com/foo U", "example+com/foo U"),
        ("example.com/foo U", " U"),
        ("IneyaQM=", "IneyaQN="),  # padding bits that are not 0
        ("IneyaQM=", "IneyaQM"),
        ("IneyaQM=", "IneyaQM=="),
        ("IneyaQM=", "IneyaQM= "),
        ("IneyaQM=\n", "IneyaQM="),
        ("IneyaQM=\n", "IneyaQM=\n\n"),
        ("Uw2QOkn8", "Uw2Q-_n8"),
        ("This is", "This\tis"),
        ("message.\n\n", "message.\r\n\r\n"),
        ("message.\n\n", "message.\n"),
    ],
)
def test_what_the_format_does_not_allow_is_refused(old, new):
    text = KNOWN.decode()
    assert old in text
    with pytest.raises(BadProof):
        open_note(text.replace(old, new).encode(), [Verifier.parse(KEY)])


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(BadProof, match="UTF-8"):
        parse_note(KNOWN.replace(b"This", b"\xff\xfe\xfd\xfc"))


def test_a_signature_line_must_hold_more_than_a_key_id():
    with pytest.raises(BadProof, match="signature line"):
        parse_note(b"hello\n\n\xe2\x80\x94 a.example AAAAAA==\n")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x01b", "\ud800"])
def test_a_key_cannot_have_a_name_that_a_note_cannot_carry(name):
    with pytest.raises(BadInput):
        Verifier(name, bytes(32))
