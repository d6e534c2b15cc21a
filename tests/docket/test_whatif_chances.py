"""Ballots drawn at random: against counting all draws, against SciPy, and what must always hold."""

from __future__ import annotations

from itertools import product
from math import comb

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recanvass.docket import hypergeometric, least_draw
from recanvass.docket.hypergeometric import Pool, draw_chance, normal_chance, stations_chance

scipy_stats = pytest.importorskip("scipy.stats", reason="SciPy is the second opinion")

few = st.integers(0, 12)
pools = st.builds(Pool, few, few, few).filter(lambda pool: pool.size > 0)
margins = st.integers(1, 8)
LEVELS = (0.01, 0.05, 0.5)


def law_by_counting(pool: Pool, drawn: int) -> dict[int, float]:
    """The probability of each X − Y, by counting every draw there is."""
    law: dict[int, float] = {}
    for x, y in product(range(pool.leader + 1), range(pool.rival + 1)):
        if 0 <= drawn - x - y <= pool.rest:
            ways = comb(pool.leader, x) * comb(pool.rival, y) * comb(pool.rest, drawn - x - y)
            law[x - y] = law.get(x - y, 0) + ways / comb(pool.size, drawn)
    return law


def split(law: dict[int, float], margin: int) -> tuple[float, float]:
    """Tie and reversal."""
    return law.get(margin, 0.0), sum(p for lost, p in law.items() if lost > margin)


@given(pools, margins, st.data())
def test_a_draw_has_the_chance_that_counting_all_draws_gives(pool, margin, data):
    drawn = data.draw(st.integers(0, pool.size))
    found = draw_chance(pool, drawn, margin)
    tie, reversal = split(law_by_counting(pool, drawn), margin)
    assert found.exact
    assert (found.tie, found.reversal) == pytest.approx((tie, reversal), rel=1e-10, abs=1e-20)


@given(
    st.integers(0, 20_000), st.integers(0, 20_000), st.integers(1, 20_000), st.integers(1, 2_000)
)
def test_with_two_options_it_is_scipys_hypergeometric(leader, rival, drawn, margin):
    pool = Pool(leader, rival, 0)
    assume(0 < drawn <= pool.size)
    law = scipy_stats.hypergeom(pool.size, leader, drawn)
    half, odd = divmod(margin + drawn, 2)
    found = draw_chance(pool, drawn, margin)
    assert found.reversal == pytest.approx(law.sf(half), rel=1e-6, abs=1e-14)
    assert found.tie == pytest.approx(0 if odd else law.pmf(half), rel=1e-6, abs=1e-14)


def test_with_a_rest_it_is_scipys_multivariate_hypergeometric():
    pool, drawn, margin = Pool(60, 50, 30), 70, 9
    law = scipy_stats.multivariate_hypergeom([60, 50, 30], drawn)
    reversal = sum(
        law.pmf([x, y, drawn - x - y])
        for x in range(61)
        for y in range(51)
        if x - y > margin and 0 <= drawn - x - y <= 30
    )
    assert draw_chance(pool, drawn, margin).reversal == pytest.approx(reversal, rel=1e-9)


@given(pools, margins)
def test_a_probability_lies_between_none_and_all(pool, margin):
    for drawn in range(pool.size + 1):
        found = draw_chance(pool, drawn, margin)
        assert 0 <= found.tie <= 1
        assert 0 <= found.reversal <= 1
        assert found.tie + found.reversal <= 1 + 1e-12


@given(pools, margins)
def test_fewer_ballots_than_the_lead_change_nothing(pool, margin):
    for drawn in range(min(margin, pool.size + 1)):
        assert draw_chance(pool, drawn, margin) == hypergeometric.Chance(0.0, 0.0)


@given(st.integers(1, 30), st.integers(0, 30), st.integers(1, 8))
def test_two_ballots_more_never_make_a_reversal_rarer_where_all_of_them_reverse(
    leader, rival, margin
):
    assume(leader - rival > margin)
    pool = Pool(leader, rival, 0)
    for drawn in range(pool.size - 1):
        fewer, more = (draw_chance(pool, n, margin).reversal for n in (drawn, drawn + 2))
        assert more >= fewer - 1e-12


@given(pools, margins)
def test_a_lead_larger_by_one_is_never_easier_to_reverse(pool, margin):
    for drawn in range(pool.size + 1):
        near, far = (draw_chance(pool, drawn, m).reversal for m in (margin, margin + 1))
        assert far <= near + 1e-12


@given(pools, margins, st.sampled_from(LEVELS))
def test_the_least_draw_is_the_first_of_all_numbers_that_reaches_the_level(pool, margin, level):
    chances = [split(law_by_counting(pool, n), margin)[1] for n in range(pool.size + 1)]
    first = next((n for n, p in enumerate(chances) if p >= level * (1 - 1e-10)), None)
    assert least_draw.least_draw(pool, margin, level) == (first, True)


