"""What it means that timeline, docket and results agree, checked at every moment of a record."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from recanvass.docket import Docket
from recanvass.docket.machine import MACHINES, Machine
from recanvass.docket.scope import is_listed, is_whole, touches
from recanvass.model import DeclarationMade, DeclarationRevoked, to_utc
from recanvass.record import Contest, Poll, TimelineItem

STATUS_OF_STATE = {
    "scheduled": {"no returns"},
    "counting": {"no returns", "counting", "counted", "unofficial"},
    "run-off due": {"official", "run-off due"},
    "provisional": {"provisional", "official", "unofficial"},
    "declared": {"official", "provisional", "unofficial"},
    "contested": {"official", "provisional", "unofficial"},
    "final": {"official", "provisional", "unofficial"},
    "withheld": {"withheld"},
    "annulled": {"annulled"},
    "annulled in part": {"annulled in part", "annulled"},
    "rerun ordered": {"rerun ordered", "no returns", "counting", "counted", "annulled",
                      "annulled in part", "unofficial"},
}  # fmt: skip
"""The words that a contest's result may have in each of its states."""

UNDISTURBED = "not foreseen"
"""Where the machine refused something, its state and the result may rightly differ."""


def moments(contest: Contest) -> list[str]:
    """Every moment at which anything happened, oldest first."""
    items = contest.record.timeline(contest.id)
    returned = [
        at.isoformat() for poll in contest.polls() for at in poll.returns()["at"].unique().to_list()
    ]
    found = {i.instant: i.at for i in items}
    found |= {to_utc(at): at for at in returned}
    return [found[k] for k in sorted(found)]


def check_at_every_moment(contest: Contest) -> None:
    """Assert that everything agrees at each moment, and that nothing goes backwards between."""
    dockets = [(as_of, contest.docket(as_of)) for as_of in moments(contest)]
    for as_of, docket in dockets:
        check_moment(contest, docket, as_of)
    for (_, before), (_, after) in pairwise(dockets):
        check_progress(before, after)
    for poll in contest.polls():
        check_returns_follow_their_machine(poll, [as_of for as_of, _ in dockets])


def check_moment(
    contest: Contest, docket: Docket, as_of: str | None = None, size: int | None = None
) -> None:
    """Assert that timeline, docket and results agree at one moment of one ledger size."""
    items = contest.record.timeline(contest.id, as_of, size)
    check_events(docket, items)
    for poll in contest.record.view(size).polls_of(contest.id):
        check_poll(contest.poll(poll.poll), docket, items, as_of, size)
    check_standing_result(contest, docket, as_of, size)


def check_events(docket: Docket, items: list[TimelineItem]) -> None:
    """The docket knows the objections and decisions of the timeline, and no others."""
    told = {
        kind: {i.id for i in items if i.kind == kind}
        for kind in ("objection.filed", "decision.made")
    }
    assert {o.objection.id for o in docket.objections} == told["objection.filed"]
    assert {r.decision.id for r in docket.rulings} == told["decision.made"]
    known = {i.id for i in items}
    for state, event in docket.state.path:
        assert event in known or event.startswith("returns/"), (state, event)
    for ruling in docket.rulings:
        assert ruling.by is None or ruling.by in known
    assert {f.event for f in docket.flags} <= known


def check_poll(
    poll: Poll, docket: Docket, items: list[TimelineItem], as_of: str | None, size: int | None
) -> None:
    """A poll's own result is what its returns add up to, and is called what the law made of it."""
    results, returns = poll.results(as_of=as_of, size=size), poll.returns(as_of, size)
    shown = returns.filter(pl.col("standing").is_in(["counted", "annulled"]))
    assert results.stations["counted"] == shown.height
    for option, votes in results.votes.items():
        column = f"votes.{option}"
        if votes is not None:
            assert votes == shown[column].sum()
    annulments = [
        o
        for o in docket.orders
        if o.order.type == "annul"
        and o.state == "done"
        and touches(o.order.scope, *poll.key, about(docket, o.decision))
    ]
    assert results.status.word.startswith("annulled") == bool(annulments)
    assert (results.status.word == "annulled") == any(is_whole(o.order.scope) for o in annulments)
    if not any(is_listed(o.order.scope) for o in annulments):
        assert "annulled" not in set(returns["standing"])
    check_declared(results.status.word, poll, items, bool(annulments))
    counts = [i for i in items if i.kind == "return.recorded" and i.poll == poll.key[1]]
    excluded = (returns["standing"] == "excluded").any()
    if counts and not excluded:
        # A running sum has no gaps: what no return gives is 0 in it.
        votes = {o: results.votes[o] or 0 for o in counts[-1].votes}
        assert counts[-1].votes == votes
        assert counts[-1].margin == results.margin


