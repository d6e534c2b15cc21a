"""Objections, decisions and declarations about the made-up elections of `made_up_elections`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from made_up_elections import CONTEST, MOMENTS, POLL, Election, elections
from recanvass.model import (
    AnyEvent,
    DecisionMade,
    DeclarationMade,
    DeclarationRevoked,
    ObjectionFiled,
    ObjectionWithdrawn,
    Order,
    Scope,
    to_utc,
)

ORDERED = ("recount-invalid", "recount-full", "correct", "exclude", "annul", "reject", "inquire")


def filed(id: str, at: str, *asks: Order, **changes: Any) -> ObjectionFiled:
    """An objection of the greens to the court."""
    fields: dict[str, Any] = {"contest": CONTEST, "poll": POLL, "by": "green", "to": "court"}
    return ObjectionFiled(**{"id": id, "at": at, "asks": asks} | fields | changes)


def decided(id: str, at: str, *orders: Order, **changes: Any) -> DecisionMade:
    """A decision of the court."""
    fields: dict[str, Any] = {"contest": CONTEST, "poll": POLL, "body": "court", "summary": id}
    return DecisionMade(**{"id": id, "at": at, "orders": orders} | fields | changes)


def declared(id: str, at: str, status: Any = "official", **changes: Any) -> DeclarationMade:
    """A declaration of the board."""
    fields: dict[str, Any] = {"contest": CONTEST, "poll": POLL, "body": "board"}
    return DeclarationMade(**{"id": id, "at": at, "status": status} | fields | changes)


def order(type: Any, **scope: Any) -> Order:
    """An order of a type, in a scope."""
    return Order(type=type, scope=Scope(**scope))


@st.composite
def _scopes(draw: st.DrawFn, places: Sequence[str]) -> Scope:
    chosen = st.lists(st.sampled_from(places), max_size=2, unique=True).map(tuple)
    kinds = st.sampled_from([(), ("prison",), ("prison", "postal")])
    return Scope(
        units=draw(chosen),
        stations=tuple(p for p in draw(chosen) if p.startswith("box")),
        station_kinds=draw(kinds),
    )


@st.composite
def disputes(draw: st.DrawFn) -> Election:
    """An election with objections, decisions that halt and overturn one another, declarations."""
    election = draw(elections(withdrawals=False))
    places = [u.id for u in election.definitions[0].units]  # type: ignore[union-attr]
    times = sorted(draw(st.lists(st.sampled_from(MOMENTS), min_size=1, max_size=6)), key=to_utc)
    law: list[AnyEvent] = []
    for number, at in enumerate(times):
        law.append(draw(_event(f"law/{number}", at, law, places)))
    return Election(election.definitions, (*election.happenings, *law))


@st.composite
def _event(
    draw: st.DrawFn, id: str, at: str, law: Sequence[AnyEvent], places: Sequence[str]
) -> AnyEvent:
    before: dict[type, list[str]] = {}
    for event in law:
        before.setdefault(type(event), []).append(event.id)
    objections = before.get(ObjectionFiled, [])
    decisions = before.get(DecisionMade, [])
    declarations = before.get(DeclarationMade, [])
    asked = st.sampled_from(ORDERED).flatmap(
        lambda type_: _scopes(places).map(lambda scope: Order(type=type_, scope=scope))
    )
    on = (
        st.lists(st.sampled_from(objections), max_size=2, unique=True)
        if objections
        else st.just([])
    )
    choices: list[st.SearchStrategy[AnyEvent]] = [
        st.lists(asked, max_size=2).map(lambda asks: filed(id, at, *asks)),
        st.builds(
            lambda orders, answered: decided(id, at, *orders, on=tuple(answered)),
            st.lists(asked, min_size=1, max_size=2),
            on,
        ),
        st.sampled_from(["provisional", "official"]).map(lambda s: declared(id, at, s)),
    ]
    if decisions:
        undo = st.tuples(st.sampled_from(["halt", "overturn"]), st.sampled_from(decisions))
        choices.append(
            undo.map(lambda u: decided(id, at, Order(type=u[0], overturns=u[1])))  # type: ignore[arg-type]
        )
    if declarations:
        choices.append(
            st.sampled_from(declarations).map(
                lambda of: DeclarationRevoked(id=id, at=at, contest=CONTEST, of=of, body="court")
            )
        )
    if objections:
        choices.append(
            st.sampled_from(objections).map(
                lambda of: ObjectionWithdrawn(id=id, at=at, contest=CONTEST, of=of)
            )
        )
    return draw(st.one_of(choices))
