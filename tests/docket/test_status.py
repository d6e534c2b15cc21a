from __future__ import annotations

from typing import Any

from recanvass.docket import poll_status
from recanvass.model import (
    AnyEvent,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
    Order,
    Scope,
)

MAYOR, MARCH, JUNE = "mayor", "2019-03-31", "2019-06-23"


def declared(id: str, status: Any = "official", poll: str | None = MARCH) -> AnyEvent:
    return DeclarationMade(id=id, contest=MAYOR, poll=poll, body="board", status=status, at=id)


def decided(id: str, *orders: Order, poll: str | None = None) -> AnyEvent:
    return DecisionMade(
        id=id, contest=MAYOR, body="council", orders=orders, summary="", at=id, poll=poll
    )


def annul(**scope: Any) -> Order:
    return Order(type="annul", scope=Scope(**scope))


def word(*events: AnyEvent, poll: str = MARCH, counted: int = 2) -> str:
    return poll_status(events, MAYOR, poll, counted, 2).word


def test_without_a_declaration_the_status_is_how_far_the_count_is() -> None:
    assert [word(counted=n) for n in (0, 1, 2)] == ["no returns", "counting", "counted"]


def test_the_last_declaration_that_stands_is_the_status() -> None:
    assert word(declared("1", "provisional"), declared("2")) == "official"


def test_a_revoked_declaration_no_longer_stands() -> None:
    revoked = DeclarationRevoked(id="3", contest=MAYOR, of="2", body="council")
    assert word(declared("1", "provisional"), declared("2"), revoked) == "provisional"
    assert word(declared("2"), revoked) == "counted"


def test_a_declaration_of_another_poll_says_nothing_of_this_one() -> None:
    assert word(declared("1", poll=JUNE)) == "counted"
    assert word(declared("1", poll=None)) == "counted"


def test_an_annulment_outweighs_the_declaration() -> None:
    found = poll_status([declared("1"), decided("2", annul())], MAYOR, MARCH, 2, 2)
    assert (found.word, found.body, found.since, found.event) == ("annulled", "council", "2", "2")


def test_an_annulment_of_one_poll_leaves_the_other_standing() -> None:
    for event in (decided("1", annul(polls=(MARCH,))), decided("1", annul(), poll=MARCH)):
        assert word(event) == "annulled"
        assert word(event, poll=JUNE) == "counted"


def test_an_annulment_of_another_contest_in_the_envelope_leaves_this_one_standing() -> None:
    assert word(decided("1", annul(contests=("council",)))) == "counted"


def test_an_annulment_of_some_stations_is_in_part() -> None:
    for scope in ({"units": ("x",)}, {"stations": ("x",)}, {"station_kinds": ("prison",)}):
        assert word(decided("1", annul(**scope))) == "annulled in part"


def test_an_overturned_annulment_annuls_nothing() -> None:
    overturned = decided("2", Order(type="overturn", overturns="1"))
    assert word(decided("1", annul()), overturned) == "counted"
