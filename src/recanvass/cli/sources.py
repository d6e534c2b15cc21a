"""`recanvass sources`: official returns against what other sources have of the same stations."""

from __future__ import annotations

import argparse

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.record import open_record
from recanvass.words import number, say_in

__all__ = ["run"]

_SHOWN = 40


def run(args: argparse.Namespace) -> int:
    """Print the differences, figure by figure, and return 0."""
    say = say_in(args.lang)
    with open_record(args.ledger, read_only=True) as record:
        poll = record.contest(args.contest).poll(args.poll)
        differences = poll.sources(args.as_of, args.size)
        standing = poll.returns(args.as_of, args.size)["standing"]
        others = standing.eq("other-source").to_list().count(True)
    if args.format == "json":
        print_json({"contest": args.contest, "differences": differences.to_dicts()})
        return 0
    if args.format == "csv":
        print_csv(differences)
        return 0
    if not others:
        print_line(say("no other source has reported this poll"))
        return 0
    columns = [Column(say(c)) for c in ("station", "source", "figure")]
    columns += [Column(say(c), True) for c in ("official", "other", "difference")]
    rows = [
        [str(v) if i < 3 else number(v, args.lang, signed=i == 5) for i, v in enumerate(row)]
        for row in differences.head(_SHOWN).iter_rows()
    ]
    print_table(columns, rows)
    print_line(
        say("{n} figures differ; {others} returns of other sources").format(
            n=number(differences.height, args.lang), others=number(others, args.lang)
        )
    )
    return 0
