"""A night replayed ends where its record does, in any order, however often it is broken off."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recanvass as rc
from made_up_case import write_case
from made_up_elections import CONTEST, a_return
from made_up_keys import OFFICER, record_with_keys, signed, signer
from recanvass.errors import BadInput, NotInRecord
from recanvass.ledger.key_file import SIGNING_KEY_VARIABLE
from recanvass.model import (
    DecisionMade,
    Order,
    PollDefined,
    ReturnRecorded,
    ReturnWithdrawn,
    Scope,
)
from recanvass.record import Record
from recanvass.rehearsal.arrivals import ORDERS, arrival_seconds, night_curve
from recanvass.rehearsal.draws import LARGEST_SEED, Draws
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.replay import Night, open_rehearsal, plan_night, play
from recanvass.rehearsal.simulate import simulate

RECIPE = Recipe(stations=90, seed=3, tree=(2, 3, 2), errors=0.1, recounts=0.2, observer=0.5)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """A made-up election with corrections, recounts and another source; two things befall it."""
    folder = tmp_path_factory.mktemp("source")
    simulate(RECIPE, folder / "case")
    with rc.create(folder / "source.db") as record:
        record.load(folder / "case")
        poll = record.contest("mayor").poll()
        made = poll.returns().filter(pl.col("standing") == "counted").sort("seq")
        about = {"contest": "mayor", "poll": poll.key[1]}
        exclude = Order(type="exclude", scope=Scope(stations=(made["station"][1],)))
        record.append(
            [
                ReturnWithdrawn(
                    id="taken-back", at="2030-06-08T09:00:00+00:00", of=made["id"][0], **about
                ),
                DecisionMade(
                    id="out", at="2030-06-08T10:00:00+00:00", body="board", summary="Out.",
                    orders=(exclude,), **about,
                ),
            ]
        )  # fmt: skip
        yield record


def figures(record: Record, as_of: str | None = None) -> dict[str, object]:
    """What a result says of its votes and stations."""
    contest = record.contests()[0]
    plain = contest.polls()[0].results(by="station", as_of=as_of).to_dict()
    kept = ("stations", "registered", "voted", "valid", "invalid", "options", "leader", "margin")
    return {name: plain[name] for name in kept} | {
        "by": [{name: row[name] for name in ("unit", *kept)} for row in plain["by"]]
    }


def fed(night: Night, folder: str | Path, step: timedelta = timedelta(hours=1)) -> Record:
    target = open_rehearsal(night, Path(folder) / "night.db")
    for _, events in night.left(target).batches(step):
        target.append(events)
    return target


@settings(max_examples=10)
@given(st.sampled_from(["recorded", *ORDERS]), st.integers(0, LARGEST_SEED), st.floats(0.01, 48))
def test_every_order_ends_with_the_totals_of_the_record(
    source: Record, order: str, seed: int, hours: float
) -> None:
    night = plan_night(source, "mayor", None, order, seed=seed, hours=hours)
    with tempfile.TemporaryDirectory() as name, fed(night, name) as target:
        assert figures(target) == figures(source)
        assert target.verify().ok


def test_a_recorded_night_is_at_every_moment_what_it_was(source: Record, tmp_path: Path) -> None:
    with fed(plan_night(source, "mayor"), tmp_path) as target:
        for moment in ("02T21:00", "03T02:00", "04T12:00", "07T12:00", "08T09:30", "09T00:00"):
            at = f"2030-06-{moment}:00+00:00"
            assert figures(target, at) == figures(source, at)


def test_a_replay_that_was_broken_off_goes_on_where_it_stopped(
    source: Record, tmp_path: Path
) -> None:
    for batches in (1, 2, 1, 100):
        night = plan_night(source, "mayor", None, "random", seed=5)
        with open_rehearsal(night, tmp_path / "night.db") as target:
            before = night.left(target).arrivals.height
            for _ in islice(
                play(night, target, 1, wait=lambda _: None, clock=ticking(600)), batches
            ):
                pass
            assert night.left(target).arrivals.height < before
    with open_rehearsal(night, tmp_path / "night.db") as target:
        assert night.left(target).arrivals.is_empty()
        assert list(play(night, target, 1)) == []
        assert figures(target) == figures(source)
        assert target.verify().ok


def ticking(seconds: float):
    """A clock that goes on by so much whenever it is looked at."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds
        return now

    return clock


