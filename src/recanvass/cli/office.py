"""`recanvass office`: an office's holders over time, or who controls what."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.model import Event, MandateBegan, in_language, to_utc
from recanvass.office.control import Government, Holding, offices_by
from recanvass.office.lineage import Spell
from recanvass.office.mandates import Breach, Mandate, Vacancy
from recanvass.record import Control, Holders, Record, open_record
from recanvass.record.describe import holder_name
from recanvass.record.office_terms import (
    breach_text,
    days_text,
    days_texts,
    government_word,
    state_word,
)
from recanvass.record.office_view import Line
from recanvass.record.terms import level_word, way_of_leaving
from recanvass.words import date_text, number, say_in

__all__ = ["control_lines", "run"]


def run(args: argparse.Namespace) -> int:
    """Print one office, or all of them where none is named, and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        if args.office is None:
            _run_control(record, args)
        else:
            _run_office(record, args)
    return 0


def _run_office(record: Record, args: argparse.Namespace) -> None:
    holders = record.office(args.office).holders(args.as_of, args.size, args.lang)
    lines = holders.lines() if args.party is None else (holders.line(args.party),)
    control = record.control(args.as_of, args.size, args.lang)
    seats = control.holding(args.office)
    is_council = seats.office.seats > 1
    if args.format == "json":
        plain = holders.to_dict() | {"unbroken": [holders.line_dict(x) for x in lines]}
        print_json(plain | ({"council": control.council_dict(seats)} if is_council else {}))
    elif args.format == "csv":
        print_csv(holders.frame)
    else:
        _print_holders(holders, lines)
        if is_council:
            _print_councils(control, [seats])


def _run_control(record: Record, args: argparse.Namespace) -> None:
    control = record.control(args.as_of, args.size, args.lang)
    if args.format == "json":
        print_json(control.to_dict(args.party))
    elif args.format == "csv":
        print_csv(control.frame)
    elif args.party is None:
        _print_control(control)
    else:
        _print_party(control, args.party)


def _print_holders(holders: Holders, lines: Sequence[Line]) -> None:
    language = holders.language
    say = say_in(language)
    known = bool(holders.history.moments)
    state = state_word(holders.history.occupancy.state, language)
    print_line(in_language(holders.office.name, language))
    print_line(_with_moment(state if known else say("no holder is recorded"), holders))
    if not known:
        return
    _print_mandates(holders)
    _print_lines(holders, lines)
    if holders.breaches:
        print_line(say("What the state of the office did not foresee:"))
    for breach in holders.breaches:
        print_line(f"  {_breach_line(breach, holders)}")


def _with_moment(text: str, asked: Holders | Control) -> str:
    """Return a line with the moment and the ledger size that an answer is of."""
    say = say_in(asked.language)
    if asked.as_of:
        text += " · " + say("as of {moment}").format(moment=asked.as_of)
    size = number(asked.ledger_size, asked.language)
    return text + " · " + say("ledger size {size}").format(size=size)


def _print_mandates(holders: Holders) -> None:
    language = holders.language
    say = say_in(language)
    rows: list[tuple[Event, list[str]]] = [
        (m.began, _mandate_row(m, holders)) for m in holders.mandates
    ]
    rows += [(v.since, _vacancy_row(v, holders)) for v in holders.vacancies]
    print_table(
        [
            Column(say("holder")),
            Column(say("party")),
            Column(say("began")),
            Column(say("ended")),
            Column(say("ended by")),
            Column(say("days elapsed"), True),
            Column(say("full days"), True),
            Column(say("days touched"), True),
        ],
        [row for _, row in sorted(rows, key=lambda pair: to_utc(pair[0].at or ""))],
    )


def _mandate_row(mandate: Mandate, holders: Holders) -> list[str]:
    language = holders.language
    days = holders.days(mandate)
    name = holders.holder(mandate)
    if mandate.acting:
        name = say_in(language)("{name}, acting").format(name=name)
    return [
        name,
        holders.party_name(mandate.party),
        _when(mandate.began, language),
        _when(mandate.ended, language),
        way_of_leaving(mandate.ended.how, language) if mandate.ended else "",
        *days_texts(days, language),
    ]


def _vacancy_row(vacancy: Vacancy, holders: Holders) -> list[str]:
    language = holders.language
    days = vacancy.days(holders.until)
    return [
        f"({state_word('vacant', language)})",
        "",
        _when(vacancy.since, language),
        _when(vacancy.until, language),
        "",
        *days_texts(days, language),
    ]


def _when(event: Event | None, language: str) -> str:
    return "" if event is None else date_text(event.at or "", event.precision, language)


def _print_lines(holders: Holders, lines: Sequence[Line]) -> None:
    """Print for how long each party, with its predecessors, had the office without a break."""
    say = say_in(holders.language)
    rows = [_spell_row(line, spell, holders) for line in lines for spell in line.spells]
    if not rows:
        return
    print_line(say("Held without a break, by a party and its predecessors"))
    print_table(
        [
            Column(say("party")),
            Column(say("began")),
            Column(say("ended")),
            Column(say("days elapsed"), True),
            Column(say("whole years"), True),
            Column(say("of these vacant"), True),
        ],
        rows,
    )


def _spell_row(line: Line, spell: Spell, holders: Holders) -> list[str]:
    language = holders.language
    days = spell.days(holders.until)
    vacant = [v.days(holders.until) for v in spell.vacancies]
    name = holders.party_name(line.party)
    earlier = ", ".join(holders.party_name(p) for p in line.predecessors if p in spell.parties)
    return [
        f"{name} ({earlier})" if earlier else name,
        _when(spell.began, language),
        _when(spell.ended, language),
        days_text(days, language),
        number(days.years if days else None, language),
        number(sum(d.elapsed for d in vacant if d is not None), language),
    ]