@pytest.mark.parametrize("level", LEVELS)
def test_in_a_large_pool_one_ballot_fewer_than_the_least_draw_is_not_enough(level):
    pool, margin = Pool(172_664, 121_082, 6_483), 13_729
    found, exact = least_draw.least_draw(pool, margin, level)
    assert exact
    assert draw_chance(pool, found, margin).reversal >= level * (1 - 1e-10)
    assert all(draw_chance(pool, found - n, margin).reversal < level for n in (1, 2, 3, 50))


def test_where_the_pool_carries_less_than_the_lead_no_draw_may_be_enough():
    assert least_draw.least_draw(Pool(100_792, 99_478, 5_345), 13_729, 0.01) == (None, True)


def test_ballots_withdrawn_from_three_precincts_of_minnesota_in_2012_had_a_chance_of_024():
    """26, 3 and 6 drawn, at least ten more of one candidate's than of the other's.

    https://mcs.blog.gustavus.edu/2012/11/26/urn-problems-and-the-election
    """
    boxes = pl.DataFrame(
        {
            "leader": [673, 635, 501],
            "rival": [490, 436, 351],
            "rest": [37, 46, 58],
            "drawn": [26, 3, 6],
        }
    )
    assert stations_chance(boxes, 9).reversal == pytest.approx(0.24, abs=0.005)


def test_a_court_of_1968_saw_101_irregular_votes_against_a_lead_of_17():
    """Ippolito v. Power, 22 N.Y.2d 594: about one in twenty; a new election was ordered."""
    found = draw_chance(Pool(1_422, 1_405, 0), 101, 17)
    by_the_formula = 1 - scipy_stats.norm.cdf(17 * ((2_827 - 101) / (2_827 * 101)) ** 0.5)
    assert found.tie + found.reversal == pytest.approx(by_the_formula, abs=0.02)
    assert by_the_formula == pytest.approx(0.05, abs=0.005)


def test_a_court_of_1968_saw_136_irregular_votes_against_a_lead_of_62():
    """De Martini v. Power, decided with it: next to nothing, and no new election."""
    found = draw_chance(Pool(2_656, 2_594, 0), 136, 62)
    assert 0 < found.tie + found.reversal < 1e-6


small_boxes = st.lists(
    st.builds(Pool, st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)),
    min_size=1,
    max_size=3,
)


@given(small_boxes, margins, st.data())
def test_draws_of_several_stations_add_up_as_counting_all_of_them_does(boxes, margin, data):
    drawn = [data.draw(st.integers(0, box.size)) for box in boxes]
    laws = [law_by_counting(box, n) for box, n in zip(boxes, drawn, strict=True)]
    together: dict[int, float] = {}
    for outcome in product(*(law.items() for law in laws)):
        lost, chance = sum(k for k, _ in outcome), 1.0
        for _, p in outcome:
            chance *= p
        together[lost] = together.get(lost, 0) + chance
    frame = pl.DataFrame(
        [(b.leader, b.rival, b.rest, n) for b, n in zip(boxes, drawn, strict=True)],
        schema=dict.fromkeys(("leader", "rival", "rest", "drawn"), pl.Int64),
        orient="row",
    )
    found = stations_chance(frame, margin)
    assert (found.tie, found.reversal) == pytest.approx(
        split(together, margin), rel=1e-9, abs=1e-20
    )


def test_more_stations_than_can_be_convolved_are_taken_as_normal_and_say_so(monkeypatch):
    frame = pl.DataFrame(
        {"leader": [160] * 300, "rival": [110] * 300, "rest": [14] * 300, "drawn": [20] * 300}
    )
    exact = stations_chance(frame, 1_060)
    monkeypatch.setattr(hypergeometric, "MOST_STATIONS_EXACT", 299)
    rough = stations_chance(frame, 1_060)
    assert (exact.exact, rough.exact) == (True, False)
    assert rough.reversal == pytest.approx(exact.reversal, abs=1e-3)


def test_a_sum_too_long_is_taken_as_normal_and_says_so():
    pool, margin = Pool(172_664, 121_082, 6_483), 13_729
    exact, rough = (draw_chance(pool, 78_000, margin, most=most) for most in (10**9, 1))
    assert (exact.exact, rough.exact) == (True, False)
    assert rough.reversal == pytest.approx(exact.reversal, abs=1e-4)
    assert rough.tie == pytest.approx(exact.tie, abs=1e-4)


def test_without_any_spread_the_normal_is_certain():
    assert normal_chance(5.0, 0.0, 4).reversal == 1
    assert normal_chance(5.0, 0.0, 5).tie == 1
