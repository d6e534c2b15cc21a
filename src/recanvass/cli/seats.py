"""`recanvass seats`: an office's seats by its rule, step by step, beside those declared."""

from __future__ import annotations

import argparse

import polars as pl

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.model import in_language
from recanvass.office.allocation import Allocated
from recanvass.office.indirect import IndirectBody
from recanvass.office.sizes import SizesNeedLot
from recanvass.record import open_record
from recanvass.record.seat_terms import lot_text, step_text
from recanvass.record.seats_view import OfficeSeats, office_seats
from recanvass.record.terms import status_word
from recanvass.words import number, say_in

__all__ = ["run"]

_MOST_LISTS_BESIDE = 8
"""A table by circle shows each list's seats up to this many."""


def run(args: argparse.Namespace) -> int:
    """Print the seats of an office and return 0, or 1 if a lot must be drawn first."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        seats = office_seats(
            record, args.office, args.poll, as_of=args.as_of, size=args.size, language=args.lang
        )
    if args.format == "json":
        print_json(seats.to_dict(args.steps))
    elif args.format == "csv":
        print_csv(_frame(seats))
    else:
        _print(seats, args.steps)
    needs_lot = isinstance(seats.sizes, SizesNeedLot) or (seats.house and seats.house.lots_needed)
    return 1 if needs_lot else 0


def _frame(seats: OfficeSeats) -> pl.DataFrame:
    """Return the lists, or the lower units of an indirect body, a row each."""
    if seats.body is not None:
        return pl.DataFrame(
            [
                (u.unit, seats.names.get(u.unit), u.population, u.members, u.delegates, u.heads)
                for u in seats.body.units
            ],
            schema=["unit", "name", "population", "members", "delegates", "heads"],
            orient="row",
        )
    columns = ("list", "name", "votes", "seats", "declared", "difference")
    text = ("list", "name")
    return pl.DataFrame(
        [tuple(getattr(row, column) for column in columns) for row in seats.rows],
        schema={c: pl.String if c in text else pl.Int64 for c in columns},
        orient="row",
    )


def _print(seats: OfficeSeats, steps: bool) -> None:
    print_line(in_language(seats.office.name, seats.language))
    print_line(_state(seats))
    if seats.body is not None:
        _print_body(seats, seats.body)
    if isinstance(seats.sizes, SizesNeedLot):
        print_line(lot_text(seats.sizes, seats.names, seats.language))
    if steps:
        _print_steps(seats)
    _print_circles(seats)
    _print_lists(seats)
    _print_sums(seats)


def _state(seats: OfficeSeats) -> str:
    """Return what the seats rest on: polls, their status and progress, moment and ledger size."""
    language = seats.language
    say = say_in(language)
    parts = [
        say("{poll}: {status}, {counted} of {total} stations counted").format(
            poll=f"{result.poll.contest} {result.poll.poll}",
            status=status_word(result.status.word, language),
            counted=number(result.stations["counted"], language),
            total=number(result.stations["total"], language),
        )
        for result in seats.results
    ]
    if seats.as_of:
        parts.append(say("as of {moment}").format(moment=seats.as_of))
    size = number(seats.ledger_size, language)
    return " · ".join([*parts, say("ledger size {size}").format(size=size)])


def _print_body(seats: OfficeSeats, body: IndirectBody) -> None:
    language = seats.language
    say = say_in(language)
    print_table(
        [
            Column(say("unit")),
            Column(say("population"), True),
            Column(say("members of its council"), True),
            Column(say("of these here"), True),
            Column(say("by office"), True),
        ],
        [
            [
                seats.names.get(unit.unit, unit.unit),
                number(unit.population, language),
                number(unit.members, language),
                number(unit.delegates, language),
                number(unit.heads, language),
            ]
            for unit in body.units
        ],
    )
    print_line(
        say(
            "{delegates} delegates + {heads} by office of a unit + {chairs} in the chair = {seats}"
        ).format(
            delegates=number(body.delegates, language),
            heads=number(body.heads, language),
            chairs=number(body.chairs, language),
            seats=number(body.seats, language),
        )
    )


def _body_sum(body: IndirectBody, language: str) -> list[str]:
    people = [unit.population for unit in body.units if unit.population is not None]
    return [
        say_in(language)("in all"),
        number(sum(people) if len(people) == len(body.units) else None, language),
        number(sum(unit.members for unit in body.units), language),
        number(body.delegates, language),
        number(body.heads, language),
    ]


def _print_steps(seats: OfficeSeats) -> None:
    if seats.sizes is not None and not isinstance(seats.sizes, SizesNeedLot):
        for step in seats.sizes.steps:
            print_line("  " + step_text(step, seats.names, seats.language))
    for circle in seats.house.circles if seats.house else ():
        print_line()
        print_line(seats.names.get(circle.circle or "", circle.circle or ""))
        for step in circle.steps:
            print_line("  " + step_text(step, seats.names, seats.language))


def _print_circles(seats: OfficeSeats) -> None:
    """Print seats circle by circle, where there are several, and the lots that are needed."""
    language = seats.language
    say = say_in(language)
    house = seats.house
    if house is None:
        return
    beside = [row for row in seats.rows if row.seats is not None][:_MOST_LISTS_BESIDE]
    if len(house.circles) > 1:
        rows = []
        for circle in house.circles:
            known = circle.seats if isinstance(circle, Allocated) else circle.certain
            name = circle.circle or ""
            each = [number(known.get(row.list, 0), language) for row in beside]
            rows.append([seats.names.get(name, name), number(sum(known.values()), language), *each])
        columns = [Column(say("circle")), Column(say("seats"), True)]
        print_table([*columns, *[Column(row.name, True, wrap=True) for row in beside]], rows)
    for needed in house.lots_needed:
        name = seats.names.get(needed.circle or "", needed.circle or "")
        print_line(f"{name}: {lot_text(needed, seats.names, language)}")


def _print_lists(seats: OfficeSeats) -> None:
    language = seats.language
    say = say_in(language)
    allocated, declared = seats.house is not None, bool(seats.declared)
    shown = [(say("list"), True), (say("votes"), allocated), (say("seats"), allocated)]
    shown += [(say("seats declared"), declared), (say("difference"), allocated and declared)]
    rows = [
        [
            row.name,
            number(row.votes, language),
            number(row.seats, language),
            number(row.declared, language),
            number(row.difference, language, signed=True) if row.difference else "=",
        ]
        for row in seats.rows
    ]
    if rows:
        columns = [Column(title, number=place > 0) for place, (title, _) in enumerate(shown)]
        kept = [place for place, (_, is_shown) in enumerate(shown) if is_shown]
        print_table([columns[k] for k in kept], [[row[k] for k in kept] for row in rows])


def _print_sums(seats: OfficeSeats) -> None:
    """Print how the seats add up, and whether the rule makes as many as the office has."""
    language = seats.language
    say = say_in(language)
    house = seats.house
    if house is not None and house.vacant:
        print_line(say("vacant: {seats}").format(seats=number(house.vacant, language)))
    if seats.declared:
        declared = sum(sum(event.seats.values()) for event in seats.declared)
        print_line(say("declared in all: {seats}").format(seats=number(declared, language)))
    if seats.by_rule is not None:
        defined, by_rule = seats.office.seats, seats.by_rule
        words = {"seats": number(by_rule, language), "defined": number(defined, language)}
        if by_rule == defined:
            print_line(
                say("the rule makes {seats} seats, as many as the office has").format(**words)
            )
        else:
            print_line(
                say("the rule makes {seats} seats; the office is defined with {defined}").format(
                    **words
                )
            )
