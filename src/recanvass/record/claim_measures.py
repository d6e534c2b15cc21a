"""The measures of claims, computed from the record: each measure's figure, or why there is none.

Those of polls are here; those of offices and events are in `claim_office_measures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from recanvass.canvass.entry_columns import VOTES, count_columns, vote_columns
from recanvass.canvass.tally import HELD
from recanvass.errors import NotInRecord
from recanvass.model import (
    DeclarationMade,
    DeclarationRevoked,
    PollDefined,
    ReportReceived,
    in_language,
)
from recanvass.model.claims import (
    CandidateName,
    Count,
    Elected,
    Leader,
    Margin,
    Measure,
    OfPoll,
    Share,
    Stations,
    Turnout,
    UnitsChanged,
    UnitsLed,
    Votes,
)
from recanvass.record.claim_figure import Asked, Figure, Reading, Unknown, Way, Word
from recanvass.record.claim_office_measures import other_figure
from recanvass.record.timeline import stated_lead

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.poll import Poll
    from recanvass.record.results import Results
    from recanvass.record.stated_value import Value

__all__ = ["figure_of", "known_then", "last_words"]


@dataclass(frozen=True)
class _Figures:
    """What returns add up to, or what somebody published, of one poll."""

    votes: Mapping[str, int]
    counts: Mapping[str, int]
    all_votes: int | None
    """What shares are of."""
    leader: str | None
    margin: int | None
    stations: int | None
    turnout: Fraction | None
    shares: Mapping[str, Fraction] = field(default_factory=dict)
    elected: str | None = None


def figure_of(measure: Measure, asked: Asked, until: datetime | None) -> Figure | Unknown:
    """Return the record's figure for a measure, of what had happened by `until`.

    Raise NotInRecord or BadInput if the measure speaks of what the record does not have.
    """
    if not isinstance(measure, OfPoll | UnitsChanged):
        return other_figure(measure, asked, until)
    figures = asked.found.figures
    if (measure, until) not in figures:
        figures[measure, until] = _poll_figure(measure, asked, until)
    return figures[measure, until]


def _poll_figure(
    measure: OfPoll | UnitsChanged, asked: Asked, until: datetime | None
) -> Figure | Unknown:
    match measure:
        case CandidateName():
            return _candidate_name(measure, asked)
        case Elected():
            return _elected(measure, asked, until)
        case UnitsLed():
            return _units_led(measure, asked, until)
        case UnitsChanged():
            return _units_changed(measure, asked, until)
        case _:
            return _of_poll(measure, asked, until)


def known_then(measure: Measure, asked: Asked) -> list[Word]:
    """Return what was known of a poll's running figure when the claim was made.

    That is the record's own figure where there was one; otherwise the last word of each publisher.
    The stations of a poll are no running figure, and what is not of a poll is asked of its moment.
    """
    if not isinstance(measure, OfPoll) or isinstance(measure, Stations | CandidateName | Elected):
        return []
    then = asked.then()
    own = figure_of(measure, asked, then)
    if isinstance(own, Figure) and not own.way.events:
        return [Word("", "", reading.value) for reading in own.readings]
    return last_words(measure, asked, then)


def last_words(measure: Measure, asked: Asked, until: datetime | None) -> list[Word]:
    """Return what each publisher last said of a measure in reports and declarations of a poll."""
    if not isinstance(measure, OfPoll) or getattr(measure, "unit", None):
        return []
    known = asked.found.words
    if (measure, until) not in known:
        known[measure, until] = _words(measure, asked, until)
    return known[measure, until]


def _words(measure: OfPoll, asked: Asked, until: datetime | None) -> list[Word]:
    words: dict[str, Word] = {}
    for event in asked.view.happened(until):
        if not isinstance(event, ReportReceived | DeclarationMade):
            continue
        if (event.contest, event.poll) != (measure.contest, measure.poll):
            continue
        value = _value(measure, _published(event, asked.view))
        if value is not None:
            publisher = event.body if isinstance(event, DeclarationMade) else event.publisher
            words[publisher] = Word(publisher, event.id, value)
    return list(words.values())


def _of_poll(measure: OfPoll, asked: Asked, until: datetime | None) -> Figure | Unknown:
    """Return the figure that the returns add up to or, without any, that was last declared."""
    poll = asked.record.contest(measure.contest).poll(measure.poll)
    unit: str | None = getattr(measure, "unit", None)
    level = _level_of(unit, asked.view) if unit else None
    results = poll.results(level, until, asked.view.size)
    way = _way_to_results(measure, level, until)
    figures = _added_up(results, unit)
    if figures is None:
        declared = None if unit else _declared(measure, asked, until)
        if declared is None:
            return Unknown("no returns", way)
        figures, way = _published(declared, asked.view), Way(way.command, (declared.id,))
    value = _value(measure, figures)
    if value is None:
        return Unknown("no returns", way)
    readings, beside = ((), ()) if unit else _other_readings(measure, poll, figures, results)
    return Figure((Reading(value), *readings), way, beside)


def _added_up(results: Results, unit: str | None) -> _Figures | None:
    """Return the figures of a result, or of one unit in it; None where nothing is counted."""
    frame = results.total if unit is None else results.frame.filter(pl.col("unit") == unit)
    row = frame.row(0, named=True) if frame.height else {"counted": 0}
    if not row["counted"]:
        return None
    votes = {c.removeprefix(VOTES): row[c] for c in vote_columns(row) if row[c] is not None}
    counts = {
        c: row[c] for c in count_columns(row) if isinstance(row[c], int) and c not in _NOT_COUNTS
    }
    # Where every return has both, exactly; the float is of those that have both.
    ratio = None if row["turnout"] is None else Fraction(row["turnout"])
    if ratio is not None and not {HELD + "voted", HELD + "registered"} & set(row):
        ratio = Fraction(row["voted"], row["registered"])
    return _Figures(
        votes={o: n for o, n in votes.items() if _may_lead(results.poll, o)},
        counts=counts,
        all_votes=sum(votes.values()),
        leader=frame["leader"].item(),
        margin=row["margin"],
        stations=row.get("boxes") or row["stations"],
        turnout=ratio,
    )


_NOT_COUNTS = ("stations", "counted", "margin", "tied")


def _may_lead(poll: PollDefined, option: str) -> bool:
    return any(o.id == option and not o.residual for o in poll.options)


def _published(event: ReportReceived | DeclarationMade, view: View) -> _Figures:
    """Return the figures that a report or a declaration states."""
    leader, margin = stated_lead(event, view)
    poll = view.polls.get((event.contest, event.poll or ""))
    voted, registered = event.counts.get("voted"), event.counts.get("registered")
    shares = event.shares if isinstance(event, ReportReceived) else {}
    return _Figures(
        votes={o: n for o, n in event.votes.items() if poll and _may_lead(poll, o)},
        counts=event.counts,
        all_votes=event.counts.get("valid"),
        leader=leader,
        margin=margin,
        stations=event.stations_total if isinstance(event, ReportReceived) else None,
        turnout=Fraction(voted, registered) if voted and registered else None,
        shares={o: Fraction(s) for o, s in shares.items()},
        elected=event.elected if isinstance(event, DeclarationMade) else None,
    )


def _value(measure: OfPoll, figures: _Figures) -> Value | None:
    """Return what figures say of a measure, or None if they do not."""
    whole: int | None = None
    match measure:
        case Leader():
            return figures.leader
        case Elected():
            return figures.elected
        case Share():
            return _share(measure.option, figures)
        case Turnout():
            return None if figures.turnout is None else 100 * figures.turnout
        case Margin():
            whole = _margin(measure.option, figures)
        case Votes():
            whole = figures.votes.get(measure.option)
        case Count():
            whole = figures.counts.get(measure.count)
        case Stations():
            whole = figures.stations
        case _:
            pass
    return None if whole is None else Fraction(whole)


def _share(option: str, figures: _Figures) -> Fraction | None:
    if option in figures.shares:
        return figures.shares[option]
    if option not in figures.votes or not figures.all_votes:
        return None
    return Fraction(100 * figures.votes[option], figures.all_votes)


def _margin(option: str | None, figures: _Figures) -> int | None:
    """Return by how much an option is ahead of the best other; that of the first if none is named.

    Who is behind, and by how much, follows only from votes: there may be a third.
    """
    if option is None or (option == figures.leader and figures.margin is not None):
        return figures.margin
    others = [n for o, n in figures.votes.items() if o != option]
    return figures.votes[option] - max(others) if option in figures.votes and others else None


def _other_readings(
    measure: OfPoll, poll: Poll, figures: _Figures, results: Results
) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Return what else the words may mean, and what explains a figure that they do not mean.

    A roll may be told as it was published, and stations without those of a special kind.
    """
    stated = results.poll.roll_stated
    voted = figures.counts.get("voted")
    match measure:
        case Count(count="registered") if stated:
            return (Reading(Fraction(stated), "roll as published"),), ()
        case Turnout() if stated and voted:
            return (), (Reading(Fraction(100 * voted, stated), "of the roll as published"),)
        case Stations():
            kinds = poll.results("kind", results.as_of, results.ledger_size).frame
            column = "boxes" if "boxes" in kinds.columns else "stations"
            ordinary = kinds.filter(pl.col("unit") == "ordinary")[column].sum()
            return (Reading(Fraction(ordinary), "ordinary stations"),) if ordinary else (), ()
        case _:
            return (), ()