def test_the_night_takes_its_length_divided_by_the_speed(source: Record, tmp_path: Path) -> None:
    waited: list[float] = []
    now = 0.0

    def wait(seconds: float) -> None:
        nonlocal now
        waited.append(seconds)
        now += seconds

    night = plan_night(source, "mayor", None, "small-first", hours=4)
    with open_rehearsal(night, tmp_path / "night.db") as target:
        played = list(play(night, target, 600, 0.5, clock=lambda: now, wait=wait))
    moments = night.arrivals["moment"]
    length = (moments[-1] - moments[0]).total_seconds()
    assert length > 2 * 3600
    assert set(waited) == {0.5}
    assert sum(waited) == pytest.approx(length / 600, abs=1)
    assert len(played) <= len(waited) + 1
    assert [p.fed for p in played] == sorted({p.fed for p in played})
    assert (played[-1].fed, played[-1].moment) == (moments.len(), moments[-1])


def test_long_pauses_are_not_waited_for(source: Record, tmp_path: Path) -> None:
    now = 0.0

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    night = plan_night(source, "mayor")
    moments = night.arrivals["moment"]
    with open_rehearsal(night, tmp_path / "night.db") as target:
        list(play(night, target, 3600, clock=lambda: now, wait=wait))
    assert (moments[-1] - moments[0]).total_seconds() / 3600 > 100
    assert now < 40


def test_the_new_record_says_what_is_simulated(source: Record, tmp_path: Path) -> None:
    night = plan_night(source, "mayor", None, "far-last", seed=7, hours=2.5)
    with fed(night, tmp_path) as target:
        (said,) = {item.simulated for item in target.timeline("mayor")}
        assert said == (
            "a made-up election of 90 stations (seed 3): no such place, no such vote; the order "
            "and times of arrival (far places last; a night of 2.5 hours, seed 7)"
        )
        turkish = target.contest("mayor").results(language="tr").simulated or ""
        assert "2.5" in turkish and turkish != said
        assert target.ledger.origin == "recanvass.local/replay-mayor-2030-06-02"


def test_a_night_of_one_moment_has_no_recorded_order(tmp_path: Path) -> None:
    with rc.create(tmp_path / "one.db") as record:
        record.load(write_case(tmp_path / "case"))
        assert plan_night(record, "mayor").order == "random"
        with pytest.raises(BadInput, match="so no order is recorded; expected another: random"):
            plan_night(record, "mayor", None, "recorded")
        night = plan_night(record, "mayor", None, "small-first")
        first, last = night.events(0, 1)[0], night.events(2, 3)[0]
        assert isinstance(first, ReturnRecorded) and isinstance(last, ReturnRecorded)
        assert (first.station, last.station) == ("land/west/1", "land/east/2")
        assert first.at is not None and first.at.startswith("2024-05-05T") and "+03:00" in first.at


