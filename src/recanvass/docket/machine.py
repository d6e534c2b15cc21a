"""State machines as tables: what may become what, and by whom.

Each machine is data, drawn in the docs as it stands here. `step` is pure: it takes a state and what
happened, and gives the next state or a refusal. The record never refuses what happened; a refusal
becomes a flag on the event. A contest and an objection are stepped through their machines; the
standing of a return and the state of an order are computed from all returns at once, and tests hold
them to theirs. An office has its own, `recanvass.office.mandates.OFFICE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

__all__ = ["MACHINES", "Machine", "Refusal", "Transition", "mermaid", "step"]


@dataclass(frozen=True)
class Transition:
    """From a state, on what happened, to a state; `actor` is who can make it happen."""

    source: str
    trigger: str
    target: str
    actor: str


@dataclass(frozen=True)
class Machine:
    """A named machine. `start` is where everything begins."""

    name: str
    start: str
    transitions: tuple[Transition, ...]

    @cached_property
    def targets(self) -> dict[tuple[str, str], str]:
        """The next state, by state and trigger."""
        return {(t.source, t.trigger): t.target for t in self.transitions}

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        ends = (s for t in self.transitions for s in (t.source, t.target))
        return tuple(dict.fromkeys((self.start, *ends)))


@dataclass(frozen=True)
class Refusal:
    """What happened is not foreseen in this state."""

    state: str
    trigger: str
    allowed: tuple[str, ...]


def step(machine: Machine, state: str, trigger: str) -> str | Refusal:
    """Return the next state, or why there is none."""
    target = machine.targets.get((state, trigger))
    if target is not None:
        return target
    allowed = tuple(t.trigger for t in machine.transitions if t.source == state)
    return Refusal(state, trigger, allowed)


def _table(name: str, start: str, *rows: str) -> Machine:
    """Return a machine from rows `source | trigger | target | actor`.

    Sources may be listed; the target `=` is the source itself.
    """
    transitions = []
    for row in rows:
        sources, trigger, target, actor = (cell.strip() for cell in row.split("|"))
        transitions += [
            Transition(source, trigger, source if target == "=" else target, actor)
            for source in (cell.strip() for cell in sources.split(","))
        ]
    return Machine(name, start, tuple(transitions))


MACHINES: dict[str, Machine] = {
    machine.name: machine
    for machine in (
        _table(
            "contest",
            "scheduled",
            "scheduled | return | counting | station",
            "counting, provisional, declared, contested, final, withheld, annulled, "
            "annulled in part, rerun ordered, run-off due | return | = | station",
            "scheduled, run-off due, rerun ordered, counting, provisional, declared, contested, "
            "final, withheld, annulled, annulled in part | return of a later poll | counting "
            "| station",
            "scheduled, counting, rerun ordered, run-off due | declare provisional | provisional "
            "| board",
            "provisional, declared, contested | declare provisional | = | board",
            "scheduled, counting, provisional, contested, declared, withheld, rerun ordered, "
            "run-off due | declare official | declared | board",
            "scheduled, counting, provisional, contested | declare a run-off | run-off due | board",
            "declared, contested | object | contested | objector",
            "counting, provisional, run-off due, final | object | = | objector",
            "annulled, annulled in part, rerun ordered, withheld | object | = | objector",
            "contested | settle | declared | deciding body",
            "counting, provisional, declared, final, run-off due | settle | = | deciding body",
            "annulled, annulled in part, rerun ordered, withheld | settle | = | deciding body",
            "counting, provisional, declared, contested, final, annulled in part, run-off due, "
            "rerun ordered | annul | annulled | deciding body",
            "counting, provisional, declared, contested, final, run-off due, rerun ordered "
            "| annul in part | annulled in part | deciding body",
            "annulled, annulled in part | annul in part | annulled in part | deciding body",
            "scheduled, annulled | annul | annulled | deciding body",
            "scheduled | annul in part | annulled in part | deciding body",
            "annulled, annulled in part, rerun ordered, withheld | uphold, official stands "
            "| declared | higher body",
            "annulled, annulled in part, rerun ordered, withheld | uphold, provisional stands "
            "| provisional | higher body",
            "annulled, annulled in part, rerun ordered, withheld | uphold | counting | higher body",
            "scheduled, counting, provisional, declared, contested, final | withhold | withheld "
            "| board",
            "annulled, annulled in part, withheld, rerun ordered, counting, provisional, "
            "declared, contested, final | order rerun | rerun ordered | deciding body",
            "scheduled, run-off due | order rerun | = | deciding body",
            "counting, provisional, declared, contested, final, run-off due | revoke | counting "
            "| board",
            "provisional, declared, contested, final | revoke, provisional stands | provisional "
            "| board",
            "provisional, declared, final | revoke, official stands | declared | board",
            "contested | revoke, official stands | = | board",
            "annulled, annulled in part, rerun ordered, withheld | revoke | = | board",
            "annulled, annulled in part, rerun ordered, withheld | revoke, provisional stands | = "
            "| board",
            "annulled, annulled in part, rerun ordered, withheld | revoke, official stands | = "
            "| board",
            "declared | deadlines pass | final | nobody",
        ),
        _table(
            "return",
            "awaited",
            "awaited | count | counted | station",
            "awaited | report by another source | other-source | source",
            "counted | newer return | superseded | station",
            "counted | order a recount | awaiting recount | deciding body",
            "awaiting recount | recount | superseded | station",
            "awaiting recount | halt | counted | higher body",
            "counted, awaiting recount | break a blocking rule | excluded | board",
            "counted, awaiting recount, annulled | exclude | excluded | deciding body",
            "counted, awaiting recount | annul | annulled | deciding body",
            "superseded | withdraw the newer one | counted | station",
            "counted, superseded, annulled, excluded, other-source | withdraw | withdrawn | source",
            "annulled, excluded | newer return | superseded | station",
            "annulled, excluded | overturn | counted | higher body",
        ),
        _table(
            "objection",
            "filed",
            "filed, under inquiry | withdraw | withdrawn | objector",
            "filed, under inquiry | inquire | under inquiry | deciding body",
            "filed, under inquiry | reject | rejected | deciding body",
            "filed, under inquiry | accept | accepted | deciding body",
            "filed, under inquiry | accept in part | accepted in part | deciding body",
            "rejected | overturn | filed | higher body",
            "accepted, accepted in part | overturn | rejected | higher body",
            "rejected, accepted, accepted in part | reject | rejected | higher body",
            "rejected, accepted, accepted in part | accept | accepted | higher body",
            "rejected, accepted, accepted in part | accept in part | accepted in part "
            "| higher body",
        ),
        _table(
            "order",
            "open",
            "open, in progress | carry out in part | in progress | station",
            "open, in progress | carry out | done | station",
            "open, in progress, done | halt | halted | higher body",
            "halted, overturned | overturn what stopped it | open | higher body",
            "halted, overturned | overturn what stopped it, in part carried out | in progress "
            "| higher body",
            "halted, overturned | overturn what stopped it, all carried out | done | higher body",
            "overturned | overturn what overturned it, a halt stands | halted | higher body",
            "open | set another day | superseded | deciding body",
            "open, in progress, halted, done | overturn | overturned | higher body",
        ),
    )
}


def mermaid(machine: Machine) -> str:
    """Return a machine as a Mermaid state diagram; what leads the same way shares an arrow.

    What leaves the state as it is stays out of the picture.
    """
    names = {state: state.replace(" ", "_").replace("-", "_") for state in machine.states}
    arrows: dict[tuple[str, str], list[str]] = {}
    for t in machine.transitions:
        if t.source != t.target:
            label = f"{t.trigger} ({t.actor})"
            arrows.setdefault((names[t.source], names[t.target]), []).append(label)
    lines = ["stateDiagram-v2", f"    [*] --> {names[machine.start]}"]
    lines += [f"    {short} : {state}" for state, short in names.items() if short != state]
    lines += [f"    {a} --> {b} : {' · '.join(labels)}" for (a, b), labels in arrows.items()]
    return "\n".join(lines)