def _declared(measure: OfPoll, asked: Asked, until: datetime | None) -> DeclarationMade | None:
    """Return the last declaration of a poll's result that was not revoked."""
    happened = asked.view.happened(until)
    revoked = {e.of for e in happened if isinstance(e, DeclarationRevoked)}
    found = [e for e in _declarations(measure, asked, until) if e.id not in revoked]
    return found[-1] if found else None


def _declarations(measure: OfPoll, asked: Asked, until: datetime | None) -> list[DeclarationMade]:
    return [
        e
        for e in asked.view.happened(until)
        if isinstance(e, DeclarationMade) and (e.contest, e.poll) == (measure.contest, measure.poll)
    ]


def _elected(measure: Elected, asked: Asked, until: datetime | None) -> Figure | Unknown:
    """Return who was last declared elected by a poll, also where that was revoked since."""
    named = [e for e in _declarations(measure, asked, until) if e.elected]
    way = Way(("timeline", measure.contest, "--kind", "declaration.made"))
    if not named:
        return Unknown("not declared", way)
    last = named[-1]
    return Figure((Reading(last.elected or ""),), Way(way.command, (last.id,)))


def _units_led(measure: UnitsLed, asked: Asked, until: datetime | None) -> Figure | Unknown:
    poll = asked.record.contest(measure.contest).poll(measure.poll)
    results = poll.results(measure.level, until, asked.view.size)
    way = _way_to_results(measure, measure.level, until)
    if not results.stations["counted"]:
        return Unknown("no returns", way)
    return Figure((Reading(Fraction(results.led()[0].get(measure.option, 0))),), way)