def test_the_definition_of_a_record_stays_but_for_what_is_simulated(source: Record) -> None:
    night = plan_night(source, "mayor", None, "random")
    (poll,) = [d for d in night.definitions if isinstance(d, PollDefined)]
    old = source.contest("mayor").poll().definition()
    assert msgspec.structs.replace(poll, id=old.id, simulated=old.simulated) == old


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"order": "alphabetical"}, "order: found 'alphabetical'; expected recorded, random"),
        ({"seed": -1}, "seed: found -1"),
        ({"hours": 0}, "hours: found 0; expected more than 0, up to 48"),
        ({"hours": float("nan")}, "hours: found nan"),
        ({"poll": "1999-01-01"}, "found '1999-01-01'"),
        ({"contest": "pope"}, "found 'pope'"),
    ],
)
def test_a_night_that_cannot_be_is_refused(
    source: Record, asked: dict[str, object], message: str
) -> None:
    with pytest.raises((BadInput, NotInRecord), match=message):
        plan_night(source, **({"contest": "mayor"} | asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["recorded", "small-first"])
def test_signed_returns_count_in_a_replay_as_in_the_record(order: str, tmp_path: Path) -> None:
    with record_with_keys(tmp_path, signatures=1, blocking=("K01",)) as record:
        hours = ("18:00", "19:00", "20:00")
        record.take([signed(OFFICER, at=f"2024-05-05T{hours[0]}:00+03:00")])
        for number, hour in enumerate(hours[1:], 2):
            unsigned = {"at": f"2024-05-05T{hour}:00+03:00", "replaces": None}
            record.append([a_return(f"r{number}", f"a/{number}", **unsigned)])
        night = plan_night(record, CONTEST, None, order)
        with fed(night, tmp_path) as target:
            assert figures(target) == figures(record)
            assert target.contests()[0].results().stations["counted"] == 1
            assert target.verify().ok
            assert target.verify().signatures.signed == (order == "recorded")


def test_a_night_is_fed_into_postgresql_as_well(
    source: Record, schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = plan_night(source, "mayor")
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, signer(night.origin).secret())
    for _ in range(2):
        with open_rehearsal(night, schema_url) as target:
            list(play(night, target, 1e9, wait=lambda _: None))
            assert figures(target) == figures(source)


def test_a_poll_without_returns_is_no_night(tmp_path: Path) -> None:
    simulate(Recipe(stations=5, missing=1), tmp_path / "case")
    with rc.create(tmp_path / "empty.db") as record:
        record.load(tmp_path / "case")
        for order in (None, "random"):
            with pytest.raises(BadInput, match="found no returns; expected some to replay"):
                plan_night(record, "mayor", None, order)


def test_a_ledger_of_something_else_is_left_alone(source: Record, tmp_path: Path) -> None:
    night = plan_night(source, "mayor", None, "random", seed=1)
    open_rehearsal(night, tmp_path / "night.db").close()
    other = plan_night(source, "mayor", None, "random", seed=2)
    before = (tmp_path / "night.db").read_bytes()
    with pytest.raises(BadInput, match="found another record; expected a new ledger"):
        open_rehearsal(other, tmp_path / "night.db")
    assert (tmp_path / "night.db").read_bytes() == before


def test_a_replay_that_broke_off_before_its_definitions_begins_anew(
    source: Record, tmp_path: Path
) -> None:
    rc.create(tmp_path / "night.db").close()
    night = plan_night(source, "mayor", None, "random")
    with fed(night, tmp_path) as target:
        assert figures(target) == figures(source)


# ---- orders --------------------------------------------------------------------------------------

STATIONS = pl.DataFrame(
    {
        "station": [f"s{n}" for n in range(60)],
        "station_kind": ["abroad" if n == 7 else "ordinary" for n in range(60)],
        "registered": [None if n == 9 else 100 + 13 * n % 50 for n in range(60)],
        "unit.district": [f"d{n % 4}" for n in range(60)],
        "unit.quarter": [f"q{n % 8}" for n in range(60)],
    }
)


def in_order(order: str, seed: int = 1) -> pl.DataFrame:
    found = arrival_seconds(STATIONS, order, Draws(seed), 5 * 3600)
    assert found["seconds"].is_sorted()
    assert found["seconds"].is_between(0, 5 * 3600).all()
    return found.join(STATIONS, on="station", maintain_order="left")


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_has_every_station_once_and_is_the_same_for_its_seed(order: str) -> None:
    assert sorted(in_order(order)["station"]) == sorted(STATIONS["station"])
    assert in_order(order).equals(in_order(order))
    assert not in_order(order)["station"].equals(in_order(order, seed=2)["station"])


def test_district_by_district_finishes_each_before_the_next() -> None:
    runs = in_order("by-district")["unit.district"].rle().struct.unnest()
    assert runs["len"].to_list() == [15] * 4


def test_small_first_goes_by_the_roll_and_unknown_last() -> None:
    voters = in_order("small-first")["registered"]
    assert voters[-1] is None
    assert voters.drop_nulls().is_sorted()


def test_far_last_goes_by_the_voters_of_a_place_and_abroad_last() -> None:
    found = in_order("far-last")
    assert found["station_kind"][-1] == "abroad"
    size = STATIONS.group_by("unit.quarter").agg(pl.col("registered").sum().alias("size"))
    here = found.head(59).join(size, on="unit.quarter", maintain_order="left")
    assert here["size"].is_sorted(descending=True)


def test_half_of_a_night_is_in_at_two_fifths_of_it() -> None:
    half, most = night_curve(pl.Series([0.5, 0.95]))
    assert 0.39 < half < 0.41
    assert 0.72 < most < 0.74


def test_all_boxes_of_the_city_replay_to_the_known_margin(boxes: Record, tmp_path: Path) -> None:
    night = plan_night(boxes, "istanbul-mayor", "2019-06-23")
    with fed(night, tmp_path, timedelta(hours=2)) as target:
        results = target.contest("istanbul-mayor").results()
        assert (results.stations["counted"], results.margin) == (31_186, 806_014)
        early = target.contest("istanbul-mayor").results(as_of="2019-06-23T18:00:00+03:00")
        assert 0 < early.stations["counted"] < 10_000
    assert night.arrivals["moment"][0] > datetime.fromisoformat("2019-06-23T17:00:00+03:00")
