"""`recanvass sources`: official returns against what other sources have of the same stations."""

from __future__ import annotations

import argparse

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.record import open_record
from recanvass.record.terms import figure_word
from recanvass.words import number, say_in

__all__ = ["run"]

_SHOWN = 40


def run(args: argparse.Namespace) -> int:
    """Print the differences, figure by figure, and return 0."""
    say = say_in(args.lang)
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        poll = record.contest(args.contest).poll(args.poll)
        differences = poll.sources(args.as_of, args.size)
        standing = poll.returns(args.as_of, args.size)["standing"]
        others = standing.eq("other-source").to_list().count(True)
        labels = poll.labels(args.lang, args.size)
    if args.format == "json":
        print_json({"contest": args.contest, "differences": differences.to_dicts()})
        return 0
    if args.format == "csv":
        print_csv(differences)
        return 0
    if not others:
        print_line(say("no other source has reported this poll"))
        return 0
    shown = differences.head(_SHOWN)
    columns = [
        Column(say("station")),
        Column(say("source")),
        Column(say("figure")),
        Column(say("official figure"), True),
        Column(say("other figure"), True),
        Column(say("difference"), True),
    ]
    rows = [
        [
            station,
            source,
            figure_word(figure, args.lang, labels),
            number(official, args.lang),
            number(other, args.lang),
            number(difference, args.lang, signed=True),
        ]
        for station, source, figure, official, other, difference in shown.iter_rows()
    ]
    print_table(columns, rows)
    print_line(
        say("{n} figures differ; {others} returns of other sources").format(
            n=number(differences.height, args.lang), others=number(others, args.lang)
        )
    )
    return 0
