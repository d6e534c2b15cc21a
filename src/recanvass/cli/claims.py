"""`recanvass claims`: what others published, and whether it is true of the record."""

from __future__ import annotations

import argparse

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.model import in_language
from recanvass.record import open_record
from recanvass.record.claim_words import verdict_word
from recanvass.record.claims import ClaimAnswer, Claims
from recanvass.words import date_text, number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print all claims with their answers, or all about one, and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        claims = record.claims(args.as_of, args.size, args.lang)
        if args.claim is not None:
            _run_one(claims, claims.answer(args.claim), args.format)
        elif args.format == "json":
            print_json(claims.to_dict())
        elif args.format == "csv":
            print_csv(claims.frame)
        else:
            _print_all(claims)
    return 0


def _run_one(claims: Claims, answer: ClaimAnswer, form: str) -> None:
    if form == "json":
        print_json(claims.answer_dict(answer))
    elif form == "csv":
        print_csv(claims.frame.filter(claims.frame["claim"] == answer.claim.id))
    else:
        _print_one(claims, answer)


def _print_all(claims: Claims) -> None:
    language = claims.language
    say = say_in(language)
    if not claims.answers:
        print_line(say("no claims in this record"))
        return
    columns = [
        Column(say("claim")),
        Column(say("when")),
        Column(say("by"), wrap=True),
        Column(say("says"), wrap=True),
        Column(say("stated"), True, wrap=True),
        Column(say("the record"), True, wrap=True),
        Column(say("answer"), wrap=True),
    ]
    print_table(columns, [_row(claims, a) for a in claims])
    counts = ", ".join(
        f"{verdict_word(v, language)} {number(n, language)}" for v, n in claims.counts().items()
    )
    print_line(counts)
    print_line(say("the way to each figure: recanvass claims CLAIM"))


def _row(claims: Claims, answer: ClaimAnswer) -> list[str]:
    claim, language = answer.claim, claims.language
    return [
        claim.id,
        date_text(claim.at or "", claim.precision, language),
        claims.by(answer),
        in_language(claim.says, language),
        claims.stated(answer),
        claims.figure(answer) or "–",
        verdict_word(answer.verdict, language),
    ]


def _print_one(claims: Claims, answer: ClaimAnswer) -> None:
    claim, language = answer.claim, claims.language
    say = say_in(language)
    when = date_text(claim.at or "", claim.precision, language)
    print_line(f"{claims.by(answer)}, {when}: {in_language(claim.says, language)}")
    if claim.published_in:
        place = in_language(claim.published_in, language)
        print_line(say("published in: {place}").format(place=place))
    print_line(say("answer: {verdict}").format(verdict=verdict_word(answer.verdict, language)))
    figure = claims.figure(answer) or "–"
    print_line(
        say("stated: {stated} · the record: {figure}").format(
            stated=claims.stated(answer), figure=figure
        )
    )
    for reason in claims.reasons(answer):
        print_line(f"  {reason}")
    if claim.remark:
        print_line(f"  {in_language(claim.remark, language)}")
    _print_way(claims, answer)


def _print_way(claims: Claims, answer: ClaimAnswer) -> None:
    say = say_in(claims.language)
    plain = claims.answer_dict(answer)
    if plain["command"]:
        print_line(say("the way to it: {command}").format(command=plain["command"]))
    if plain["events"]:
        pairs = ", ".join(
            f"{event} ({number(claims.entries[event], claims.language)})"
            for event in plain["events"]
            if event in claims.entries
        )
        print_line(say("rests on events (entries): {events}").format(events=pairs))
