"""Ballots drawn at random, without replacement: what their removal does to a lead.

A pool of ballots holds the leader's, one rival's and the rest. Of `drawn` ballots X are the
leader's and Y the rival's; taking them away costs the leader X − Y votes of its lead, and

    P(X = x, Y = y, Z = z) = C(leader, x) C(rival, y) C(rest, z) / C(all, drawn),  x + y + z = drawn

(multivariate hypergeometric). That is the law of three independent binomials of one rate, given
their sum, so it is computed from binomial weights that begin at 1 at their peak and go on by
ratios: only products and sums of positive numbers, no factorials, no subtraction. Weights below
1e-30 of the peak are left out. What is returned is exact but for rounding: to a relative
`RELATIVE_ERROR`, beside an absolute 1e-20.

The question and the normal approximation are those of M. O. Finkelstein and H. E. Robbins,
"Mathematical Probability in Election Challenges", Columbia Law Review 73 (1973) 241.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from operator import mul

import polars as pl

__all__ = [
    "MOST_TERMS_EXACT",
    "RELATIVE_ERROR",
    "Chance",
    "Pool",
    "draw_chance",
    "moments",
    "normal_chance",
    "stations_chance",
    "terms",
]

MOST_STATIONS_EXACT = 1_000
"""Beyond as many stations with a draw of their own, the sum of their draws is taken as normal."""
MOST_TERMS_EXACT = 1_000_000_000
"""Terms of the exact sum; one more than this takes about half a second, and is not awaited."""

RELATIVE_ERROR = 1e-10
"""More than the rounding of a few thousand products and sums amounts to."""

_NEGLIGIBLE = 1e-30
_REACH = 12
"""Standard deviations to either side of the peak beyond which a binomial weight is negligible."""


@dataclass(frozen=True)
class Pool:
    """The valid ballots among which the tainted ones are."""

    leader: int
    rival: int
    rest: int

    @property
    def size(self) -> int:
        """All ballots of the pool."""
        return self.leader + self.rival + self.rest


@dataclass(frozen=True)
class Chance:
    """Probability that the leader and the rival are level afterwards, and that the rival leads."""

    tie: float
    reversal: float
    exact: bool = True
    """False for the normal approximation."""


def draw_chance(pool: Pool, drawn: int, margin: int, most: int = MOST_TERMS_EXACT) -> Chance:
    """Return what removing `drawn` ballots of the pool at random does to a lead of `margin`.

    `drawn` is between 0 and the size of the pool. Where the exact sum has more than `most` terms,
    the normal approximation is returned.
    """
    # The draws that spare the leader longest, and that hit it first, may leave nothing to chance.
    least = max(0, drawn - pool.rival - pool.rest) - min(drawn, pool.rival)
    most_lost = min(drawn, pool.leader) - max(0, drawn - pool.leader - pool.rest)
    if margin < least or margin > most_lost:
        return Chance(0.0, float(margin < least))
    if least == most_lost:
        return Chance(1.0, 0.0)
    if terms(pool, drawn) > most:
        return normal_chance(*moments(pool, drawn), margin)
    return _exact(pool, drawn, margin)


def _deviation(count: int, rate: float) -> float:
    return sqrt(count * rate * (1 - rate))


def terms(pool: Pool, drawn: int) -> float:
    """Return about how many terms the exact sum has."""
    rate = drawn / pool.size
    pairs = min(_deviation(pool.leader, rate), _deviation(pool.rival, rate)) + _REACH
    return (2 * _REACH) ** 2 * pairs * (_deviation(pool.rest, rate) + 1)


@dataclass(frozen=True)
class _Weights:
    """Binomial weights of `first`, `first + 1`, …, as parts of the largest one."""

    first: int
    values: list[float]

    @property
    def last(self) -> int:
        return self.first + len(self.values) - 1

    def of(self, number: int) -> float:
        """Return the weight of a number; 0 where it is negligible."""
        return self.values[number - self.first] if self.first <= number <= self.last else 0.0


def _weights(count: int, drawn: int, size: int) -> _Weights:
    """Return the weights of Binomial(count, drawn / size) that are not negligible."""
    odds = drawn / (size - drawn)
    mode = (count + 1) * drawn // size
    above: list[float] = []
    x, weight = mode, 1.0
    while weight > _NEGLIGIBLE and x <= count:
        above.append(weight)
        weight *= (count - x) / (x + 1) * odds
        x += 1
    below: list[float] = []
    x, weight = mode, mode / (count - mode + 1) / odds
    while weight > _NEGLIGIBLE and x > 0:
        below.append(weight)
        x -= 1
        weight *= x / (count - x + 1) / odds
    return _Weights(mode - len(below), below[::-1] + above)


def _all_weights(pool: Pool, drawn: int) -> tuple[_Weights, _Weights, _Weights]:
    """Return the weights of the leader's, the rival's and the rest's ballots among the drawn."""
    leader, rival, rest = (
        _weights(n, drawn, pool.size) for n in (pool.leader, pool.rival, pool.rest)
    )
    return leader, rival, rest


