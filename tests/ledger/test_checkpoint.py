from __future__ import annotations

from binascii import b2a_base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadProof
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from recanvass.ledger.keys import Signer
from recanvass.ledger.merkle import EMPTY_ROOT

ROOT = bytes(range(32))
ROOT_LINE = b2a_base64(ROOT, newline=False).decode()
SIGNER = Signer("a.example", bytes(32))


def test_a_checkpoint_is_three_lines():
    assert Checkpoint("a.example", 8, ROOT).text() == f"a.example\n8\n{ROOT_LINE}\n"


def test_a_signed_checkpoint_opens_with_its_key():
    checkpoint = Checkpoint("a.example", 8, ROOT)
    assert open_checkpoint(checkpoint.signed(SIGNER), "a.example", [SIGNER.verifier]) == checkpoint


def test_a_checkpoint_of_another_origin_is_refused():
    data = Checkpoint("b.example", 8, ROOT).signed(SIGNER)
    with pytest.raises(BadProof, match="origin"):
        open_checkpoint(data, "a.example", [SIGNER.verifier])


@given(st.integers(0, 2**63 - 1), st.lists(st.text("abc .", min_size=1), max_size=2))
def test_what_is_written_is_read_back(size, extensions):
    root = ROOT if size else EMPTY_ROOT
    checkpoint = Checkpoint("a.example/log", size, root, tuple(extensions))
    assert parse_checkpoint(checkpoint.text()) == checkpoint


@given(st.text())
def test_any_text_is_a_checkpoint_that_is_written_back_the_same_or_a_bad_proof(text):
    for candidate in (
        text,
        f"a\n{text}\n{ROOT_LINE}\n",
        f"a\n8\n{text}\n",
        f"{text}\n8\n{ROOT_LINE}\n",
    ):
        try:
            checkpoint = parse_checkpoint(candidate)
        except BadProof:
            continue
        assert checkpoint.text() == candidate


@pytest.mark.parametrize(
    "size",
    [
        "+8",
        "-8",
        " 8",
        "8 ",
        "08",
        "00",
        "1_000",
        "8.0",
        "",
        "\u0668",
        "\u00b2",
        str(2**63),
        "9" * 5000,
    ],
)
def test_a_size_is_a_plain_decimal(size):
    with pytest.raises(BadProof):
        parse_checkpoint(f"a\n{size}\n{ROOT_LINE}\n")


@pytest.mark.parametrize(
    "root",
    [
        ROOT_LINE[:-1],
        ROOT_LINE + "=",
        ROOT_LINE.replace("8=", "9="),  # padding bits that are not 0
        "AAAA",
        b2a_base64(bytes(33), newline=False).decode(),
        "\u00e9" * 44,
    ],
)
def test_a_root_is_32_bytes_in_canonical_base64(root):
    assert root != ROOT_LINE
    with pytest.raises(BadProof):
        parse_checkpoint(f"a\n8\n{root}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n8\n",
        f"a\n8\n{ROOT_LINE}",
        f"\n8\n{ROOT_LINE}\n",
        f"a\n\n8\n{ROOT_LINE}\n",
        f"a\n8\n{ROOT_LINE}\n\n",
        f"a\n8\n{ROOT_LINE}\n\next\n",
    ],
)
def test_lines_are_three_or_more_and_never_empty(text):
    with pytest.raises(BadProof):
        parse_checkpoint(text)


def test_the_empty_tree_has_but_one_root():
    with pytest.raises(BadProof, match="empty tree"):
        parse_checkpoint(f"a\n0\n{ROOT_LINE}\n")
