"""The seats of an office: allocated from the record's results, beside those that were declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.tally import HELD
from recanvass.errors import BadInput
from recanvass.model import (
    DeclarationMade,
    DeclarationRevoked,
    IndirectRule,
    ListRule,
    OfficeDefined,
    in_language,
)
from recanvass.office.allocation import House, allocate_circles
from recanvass.office.circle import CircleVotes
from recanvass.office.indirect import IndirectBody, indirect_body
from recanvass.office.lots import Lot, recorded_lots
from recanvass.office.sizes import Size, Sizes, SizesNeedLot, circle_sizes
from recanvass.record.describe import most_first, option_label, short_name
from recanvass.record.moment import AsOf, moment, moment_text

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record
    from recanvass.record.results import Results

__all__ = ["OfficeSeats", "SeatRow", "circles_of", "office_seats"]

_CONTEST = "contest"
"""The value of `circles` that makes each contest of the office a circle."""


class SeatRow(msgspec.Struct, frozen=True):
    """One list's seats."""

    list: str
    """The option, or the party where only a declaration names it."""
    name: str
    votes: int | None
    seats: int | None
    """As allocated; None where the rule allocates to nobody."""
    declared: int | None

    @property
    def difference(self) -> int | None:
        """Seats allocated beyond those declared."""
        if self.seats is None or self.declared is None:
            return None
        return self.seats - self.declared


@dataclass(frozen=True)
class OfficeSeats:
    """The seats of an office at a ledger size and a moment."""

    office: OfficeDefined
    results: tuple[Results, ...]
    """What was allocated from: one result per contest."""
    house: House | None
    """Seats by list, for a rule of lists."""
    sizes: Sizes | SizesNeedLot | None
    """Seats of the circles, or the lot that is needed to know them."""
    body: IndirectBody | None
    """For an indirect body."""
    rows: tuple[SeatRow, ...]
    declared: tuple[DeclarationMade, ...]
    names: dict[str, str] = field(repr=False)
    """Names of lists and units, for the steps."""
    as_of: str | None
    ledger_size: int
    language: str = "en"

    @property
    def by_rule(self) -> int | None:
        """All seats that the rule makes, or None where a lot must be drawn first."""
        if self.body is not None:
            return self.body.seats
        if isinstance(self.sizes, Sizes):
            return sum(size.seats for size in self.sizes.by_unit.values())
        return None

    def to_dict(self, steps: bool = True) -> dict[str, Any]:
        """Return plain values, as `--format json` prints them; fractions are texts."""
        house = self.house
        answer: dict[str, Any] = {
            "office": self.office.office,
            "name": in_language(self.office.name, self.language),
            "seats_defined": self.office.seats,
            "seats_by_rule": self.by_rule,
            "rule": msgspec.to_builtins(self.office.seat_rule),
            "as_of": self.as_of,
            "ledger_size": self.ledger_size,
            "contests": [
                {
                    "contest": result.poll.contest,
                    "poll": result.poll.poll,
                    "status": result.status.word,
                    "stations": result.stations,
                }
                for result in self.results
            ],
            "lists": [
                msgspec.to_builtins(row) | {"difference": row.difference} for row in self.rows
            ],
            "vacant": house.vacant if house else None,
            "lots_needed": _plain(house.lots_needed if house else ()),
            "circles": _plain(house.circles if house else ()),
            "sizes": _plain(self.sizes),
            "body": _plain(self.body),
        }
        if not steps:
            for circle in (*answer["circles"], *answer["lots_needed"]):
                circle.pop("steps")
        if self.body is not None:
            body = self.body
            totals = {"delegates": body.delegates, "heads": body.heads, "seats": body.seats}
            answer["body"] |= totals
        return answer


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value, enc_hook=_text)


