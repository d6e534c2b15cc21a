"""Draws: SplitMix64, in columns, the same everywhere."""

from __future__ import annotations

from hashlib import sha256

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recanvass.rehearsal.draws import LARGEST_SEED, Draws, growth

SEEDS = st.integers(0, LARGEST_SEED)
NUMBERS = pl.Series(range(2_000))
MASK = (1 << 64) - 1


def splitmix64(start: int, count: int) -> list[int]:
    """The generator as its authors wrote it, one number after the other."""
    found = []
    for _ in range(count):
        start = (start + 0x9E3779B97F4A7C15) & MASK
        z = start
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        found.append(z ^ (z >> 31))
    return found


def test_the_reference_here_gives_the_published_numbers() -> None:
    assert splitmix64(1234567, 2) == [6457827717110365317, 3203168211198807973]


@given(SEEDS, st.text(max_size=9))
def test_a_column_of_draws_is_the_generators_sequence(seed: int, purpose: str) -> None:
    start = int.from_bytes(sha256(f"{seed}/{purpose}".encode()).digest()[:8], "big")
    drawn = Draws(seed).bits(purpose, pl.Series(range(50)))
    assert drawn.to_list() == splitmix64(start, 50)


@given(SEEDS, st.integers(1, (1 << 31) - 1))
def test_a_number_below_a_limit_is_below_it(seed: int, limit: int) -> None:
    drawn = Draws(seed).below("x", NUMBERS, limit)
    assert drawn.dtype == pl.Int64
    assert drawn.is_between(0, limit - 1).all()


@given(SEEDS)
def test_what_has_the_rate_0_never_happens_and_with_1_always(seed: int) -> None:
    assert not Draws(seed).happens("x", NUMBERS, 0).any()
    assert Draws(seed).happens("x", NUMBERS, 1).all()


def test_draws_for_two_purposes_have_nothing_in_common() -> None:
    one, other = (Draws(1).fraction(purpose, NUMBERS) for purpose in ("one", "other"))
    assert abs(float(pl.select(pl.corr(one, other)).item())) < 0.1


def test_normal_draws_have_mean_0_and_variance_1() -> None:
    drawn = Draws(3).normal("x", pl.Series(range(100_000)))
    assert abs(float(str(drawn.mean()))) < 0.01
    assert abs(float(str(drawn.std())) - 1) < 0.01


@given(SEEDS, st.floats(0, 1), st.integers(0, 5_000))
def test_no_more_succeed_than_try(seed: int, chance: float, trials: int) -> None:
    tries = pl.Series([trials] * 20)
    drawn = Draws(seed).binomial("x", pl.Series(range(20)), tries, chance)
    assert drawn.is_between(0, trials).all()


def test_growth_is_1_at_0_and_rises() -> None:
    found = growth(pl.Series([-20.0, -1.0, 0.0, 1.0])).to_list()
    assert found == sorted(found)
    assert found[2] == 1.0
    assert found[0] > 0
