"""`recanvass docket`: objections, decisions, orders and what they did, the state of the contest."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from recanvass.cli.evidence_shown import print_evidence
from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.docket import Checked, Docket
from recanvass.docket.orders import OrderProgress
from recanvass.model import DecisionMade, DeclarationMade, ObjectionFiled, in_language
from recanvass.record import Contest, Record, open_record
from recanvass.record.describe import named, objector_name
from recanvass.record.docket_terms import carried_out_text, difference_text, scope_text
from recanvass.record.terms import (
    objection_word,
    order_word,
    status_word,
)
from recanvass.words import date_text, number, say_in

if TYPE_CHECKING:
    from recanvass.record.evidence import Evidence
    from recanvass.record.fold import View

__all__ = ["docket_dict", "run"]


def run(args: argparse.Namespace) -> int:
    """Print the docket of a contest and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        contest = record.contest(args.contest)
        docket = contest.docket(args.as_of, args.size)
        view = record.view(args.size)
        evidence = _evidence(record, docket, args.size)
        if args.format == "json":
            plain = docket_dict(docket, args.lang)
            checked = contest.statements(args.as_of, args.size)
            plain["statements"] = [_statement_dict(c) for c in checked]
            print_json(plain | {"evidence": [msgspec.to_builtins(e) for e in evidence]})
        elif args.format == "csv":
            _print_orders_csv(docket, args.lang)
        else:
            print_line(contest.name(args.lang))
            _print(docket, view, args.lang)
            print_evidence(evidence, args.lang)
            _print_statements(contest, contest.statements(args.as_of, args.size), view, args.lang)
    return 0


def _evidence(record: Record, docket: Docket, size: int | None) -> list[Evidence]:
    """Return what is attached to the objections, decisions and corrections of a docket."""
    shown = {o.objection.id for o in docket.objections} | {r.decision.id for r in docket.rulings}
    shown |= {c.id for c in docket.corrections}
    return [each for each in record.evidence(size) if each.to in shown]


def docket_dict(docket: Docket, language: str) -> dict[str, Any]:
    """Return a docket as plain values, as `--format json` prints it."""
    return {
        "contest": docket.contest,
        "state": docket.state.word,
        "since": docket.state.since,
        "path": [{"state": s, "event": e} for s, e in docket.state.path],
        "objections": [
            {"id": o.objection.id, "by": o.objection.by, "to": o.objection.to}
            | {"at": o.objection.at, "state": o.state, "answered_by": o.by}
            for o in docket.objections
        ],
        "decisions": [
            {"id": r.decision.id, "at": r.decision.at, "body": r.decision.body}
            | {"votes_for": r.decision.votes_for, "votes_against": r.decision.votes_against}
            | {"state": r.state, "stopped_by": r.by, "on": r.decision.on}
            for r in docket.rulings
        ],
        "orders": [_order_dict(o) for o in docket.orders],
        "corrections": [{"id": c.id, "at": c.at, "of": c.of} for c in docket.corrections],
        "days_set": docket.days_set,
        "flags": [
            {"code": f.code, "event": f.event, "rule": f.rule, "text": f.text(language)}
            for f in docket.flags
        ],
    }


def _order_dict(order: OrderProgress) -> dict[str, Any]:
    return {
        "decision": order.decision,
        "type": order.order.type,
        "scope": msgspec.to_builtins(order.order.scope),
        "state": order.state,
        "stopped_by": order.stopped_by,
        "date": order.order.date,
        "poll": order.order.poll,
        "stations": order.stations,
        "done": order.done,
        "awaiting": order.awaiting,
        "compared": order.compared,
        "change": order.change,
    }


def _statement_dict(checked: Checked) -> dict[str, Any]:
    said = checked.statement
    return {
        "id": said.id,
        "at": said.at,
        "poll": said.poll,
        "status": said.status,
        "agrees": checked.agrees,
        "compared_with": None if checked.moment is None else checked.moment.isoformat(),
        "ledger_size": checked.size,
        "differences": [msgspec.to_builtins(d) for d in checked.differences],
    }


def _print_orders_csv(docket: Docket, language: str) -> None:
    import polars as pl  # noqa: PLC0415

    rows = [_order_dict(o) | {"scope": scope_text(o, language)} for o in docket.orders]
    text = {"decision", "type", "scope", "state", "stopped_by"}
    schema = {
        c: pl.String if c in text else pl.Int64
        for c in ("decision", "type", "scope", "state", "stopped_by", "stations", "done")
    }
    print_csv(pl.DataFrame([{c: r[c] for c in schema} for r in rows], schema=schema))


