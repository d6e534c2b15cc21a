from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recanvass.errors import LedgerDamaged
from recanvass.ledger.merkle import EMPTY_ROOT, HASH_BYTES, fold, leaf_hashes, node_hash, tree_root
from recanvass.ledger.tiles import Edge, KeptTiles, TreeOfTiles, level_widths

LEAVES = leaf_hashes(b"%d" % number for number in range(65_537))


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def tiles_of(*counts: int) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    """The stored tiles after batches of so many entries."""
    edge, stored, start = Edge(), {}, 0
    for count in counts:
        for level, number, hashes in edge.extend(LEAVES[start : start + count]) + edge.unfinished():
            before = stored.get((level, number), b"")
            assert hashes.startswith(before), "a tile was rewritten with other hashes"
            stored[level, number] = hashes
        start += count
    return edge, stored


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537])
def test_tiles_have_the_widths_of_the_specification(size):
    _, stored = tiles_of(size)
    expected = {}
    for level in range(3):
        full, rest = divmod(size >> 8 * level, 256)
        expected |= {(level, number): 256 for number in range(full)}
        expected |= {(level, full): rest} if rest else {}
    assert {place: len(hashes) // HASH_BYTES for place, hashes in stored.items()} == expected


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537])
def test_the_root_from_tiles_is_that_of_the_definition(size):
    edge, stored = tiles_of(size)
    expected = naive_root(LEAVES[:size])
    assert edge.root() == expected
    assert tree_root(size, TreeOfTiles(lambda *place: stored.get(place)).node) == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_the_tree_does_not_depend_on_how_entries_were_batched(counts):
    size = sum(counts)
    edge, stored = tiles_of(*counts)
    assert stored == tiles_of(size)[1]
    assert edge.root() == naive_root(LEAVES[:size])


@settings(max_examples=30, deadline=None)
@given(st.data(), st.integers(1, 3000))
def test_an_earlier_root_can_be_read_from_later_tiles(data, size):
    earlier = data.draw(st.integers(0, size))
    _, stored = tiles_of(size)
    tree = TreeOfTiles(lambda *place: stored.get(place))
    assert tree_root(earlier, tree.node) == naive_root(LEAVES[:earlier])


def test_a_hash_above_is_the_root_of_the_full_tile_below():
    _, stored = tiles_of(70 * 256)
    assert stored[1, 0][32 * 69 :] == fold(stored[0, 69])


def test_an_edge_that_is_absent_or_of_another_width_is_refused():
    _, stored = tiles_of(300)
    assert Edge.read(300, lambda *place: stored.get(place)).root() == naive_root(LEAVES[:300])
    for damaged in (None, stored[0, 1][:-32], stored[0, 1] + bytes(32)):
        with pytest.raises(LedgerDamaged, match="tile 1 of level 0"):
            Edge.read(300, lambda *place, d=damaged: d if place == (0, 1) else stored.get(place))


def test_a_subtree_whose_tile_is_too_short_is_refused():
    with pytest.raises(LedgerDamaged, match="tile 0 of level 0"):
        TreeOfTiles(lambda *place: LEAVES[0]).node(1, 0)


def test_levels_end_where_nothing_is_left():
    assert level_widths(0) == []
    assert level_widths(255) == [255]
    assert level_widths(70_000) == [70_000, 273, 1]


@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=5), most=st.integers(1, 5))
def test_kept_tiles_of_a_growing_tree_give_the_roots_of_all_its_sizes(sizes, most):
    _, stored = tiles_of(0)
    kept = KeptTiles(lambda level, number: stored.get((level, number)), most)
    for size in sorted(sizes):
        stored |= tiles_of(size)[1]
        for old in (min(other, size) for other in sizes):
            assert tree_root(old, kept.up_to(old)) == tiles_of(old)[0].root()
        assert len(kept._tiles) <= most


def test_kept_tiles_hold_nothing_beyond_the_size_that_was_asked_for():
    stored = {(0, 0): b"".join(LEAVES[:4])}
    kept = KeptTiles(lambda level, number: stored.get((level, number)))
    kept.up_to(3)(0, 2)
    stored[0, 0] = stored[0, 0][:96] + LEAVES[9]  # the other was rolled back
    assert kept.up_to(4)(0, 3) == LEAVES[9]


def test_a_tile_that_is_too_short_is_damage_to_who_keeps_it_too():
    with pytest.raises(LedgerDamaged, match="tile 0 of level 0: found 32 bytes; expected at least"):
        KeptTiles(lambda level, number: bytes(32)).up_to(2)(0, 1)
