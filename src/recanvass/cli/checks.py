"""`recanvass checks`: the rules that the returns of a poll break."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from recanvass.canvass.checks import summary
from recanvass.canvass.rules import message
from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.record import open_record
from recanvass.record.terms import severity_word
from recanvass.words import number, say_in

if TYPE_CHECKING:
    import polars as pl

__all__ = ["print_violations", "run"]


def run(args: argparse.Namespace) -> int:
    """Print violations and how often each rule is broken; return 0, or 1 if `--strict` says so."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        poll = record.contest(args.contest).poll(args.poll)
        found = poll.checks(args.as_of, args.size, args.code)
        total = poll.results(None, args.as_of, args.size).stations["counted"]
    counts = summary(found, args.lang)
    if args.format == "json":
        print_json(_plain(found, counts, args))
    elif args.format == "csv":
        print_csv(counts if args.summary else found)
    else:
        _print(found, counts, total, args)
    errors = int((found["severity"] == "error").sum())
    return 1 if args.strict and errors else 0


def _plain(found: pl.DataFrame, counts: pl.DataFrame, args: argparse.Namespace) -> object:
    rules = counts.to_dicts()
    if args.summary:
        return {"contest": args.contest, "rules": rules}
    violations = [
        row
        | {
            "values": json.loads(row["values"]),
            "message": message(row["code"], json.loads(row["values"]), args.lang),
        }
        for row in found.iter_rows(named=True)
    ]
    return {"contest": args.contest, "rules": rules, "violations": violations}


def _print(found: pl.DataFrame, counts: pl.DataFrame, total: int, args: argparse.Namespace) -> None:
    say = say_in(args.lang)
    if not args.summary:
        shown = found.head(args.limit) if args.limit else found
        print_violations(shown, args.lang)
        if shown.height < found.height:
            hidden = number(found.height - shown.height, args.lang)
            print_line(
                say("… and {n} more (--limit 0 for all, --code for one rule)").format(n=hidden)
            )
    print_table(
        [
            Column(say("code")),
            Column(say("severity")),
            Column(say("rule"), wrap=True),
            Column(say("returns"), True),
        ],
        [
            [code, severity_word(severity, args.lang), title, number(n, args.lang)]
            for code, severity, title, n in counts.iter_rows()
        ],
    )
    print_line(say("{n} returns checked").format(n=number(total, args.lang)))


def print_violations(found: pl.DataFrame, language: str) -> None:
    """Print violations, a line each, with the numbers in the sentence."""
    say = say_in(language)
    print_table(
        [
            Column(say("station")),
            Column(say("code")),
            Column(say("severity")),
            Column(say("finding"), wrap=True),
        ],
        [
            [
                row["station"],
                row["code"],
                severity_word(row["severity"], language),
                message(row["code"], json.loads(row["values"]), language),
            ]
            for row in found.iter_rows(named=True)
        ],
    )