def _print(docket: Docket, view: View, language: str) -> None:
    say = say_in(language)
    state = say("state: {state}").format(state=status_word(docket.state.word, language))
    if docket.state.since:
        known = next((e for e in view.events if e.id == docket.state.event), None)
        precision = known.precision if known else None
        state += f" · {date_text(docket.state.since, precision, language)}"
    print_line(state)
    way = " → ".join(status_word(s, language) for s, _ in docket.state.path)
    if way:
        print_line(say("way: {way}").format(way=way))
    _print_objections(docket, view, language)
    _print_decisions(docket, view, language)
    for correction in docket.corrections:
        print_line(
            say("{decision} was corrected on {when}: {summary}").format(
                decision=correction.of,
                when=date_text(correction.at or "", correction.precision, language),
                summary=in_language(correction.summary, language),
            )
        )
    if docket.flags:
        print_line(say("Not as the procedure has it"))
        for flag in docket.flags:
            rule = f" ({flag.rule})" if flag.rule else ""
            print_line(f"  {flag.event}: {flag.text(language)}{rule}")


def _print_objections(docket: Docket, view: View, language: str) -> None:
    say = say_in(language)
    if not docket.objections:
        return
    print_line(say("Objections"))
    columns = [
        Column(say("when")),
        Column(say("objector")),
        Column(say("to")),
        Column(say("asks for"), wrap=True),
        Column(say("state")),
    ]
    print_table(
        columns, [_objection_row(o.objection, o.state, view, language) for o in docket.objections]
    )


def _objection_row(objection: ObjectionFiled, state: str, view: View, language: str) -> list[str]:
    asks = ", ".join(order_word(o.type, language) for o in objection.asks)
    return [
        date_text(objection.at or "", objection.precision, language),
        objector_name(objection.by, view, language),
        named(objection.to, view, language),
        asks,
        objection_word(state, language),
    ]


def _print_decisions(docket: Docket, view: View, language: str) -> None:
    say = say_in(language)
    if not docket.rulings:
        return
    print_line(say("Decisions and their orders"))
    columns = [
        Column(say("when")),
        Column(say("body")),
        Column(say("votes"), True),
        Column(say("order"), wrap=True),
        Column(say("state")),
        Column(say("carried out"), wrap=True),
    ]
    rows: list[list[str]] = []
    for ruling in docket.rulings:
        orders = [o for o in docket.orders if o.decision == ruling.decision.id]
        for number_, order in enumerate(orders):
            head = ["", "", ""] if number_ else _decision_cells(ruling.decision, view, language)
            rows.append([*head, *_order_cells(order, view, language)])
    print_table(columns, rows)


def _decision_cells(decision: DecisionMade, view: View, language: str) -> list[str]:
    votes = ""
    if decision.votes_for is not None:
        votes = f"{decision.votes_for}–{decision.votes_against or 0}"
    return [
        date_text(decision.at or "", decision.precision, language),
        named(decision.body, view, language),
        votes,
    ]


def _order_cells(order: OrderProgress, view: View, language: str) -> list[str]:
    what = order_word(order.order.type, language)
    if order.order.date:
        what += f" ({date_text(order.order.date, 'day', language)})"
    scope = scope_text(order, language, view)
    return [
        f"{what}: {scope}" if scope else what,
        objection_word(order.state, language),
        carried_out_text(order, language),
    ]


def _print_statements(
    contest: Contest, statements: Sequence[Checked], view: View, language: str
) -> None:
    """Print the declarations, and those reports whose figures are not the record's own."""
    say = say_in(language)
    shown = [c for c in statements if isinstance(c.statement, DeclarationMade) or c.agrees is False]
    if not shown:
        return
    print_line(say("What was stated, against the record's own figures"))
    columns = [
        Column(say("when")),
        Column(say("objector")),
        Column(say("status")),
        Column(say("ledger size"), True),
        Column(say("the record's own figures"), wrap=True),
    ]
    print_table(columns, [_statement_row(c, contest, view, language) for c in shown])


def _statement_row(checked: Checked, contest: Contest, view: View, language: str) -> list[str]:
    said = checked.statement
    who = said.body if isinstance(said, DeclarationMade) else said.publisher
    return [
        date_text(said.at or "", said.precision, language),
        named(who, view, language),
        status_word(said.status, language),
        number(checked.size, language),
        difference_text(checked, contest, language),
    ]
