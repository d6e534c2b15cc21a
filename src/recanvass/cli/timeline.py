"""`recanvass timeline`: what happened when."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec
import polars as pl

from recanvass.cli.output import Column, print_csv, print_json, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.record import TimelineItem, open_record
from recanvass.words import date_text, number, say_in

__all__ = ["print_items", "run"]


def run(args: argparse.Namespace) -> int:
    """Print the timeline and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        items = record.timeline(args.contest, args.as_of, args.size, args.lang)
        chosen = [i for i in items if args.kind in (None, i.kind)]
        if args.format == "json":
            print_json([msgspec.to_builtins(i) for i in chosen])
        elif args.format == "csv":
            print_csv(_frame(chosen))
        else:
            print_items(chosen, args.lang)
    return 0


def _frame(items: Sequence[TimelineItem]) -> pl.DataFrame:
    columns = ("at", "precision", "kind", "contest", "poll", "leader", "margin", "text", "remark")
    schema = {c: pl.Int64 if c == "margin" else pl.String for c in columns}
    return pl.DataFrame([{c: getattr(i, c) for c in columns} for i in items], schema=schema)


def print_items(items: Sequence[TimelineItem], language: str, remarks: bool = True) -> None:
    """Print happenings as a table: when, what, and the margin that they state."""
    say = say_in(language)
    print_table(
        [
            Column(say("when")),
            Column(say("what"), wrap=True),
            Column(say("leads")),
            Column(say("by"), True),
        ],
        [
            [
                date_text(i.at, i.precision, language),
                i.text + (f" [{i.remark}]" if i.remark and remarks else ""),
                i.leader_label or "",
                number(i.margin, language) if i.margin is not None else "",
            ]
            for i in items
        ],
    )
