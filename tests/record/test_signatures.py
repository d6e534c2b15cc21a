"""Who signed a return is judged by the keys that the ledger had when the return came in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_elections import CONTEST, POLL, a_return, definitions, stations
from made_up_keys import (
    AGENT,
    KEYS,
    OFFICER,
    SECOND,
    STRANGER,
    key_of,
    record_with_keys,
    retired,
    signed,
    signer,
)
from recanvass.errors import BadInput, LedgerConflict
from recanvass.exchange.return_file import format_return, parse_return
from recanvass.model import ReturnRecorded, Unit, UnitsRegistered, decode_event, encode_event
from recanvass.record import Record
from recanvass.record.signatures import JudgedSignature, ReturnKeys


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with record_with_keys(tmp_path) as made:
        yield made


def force(record: Record, event: ReturnRecorded) -> int:
    """Record an event as a server would that does not ask; return its entry."""
    return record.ledger.append([event.id], [encode_event(event)]).first


def judged(record: Record, entry: int) -> list[tuple[str, str | None]]:
    record.view()
    return [(each.name, each.fault) for each in record.signatures.of([entry])[entry]]


def test_a_signed_return_is_taken_and_verified(record: Record) -> None:
    taken = record.take([signed(OFFICER, AGENT)])
    assert (len(taken.recorded), taken.signed, taken.known) == (1, 1, 0)
    assert judged(record, taken.size - 1) == [("agent", None), ("officer", None)]
    found = record.verify()
    assert found.ok
    assert (found.signatures.signed, found.signatures.unsigned, found.signatures.bad) == (1, 0, 0)


def test_taking_a_return_again_adds_nothing(record: Record) -> None:
    size = record.take([signed(OFFICER, AGENT)]).size
    again = record.take([signed(OFFICER), signed(), signed(AGENT)])
    assert (len(again.recorded), again.known, again.size) == (0, 1, size)


def test_copies_signed_apart_become_one_return_with_all_signatures(record: Record) -> None:
    taken = record.take([signed(OFFICER), signed(AGENT)])
    assert taken.recorded == (signed(OFFICER, AGENT),)


def test_a_signature_that_comes_after_the_entry_is_refused(record: Record) -> None:
    record.take([signed(OFFICER)])
    with pytest.raises(BadInput, match="1 signatures more than entry"):
        record.take([signed(OFFICER, AGENT)])


def test_one_bad_signature_keeps_out_all_returns_that_came_with_it(record: Record) -> None:
    size = record.ledger.size
    with pytest.raises(BadInput, match="stranger"):
        record.take([a_return("fine", "a/2"), signed(OFFICER, STRANGER)])
    assert record.ledger.size == size


def test_an_id_cannot_stand_for_two_returns(record: Record) -> None:
    record.take([signed(OFFICER)])
    other = signed(OFFICER, votes={"elm": 61, "oak": 29})
    with pytest.raises(LedgerConflict, match="another return"):
        record.take([other])
    with pytest.raises(LedgerConflict, match="two returns"):
        record.take([signed(OFFICER, id="new"), signed(id="new", votes={})])


def test_a_retired_key_signs_no_more_whatever_time_the_return_states(record: Record) -> None:
    before = record.take([signed(OFFICER)]).size - 1
    record.append([retired(OFFICER)])
    backdated = signed(OFFICER, id="late", at="2020-01-01T00:00:00Z")
    with pytest.raises(BadInput, match="whose key was retired by then"):
        record.take([backdated])
    assert judged(record, force(record, backdated)) == [("officer", "retired key")]
    assert judged(record, before) == [("officer", None)]


def test_a_key_vouches_for_nothing_that_was_recorded_before_it(record: Record) -> None:
    early = force(record, signed(STRANGER))
    record.append([key_of(STRANGER)])
    later = record.take([signed(STRANGER, id="later")]).size - 1
    assert judged(record, early) == [("stranger", "unknown key")]
    assert judged(record, later) == [("stranger", None)]


def test_a_retired_key_does_not_come_back_by_being_added_again(record: Record) -> None:
    record.append([retired(OFFICER)])
    record.append([key_of(OFFICER, id="again")])
    with pytest.raises(BadInput, match="retired"):
        record.take([signed(OFFICER)])


def test_a_corrected_registration_ends_the_key_that_was_written_wrong(record: Record) -> None:
    record.append([key_of(STRANGER, id="corrected", replaces="key/officer")])
    with pytest.raises(BadInput, match="retired"):
        record.take([signed(OFFICER)])
    assert record.take([signed(STRANGER)]).signed == 1


def test_a_key_for_other_stations_is_named(record: Record) -> None:
    with pytest.raises(BadInput, match="officer, whose key is for other stations"):
        record.take([signed(OFFICER, station="a/2")])
    assert record.take([signed(AGENT, station="a/2")]).signed == 1


def test_a_station_that_moves_does_not_undo_what_was_signed(record: Record) -> None:
    entry = record.take([signed(AGENT)]).size - 1
    moved = Unit(id="a/1", level="station", name="A 1", parent="land")
    record.append([UnitsRegistered(id="moved", units=(moved,))])
    with pytest.raises(BadInput, match="other stations"):
        record.take([signed(AGENT, id="after")])
    assert judged(record, entry) == [("agent", None)]
    assert record.verify().ok


def test_a_bad_signature_in_the_ledger_is_counted_and_named(record: Record) -> None:
    good = signed(OFFICER)
    altered = msgspec.structs.replace(good, id="signed/2", votes={"elm": 90, "oak": 0})
    entry = force(record, altered)
    force(record, signed(id="signed/3", station="a/3"))
    found = record.verify()
    assert not found.ok
    assert [fault.entry for fault in found.faults] == [entry]
    assert "return of a/1: the signature of officer does not verify" in found.faults[0].message
    assert (found.signatures.signed, found.signatures.bad, found.signatures.unsigned) == (0, 1, 1)


def test_a_line_that_would_make_another_note_is_no_signature(record: Record) -> None:
    (line,) = signed(OFFICER).signatures
    for hostile in (f"{line}\n{line}", f"x\n\n{line}", "", "— ", line + " "):
        event = msgspec.structs.replace(a_return("h"), signatures=(hostile,))
        keys = ReturnKeys(enumerate(KEYS))
        assert [each.fault for each in keys.judge(event, 9, {"a/1"})] == ["malformed"]


def test_one_key_under_two_names_is_one_officer(tmp_path: Path) -> None:
    twin = signer("twin", like="officer")
    with record_with_keys(tmp_path, key_of(twin), signatures=2) as record:
        record.take([signed(OFFICER, twin)])
        assert unsigned_stations(record) == ["a/1"]
        record.take([signed(OFFICER, SECOND, id="two", at="2024-05-07T00:00:00Z")])
        assert unsigned_stations(record) == []


def unsigned_stations(record: Record) -> list[str]:
    poll = record.contest(CONTEST).poll(POLL)
    return poll.checks(codes=["K01"])["station"].to_list()


def test_a_poll_that_asks_for_no_signatures_gets_no_complaint(record: Record) -> None:
    record.take([a_return("plain")])
    assert unsigned_stations(record) == []


def test_an_agents_signature_is_not_an_officers(tmp_path: Path) -> None:
    with record_with_keys(tmp_path, signatures=1) as record:
        record.take([signed(AGENT), a_return("2", "a/2")])
        assert unsigned_stations(record) == ["a/1", "a/2"]


def test_a_poll_can_keep_unsigned_returns_out_of_its_total(tmp_path: Path) -> None:
    with record_with_keys(tmp_path, signatures=1, blocking=("K01",)) as record:
        record.take([signed(OFFICER), a_return("2", "a/2")])
        poll = record.contest(CONTEST).poll(POLL)
        assert poll.results().votes["elm"] == 60
        standing = dict(poll.returns().select("station", "standing").iter_rows())
        assert standing == {"a/1": "counted", "a/2": "excluded"}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (key_of(STRANGER, role=None), "role"),
        (key_of(STRANGER, verifier="nonsense"), "verifier key"),
        (key_of(STRANGER, verifier=f" {STRANGER.verifier}"), "white space"),
        (key_of(STRANGER, party="nobody"), "party"),
        (key_of(STRANGER, stations=("b",)), "stations"),
        (retired(STRANGER), "expected a key that was added"),
        (definitions(stations(3), id="p2", signatures=-1)[-1], "signatures"),
    ],
)
def test_a_registration_that_makes_no_sense_is_refused(record, event, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        record.append([event])


def test_keys_units_and_signed_returns_may_come_in_one_batch(tmp_path: Path) -> None:
    new = Unit(id="a/9", level="station", name="A 9", parent="a")
    with record_with_keys(tmp_path) as record:
        size = record.append(
            [
                UnitsRegistered(id="more", units=(new,)),
                key_of(STRANGER, stations=("a/9",)),
                signed(STRANGER, AGENT, station="a/9"),
            ]
        )
        assert judged(record, size - 1) == [("agent", None), ("stranger", None)]


EVENT = signed(OFFICER, AGENT)
NOTE = format_return(EVENT)
FIGURES = st.integers(0, 999_999_999)


def faults(event: ReturnRecorded) -> list[JudgedSignature]:
    keys = ReturnKeys(enumerate(KEYS))
    return [each for each in keys.judge(event, 9, {"a/1", "a", "land"}) if each.fault]


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_any_altered_byte_of_a_signed_return_is_found(place: int, change: int) -> None:
    altered = bytearray(NOTE)
    altered[place] ^= change
    try:
        event = parse_return(bytes(altered))
    except BadInput:
        return
    assert faults(event)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "station": st.sampled_from(["a/2", "a/11", "a"]),
            "source": st.just("observer"),
            "at": st.sampled_from(["2024-05-05T21:00:01+03:00", "2024-05-05T18:00:00Z"]),
            "votes": st.fixed_dictionaries({"elm": FIGURES, "oak": FIGURES}),
            "counts": st.dictionaries(st.sampled_from(["valid", "voted"]), FIGURES),
            "reason": st.just("correction"),
            "replaces": st.just("1"),
            "remark": st.text(min_size=1, max_size=5),
            "id": st.just("other"),
        },
    )
)
def test_any_altered_field_of_a_signed_return_spoils_every_signature(changes) -> None:
    altered = msgspec.structs.replace(EVENT, **changes)
    assert len(faults(altered)) == (2 if altered != EVENT else 0)


@given(st.data())
def test_any_altered_sign_of_a_signature_line_is_found(data: st.DataObject) -> None:
    lines = list(EVENT.signatures)
    which = data.draw(st.integers(0, 1))
    at = data.draw(st.integers(0, len(lines[which]) - 1))
    sign = data.draw(st.characters(codec="utf-8"))
    lines[which] = lines[which][:at] + sign + lines[which][at + 1 :]
    altered = msgspec.structs.replace(EVENT, signatures=tuple(lines))
    assert bool(faults(altered)) == (altered != EVENT)


@given(st.lists(st.sampled_from(["add", "retire", "sign"]), max_size=8))
def test_a_signature_is_good_exactly_between_the_beginning_and_the_end_of_its_key(steps) -> None:
    one = signer("somebody")
    numbered, expected, is_added, is_retired = [], [], False, False
    for number, step in enumerate(steps):
        if step == "sign":
            expected.append((number, is_added and not is_retired))
            continue
        event = key_of(one, id=f"k/{number}") if step == "add" else retired(one)
        numbered.append((number, event))
        is_retired |= step == "retire"
        is_added |= step == "add"
    keys = ReturnKeys(numbered)
    for number, good in expected:
        (judgement,) = keys.judge(signed(one), number, {"a/1"})
        assert (judgement.fault is None) == good


def test_an_entry_without_signatures_is_no_signed_one_in_the_frames(record: Record) -> None:
    record.take([signed(OFFICER), a_return("2", "a/2")])
    poll = record.contest(CONTEST).poll(POLL)
    assert dict(poll.returns().select("station", "signed").iter_rows()) == {
        "a/1": True,
        "a/2": False,
    }
    assert isinstance(decode_event(record.ledger.entry(record.ledger.size - 1)), ReturnRecorded)
