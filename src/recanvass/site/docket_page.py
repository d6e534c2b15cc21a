"""The page of a contest's docket: objections, decisions, orders, and the state that they led to."""

from __future__ import annotations

import msgspec

from recanvass.docket import Docket
from recanvass.docket.machine import MACHINES
from recanvass.docket.orders import OrderProgress
from recanvass.docket.rulings import Ruling
from recanvass.model import AnyEvent
from recanvass.record.describe import describe, named, objector_name
from recanvass.record.docket_terms import carried_out_text, scope_text
from recanvass.site.edition import Edition

__all__ = ["DecisionLine", "DocketPage", "ObjectionLine", "OrderLine", "Step", "docket_page"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A state that the contest came to, and by what."""

    state: str
    at: str | None
    precision: str | None
    text: str


class ObjectionLine(msgspec.Struct, frozen=True, kw_only=True):
    """An objection and what became of it."""

    id: str
    at: str | None
    precision: str | None
    by: str
    to: str
    asks: tuple[str, ...]
    grounds: str
    state: str
    is_extraordinary: bool
    answered_by: tuple[str, ...]


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """An order and how far it is carried out."""

    type: str
    scope: str
    state: str
    date: str | None
    progress: str
    stations: int | None
    done: int | None


class DecisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its orders."""

    id: str
    at: str | None
    precision: str | None
    body: str
    votes_for: int | None
    votes_against: int | None
    reference: str | None
    rule: str | None
    reasoned_at: str | None
    summary: str
    remark: str
    state: str
    answers: tuple[str, ...]
    orders: tuple[OrderLine, ...]
    cites: tuple[str, ...]


class DocketPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    contest: str
    name: str
    poll: str
    """The contest's newest poll, for the links beside."""
    state: str
    since: str | None
    path: tuple[Step, ...]
    next_states: tuple[str, ...]
    """States that the present one may become."""
    objections: tuple[ObjectionLine, ...]
    decisions: tuple[DecisionLine, ...]
    flags: tuple[str, ...]


def docket_page(edition: Edition, contest: str) -> DocketPage:
    """Return the page of a contest's docket. Raise NotInRecord for an unknown contest."""
    asked = edition.record.contest(contest)
    docket = asked.docket(**edition.moment)
    events = {e.id: e for e in edition.view.events}
    state = docket.state.word
    return DocketPage(
        contest=contest,
        name=asked.name(edition.language),
        poll=asked.poll().key[1],
        state=state,
        since=docket.state.since,
        path=tuple(_step(s, events.get(e), edition) for s, e in docket.state.path),
        next_states=next_states(state),
        objections=tuple(_objections(docket, edition)),
        decisions=tuple(_decision(r, docket, edition) for r in docket.rulings),
        flags=tuple(f.text(edition.language) for f in docket.flags),
    )


def next_states(state: str) -> tuple[str, ...]:
    """Return the states that a contest in this one may come to."""
    ways = (t.target for t in MACHINES["contest"].transitions if t.source == state != t.target)
    return tuple(dict.fromkeys(ways))


def _step(state: str, event: AnyEvent | None, edition: Edition) -> Step:
    return Step(
        state=state,
        at=event.at if event else None,
        precision=event.precision if event else None,
        text=describe(event, edition.view, edition.language) if event else "",
    )


def _objections(docket: Docket, edition: Edition) -> list[ObjectionLine]:
    view, language = edition.view, edition.language
    return [
        ObjectionLine(
            id=one.objection.id,
            at=one.objection.at,
            precision=one.objection.precision,
            by=objector_name(one.objection.by, view, language),
            to=named(one.objection.to, view, language),
            asks=tuple(order.type for order in one.objection.asks),
            grounds=edition.text(one.objection.grounds),
            state=one.state,
            is_extraordinary=one.objection.extraordinary,
            answered_by=one.by,
        )
        for one in docket.objections
    ]


def _decision(ruling: Ruling, docket: Docket, edition: Edition) -> DecisionLine:
    made = ruling.decision
    return DecisionLine(
        id=made.id,
        at=made.at,
        precision=made.precision,
        body=named(made.body, edition.view, edition.language),
        votes_for=made.votes_for,
        votes_against=made.votes_against,
        reference=made.reference,
        rule=made.rule,
        reasoned_at=made.reasoned_at,
        summary=edition.text(made.summary),
        remark=edition.text(made.remark),
        state=ruling.state,
        answers=made.on,
        orders=tuple(_order(o, edition) for o in docket.orders if o.decision == made.id),
        cites=made.cites,
    )


def _order(order: OrderProgress, edition: Edition) -> OrderLine:
    return OrderLine(
        type=order.order.type,
        scope=scope_text(order, edition.language, edition.view),
        state=order.state,
        date=order.order.date,
        progress=carried_out_text(order, edition.language),
        stations=order.stations,
        done=order.done,
    )