def about(docket: Docket, decision: str) -> tuple[str, str | None]:
    made = next(r.decision for r in docket.rulings if r.decision.id == decision)
    return made.contest, made.poll


def check_declared(word: str, poll: Poll, items: list[TimelineItem], annulled: bool) -> None:
    """The status is that of the last declaration that nobody revoked."""
    known = {i.id for i in items}
    events = [e for e in poll.record.view().events if e.id in known]
    revoked = {e.of for e in events if isinstance(e, DeclarationRevoked)}
    declared = [
        e
        for e in events
        if isinstance(e, DeclarationMade)
        and (e.contest, e.poll) == poll.key
        and e.id not in revoked
    ]
    if declared and not annulled and word != "withheld":
        assert word == declared[-1].status
    if not declared:
        assert word not in ("official", "provisional", "unofficial")


def check_standing_result(
    contest: Contest, docket: Docket, as_of: str | None, size: int | None
) -> None:
    """What stands in law is put together from returns that count, and is called by its state."""
    results = contest.results("station", as_of, size)
    frame = results.frame
    assert results.stations["counted"] == sum(results.composed.values()) or not results.composed
    for poll, rows in (
        frame.group_by("poll") if "poll" in frame.columns else [((results.poll.poll,), frame)]
    ):
        returns = contest.poll(str(poll[0])).returns(as_of, size)
        counting = returns.filter(pl.col("standing") == "counted")["station"]
        shown = rows.filter(pl.col("counted") > 0)["unit"]
        if results.composed or results.status.word not in ("annulled", "annulled in part"):
            assert set(shown) <= set(counting)
    if not any(f.code == UNDISTURBED for f in docket.flags):
        assert results.status.word in STATUS_OF_STATE[docket.state.word], docket.state


def check_progress(before: Docket, after: Docket) -> None:
    """Orders go only where their machine lets them, and stations that were done stay done."""
    then = {(o.decision, o.number): o for o in before.orders}
    for order in after.orders:
        known = then.get((order.decision, order.number))
        assert known is not None or (order.decision not in {d for d, _ in then})
        start = known.state if known else MACHINES["order"].start
        assert order.state in reachable(MACHINES["order"], start), (start, order.state)
        if known and known.done is not None and order.done is not None:
            assert order.done >= known.done
        if order.stations is not None:
            assert order.awaiting is not None and 0 <= order.awaiting <= order.stations
    states = {o.objection.id: o.state for o in before.objections}
    for objection in after.objections:
        start = states.get(objection.objection.id, "filed")
        assert objection.state in reachable(MACHINES["objection"], start)
    # Being final is no step of its own: it lasts until something else happens.
    way = tuple(step for step in before.state.path if step[0] != "final")
    assert after.state.path[: len(way)] == way


def check_returns_follow_their_machine(poll: Poll, points: list[str]) -> None:
    """The standing of a return changes only as its machine has it."""
    machine = MACHINES["return"]
    ways = {state: reachable(machine, state) for state in machine.states}
    known: dict[str, str] = {}
    for as_of in points:
        now = dict(poll.returns(as_of).select("id", "standing").iter_rows())
        for id_, standing in now.items():
            assert standing in ways[known.get(id_, machine.start)], (known.get(id_), standing)
        known |= now


def reachable(machine: Machine, start: str) -> set[str]:
    """The states that can follow a state, itself included, by any number of steps."""
    found, fresh = {start}, {start}
    while fresh:
        fresh = {t.target for t in machine.transitions if t.source in fresh} - found
        found |= fresh
    return found
