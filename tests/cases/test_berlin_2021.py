"""Repeated in 455 of 2,256 precincts: a result put together from two polls. Votes are simulated."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from recanvass.record import Contest, Record

FIRST, REPEAT = "2021-09-26", "2024-02-11"
BUNDESTAG, COURT = "2022-11-11T00:00+01:00", "2023-12-20T00:00+01:00"


@pytest.fixture
def lists(carried: Callable[[str], Record]) -> Contest:
    return carried("berlin-2021").contest("lists")


def annulled(contest: Contest, as_of: str | None) -> set[str]:
    returns = contest.poll(FIRST).returns(as_of)
    hit = returns.filter(pl.col("standing") == "annulled")["station"]
    return {s.removeprefix("de/berlin/") for s in hit}


def test_the_case_says_that_its_votes_are_simulated(lists: Contest) -> None:
    assert all("simulated" in str(o.name) for o in lists.poll(FIRST).definition().options)


def test_the_precincts_are_2256_of_which_455_were_repeated(lists: Contest) -> None:
    assert lists.poll(FIRST).results().count("boxes") == 2_256
    assert lists.poll(REPEAT).results().count("boxes") == 455 == 431 + 31 - 7
    assert lists.poll(REPEAT).results().count("registered") == 549_549


def test_the_court_puts_its_own_annulment_in_the_place_of_the_first(lists: Contest) -> None:
    assert annulled(lists, "2022-11-01T00:00+01:00") == set()
    assert annulled(lists, BUNDESTAG) == {"precincts-424", "precincts-7", "postal-linked"}
    assert annulled(lists, COURT) == {"precincts-424", "precincts-31", "postal-linked"}
    assert [r.state for r in lists.docket(COURT).rulings] == ["overturned", "stands"]


def test_at_every_moment_the_result_says_where_its_figures_come_from(lists: Contest) -> None:
    moments = ("2022-11-01T00:00+01:00", BUNDESTAG, COURT, None)
    composed = [lists.results(as_of=m).composed for m in moments]
    assert composed == [{}, {FIRST: 2}, {FIRST: 3}, {FIRST: 3, REPEAT: 3}]
    rows = dict(lists.results("station").frame.select("unit", "poll").iter_rows())
    assert {u.removeprefix("de/berlin/") for u, poll in rows.items() if poll == REPEAT} == {
        "precincts-424",
        "precincts-31",
        "postal-linked",
    }


def test_what_was_not_repeated_is_as_it_was_in_the_first_poll(lists: Contest) -> None:
    now = lists.results("station").frame
    first = lists.poll(FIRST).results("station").frame
    kept = now.filter(pl.col("poll") == FIRST)
    assert kept.height == 3
    both = kept.join(first, on="unit", suffix=".first")
    assert (both["votes.spd"] == both["votes.spd.first"]).all()
    assert lists.results().votes["spd"] == now["votes.spd"].sum()


def test_linked_postal_districts_are_repeated_with_their_precincts(lists: Contest) -> None:
    kinds = dict(lists.poll(REPEAT).results("kind").frame.select("unit", "counted").iter_rows())
    assert kinds == {"ordinary": 2, "postal": 1}


def test_both_votes_of_the_ballot_are_reached_by_one_decision(
    carried: Callable[[str], Record],
) -> None:
    constituencies = carried("berlin-2021").contest("constituencies")
    assert constituencies.docket(COURT).state.word == "rerun ordered"
    assert constituencies.poll(FIRST).results().status.word == "annulled in part"


def test_the_contest_is_declared_again(lists: Contest) -> None:
    words = [
        lists.docket(m).state.word
        for m in ("2022-01-01T00:00+01:00", BUNDESTAG, COURT, "2024-02-20T00:00+01:00", None)
    ]
    assert words == ["declared", "rerun ordered", "rerun ordered", "counting", "declared"]


def test_the_seats_were_declared_again_with_one_fewer(carried: Callable[[str], Record]) -> None:
    before, after = (
        e.seats for e in carried("berlin-2021").view().events if getattr(e, "seats", 0)
    )
    assert (sum(before.values()), sum(after.values())) == (736, 735)
    assert {p: after[p] - n for p, n in before.items() if after[p] != n} == {"fdp": -1}