def _units_changed(measure: UnitsChanged, asked: Asked, until: datetime | None) -> Figure | Unknown:
    contest = asked.record.contest(measure.contest)
    way = Way(("compare", contest.id, measure.before, measure.after, "--by", measure.level))
    polls = [contest.poll(p).results(as_of=until) for p in (measure.before, measure.after)]
    column = f"{VOTES}{measure.option}.change"
    frame = contest.compare(measure.before, measure.after, measure.level, until, asked.view.size)
    if column not in frame.columns or not all(p.stations["counted"] for p in polls):
        return Unknown("no returns", way)
    sign = 1 if measure.how == "rose" else -1
    return Figure((Reading(Fraction(int((frame[column] * sign > 0).sum()))),), way)


def _candidate_name(measure: CandidateName, asked: Asked) -> Figure | Unknown:
    poll = asked.view.poll(measure.contest, measure.poll)
    names = [in_language(o.name, "en") for o in poll.options if o.id == measure.option]
    way = Way(("results", measure.contest, "--poll", measure.poll))
    if not names:
        return Unknown("nobody named", way)
    return Figure((Reading(names[0]),), way)


def _way_to_results(measure: OfPoll, level: str | None, until: datetime | None) -> Way:
    words: tuple[str, ...] = ("results", measure.contest, "--poll", measure.poll)
    if level:
        words += ("--by", level)
    return Way(words + (("--as-of", until.isoformat()) if until else ()))


def _level_of(unit: str, view: View) -> str:
    """Return the level of a unit above the stations, `station` for one. Raise NotInRecord."""
    found = view.units.filter(pl.col("id") == unit)["level"]
    if found.is_empty():
        raise NotInRecord(f"unit: found {unit!r}; expected a unit of this record")
    return str(found[0])
