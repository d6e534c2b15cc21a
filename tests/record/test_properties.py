"""What must hold for every election, however its returns come in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from made_up_elections import (
    MOMENTS,
    Election,
    elections,
    record_of,
    shown,
    the_poll,
)
from recanvass.record import open_record

ADDED_UP = ("registered", "voted", "valid", "invalid", "votes.elm", "votes.oak", "votes.rest")


def cut(events: tuple, marks: list[int]) -> list[tuple]:
    """`events` in batches that end at the marks."""
    ends = [0, *sorted(m % (len(events) + 1) for m in marks), len(events)]
    return [events[a:b] for a, b in pairwise(ends)]


@given(elections(), st.sampled_from([None, *MOMENTS]))
def test_totals_are_the_sums_over_any_partition_of_the_stations(
    election: Election, as_of: str | None
) -> None:
    with record_of(election.events) as record:
        poll = the_poll(record)
        total = poll.results(as_of=as_of).frame.row(0, named=True)
        for by in (*poll.ground(as_of).levels, "kind", "station"):
            parts = poll.results(by, as_of).frame
            for figure in ("stations", "counted", *(c for c in ADDED_UP if c in total)):
                held = parts[figure].drop_nulls()
                assert total[figure] == (held.sum() if held.len() else None), (by, figure)


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_result_at_any_moment(election: Election, random) -> None:
    shuffled = list(election.happenings)
    random.shuffle(shuffled)
    with record_of(election.events) as one, record_of(election.definitions, shuffled) as other:
        for as_of in (None, MOMENTS[2]):
            assert shown(one, as_of) == shown(other, as_of)


@given(elections(), st.lists(st.integers(0, 20), max_size=4), st.booleans())
def test_loading_in_any_batches_gives_the_same_state(
    election: Election, marks: list[int], asked_between: bool
) -> None:
    with record_of(election.events) as whole, record_of(election.definitions) as parts:
        for batch in cut(election.happenings, marks):
            parts.append(batch)
            if asked_between:
                shown(parts)
        assert shown(whole) == shown(parts)
        assert whole.ledger.read(1) == parts.ledger.read(1)


@given(elections(withdrawals=False))
def test_what_is_counted_only_grows_with_time(election: Election) -> None:
    with record_of(election.events) as record:
        poll = the_poll(record)
        counted = [poll.results(as_of=m).stations["counted"] for m in (*MOMENTS, None)]
        assert counted == sorted(counted)


@given(elections())
def test_the_course_has_the_results_of_every_moment(election: Election) -> None:
    with record_of(election.events) as record:
        poll = the_poll(record)
        moments = ["2024-05-05T00:00Z", *MOMENTS, "2024-06-01T00:00Z"]
        margins = poll.margins(moments)
        for moment, then in zip(moments, margins.iter_rows(named=True), strict=True):
            result = poll.results(as_of=moment)
            now = result.total.row(0, named=True)
            assert (then["leader"], then["margin"]) == (result.leader, result.margin)
            assert {c: then[c] for c in ("counted", *ADDED_UP) if c in then} == {
                c: now.get(c) or 0 for c in ("counted", *ADDED_UP) if c in then
            }


@given(elections(), st.data())
def test_an_earlier_size_is_the_ledger_that_only_ever_had_so_many_entries(
    election: Election, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(election.happenings)))
    with (
        record_of(election.events) as grown,
        record_of(election.definitions, election.happenings[:kept]) as short,
    ):
        size = short.ledger.size
        for as_of in (None, MOMENTS[2]):
            assert shown(grown, as_of, size) == shown(short, as_of)
        assert the_poll(grown).course(size).to_dicts() == the_poll(short).course().to_dicts()


@given(elections())
def test_a_record_that_is_opened_again_says_the_same(election: Election) -> None:
    with record_of(election.events) as record:
        before = shown(record)
        with open_record(record.ledger._store.place, read_only=True) as again:
            assert shown(again) == before


@given(elections())
def test_every_election_is_verified_by_folding_it_a_second_way(election: Election) -> None:
    with record_of(election.events) as record:
        found = record.verify()
        assert found.ok, found.faults
        assert found.polls == 1