def _exact(pool: Pool, drawn: int, margin: int) -> Chance:
    """Sum over the ballots of the rest, and for each over the leader's ballots beyond the lead.

    What all the leader's and the rival's ballots together weigh needs no sum: two binomials of one
    rate are one, up to a factor that is found once.
    """
    leader, rival, rest = _all_weights(pool, drawn)
    both = _weights(pool.leader + pool.rival, drawn, pool.size)
    ours, theirs = pl.Series(leader.values), pl.Series(rival.values[::-1])

    def together(pair: int, least: int) -> float:
        """Weigh the ways to draw `pair` ballots of the two, at least `least` the leader's."""
        low = max(leader.first, pair - rival.last, least)
        count = min(leader.last, pair - rival.first) - low + 1
        if count <= 0:
            return 0.0
        mine = ours.slice(low - leader.first, count)
        return mine.dot(theirs.slice(rival.last - pair + low, count)) or 0.0

    usual = both.first + both.values.index(1.0)
    factor = together(usual, 0)
    reversal = tie = whole = 0.0
    for z, weight in enumerate(rest.values, rest.first):
        pair = drawn - z
        whole += weight * both.of(pair) * factor
        half, odd = divmod(margin + pair, 2)
        reversal += weight * together(pair, half + 1)
        tie += 0.0 if odd else weight * leader.of(half) * rival.of(pair - half)
    return Chance(min(1.0, tie / whole), min(1.0, reversal / whole))


def moments(pool: Pool, drawn: int) -> tuple[float, float]:
    """Return mean and variance of X − Y."""
    size = pool.size
    lead = (pool.leader - pool.rival) / size
    of_one = (pool.leader + pool.rival) / size - lead * lead
    left = (size - drawn) / max(1, size - 1)
    return drawn * lead, drawn * left * of_one


def normal_chance(mean: float, variance: float, margin: int) -> Chance:
    """Return the chances where X − Y is taken as normal, with half a vote of continuity.

    With the mean and variance of the hypergeometric law this is the paper's formula,
    z = d √((s − k) / (s k)) for a lead of d, k ballots of s, two options about level and the whole
    poll challenged; here with the leads that the pool and the poll really have.
    """
    if variance <= 0:
        return Chance(float(mean == margin), float(mean > margin), exact=False)

    def beyond(value: float) -> float:
        return 0.5 * erfc((value - mean) / sqrt(2 * variance))

    reversal = beyond(margin + 0.5)
    return Chance(beyond(margin - 0.5) - reversal, reversal, exact=False)


def stations_chance(stations: pl.DataFrame, margin: int) -> Chance:
    """Return the chances where each station has a number of tainted ballots of its own.

    `stations` has a row per station: `leader`, `rival`, `rest` (ballots) and `drawn` (between 0
    and their sum). The stations' draws are independent, so their laws are convolved. Beyond
    `MOST_STATIONS_EXACT` stations the sum is taken as normal.
    """
    size = pl.sum_horizontal("leader", "rival", "rest")
    open_ones = (pl.col("drawn") > 0) & (pl.col("drawn") < size)
    emptied = stations.filter(pl.col("drawn") == size)
    lost: int = emptied.select((pl.col("leader") - pl.col("rival")).sum()).item()
    drawing = stations.filter(open_ones).select("leader", "rival", "rest", "drawn")
    if drawing.height > MOST_STATIONS_EXACT:
        mean, variance = _moments_of_all(drawing)
        return normal_chance(lost + mean, variance, margin)
    low, law = 0, pl.Series([1.0])
    for leader, rival, rest, drawn in drawing.iter_rows():
        first, own = _law(Pool(leader, rival, rest), drawn)
        low, law = _trimmed(low + first, _convolved(law, own))
    at = margin - lost - low
    tie: float = law[at] if 0 <= at < law.len() else 0.0
    return Chance(tie, min(1.0, float(law.slice(max(0, at + 1)).sum())))


def _moments_of_all(stations: pl.DataFrame) -> tuple[float, float]:
    """Return mean and variance of the sum of X − Y over stations."""
    size = pl.sum_horizontal("leader", "rival", "rest")
    lead = (pl.col("leader") - pl.col("rival")) / size
    of_one = (pl.col("leader") + pl.col("rival")) / size - lead * lead
    drawn = pl.col("drawn")
    mean, variance = stations.select(
        (drawn * lead).sum().alias("mean"),
        (drawn * (size - drawn) / (size - 1) * of_one).sum().alias("variance"),
    ).row(0)
    return float(mean), float(variance)


def _law(pool: Pool, drawn: int) -> tuple[int, list[float]]:
    """Return the least X − Y of a draw, and the probabilities from there on."""
    leader, rival, rest = _all_weights(pool, drawn)
    low = leader.first - rival.last
    law = [0.0] * (leader.last - rival.first - low + 1)
    for z, weight in enumerate(rest.values, rest.first):
        pair = drawn - z
        first, last = max(leader.first, pair - rival.last), min(leader.last, pair - rival.first)
        if first > last:
            continue
        ours = leader.values[first - leader.first : last - leader.first + 1]
        theirs = rival.values[pair - last - rival.first : pair - first - rival.first + 1]
        place = slice(2 * first - pair - low, 2 * last - pair - low + 1, 2)
        ways = map(mul, ours, reversed(theirs))
        law[place] = [known + weight * way for known, way in zip(law[place], ways, strict=True)]
    whole = sum(law)
    return low, [w / whole for w in law]


def _convolved(law: pl.Series, own: list[float]) -> pl.Series:
    """Return the law of a sum: a weighted window of the one moved over the other."""
    if len(own) == 1:
        return law * own[0]
    border = pl.zeros(len(own) - 1, eager=True)
    padded = pl.concat([border, law, border])
    return padded.rolling_sum(len(own), weights=own[::-1]).slice(len(own) - 1)


def _trimmed(low: int, law: pl.Series) -> tuple[int, pl.Series]:
    """Return a law without what is negligible at its ends."""
    kept = (law > _NEGLIGIBLE).arg_true()
    first, last = int(kept[0]), int(kept[-1])
    return low + first, law.slice(first, last - first + 1)
