from __future__ import annotations

from made_up_elections import (
    BOARD,
    MOMENTS,
    OBSERVER,
    a_return,
    definitions,
    record_of,
    stations,
    the_poll,
    withdrawn,
)
from recanvass.model import AnyEvent

NINE, TEN, ELEVEN = MOMENTS[0], MOMENTS[2], MOMENTS[4]


def standings(*happenings: AnyEvent, as_of: str | None = None) -> dict[str, str]:
    with record_of((*definitions(stations(2)), *happenings)) as record:
        returns = the_poll(record).returns(as_of)
        assert record.verify().ok
        return dict(returns.select("id", "standing").iter_rows())


def test_the_newest_official_return_of_a_station_counts() -> None:
    found = standings(a_return("late", at=TEN), a_return("early", at=NINE))
    assert found == {"late": "counted", "early": "superseded"}


def test_newest_is_by_when_it_happened_and_not_by_how_its_offset_reads() -> None:
    found = standings(
        a_return("west", at="2024-05-05T18:00-04:00"), a_return("east", at="2024-05-05T23:00+03:00")
    )
    assert found == {"west": "counted", "east": "superseded"}


def test_a_return_of_another_source_is_kept_and_never_counts() -> None:
    found = standings(a_return("board", at=NINE), a_return("copy", source=OBSERVER, at=TEN))
    assert found == {"board": "counted", "copy": "other-source"}


def test_a_correction_of_the_same_moment_beats_what_it_corrects_whatever_their_ids() -> None:
    found = standings(a_return("z"), a_return("a", replaces="z", reason="correction"))
    assert found == {"z": "superseded", "a": "counted"}


def test_a_correction_counts_even_if_it_is_dated_before_what_it_corrects() -> None:
    found = standings(a_return("first", at=TEN), a_return("second", at=NINE, replaces="first"))
    assert found == {"first": "superseded", "second": "counted"}


def test_what_was_corrected_counts_until_the_correction_happened() -> None:
    made = (a_return("first", at=NINE), a_return("second", at=TEN, replaces="first"))
    assert standings(*made, as_of=NINE) == {"first": "counted"}
    assert standings(*made, as_of=TEN) == {"first": "superseded", "second": "counted"}


def test_a_withdrawn_return_leaves_the_one_before_it_standing() -> None:
    made = (a_return("first", at=NINE), a_return("second", at=TEN), withdrawn("w", "second"))
    assert standings(*made) == {"first": "counted", "second": "withdrawn"}


def test_a_withdrawn_correction_no_longer_corrects() -> None:
    made = (
        a_return("first", at=TEN),
        a_return("second", at=NINE, replaces="first"),
        withdrawn("w", "second"),
    )
    assert standings(*made) == {"first": "counted", "second": "withdrawn"}


def test_a_withdrawal_takes_effect_when_it_happened() -> None:
    made = (a_return("only", at=NINE), withdrawn("w", "only", at=ELEVEN))
    assert standings(*made, as_of=TEN) == {"only": "counted"}
    assert standings(*made, as_of=ELEVEN) == {"only": "withdrawn"}


def test_another_source_cannot_correct_an_official_return() -> None:
    found = standings(
        a_return("board", at=NINE),
        a_return("copy", source=OBSERVER, at=TEN, replaces="board", reason="correction"),
    )
    assert found == {"board": "counted", "copy": "other-source"}


def test_a_return_cannot_correct_that_of_another_station() -> None:
    found = standings(
        a_return("one", "a/1", at=NINE), a_return("two", "a/2", at=TEN, replaces="one")
    )
    assert found == {"one": "counted", "two": "counted"}


def test_two_returns_of_one_moment_are_settled_by_their_ids_and_not_by_arrival() -> None:
    assert standings(a_return("a"), a_return("b")) == standings(a_return("b"), a_return("a"))


def test_a_blocking_rule_excludes_a_return_and_nothing_older_takes_its_place() -> None:
    bad = {"elm": 61, "oak": 30, "rest": 0}
    made = (a_return("good", at=NINE), a_return("bad", at=TEN, votes=bad))
    with record_of((*definitions(stations(1), blocking=("A01",)), *made)) as record:
        poll = the_poll(record)
        assert poll.returns()["standing"].to_list() == ["superseded", "excluded"]
        assert poll.results().stations == {"total": 1, "counted": 0}
        assert poll.margins([NINE, TEN])["counted"].to_list() == [1, 0]
        assert record.verify().ok


def test_the_sources_that_count_are_those_registered_as_official() -> None:
    with record_of((*definitions(stations(1)), a_return("r"))) as record:
        assert record.view().official() == [BOARD]