def _text(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def office_seats(
    record: Record,
    office: str,
    poll: str | None = None,
    *,
    as_of: AsOf = None,
    size: int | None = None,
    language: str = "en",
) -> OfficeSeats:
    """Return the seats of an office, from what stands of its contests, or from one poll of them.

    Raise NotInRecord for an unknown office or poll, BadInput for an office that has neither a rule
    nor declared seats, or whose rule does not fit its results.
    """
    defined = record.office(office).definition(size)
    view = record.view(size)
    contests = [c.contest for c in view.contests.values() if c.office == office]
    declared = _declared(view, contests, poll, as_of)
    rule = defined.seat_rule
    if rule is None and not declared:
        raise BadInput(
            f"office {office}: found no seat_rule and no declared seats; expected one of them"
        )
    results: tuple[Results, ...] = ()
    house: House | None = None
    sizes: Sizes | SizesNeedLot | None = None
    body: IndirectBody | None = None
    if isinstance(rule, IndirectRule):
        body = indirect_body(rule)
    elif isinstance(rule, ListRule):
        by = rule.circles if rule.circles != _CONTEST else None
        asked = [record.contest(contest) for contest in contests]
        results = tuple(
            c.poll(poll).results(by, as_of, size, language)
            if poll
            else c.results(by, as_of, size, language)
            for c in asked
        )
        _one_contest(office, rule, contests)
        lots = _lots(view, results, rule, as_of)
        sizes = _sizes(rule, defined, lots)
        if isinstance(sizes, Sizes):
            circles = circles_of(results, rule, sizes.by_unit)
            house = allocate_circles(circles, rule, lots)
    return OfficeSeats(
        office=defined,
        results=results,
        house=house,
        sizes=sizes,
        body=body,
        rows=_rows(view, results, house, declared, language),
        declared=declared,
        names=_names(view, results, language),
        as_of=moment_text(as_of),
        ledger_size=view.size,
        language=language,
    )


def _one_contest(office: str, rule: ListRule, contests: list[str]) -> None:
    expected = "one or more" if rule.circles == _CONTEST else "one"
    if not contests or (len(contests) > 1 and rule.circles != _CONTEST):
        found = ", ".join(contests) or "none"
        raise BadInput(f"contests of {office}: found {found}; expected {expected}")


def _sizes(rule: ListRule, office: OfficeDefined, lots: Iterable[Lot]) -> Sizes | SizesNeedLot:
    if rule.sizes is None:
        return Sizes({office.unit: Size(office.seats)})
    return circle_sizes(rule.sizes, office.seats, [lot for lot in lots if lot.circle is None])


def _lots(view: View, results: Iterable[Results], rule: ListRule, as_of: AsOf) -> tuple[Lot, ...]:
    happened = view.happened(moment(as_of))
    lots: list[Lot] = []
    for result in results:
        drawn = recorded_lots(happened, result.poll.contest, result.poll.poll)
        if rule.circles == _CONTEST:
            drawn = tuple(Lot(d.among, d.drawn, result.poll.contest) for d in drawn)
        lots += drawn
    return tuple(lots)


def circles_of(
    results: Iterable[Results], rule: ListRule, sizes: Mapping[str, Size]
) -> list[CircleVotes]:
    """Return the votes of each circle, in the order of `sizes`.

    Remainders and withdrawn options can have no seat; their votes are valid votes all the same. A
    circle that no return is of has no votes. Raise BadInput for votes in a place without seats.
    """
    votes: dict[str, CircleVotes] = {}
    for result in results:
        for name, row in _places(result, rule, sizes):
            if name in sizes:
                votes[name] = _circle(row, result, name, sizes[name])
            elif _votes_in(row, result):
                raise BadInput(
                    f"circle {name}: found votes and no seats; expected its seats in `sizes`"
                )
    nobody = {name: 0 for circle in votes.values() for name in circle.votes}
    return [
        votes.get(name) or CircleVotes(circle=name, votes=nobody, seats=size.seats, cast=0)
        for name, size in sizes.items()
    ]


def _places(
    result: Results, rule: ListRule, sizes: Mapping[str, Size]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the circles of a result, by name, with the figures of each."""
    if rule.circles not in (None, _CONTEST):
        return [(str(row["unit"]), row) for row in result.frame.iter_rows(named=True)]
    name = result.poll.contest if rule.circles == _CONTEST else next(iter(sizes))
    return [(name, result.total.row(0, named=True))]


def _votes_in(row: Mapping[str, Any], result: Results) -> int:
    return sum(row.get(VOTES + option.id) or 0 for option in result.poll.options)


def _circle(row: Mapping[str, Any], result: Results, name: str, size: Size) -> CircleVotes:
    lists = [o for o in result.poll.options if not (o.residual or o.withdrawn)]
    valid = _complete(row, "valid")
    return CircleVotes(
        circle=name,
        votes={o.id: row.get(VOTES + o.id) or 0 for o in lists},
        seats=size.seats,
        first_list=size.first_list,
        valid=_votes_in(row, result) if valid is None else valid,
        cast=_complete(row, "voted"),
        alliances={o.id: in_language(o.alliance, "en") for o in lists if o.alliance},
    )


def _complete(row: Mapping[str, Any], count: str) -> int | None:
    """Return a count if every counted return has it: one of fewer returns measures nothing."""
    if not row["counted"]:
        return 0
    held = row.get(HELD + count, row["counted"])
    return row.get(count) if held == row["counted"] else None


def _declared(
    view: View, contests: list[str], poll: str | None, as_of: AsOf
) -> tuple[DeclarationMade, ...]:
    """Return the last declaration of seats that stands, of each contest."""
    happened = view.happened(moment(as_of))
    revoked = {e.of for e in happened if isinstance(e, DeclarationRevoked)}
    last = {
        e.contest: e
        for e in happened
        if isinstance(e, DeclarationMade)
        and e.seats
        and e.contest in contests
        and e.id not in revoked
        and (poll is None or e.poll in (None, poll))
    }
    return tuple(last.values())


def _rows(
    view: View,
    results: Iterable[Results],
    house: House | None,
    declared: Iterable[DeclarationMade],
    language: str,
) -> tuple[SeatRow, ...]:
    """Return every list with votes, seats or declared seats, the allocated ones first."""
    stated: dict[str, int] = {}
    for event in declared:
        for who, number in event.seats.items():
            stated[who] = stated.get(who, 0) + number
    has_declared = bool(stated)
    votes: dict[str, int] = {}
    rows: dict[str, SeatRow] = {}
    seats = house.seats if house else {}
    for result in results:
        for option in result.poll.options:
            votes[option.id] = votes.get(option.id, 0) + (result.votes[option.id] or 0)
            key = next((k for k in (option.id, *option.parties) if k in stated), None)
            if option.id in seats and option.id not in rows:
                found = stated.pop(key, 0) if key else 0
                rows[option.id] = SeatRow(
                    option.id,
                    option_label(option, view, language),
                    None,
                    seats[option.id],
                    found if has_declared else None,
                )
    allocated = [msgspec.structs.replace(row, votes=votes[name]) for name, row in rows.items()]
    only_declared = [
        SeatRow(who, _declared_name(who, view, language), None, 0 if house else None, number)
        for who, number in most_first(stated)
    ]
    return (*allocated, *only_declared)


def _declared_name(who: str, view: View, language: str) -> str:
    if who in view.parties:
        return short_name(who, view, language)
    for poll in view.polls.values():
        for option in poll.options:
            if option.id == who:
                return option_label(option, view, language)
    return who


def _names(view: View, results: Iterable[Results], language: str) -> dict[str, str]:
    names = {c.contest: in_language(c.name, language) for c in view.contests.values()}
    names |= view.unit_names
    for result in results:
        names |= result.labels
        names |= {
            in_language(o.alliance, "en"): in_language(o.alliance, language)
            for o in result.poll.options
            if o.alliance
        }
    return names
