"""Chance that falls the same way on every machine, for whole columns at once: SplitMix64.

    start  = the first 8 bytes of SHA-256("<seed>/<purpose>"), big-endian
    draw n = mix(start + (n + 1) * 0x9E3779B97F4A7C15), in 64 bits

which is the n-th output of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
generators, 2014) from that start. A draw depends on the seed, on what it is for and on a number
(of a station, of a unit), never on what was drawn before: columns can be drawn in parts and in any
order, and a draw for a new purpose changes no other.

Whole numbers become fractions by +, -, *, / and square roots alone, which IEEE 754 rounds alike
everywhere; logarithms and powers may differ in their last digit from one machine to the next.
"""

from __future__ import annotations

from hashlib import sha256

import polars as pl

__all__ = ["LARGEST_SEED", "Draws", "growth"]

LARGEST_SEED = (1 << 63) - 1

_STEP, _FIRST, _SECOND = (
    pl.Series([constant], dtype=pl.UInt64)
    for constant in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_ROOT_OF_3 = 1.7320508075688772


class Draws:
    """All draws of one seed. `number` is a series of whole numbers from 0; so long is the answer.

    Series, not expressions: a mixed number is used twice at each step, and an expression would be
    computed as often.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, purpose: str, number: pl.Series) -> pl.Series:
        """Return 64 random bits (UInt64) for each number."""
        digest = sha256(f"{self.seed}/{purpose}".encode()).digest()
        start = pl.Series([int.from_bytes(digest[:8], "big")], dtype=pl.UInt64)
        z = (number.cast(pl.UInt64) + 1) * _STEP + start
        z = (z ^ (z // (1 << 30))) * _FIRST
        z = (z ^ (z // (1 << 27))) * _SECOND
        return z ^ (z // (1 << 31))

    def below(self, purpose: str, number: pl.Series, limit: pl.Series | int) -> pl.Series:
        """Return whole numbers (Int64) from 0 up to, not including, a limit below 2**31."""
        high = (self.bits(purpose, number) // (1 << 32)).cast(pl.Int64)
        return high * limit // (1 << 32)

    def fraction(self, purpose: str, number: pl.Series) -> pl.Series:
        """Return fractions (Float64) from 0 up to, not including, 1."""
        return (self.bits(purpose, number) // (1 << 11)).cast(pl.Float64) * 2.0**-53

    def happens(self, purpose: str, number: pl.Series, rate: float) -> pl.Series:
        """Return true for a share of the numbers."""
        return self.fraction(purpose, number) < rate

    def normal(self, purpose: str, number: pl.Series) -> pl.Series:
        """Return numbers of mean 0 and variance 1, close to normal, from -3.46 to 3.46.

        They are sums of four even draws of 16 bits (the Irwin-Hall distribution).
        """
        bits = self.bits(purpose, number)
        total = bits % (1 << 16)
        for place in (16, 32, 48):
            total += bits // (1 << place) % (1 << 16)
        return (total.cast(pl.Float64) - 131_070.0) / 65_536.0 * _ROOT_OF_3

    def binomial(
        self, purpose: str, number: pl.Series, trials: pl.Series, chance: pl.Series | float
    ) -> pl.Series:
        """Return how many of `trials` (Int64) succeed, by the normal approximation, cut to fit."""
        n = trials.cast(pl.Float64)
        spread = (n * chance * (1.0 - chance)).sqrt()
        found = (n * chance + spread * self.normal(purpose, number) + 0.5).floor()
        return pl.select(found.cast(pl.Int64).clip(pl.lit(0), trials)).to_series()


def growth(x: pl.Series) -> pl.Series:
    """Return a factor for `x`, above 0 and growing with it: (1 + x/8)**8, close to exp(x)."""
    base = (1.0 + x / 8.0).clip(0.05)
    squared = base * base
    fourth = squared * squared
    return fourth * fourth
