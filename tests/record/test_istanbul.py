"""Istanbul 2019, from the real 31,186 boxes and from the district totals that the package carries.

The expected figures are those of the official results and of the published box files.
"""

from __future__ import annotations

import polars as pl
import pytest

from recanvass.record import Poll, Record

MARCH, JUNE = "2019-03-31", "2019-06-23"
DAYS = pytest.mark.parametrize("day", [MARCH, JUNE])

COUNTS = {
    MARCH: {"registered": 10_570_939, "voted": 8_865_072, "valid": 8_549_822, "invalid": 315_250},
    JUNE: {"registered": 10_570_354, "voted": 8_925_166, "valid": 8_746_566, "invalid": 178_600},
}
VOTES = {
    MARCH: {"akp": 4_156_036, "chp": 4_169_765, "sp": 103_364, "other": 120_657},
    JUNE: {"akp": 3_936_068, "chp": 4_742_082, "sp": 47_832, "other": 20_584},
}
MARGIN = {MARCH: 13_729, JUNE: 806_014}
WITHOUT_PRISONS = 10_560_963
DISTRICTS_LED = {MARCH: {"akp": 23, "chp": 16}, JUNE: {"chp": 28, "akp": 11}}
STATIONS_LED = {
    MARCH: ({"akp": 16_853, "chp": 14_211}, 122),
    JUNE: ({"chp": 17_633, "akp": 13_402}, 151),
}


@pytest.fixture(scope="module", params=["boxes", "districts"])
def record(request: pytest.FixtureRequest) -> Record:
    found: Record = request.getfixturevalue(request.param)
    return found


def the_poll(record: Record, day: str) -> Poll:
    return record.contest("istanbul-mayor").poll(day)


@DAYS
def test_the_totals_are_the_official_ones(record: Record, day: str) -> None:
    results = the_poll(record, day).results()
    assert {c: results.count(c) for c in COUNTS[day]} == COUNTS[day]
    assert results.votes == VOTES[day]
    assert (results.leader, results.margin) == ("chp", MARGIN[day])


@DAYS
def test_the_roll_without_prisons_is_the_one_of_the_gazette(record: Record, day: str) -> None:
    kinds = dict(the_poll(record, day).results("kind").frame.select("unit", "registered").rows())
    assert kinds["ordinary"] == WITHOUT_PRISONS
    assert kinds["prison"] == COUNTS[day]["registered"] - WITHOUT_PRISONS


@DAYS
def test_the_districts_led(record: Record, day: str) -> None:
    assert the_poll(record, day).results("district").led() == (DISTRICTS_LED[day], 0)


@DAYS
def test_the_boxes_led_and_tied(boxes: Record, day: str) -> None:
    results = the_poll(boxes, day).results("station")
    assert results.stations == {"total": 31_186, "counted": 31_186}
    assert results.led() == STATIONS_LED[day]


@pytest.mark.parametrize(("day", "over"), [(MARCH, 53), (JUNE, 52)])
def test_the_boxes_with_more_voters_than_the_roll(boxes: Record, day: str, over: int) -> None:
    found = the_poll(boxes, day).checks(codes=["R02", "R03"])
    assert found["station"].n_unique() == over


@pytest.mark.parametrize(("day", "few"), [(MARCH, 17), (JUNE, 3)])
def test_the_boxes_whose_voted_is_probably_mistyped(boxes: Record, day: str, few: int) -> None:
    assert the_poll(boxes, day).checks(codes=["R04"]).height == few


@DAYS
def test_the_districts_of_the_carried_case_are_the_sums_of_the_boxes(
    boxes: Record, districts: Record, day: str
) -> None:
    figures = ["unit", *COUNTS[day], *(f"votes.{o}" for o in VOTES[day]), "leader", "margin"]
    one, other = (
        the_poll(r, day).results("district").frame.select(figures).sort("unit")
        for r in (boxes, districts)
    )
    assert one.rows() == other.rows()


def test_twelve_districts_change_leader(record: Record) -> None:
    change = record.contest("istanbul-mayor").compare(MARCH, JUNE, "district")
    assert change.height == 39
    assert change["flipped"].sum() == 12
    assert (change["votes.chp.change"] > 0).all()
    risen = change.filter(pl.col("votes.akp.change") > 0).select("name", "votes.akp.change")
    assert sorted(risen.rows()) == [("Sultanbeyli", 43), ("Sultangazi", 635)]


def test_nothing_counts_before_it_happened(record: Record) -> None:
    march = the_poll(record, MARCH)
    before = march.results(as_of="2019-04-17T13:29+03:00")
    assert before.stations["counted"] == 0
    assert before.leader is None
    assert before.status.word == "no returns"
    assert march.results(as_of="2019-04-17T10:30Z").margin == MARGIN[MARCH]


def test_the_status_follows_the_law(record: Record) -> None:
    march, june = the_poll(record, MARCH), the_poll(record, JUNE)
    assert march.results(as_of="2019-05-01T00:00+03:00").status.word == "official"
    assert march.results().status.word == "annulled"
    assert june.results().status.word == "official"


def test_the_council_was_declared_with_312_seats(record: Record) -> None:
    seats = [e.seats for e in record.view().events if getattr(e, "seats", None)]
    assert seats == [{"akp": 176, "chp": 127, "mhp": 4, "iyi": 4, "mayor": 1}]
    assert sum(seats[0].values()) == 312


def test_reports_are_on_the_timeline_with_their_margins_and_in_no_total(record: Record) -> None:
    items = record.timeline("istanbul-mayor")
    assert [i.instant for i in items] == sorted(i.instant for i in items)
    margins = [i.margin for i in items if i.kind == "report.received"]
    assert {4_443, 27_222, 27_889, 23_945, 806_767} <= set(margins)
    assert {MARGIN[MARCH], MARGIN[JUNE]} <= {i.margin for i in items if i.kind == "return.recorded"}
    until = record.timeline("istanbul-mayor", as_of="2019-04-01T09:10+03:00")
    assert 0 < len(until) < len(items)
    assert until[-1].margin == 27_222


def test_a_box_has_its_history_and_its_place(boxes: Record) -> None:
    station = boxes.station("istanbul/adalar/burgazada-mah/1")
    assert station.places[:2] == ("İstanbul", "Adalar")
    assert [r.poll for r in station.returns] == [MARCH, JUNE]
    assert station.returns[1].standing == "counted"
    for one in station.returns:
        assert boxes.ledger.leaf_hash(one.entry).hex() == one.leaf


def test_both_polls_have_the_same_boxes(boxes: Record) -> None:
    one, other = (the_poll(boxes, day).stations()["station"] for day in (MARCH, JUNE))
    assert one.equals(other)


def test_the_whole_record_is_verified(record: Record) -> None:
    found = record.verify()
    assert found.ok
    assert found.polls == 3