def _breach_line(breach: Breach, holders: Holders) -> str:
    event, language = breach.event, holders.language
    party = event.party if isinstance(event, MandateBegan) else None
    who = holder_name(event.person, party, holders.view, language)
    text = breach_text(breach.trigger, breach.state, language)
    return f"{_when(event, language)} · {who}: {text}"


def _print_control(control: Control) -> None:
    language = control.language
    say = say_in(language)
    print_line(_with_moment(say("Who controls what"), control))
    columns = [Column(say("offices")), Column(say("in all"), True)]
    columns += _seat_columns(language)
    print_table(columns, [_level_row(x, held, control) for x, held in control.by_level().items()])
    if control.councils:
        _print_councils(control, control.councils)
    for government in control.governments:
        print_line(_government_line(government, control))


def _seat_columns(language: str) -> list[Column]:
    say = say_in(language)
    return [
        Column(say("by party"), wrap=True),
        Column(say("by alliance"), wrap=True),
        Column(say("vacant"), True),
        Column(say("not recorded"), True),
    ]


def _level_row(level: str, held: Sequence[Holding], control: Control) -> list[str]:
    language = control.language
    return [
        level_word(level, language),
        number(len(held), language),
        _parties_text(offices_by(held), control),
        _counts_text(control.sides(held), language),
        number(sum(h.vacant for h in held), language),
        number(sum(h.unknown for h in held), language),
    ]


def _print_councils(control: Control, councils: Sequence[Holding]) -> None:
    language = control.language
    say = say_in(language)
    columns = [Column(say("council")), Column(say("seats"), True), Column(say("majority"), True)]
    columns += _seat_columns(language)
    print_table(
        columns,
        [
            [
                in_language(c.office.name, language),
                number(c.office.seats, language),
                number(c.majority, language),
                _seats_text(c, control),
                _counts_text(control.seats_of_sides(c), language),
                number(c.vacant, language),
                number(c.unknown, language),
            ]
            for c in councils
        ],
    )


def _seats_text(council: Holding, control: Control) -> str:
    """Return a council's seats by party; those that go with another office apart."""
    language = control.language
    say = say_in(language)
    seats = {control.party_name(party): n for party, n in council.parties.items()}
    if council.by_office:
        seats[say("by office")] = sum(seat.seats for seat in council.by_office)
    if council.without_party:
        seats[control.party_name(None)] = council.without_party
    return _counts_text(seats, language)


def _parties_text(counts: Mapping[str | None, int], control: Control) -> str:
    named = {control.party_name(party): n for party, n in counts.items()}
    return _counts_text(named, control.language)


def _counts_text(counts: Mapping[str, int], language: str) -> str:
    return ", ".join(f"{name} {number(n, language)}" for name, n in counts.items())


def _government_line(government: Government, control: Control) -> str:
    """Return on whose side a single office and a council of the same unit are."""
    language = control.language
    say = say_in(language)
    one, council = government.executive, government.council
    parts = [
        government_word(government.word, language),
        f"{in_language(one.office.name, language)}: {_in_charge(government, control)}",
    ]
    side = government.majority_side
    if side is not None:
        parts.append(
            say("majority of the council: {side}, {seats} of {all} seats").format(
                side=control.side_name(side),
                seats=number(council.seats_of(side.parties), language),
                all=number(council.office.seats, language),
            )
        )
    unit = control.view.unit_name(one.office.unit) or one.office.unit
    return f"{unit}: " + " · ".join(parts)


def _in_charge(government: Government, control: Control) -> str:
    one, side = government.executive, government.executive_side
    if side is None or one.party is None:
        return "–"
    party, name = control.party_name(one.party), control.side_name(side)
    return party if party == name else f"{party} ({name})"


def _print_party(control: Control, party: str) -> None:
    """Print how many single offices a party controls, in each of the ways to count, and which."""
    language = control.language
    say = say_in(language)
    found = control.of_party(party)
    print_line(_with_moment(control.party_name(party), control))
    columns = [Column(say("offices")), Column(say("in all"), True), Column(say("alone"), True)]
    columns.append(Column(say("with predecessors"), True))
    columns.append(Column(control.side_name(found.side), True))
    rows = []
    for level, held in control.by_level().items():
        counted = control.of_party(party, level)
        ways = (held, counted.alone, counted.with_predecessors, counted.with_alliance)
        rows.append([level_word(level, language), *(number(len(w), language) for w in ways)])
    print_table(columns, rows)
    columns = [Column(say("office")), Column(say("holder")), Column(say("since"))]
    mine = dict.fromkeys(h.office.office for h in (*found.with_alliance, *found.with_predecessors))
    people = [_person_row(h, control) for h in control.singles() if h.office.office in mine]
    print_table(columns, people)


def _person_row(holding: Holding, control: Control) -> list[str]:
    language = control.language
    people = holding.occupancy.in_charge
    return [
        in_language(holding.office.name, language),
        ", ".join(holder_name(m.person, m.party, control.view, language) for m in people),
        ", ".join(_when(m.began, language) for m in people),
    ]


def control_lines(control: Control) -> list[str]:
    """Return who controls what in a few lines: a level with several offices each, governments."""
    language = control.language
    say = say_in(language)
    lines = []
    for level, held in control.by_level().items():
        if len(held) > 1 and any(h.parties for h in held):
            lines.append(
                say("{level} offices, {n}: {parties} ({sides})").format(
                    level=level_word(level, language),
                    n=number(len(held), language),
                    parties=_parties_text(offices_by(held), control),
                    sides=_counts_text(control.sides(held), language),
                )
            )
    return lines + [_government_line(g, control) for g in control.governments]
