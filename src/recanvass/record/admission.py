"""What the record takes in: an event must refer to what exists and make sense on its own.

What is *wrong* in a return is not a reason to refuse it: it is recorded and then judged by the
checks. What cannot be understood (an unknown station or option, a negative number) is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import msgspec

from recanvass.canvass.rules import check_blocking
from recanvass.errors import BadInput
from recanvass.ledger import Verifier
from recanvass.model import (
    KNOWN_COUNTS,
    AnyEvent,
    BlobAttached,
    BlobRedacted,
    ClaimMade,
    ContestDefined,
    DeclarationMade,
    KeyAdded,
    KeyRetired,
    MandateBegan,
    MandateEnded,
    OfficeDefined,
    PartyDefined,
    PollDefined,
    ReportReceived,
    ReturnRecorded,
    ReturnWithdrawn,
    SourceRegistered,
    TilesDefined,
    UnitsRegistered,
    check_id,
    kind_of,
    rule_units,
    to_utc,
)
from recanvass.record.signatures import refuse_bad_signatures

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = ["DEFINITIONS", "MOST_VOTES", "Known", "admit", "admit_event"]

MOST_VOTES = 999_999_999
"""The largest number that one figure of a return may be."""

MOST_OFFICERS = 20
"""The most signatures that a poll may ask for on a return."""

DEFINITIONS = (
    OfficeDefined,
    ContestDefined,
    PartyDefined,
    SourceRegistered,
    PollDefined,
    UnitsRegistered,
    KeyAdded,
)
"""The events after which more may be referred to."""


class Known:
    """What may be referred to: what the record defines, and the batch before the event."""

    def __init__(self, view: View) -> None:
        self.offices = set(view.offices)
        self.contests = set(view.contests)
        self.parties = set(view.parties)
        self.sources = set(view.sources)
        self.polls = dict(view.polls)
        self.units = set(view.units["id"])
        self.stations = set(view.units.filter(view.units["level"] == "station")["id"])
        self.verifiers = set(view.verifiers)
        self.signing = set(view.signing)

    def take_in(self, event: AnyEvent) -> None:
        """Let later events of the batch refer to what this one defines."""
        match event:
            case OfficeDefined():
                self.offices.add(event.office)
            case ContestDefined():
                self.contests.add(event.contest)
            case PartyDefined():
                self.parties.add(event.party)
            case SourceRegistered():
                self.sources.add(event.source)
            case PollDefined():
                self.polls[event.contest, event.poll] = event
            case UnitsRegistered():
                self.units.update(u.id for u in event.units)
                self.stations.update(u.id for u in event.units if u.level == "station")
            case KeyAdded():
                keys = self.verifiers if event.use == "returns" else self.signing
                keys.add(event.verifier)
            case _:
                pass


def admit(events: Sequence[AnyEvent], record: Record) -> None:
    """Raise BadInput, naming the first event that does not fit, or return None."""
    known = Known(record.view())
    for event in events:
        admit_event(event, known)
        known.take_in(event)
    refuse_bad_signatures(record.fold, events)


def admit_event(event: AnyEvent, known: Known) -> None:
    """Raise BadInput if an event does not fit what is known."""
    where = f"{kind_of(event)} {event.id!r}"
    check_id(event.id, f"{kind_of(event)}: id")
    if event.at is not None:
        to_utc(event.at, f"{where}: at")
    contest = getattr(event, "contest", None)
    if contest is not None and not isinstance(event, ContestDefined):
        _must_be_in(known.contests, contest, where, "contest")
    _admit_definition(event, known, where)
    _admit_happening(event, known, where)
    _admit_about_the_record(event, known, where)


def _admit_definition(event: AnyEvent, known: Known, where: str) -> None:
    match event:
        case OfficeDefined():
            for unit in (event.unit, *rule_units(event.seat_rule)):
                _must_be_in(known.units, unit, where, "unit")
        case ContestDefined():
            _must_be_in(known.offices, event.office, where, "office")
        case PollDefined():
            _admit_poll(event, known, where)
        case TilesDefined():
            for tile in event.tiles:
                _must_be_in(known.units, tile.unit, where, "unit")
        case _:
            pass


def _admit_happening(event: AnyEvent, known: Known, where: str) -> None:
    match event:
        case ReturnRecorded():
            _admit_return(event, known, where)
        case ReportReceived() | DeclarationMade() if event.poll:
            _admit_totals(event, known, where)
        case MandateBegan() | MandateEnded():
            _must_be_dated(event, where)
            _must_be_in(known.offices, event.office, where, "office")
            if isinstance(event, MandateBegan) and event.party is not None:
                _must_be_in(known.parties, event.party, where, "party")
        case ClaimMade():
            _must_be_dated(event, where)
            _admit_claim(event, known, where)
        case ReturnWithdrawn():
            _must_be_dated(event, where)
            _poll_of(known, event.contest, event.poll, where)
        case _:
            pass


def _admit_about_the_record(event: AnyEvent, known: Known, where: str) -> None:
    match event:
        case KeyAdded(use="checkpoints"):
            raise BadInput(f"{where}: who signs changes with it; expected `recanvass key add`")
        case KeyAdded() | KeyRetired() if event.verifier in known.signing:
            raise BadInput(
                f"{where}: found a key that signs checkpoints; expected one for returns (it is "
                "retired by `recanvass key retire`)"
            )
        case KeyAdded():
            _admit_key(event, known, where)
        case KeyRetired() if event.verifier not in known.verifiers:
            raise BadInput(f"{where}: found {event.verifier!r}; expected a key that was added")
        case BlobAttached() | BlobRedacted():
            raise BadInput(
                f"{where}: found no content beside it; expected `recanvass attach` or `redact`, "
                "which keep or remove it together with the entry"
            )
        case _:
            pass


def _admit_key(event: KeyAdded, known: Known, where: str) -> None:
    if event.verifier != str(Verifier.parse(event.verifier)):
        raise BadInput(f"{where}: found {event.verifier!r}; expected it without white space")
    if event.role is None:
        raise BadInput(f"{where}: role: found nothing; expected officer or agent")
    if event.party is not None:
        _must_be_in(known.parties, event.party, where, "party")
    for unit in event.stations:
        _must_be_in(known.units, unit, where, "stations")


def _must_be_in(known: Collection[str], value: str, where: str, what: str) -> None:
    if value not in known:
        names = sorted(known)
        some = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise BadInput(f"{where}: {what}: found {value!r}; expected one of: {some or 'none yet'}")


def _must_be_dated(event: AnyEvent, where: str) -> None:
    if event.at is None:
        raise BadInput(f"{where}: at: found nothing; expected a time with a UTC offset")


def _poll_of(known: Known, contest: str, poll: str, where: str) -> PollDefined:
    mine = [p for c, p in known.polls if c == contest]
    _must_be_in(mine, poll, where, "poll")
    return known.polls[contest, poll]


def _admit_poll(poll: PollDefined, known: Known, where: str) -> None:
    options = [o.id for o in poll.options]
    for option in poll.options:
        check_id(option.id, f"{where}: option")
        for party in option.parties:
            _must_be_in(known.parties, party, where, f"party of option {option.id!r}")
        if option.office is not None:
            _must_be_in(known.offices, option.office, where, f"office of option {option.id!r}")
        for unit in (*option.stands_in, *option.not_in):
            _must_be_in(known.units, unit, where, f"unit of option {option.id!r}")
    for count in (*poll.asks, *poll.derived):
        check_id(count, f"{where}: count")
    twice = {o for o in options if options.count(o) > 1}
    if twice:
        raise BadInput(f"{where}: found option {min(twice)!r} twice; expected each id once")
    for unit in poll.units:
        _must_be_in(known.units, unit, where, "unit")
    check_blocking(poll.blocking)
    if not 0 <= poll.signatures <= MOST_OFFICERS:
        raise BadInput(
            f"{where}: signatures: found {poll.signatures}; expected 0 to {MOST_OFFICERS}"
        )


def _admit_return(event: ReturnRecorded, known: Known, where: str) -> None:
    _must_be_dated(event, where)
    poll = _poll_of(known, event.contest, event.poll, where)
    _must_be_in(known.sources, event.source, where, "source")
    if event.station not in known.stations:
        raise BadInput(f"{where}: station: found {event.station!r}; expected a registered station")
    _admit_figures(event.counts, event.votes, poll, where)


def _admit_totals(event: ReportReceived | DeclarationMade, known: Known, where: str) -> None:
    _must_be_dated(event, where)
    poll = _poll_of(known, event.contest, event.poll or "", where)
    _admit_figures(event.counts, event.votes, poll, where)


def _admit_claim(claim: ClaimMade, known: Known, where: str) -> None:
    """Raise BadInput if a claim's measure speaks of what is not known, or of no moment."""
    named = msgspec.structs.asdict(claim.measure)
    places: dict[str, Collection[str]] = {
        "contest": known.contests,
        "office": known.offices,
        "party": known.parties,
        "unit": known.units,
    }
    for what, names in places.items():
        if named.get(what) is not None:
            _must_be_in(names, named[what], where, what)
    if named.get("as_of") is not None:
        to_utc(named["as_of"], f"{where}: as_of")
    if "contest" not in named:
        return
    polls = [named[k] for k in ("poll", "before", "after") if named.get(k) is not None]
    options = [o.id for p in polls for o in _poll_of(known, named["contest"], p, where).options]
    if polls and named.get("option") is not None:
        _must_be_in(options, named["option"], where, "option")


def _admit_figures(
    counts: dict[str, int], votes: dict[str, int], poll: PollDefined, where: str
) -> None:
    for name in counts:
        _must_be_in({*KNOWN_COUNTS, *poll.asks, *poll.derived}, name, where, "count")
    for name in votes:
        _must_be_in([o.id for o in poll.options], name, where, "option")
    for name, value in (*counts.items(), *votes.items()):
        if not 0 <= value <= MOST_VOTES:
            raise BadInput(
                f"{where}: {name}: found {value}; expected a whole number from 0 to {MOST_VOTES}"
            )
