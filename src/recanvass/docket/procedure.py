"""What the procedure does not allow: recorded, since it happened, and flagged with the rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recanvass.model import (
    AnyEvent,
    Deadline,
    DecisionMade,
    ObjectionFiled,
    ProcedureDefined,
    Step,
    to_utc,
)

__all__ = ["FLAGS", "Flag", "flags"]

FLAGS: dict[str, dict[str, str]] = {
    "late": {
        "en": "filed at {at}, after the deadline {until}",
        "tr": "{at} tarihinde, {until} süresi geçtikten sonra verilmiş",
    },
    "late by one reading": {
        "en": "filed at {at}: late if the clock ended at {until}, in time by another reading",
        "tr": "{at} tarihinde verilmiş: süre {until} itibarıyla bittiyse geç, öbür okumaya göre "
        "zamanında",
    },
    "wrong body": {
        "en": "filed with {to}; this step goes to {expected}",
        "tr": "{to} nezdinde verilmiş; bu aşamanın mercii: {expected}",
    },
    "no standing": {
        "en": "filed by {by} ({kind}); this step is open to {expected}",
        "tr": "{by} ({kind}) tarafından verilmiş; bu aşamaya başvurabilenler: {expected}",
    },
    "not a remedy of this step": {
        "en": "asks for {asked}; this step gives {expected}",
        "tr": "istenen: {asked}; bu aşamada verilebilen: {expected}",
    },
    "beyond what was asked": {
        "en": "{body} ordered {ordered}; what it decided on asked for {asked}",
        "tr": "{body} şuna hükmetti: {ordered}; karara bağlanan başvuruların istediği: {asked}",
    },
    "decided late": {
        "en": "decided at {at}, after {until}",
        "tr": "{at} tarihinde, {until} süresinden sonra karara bağlanmış",
    },
    "decided late by one reading": {
        "en": "decided at {at}: late if the time ended at {until}, in time by another reading",
        "tr": "{at} tarihinde karara bağlanmış: süre {until} itibarıyla bittiyse geç, öbür okumaya "
        "göre zamanında",
    },
    "own motion": {
        "en": "{body} decided without an objection; it may not of its own motion",
        "tr": "{body} başvuru olmadan karar verdi; kendiliğinden karar verme yetkisi yok",
    },
    "not foreseen": {
        "en": "'{trigger}' is not foreseen while {state}",
        "tr": "{state} durumunda '{trigger}' öngörülmemiştir",
    },
}
"""The sentence of every flag, in each language."""

_ALWAYS_ALLOWED = {"reject", "halt", "overturn", "inquire", "prosecute", "withhold-mandate"}
"""Orders that a body may give in answer to any request: they grant nothing that was not asked."""


@dataclass(frozen=True)
class Flag:
    """Something that the procedure does not allow."""

    code: str
    event: str
    rule: str | None
    values: dict[str, str]

    def text(self, language: str = "en") -> str:
        """Return the flag as a sentence."""
        sentences = FLAGS[self.code]
        return sentences.get(language, sentences["en"]).format(**self.values)


_FOLLOWS = {
    "annul": {"rerun", "cancel-mandate"},
    "correct": {"recount-invalid", "recount-full"},
    "recount-full": {"recount-invalid"},
    "withhold-mandate": {"give-mandate"},
}
"""What a request brings with it: who asks for the one may be answered by the other. A return is
corrected by counting again; a mandate that is not withheld is given."""


def flags(
    events: Iterable[AnyEvent], procedures: Sequence[ProcedureDefined], parties: Iterable[str]
) -> list[Flag]:
    """Return what the events break of the procedures that are laid down for their contests.

    A procedure of the poll goes before one of the whole contest. Where none is laid down nothing is
    flagged: it is not known what was allowed.
    """
    happened = list(events)
    if not procedures:
        return []
    laid_down = {(p.contest, p.poll): p for p in procedures}
    kinds = dict.fromkeys(parties, "party")
    objections = {e.id: e for e in happened if isinstance(e, ObjectionFiled)}
    found: list[Flag] = []
    for event in happened:
        if not isinstance(event, ObjectionFiled | DecisionMade):
            continue
        procedure = laid_down.get((event.contest, event.poll)) or laid_down.get(
            (event.contest, None)
        )
        if procedure is None:
            continue
        if isinstance(event, ObjectionFiled):
            found += _of_objection(event, procedure, kinds | procedure.actors)
        else:
            found += _of_decision(event, procedure, objections)
    return found


def _step_of(objection: ObjectionFiled, procedure: ProcedureDefined) -> Step | None:
    for one in procedure.steps:
        if one.id == objection.step:
            return one
    return None


def _of_objection(
    objection: ObjectionFiled, procedure: ProcedureDefined, kinds: dict[str, str]
) -> list[Flag]:
    taken = _step_of(objection, procedure)
    if taken is None:
        return []
    kind = kinds.get(objection.by, "unknown")
    asked = {order.type for order in objection.asks}
    found = _late(objection, taken.until, "late", taken.rule)
    if objection.to not in taken.to:
        values = {"to": objection.to, "expected": ", ".join(taken.to)}
        found.append(Flag("wrong body", objection.id, taken.rule, values))
    if taken.by and kind not in taken.by:
        values = {"by": objection.by, "kind": kind, "expected": ", ".join(taken.by)}
        found.append(Flag("no standing", objection.id, taken.rule, values))
    if taken.asks and not asked <= set(taken.asks):
        values = {
            "asked": ", ".join(sorted(asked - set(taken.asks))),
            "expected": ", ".join(taken.asks),
        }
        found.append(Flag("not a remedy of this step", objection.id, taken.rule, values))
    return found


def _late(
    event: ObjectionFiled | DecisionMade, readings: Sequence[Deadline], code: str, rule: str | None
) -> list[Flag]:
    """Return a flag where something came too late, or too late by one reading of the deadline."""
    if event.at is None or not readings:
        return []
    earliest = _earliest(event.at, event.precision)
    missed = [d for d in readings if earliest > to_utc(d.at)]
    if not missed:
        return []
    first = min(missed, key=lambda d: to_utc(d.at))
    values = {"at": event.at, "until": first.at}
    chosen = code if len(missed) == len(readings) else f"{code} by one reading"
    return [Flag(chosen, event.id, first.rule or rule, values)]


def _earliest(at: str, precision: str | None) -> datetime:
    """Return the earliest time that `at` can mean: of a day that alone is known, its midnight."""
    when = datetime.fromisoformat(at)
    if precision in ("day", "month"):
        when = when.replace(hour=0, minute=0, second=0, microsecond=0)
    return to_utc((when.replace(day=1) if precision == "month" else when).isoformat())


def _of_decision(
    decision: DecisionMade, procedure: ProcedureDefined, objections: dict[str, ObjectionFiled]
) -> list[Flag]:
    answered = [objections[i] for i in decision.on if i in objections]
    if not answered:
        granted = any(o.type not in _ALWAYS_ALLOWED for o in decision.orders)
        if decision.on or not granted or decision.body in procedure.own_motion:
            return []
        if not procedure.own_motion:
            return []
        return [Flag("own motion", decision.id, decision.rule, {"body": decision.body})]
    found: list[Flag] = []
    for objection in answered:
        taken = _step_of(objection, procedure)
        if taken is not None:
            found += _late(decision, taken.decide_by, "decided late", taken.rule)
    return [*found, *_beyond(decision, answered)]


def _beyond(decision: DecisionMade, answered: Sequence[ObjectionFiled]) -> list[Flag]:
    """A body decides what it was asked: the same remedies, in no other contests."""
    asked = {order.type for o in answered for order in o.asks}
    contests = {c for o in answered for order in o.asks for c in order.scope.contests}
    contests |= {o.contest for o in answered}
    granted = asked.union(*(_FOLLOWS.get(a, set()) for a in asked))
    beyond = [
        order.type
        for order in decision.orders
        if order.type not in granted | _ALWAYS_ALLOWED
        or not set(order.scope.contests or (decision.contest,)) <= contests
    ]
    if not beyond or not asked:
        return []
    values = {
        "body": decision.body,
        "ordered": ", ".join(beyond),
        "asked": ", ".join(sorted(asked)),
    }
    return [Flag("beyond what was asked", decision.id, decision.rule, values)]
