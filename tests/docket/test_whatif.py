"""Could challenged stations change the outcome? The four answers, and the questions refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import msgspec
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from made_up_elections import (
    a_return,
    definitions,
    elections,
    record_of,
    stations,
    the_poll,
)
from recanvass.docket.challenge import by_condition, tainted_ballots
from recanvass.docket.hypergeometric import Pool, draw_chance
from recanvass.docket.whatif import WhatIf
from recanvass.errors import BadInput, NotInRecord
from recanvass.exchange.station_list import read_stations
from recanvass.model import ListRule, OfficeDefined, Option
from recanvass.record import Record
from recanvass.record.challenge import challenge

BOXES = ((60, 30, 5), (20, 45, 0), (70, 40, 10), (10, 30, 0))
"""Votes for elm, oak and the rest: elm leads by 15."""


def returns(boxes):
    return [
        a_return(
            f"return/{n}",
            f"a/{n}",
            counts={"registered": 200, "voted": sum(votes) + 3, "valid": sum(votes), "invalid": 3},
            votes=dict(zip(("elm", "oak", "rest"), votes, strict=True)),
        )
        for n, votes in enumerate(boxes, 1)
    ]


@pytest.fixture(scope="module")
def record():
    """Four boxes, and a fifth that has not reported."""
    with record_of([*definitions(stations(5)), *returns(BOXES)]) as made:
        yield made


def asked(record: Record, *numbers: int, **how) -> WhatIf:
    return challenge(the_poll(record), stations=[f"a/{n}" for n in numbers], **how)


@given(elections(), st.data())
def test_left_out_is_what_a_record_without_those_stations_says(election, data):
    with record_of(election.events) as whole:
        ground = the_poll(whole).ground()
        held = ground.frame.filter(pl.col("seq").is_not_null())["station"].to_list()
        assume(held)
        out = data.draw(st.sets(st.sampled_from(held), min_size=1))
        found = challenge(the_poll(whole), stations=sorted(out))
    kept = [e for e in election.events if getattr(e, "station", None) not in out]
    known = {e.id for e in kept}
    kept = [e for e in kept if getattr(e, "of", None) is None or e.of in known]
    with record_of(kept) as smaller:
        results = the_poll(smaller).results()
        answer = found.without
        assert (answer.leader, answer.margin) == (results.leader, results.margin)
        assert answer.turnout == results.turnout
        assert answer.votes == {o: results.votes.get(o) for o in answer.votes}
        assert answer.counts == {c: results.count(c) for c in answer.counts}
        assert answer.stations == results.stations["total"] - len(out)


@given(elections(), st.data())
def test_what_is_challenged_and_what_is_left_make_the_whole(election, data):
    with record_of(election.events) as whole:
        frame = the_poll(whole).ground().frame
        held = frame.filter(pl.col("seq").is_not_null())["station"].to_list()
        assume(held)
        out = data.draw(st.sets(st.sampled_from(held), min_size=1))
        found = challenge(the_poll(whole), stations=sorted(out))
    for of in ("votes", "counts"):
        now, within, without = (
            getattr(f, of) for f in (found.now, found.challenged, found.without)
        )
        assert {k: v or 0 for k, v in now.items()} == {
            k: (within[k] or 0) + (without[k] or 0) for k in now
        }


def test_without_its_best_box_the_leader_loses(record):
    found = asked(record, 1)
    assert (found.now.leader, found.now.margin) == ("elm", 15)
    assert (found.without.leader, found.without.margin) == ("oak", 15)
    assert found.changes_leader


def test_the_bound_counts_the_leaders_ballots_only(record):
    bound = asked(record, 4).bound
    assert (bound.ballots, bound.of_leader) == (40, 10)
    assert (bound.to_tie, bound.to_reverse, bound.moved_to_reverse) == (15, 16, 8)
    assert not bound.can_tie
    assert asked(record, 2).bound.can_reverse


def test_so_many_of_the_leaders_ballots_as_the_bound_says_make_a_tie_and_a_reversal(record):
    bound = asked(record, 1).bound
    for taken, leader in (
        (bound.to_tie - 1, "elm"),
        (bound.to_tie, None),
        (bound.to_reverse, "oak"),
    ):
        boxes = ((60 - taken, 30, 5), *BOXES[1:])
        with record_of([*definitions(stations(4)), *returns(boxes)]) as poorer:
            assert the_poll(poorer).results().leader == leader
    moved = bound.moved_to_reverse
    boxes = ((60 - moved, 30 + moved, 5), *BOXES[1:])
    with record_of([*definitions(stations(4)), *returns(boxes)]) as moved_over:
        assert the_poll(moved_over).results().leader == "oak"


def test_every_answer_is_that_of_taking_away_each_set_of_ballots_in_turn():
    boxes = ((4, 1, 1), (2, 3, 0))
    with record_of([*definitions(stations(2)), *returns(boxes)]) as small:
        found = asked(small, 1, tainted=3)
    ballots = ["elm"] * 4 + ["oak"] + ["rest"]
    lost = [s.count("elm") - s.count("oak") for s in combinations(ballots, 3)]
    chance = found.draw.rivals[0].chance
    assert chance.tie == pytest.approx(sum(n == 2 for n in lost) / len(lost))
    assert chance.reversal == pytest.approx(sum(n > 2 for n in lost) / len(lost))


def test_a_remainder_is_no_rival():
    boxes = ((50, 20, 49), (10, 10, 10))
    with record_of([*definitions(stations(2)), *returns(boxes)]) as made:
        found = asked(made, 1, tainted=60)
    assert [r.option for r in found.draw.rivals] == ["oak"]
    assert found.draw.rivals[0].margin == 30


def test_with_several_rivals_within_reach_the_chance_of_any_is_bounded():
    options = tuple(Option(id=o, name=o) for o in ("elm", "oak", "ash", "fir"))
    box = a_return("r", counts={"valid": 31}, votes={"elm": 12, "oak": 10, "ash": 9, "fir": 0})
    with record_of([*definitions(stations(1), options=options), box]) as made:
        draw = asked(made, 1, tainted=8).draw
    assert [r.option for r in draw.rivals] == ["oak", "ash"]
    oak, ash = (r.chance.reversal for r in draw.rivals)
    assert oak > ash > 0
    assert draw.at_least == oak
    assert draw.at_most == pytest.approx(oak + ash)


def test_the_chance_that_anybody_overtakes_lies_between_the_bounds():
    options = tuple(Option(id=o, name=o) for o in ("elm", "oak", "ash"))
    box = a_return("r", counts={"valid": 12}, votes={"elm": 5, "oak": 4, "ash": 3})
    with record_of([*definitions(stations(1), options=options), box]) as made:
        draw = asked(made, 1, tainted=6).draw
    drawn = list(combinations(["elm"] * 5 + ["oak"] * 4 + ["ash"] * 3, 6))
    overtaken = sum(
        max(4 - s.count("oak"), 3 - s.count("ash")) > 5 - s.count("elm") for s in drawn
    ) / len(drawn)
    assert draw.at_least < overtaken < draw.at_most


def test_a_share_is_of_the_valid_ballots_to_the_nearest(record):
    assert asked(record, 1, tainted=Fraction(1, 10)).draw.tainted == 10
    assert asked(record, 1, tainted=Fraction(1)).draw.tainted == 95


def test_all_ballots_tainted_is_the_station_left_out(record):
    found = asked(record, 1, tainted=95)
    assert found.draw.rivals[0].chance.reversal == 1
    assert found.worst.chance.reversal == 1


def test_ballots_given_by_station_are_drawn_in_each(record):
    listed = pl.DataFrame({"station": ["a/1", "a/3"], "tainted": [95, 0]})
    found = challenge(the_poll(record), stations=listed)
    assert found.draw.per_station
    assert found.draw.tainted == 95
    assert found.draw.rivals[0].chance.reversal == 1


def test_by_station_and_in_all_is_the_same_for_one_station(record):
    listed = pl.DataFrame({"station": ["a/1"], "tainted": [40]})
    by_station = challenge(the_poll(record), stations=listed).draw.rivals[0].chance
    in_all = asked(record, 1, tainted=40).draw.rivals[0].chance
    assert by_station.reversal == pytest.approx(in_all.reversal)
    assert by_station.tie == pytest.approx(in_all.tie)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=4
    ),
    st.data(),
)
def test_worst_first_is_expected_and_sure_exactly_from_the_numbers_told(boxes, data):
    elm, oak = (sum(b[n] for b in boxes) for n in (0, 1))
    assume(elm > oak)
    numbers = sorted(data.draw(st.sets(st.integers(1, len(boxes)), min_size=1)))
    chosen = [boxes[n - 1] for n in numbers]
    with record_of([*definitions(stations(len(boxes))), *returns(boxes)]) as made:
        told = asked(made, *numbers).worst
    ordered = sorted((b for b in chosen if sum(b)), key=lambda b: -(b[0] - b[1]) / sum(b))
    expected, sure = None, None
    margin, before = Fraction(elm - oak), 0
    for box in ordered:
        for drawn in range(1, sum(box) + 1):
            left = margin - Fraction((box[0] - box[1]) * drawn, sum(box))
            if expected is None and left < 0:
                expected = before + drawn
            if sure is None and draw_chance(Pool(*box), drawn, int(margin)).reversal == 1:
                sure = before + drawn
        margin, before = margin - (box[0] - box[1]), before + sum(box)
    assert (told.to_expect, told.to_be_sure) == (expected, sure)


def test_worst_first_fills_the_best_station_before_the_next(record):
    # Box 1 leads by 30 of 95, box 3 by 30 of 120: 48 ballots of box 1 are expected to carry 15.
    found = asked(record, 1, 3, tainted=95)
    assert found.worst.to_expect == 48
    assert found.worst.stations_to_be_sure == 1
    assert found.worst.chance.reversal == 1
    assert found.draw.rivals[0].chance.reversal < 1


def test_where_nobody_leads_there_is_only_the_first_answer():
    with record_of([*definitions(stations(2)), *returns(((5, 5, 0), (2, 2, 0)))]) as level:
        found = asked(level, 1, tainted=3)
    assert found.now.tied
    assert (found.bound, found.draw, found.targets, found.worst) == (None, None, (), None)


def test_valid_ballots_that_no_option_has_are_drawn_too():
    box = a_return("r", counts={"valid": 20}, votes={"elm": 8, "oak": 4})
    with record_of([*definitions(stations(1)), box]) as made:
        assert asked(made, 1).bound.ballots == 20


def test_a_councils_seats_are_allocated_anew():
    plain = definitions(stations(3))
    council = [
        msgspec.structs.replace(e, seats=5, seat_rule=ListRule(method="dhondt"))
        if isinstance(e, OfficeDefined)
        else e
        for e in plain
    ]
    with record_of([*council, *returns(((60, 30, 0), (10, 80, 0), (50, 40, 0)))]) as made:
        found = asked(made, 2)
    assert found.now.seats == {"elm": 2, "oak": 3}
    assert found.without.seats == {"elm": 3, "oak": 2}


@pytest.mark.parametrize(
    ("where", "boxes"),
    [
        ("station = 'a/2'", ["a/2"]),
        ("votes_elm > votes_oak", ["a/1", "a/3"]),
        ("town = 'a' AND voted < 100", ["a/1", "a/2", "a/4"]),
        ("unit_town = 'a' AND votes_rest BETWEEN 5 AND 10", ["a/1", "a/3"]),
        ("station_kind IN ('ordinary', 'prison')", ["a/1", "a/2", "a/3", "a/4"]),
    ],
)
def test_a_condition_chooses_stations_that_have_reported(record, where, boxes):
    assert by_condition(the_poll(record).ground(), where)["station"].to_list() == boxes


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("colour = 'red'", "unknown column colour"),
        ("1 = 1", "no column"),
        ("voted", "not true or false"),
        ("voted >", "SQL condition"),
        ("SELECT 1", "SQL condition"),
        ("voted > (SELECT 1)", "SQL condition"),
        ("station_kind = 3", "SQL condition"),
        ("seq > 0", "unknown column seq"),
        ("voted > 10000", "no station"),
        ("station_kind = 'lighthouse'", "no station"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(record, where, says):
    with pytest.raises(BadInput, match=says) as refused:
        by_condition(the_poll(record).ground(), where)
    assert "\n" not in str(refused.value)


def test_unknown_stations_are_all_named(record):
    with pytest.raises(NotInRecord, match="a/8, a/9;"):
        asked(record, 1, 8, 9)


def test_stations_without_a_return_are_named(record):
    with pytest.raises(NotInRecord, match="without a counted return: a/5"):
        asked(record, 1, 5)


def test_a_station_named_twice_is_refused(record):
    with pytest.raises(BadInput, match="found twice: a/1;"):
        asked(record, 1, 2, 1)


def test_no_station_is_refused(record):
    with pytest.raises(BadInput, match="stations: found none"):
        asked(record)


def test_both_or_neither_way_of_choosing_is_refused(record):
    with pytest.raises(BadInput, match="found none of stations and where"):
        challenge(the_poll(record))
    with pytest.raises(BadInput, match="found both of stations and where"):
        challenge(the_poll(record), stations=["a/1"], where="voted > 1")


@pytest.mark.parametrize("tainted", [96, -1])
def test_more_tainted_than_cast_or_fewer_than_none_is_refused(record, tainted):
    with pytest.raises(BadInput, match=f"found {tainted}; expected 0 to 95"):
        asked(record, 1, tainted=tainted)


@pytest.mark.parametrize("number", [96, -1, None])
def test_the_station_with_more_tainted_than_cast_is_named(record, number):
    listed = pl.DataFrame({"station": ["a/2", "a/1"], "tainted": [1, number]})
    with pytest.raises(BadInput, match=f"found a/1 {number} of 95"):
        challenge(the_poll(record), stations=listed)


def test_a_share_above_all_is_refused(record):
    with pytest.raises(BadInput, match="found 3/2; expected a share from 0 to 1"):
        asked(record, 1, tainted=Fraction(3, 2))


def test_without_all_stations_nothing_is_known(record):
    found = asked(record, 1, 2, 3, 4).without
    assert (found.counted, found.leader, found.votes["elm"]) == (0, None, None)


def test_a_number_beside_numbers_by_station_is_refused(record):
    listed = pl.DataFrame({"station": ["a/1"], "tainted": [1]})
    with pytest.raises(BadInput, match="expected one of them"):
        challenge(the_poll(record), stations=listed, tainted=3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1", 1),
        ("2000", 2000),
        ("0.05", Fraction(1, 20)),
        (".5", Fraction(1, 2)),
        ("1.0", Fraction(1)),
        ("5%", Fraction(1, 20)),
        ("12.5 %", Fraction(1, 8)),
    ],
)
def test_tainted_is_a_number_or_a_share(text, value):
    found = tainted_ballots(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["-5", "1.5", "101%", "many", "", "1e3", "5 000", "٥"])
def test_what_is_neither_a_number_nor_a_share_is_refused(text):
    with pytest.raises(BadInput, match="tainted: found"):
        tainted_ballots(text)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a/1\n\n a/2 \r\n", [("a/1",), ("a/2",)]),
        ("\ufeffstation\na/1\n", [("a/1",)]),
        ("name;station\nA;a/1\n", [("a/1",)]),
        ("station,tainted\na/1,5\na/2, 0\n", [("a/1", 5), ("a/2", 0)]),
        ('"station"\t"tainted"\n"a/1"\t7\n', [("a/1", 7)]),
    ],
)
def test_a_list_of_stations_is_read_from_lines_or_columns(tmp_path, text, rows):
    file = tmp_path / "list"
    file.write_text(text, encoding="utf-8")
    assert read_stations(file).rows() == rows


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"station,tainted\na/1,5\na/2,x\n", "line 3: tainted: found 'x'"),
        (b"station,tainted\na/1,\n", "line 2: tainted: found ''"),
        (b"station,tainted\na/1,5,6\n", "line 2: found 3 fields"),
        (b"station,tainted\n,5\n", "line 2: found no station"),
        (b"\xfe\n", "found no UTF-8"),
    ],
)
def test_a_wrong_list_is_refused_by_its_line(tmp_path, data, says):
    file = tmp_path / "list"
    file.write_bytes(data)
    with pytest.raises(BadInput, match=says):
        read_stations(file)
