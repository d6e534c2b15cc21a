from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger.tile_paths import (
    bundle_path,
    decode_bundle,
    encode_bundle,
    parse_tile_path,
    tile_path,
)

# As the tlog-tiles specification writes them.
NUMBERS = {
    0: "000",
    1: "001",
    999: "999",
    1000: "x001/000",
    1_234_067: "x001/x234/067",
    999_999: "x999/999",
    1_000_000: "x001/x000/000",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_cut_into_groups_of_three(number):
    assert tile_path(0, number) == f"tile/0/{NUMBERS[number]}"
    assert bundle_path(number) == f"tile/entries/{NUMBERS[number]}"


def test_a_partial_tile_has_its_width_in_its_name():
    assert tile_path(1, 0, 17) == "tile/1/000.p/17"
    assert tile_path(0, 273, 112) == "tile/0/273.p/112"
    assert bundle_path(1000, 1) == "tile/entries/x001/000.p/1"


def test_a_full_tile_has_no_width_in_its_name():
    assert tile_path(63, 5, 256) == "tile/63/005"


def test_a_bundle_gives_each_entry_its_length_in_two_bytes():
    assert encode_bundle([b"", b"ab", b"x" * 300]) == b"\0\0\0\x02ab\x01\x2c" + b"x" * 300


@given(st.lists(st.binary(max_size=400), max_size=256))
def test_a_bundle_gives_back_its_entries(entries):
    assert decode_bundle(encode_bundle(entries)) == entries


def test_the_longest_entry_fits_and_a_longer_one_is_refused():
    assert decode_bundle(encode_bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(BadInput, match="more than 65535 bytes"):
        encode_bundle([b"x" * 65_536])


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=20), st.data())
def test_a_bundle_that_was_cut_is_never_taken_for_whole(entries, data):
    bundle = encode_bundle(entries)
    cut = bundle[: data.draw(st.integers(1, len(bundle) - 1))]
    try:
        assert len(decode_bundle(cut)) < len(entries)  # cut between two entries
    except BadProof as refusal:
        assert "expected the last entry to end at" in str(refusal)


@given(
    st.none() | st.integers(0, 63),
    st.integers(0, 10**21 - 1),
    st.integers(1, 256),
)
def test_a_path_says_what_it_names(level, number, width):
    path = bundle_path(number, width) if level is None else tile_path(level, number, width)
    assert parse_tile_path(path) == (level, number, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/000",
        "tile/0/000/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/٠٠٠",
        "tile/-1/000",
        "tile/data/000",
        "tile/entries/000\n",
        "tile/entries/../000",
        "/tile/0/000",
        "tile/0/" + "x001/" * 7 + "000",
    ],
)
def test_no_other_way_of_writing_a_path_is_taken(path):
    assert parse_tile_path(path) is None
