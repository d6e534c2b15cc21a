"""Who controls what: single offices, councils, alliances and divided governments."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from made_up_mandates import began, day, ended, happenings

from recanvass.model import (
    AnyEvent,
    ContestDefined,
    DeclarationMade,
    DeclarationRevoked,
    OfficeDefined,
    Option,
    PartyDefined,
    PollDefined,
    to_utc,
)
from recanvass.office.control import (
    Defined,
    Holding,
    control,
    governments,
    held_by,
    majority_side,
    offices_by,
    side_of,
)
from recanvass.office.mandates import MandateEvent

PARTIES = {
    "elm": PartyDefined(id="elm", party="elm", name="Elm", alliance={"en": "Trees", "tr": "Ağaç"}),
    "oak": PartyDefined(id="oak", party="oak", name="Oak", alliance={"en": "Trees", "tr": "Ağaç"}),
    "fern": PartyDefined(id="fern", party="fern", name="Fern"),
}
DEFINED = Defined(
    parties=PARTIES,
    offices={
        "mayor": OfficeDefined(id="o1", office="mayor", name="Mayor", unit="land"),
        "council": OfficeDefined(id="o2", office="council", name="Council", unit="land", seats=9),
        "east": OfficeDefined(id="o3", office="east", name="Mayor of East", unit="land/east"),
    },
    contests={"council": ContestDefined(id="c", contest="council", office="council", name="C")},
    polls={
        ("council", "day"): PollDefined(
            id="p", contest="council", poll="day", date="2024-05-01",
            options=(Option(id="list", name="L", parties=("fern",)),
                     Option(id="chair", name="Chair", office="mayor")),
        )
    },
)  # fmt: skip


def declared(at: int, id: str = "declared", **seats: int) -> DeclarationMade:
    return DeclarationMade(
        id=id, contest="council", poll="day", at=day(at), body="board", status="official",
        seats=seats,
    )  # fmt: skip


def at_the_end(*events: AnyEvent, until: int = 28) -> dict[str, Holding]:
    found = control(DEFINED, events, to_utc(day(until)))
    return {h.office.office: h for h in found}


def test_an_office_of_which_nothing_is_recorded_is_unknown_and_not_vacant() -> None:
    mayor = at_the_end()["mayor"]
    assert (mayor.unknown, mayor.vacant, mayor.party) == (1, 0, None)


def test_an_office_that_was_left_is_vacant() -> None:
    mayor = at_the_end(began(1, "ann", "elm"), ended(2, "ann"))["mayor"]
    assert (mayor.unknown, mayor.vacant) == (0, 1)


def test_a_party_and_its_alliance_are_counted_apart() -> None:
    found = at_the_end(began(1, "ann", "elm"), began(1, None, "oak", office="east", id="e"))
    assert offices_by(found.values()) == {"elm": 1, "oak": 1}
    assert len(held_by(found.values(), {"elm"})) == 1
    assert len(held_by(found.values(), side_of("elm", PARTIES).parties)) == 2
    assert side_of("fern", PARTIES).parties == ("fern",)


def test_a_stand_in_without_a_party_holds_the_office_for_nobody() -> None:
    found = at_the_end(began(1, "gov", acting=True))
    assert offices_by(found.values()) == {None: 1}
    assert found["mayor"].occupancy.state == "acting"


def test_a_council_is_known_from_its_last_declaration_that_stands() -> None:
    events = [declared(1, elm=5, oak=4), declared(2, "again", elm=4, oak=5)]
    assert at_the_end(*events)["council"].parties == {"oak": 5, "elm": 4}
    assert at_the_end(*events, until=1)["council"].parties == {"elm": 5, "oak": 4}
    revoked = DeclarationRevoked(id="r", contest="council", of="again", body="court", at=day(3))
    assert at_the_end(*events, revoked)["council"].parties == {"elm": 5, "oak": 4}


def test_seats_that_a_declaration_leaves_out_are_unknown() -> None:
    assert at_the_end(declared(1, elm=5))["council"].unknown == 4


def test_a_seat_that_goes_with_an_office_changes_sides_with_its_holder() -> None:
    events = (declared(1, elm=4, list=4, chair=1), began(1, "ann", "elm"), ended(3, "ann"))
    held, left = (at_the_end(*events, until=n)["council"] for n in (2, 4))
    assert held.parties == {"elm": 4, "fern": 4}
    assert [(s.office, s.party) for s in held.by_office] == [("mayor", "elm")]
    assert (held.seats_of({"elm"}), left.seats_of({"elm"})) == (5, 4)
    assert (held.majority_party, left.majority_party) == ("elm", None)


def test_members_of_a_council_outweigh_the_declaration_of_its_seats() -> None:
    member = began(2, "cem", "fern", office="council", id="m")
    assert at_the_end(declared(1, elm=9), member)["council"].parties == {"fern": 1}


def words(*events: AnyEvent) -> list[str]:
    return [g.word for g in governments(list(at_the_end(*events).values()), PARTIES)]


def test_a_government_is_divided_where_another_side_has_the_majority() -> None:
    fern = began(1, "ann", "fern")
    assert words(fern, declared(1, elm=3, oak=2, list=4)) == ["divided"]
    assert words(fern, declared(1, elm=4, list=5)) == ["united"]
    assert words(fern, declared(1, elm=4, list=4)) == ["no majority"]
    assert words(began(1, "gov", acting=True), declared(1, elm=5, list=4)) == ["no side"]


def test_an_ally_with_the_majority_does_not_divide_a_government() -> None:
    assert words(began(1, "ann", "elm"), declared(1, oak=5, list=4)) == ["united"]


def test_without_known_seats_there_is_no_government_to_speak_of() -> None:
    assert words(began(1, "ann", "elm")) == []


def test_half_of_the_seats_is_no_majority() -> None:
    ten = Holding(
        OfficeDefined(id="o", office="o", name="O", unit="u", seats=10),
        at_the_end()["council"].occupancy,
        {"elm": 5, "fern": 5},
    )
    assert ten.majority == 6
    assert majority_side(ten, PARTIES) is None


@given(happenings(("mayor", "council", "east")))
def test_every_seat_is_somewhere_at_every_moment(events: list[MandateEvent]) -> None:
    happened: list[Any] = [declared(4, elm=3, list=3, chair=1), *events]
    for until in range(1, 10):
        for one in control(DEFINED, happened, to_utc(day(until))):
            told = sum(one.parties.values()) + sum(s.seats for s in one.by_office)
            told += one.without_party + one.vacant + one.unknown
            assert told == max(one.office.seats, len(one.occupancy.in_charge))
