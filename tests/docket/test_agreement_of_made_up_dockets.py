from __future__ import annotations

from hypothesis import given, settings
from made_up_law import disputes

from agreement import check_at_every_moment, check_moment
from made_up_elections import CONTEST, Election, record_of


@given(disputes())
def test_timeline_docket_and_results_agree_at_every_moment(election: Election) -> None:
    with record_of(election.events) as record:
        check_at_every_moment(record.contest(CONTEST))


@settings(max_examples=8)
@given(disputes())
def test_they_agree_at_every_ledger_size(election: Election) -> None:
    with record_of(election.definitions, election.happenings) as record:
        contest = record.contest(CONTEST)
        first = record.ledger.size - len(election.happenings)
        for size in range(first, record.ledger.size + 1):
            check_moment(contest, contest.docket(size=size), size=size)
