"""Columns make the very bytes that `model.encode_event` makes, and read back what it wrote."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recanvass.canvass.entry_columns import (
    UNIT_SCHEMA,
    VOTES,
    decode_returns,
    decode_units,
    encode_returns,
    encode_units,
)
from recanvass.model import ReturnRecorded, UnitsRegistered, decode_event, encode_event, to_utc

COUNTS = ("registered", "voted", "valid", "invalid", "boxes", "votes")
OPTIONS = ("elm", "oak", "çınar", "A/1,2", "valid", "{z}")
letters = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters='"\\')
ids = st.text(letters, min_size=1, max_size=12) | st.from_regex(
    r"\A[a-z]{1,3}(,|:|\{|\}|/|\[)[a-z0-9]{1,3}\Z"
)
moments = st.builds(
    "2024-05-0{}T{:02d}:{:02d}{}{}".format,
    st.integers(1, 9),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["", ":07", ":59.25", ":59.000001"]),
    st.sampled_from(["Z", "+03:00", "-04:30"]),
)
figure = st.none() | st.integers(0, 999_999_999)


@st.composite
def returns(draw: st.DrawFn, extras: bool = False) -> list[ReturnRecorded]:
    def figures(names: tuple[str, ...]) -> dict[str, int]:
        return {n: v for n in names if (v := draw(figure)) is not None}

    def one(number: int) -> ReturnRecorded:
        more = {}
        if extras:
            more = {
                "remark": draw(st.none() | st.text(max_size=8) | st.just({"en": 'a,"b"'})),
                "cites": draw(st.sampled_from([(), ("x,y",), ("p. 1", "p. 2")])),
                "precision": draw(st.sampled_from([None, "day"])),
            }
        return ReturnRecorded(
            id=f"{number}/{draw(ids)}",
            contest="mayor",
            poll="p",
            station=draw(ids),
            source=draw(ids),
            at=draw(moments),
            reason=draw(st.sampled_from(["count", "correction", "order"])),
            replaces=draw(st.none() | ids),
            counts=figures(COUNTS),
            votes=figures(OPTIONS),
            **more,
        )

    return [one(n) for n in range(draw(st.integers(1, 8)))]


def frame_of(events: list[ReturnRecorded]) -> pl.DataFrame:
    text = ("id", "station", "source", "reason", "at", "replaces")
    rows = [
        {c: getattr(e, c) for c in text}
        | {c: e.counts.get(c) for c in COUNTS}
        | {VOTES + o: e.votes.get(o) for o in OPTIONS}
        for e in events
    ]
    schema = dict.fromkeys(text, pl.String) | dict.fromkeys(
        [*COUNTS, *(VOTES + o for o in OPTIONS)], pl.Int64
    )
    return pl.DataFrame(rows, schema=schema)


@given(returns())
def test_columns_make_the_bytes_that_one_event_makes(events: list[ReturnRecorded]) -> None:
    made = encode_returns(frame_of(events), "mayor", "p").to_list()
    assert made == [encode_event(e) for e in events]


@given(returns(extras=True))
def test_what_one_event_wrote_is_read_back_as_columns(events: list[ReturnRecorded]) -> None:
    numbers = pl.Series(range(5, 5 + len(events)), dtype=pl.Int64)
    found = decode_returns([encode_event(e) for e in events], numbers, COUNTS, OPTIONS)
    assert found["seq"].to_list() == numbers.to_list()
    for row, event in zip(found.iter_rows(named=True), events, strict=True):
        for name in ("id", "station", "source", "reason", "replaces"):
            assert row[name] == getattr(event, name)
        assert row["at"] == to_utc(event.at or "")
        assert {c: row.get(c) for c in COUNTS} == {c: event.counts.get(c) for c in COUNTS}
        assert {o: row[VOTES + o] for o in OPTIONS} == {o: event.votes.get(o) for o in OPTIONS}


def test_a_count_that_occurs_nowhere_has_no_column_and_every_option_has_one() -> None:
    one = ReturnRecorded(
        id="r", contest="c", poll="p", station="s", source="b", at="2024-05-05T20:00Z",
        counts={"voted": 0}, votes={},
    )  # fmt: skip
    found = decode_returns([encode_event(one)], pl.Series([1]), ["registered"], ["elm"])
    assert "voted" in found.columns and "registered" not in found.columns
    assert found["votes.elm"].to_list() == [None]


def test_no_entries_are_an_empty_frame_with_the_options() -> None:
    found = decode_returns([], pl.Series([], dtype=pl.Int64), [], ["elm"])
    assert found.height == 0
    assert {"seq", "station", "at", "votes.elm"} <= set(found.columns)


names = st.text(st.characters(exclude_categories=("Cs",)), max_size=10)


@given(
    st.lists(
        st.tuples(ids, ids, names, st.none() | ids, st.none() | ids, st.sampled_from([None, "r"])),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 99),
)
def test_units_as_columns_make_the_bytes_that_events_make(rows: list, first: int) -> None:
    frame = pl.DataFrame(rows, schema=UNIT_SCHEMA, orient="row")
    made, bodies = encode_units(frame, first)
    events = [decode_event(body) for body in bodies]
    assert [encode_event(e) for e in events] == bodies
    assert [e.id for e in events] == made
    assert made[0] == f"units.registered/{first}" and len(set(made)) == len(made)
    found = decode_units(bodies, pl.Series(range(len(bodies)), dtype=pl.Int64))
    key = [c for c in UNIT_SCHEMA if c != "roll"]
    for roll in ("r", None):
        same_roll = pl.col("roll").eq_missing(pl.lit(roll, pl.String))
        assert found.filter(same_roll).select(key).rows() == frame.filter(same_roll)[key].rows()


def test_many_units_go_into_several_entries_that_each_fit() -> None:
    long = "x" * 240
    frame = pl.DataFrame(
        [(f"{n}-{long}"[:240], "station", "ı" * 200, long, None, None) for n in range(1_000)],
        schema=UNIT_SCHEMA,
        orient="row",
    )
    _, bodies = encode_units(frame, 1)
    assert max(map(len, bodies)) <= 65_535
    events = [decode_event(body) for body in bodies]
    assert all(isinstance(e, UnitsRegistered) for e in events)
    assert sum(len(e.units) for e in events) == 1_000
