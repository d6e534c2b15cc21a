"""`recanvass compare`: what changed between two polls of a contest."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.record import Contest, open_record
from recanvass.record.terms import figure_word, level_word, unit_name
from recanvass.words import number, percent, points, say_in

if TYPE_CHECKING:
    import polars as pl

__all__ = ["changes_in_words", "option_labels", "run"]


def run(args: argparse.Namespace) -> int:
    """Print the comparison and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        contest = record.contest(args.contest)
        frame = contest.compare(args.before, args.after, args.by, args.as_of, args.size)
        if args.format == "json":
            print_json(_plain(frame, args))
        elif args.format == "csv":
            print_csv(frame)
        else:
            _print(frame, contest, args)
    return 0


def _plain(frame: pl.DataFrame, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "contest": args.contest,
        "before": args.before,
        "after": args.after,
        "level": args.by,
        "flipped": int(frame["flipped"].sum()),
        "by": frame.to_dicts(),
    }


def _changing(frame: pl.DataFrame) -> list[str]:
    return [c.removesuffix(".change") for c in frame.columns if c.endswith(".change")]


def _print(frame: pl.DataFrame, contest: Contest, args: argparse.Namespace) -> None:
    say = say_in(args.lang)
    labels = option_labels(contest, args.before, args.after, args.lang)
    print_line(f"{contest.name(args.lang)} · {args.before} → {args.after}")
    if args.by is None:
        _print_totals(frame.row(0, named=True), _changing(frame), labels, args.lang)
        return
    options = [c.removeprefix("votes.") for c in _changing(frame) if c.startswith("votes.")]
    columns = [
        Column(level_word(args.by, args.lang)),
        Column(say("leads, before")),
        Column(say("after")),
        *[Column(f"{labels[o]} ±", True, wrap=True) for o in options],
        *[Column(f"{labels[o]} ± {say('points')}", True, wrap=True) for o in options],
        Column(f"{say('turnout')} ± {say('points')}", True, wrap=True),
    ]
    rows = [_unit_row(r, labels, options, args) for r in frame.iter_rows(named=True)]
    print_table(columns, rows)
    for line in changes_in_words(frame, options, labels, args.by, args.lang):
        print_line(line)


def option_labels(contest: Contest, before: str, after: str, language: str) -> dict[str, str]:
    """Return the short names of the options of both polls."""
    return contest.poll(before).labels(language) | contest.poll(after).labels(language)


def _unit_row(
    row: dict[str, Any], labels: dict[str, str], options: list[str], args: argparse.Namespace
) -> list[str]:
    language = args.lang
    turnout = (
        None
        if row["turnout.before"] is None or row["turnout.after"] is None
        else row["turnout.after"] - row["turnout.before"]
    )
    return [
        unit_name(row, args.by, language),
        labels.get(row["leader.before"], "–"),
        labels.get(row["leader.after"], "–") + (" ◀" if row["flipped"] else ""),
        *[number(row[f"votes.{o}.change"], language, signed=True) for o in options],
        *[points(row[f"swing.{o}"], language) for o in options],
        points(turnout, language),
    ]


def _print_totals(
    row: dict[str, Any], figures: list[str], labels: dict[str, str], language: str
) -> None:
    say = say_in(language)
    rows = [
        [
            figure_word(figure, language, labels),
            number(row[figure + ".before"], language),
            number(row[figure + ".after"], language),
            number(row[figure + ".change"], language, signed=True),
            points(row.get("swing." + figure.removeprefix("votes.")), language),
        ]
        for figure in figures
    ]
    margins = [row["margin.before"], row["margin.after"]]
    rows.append([say("margin"), *[number(m, language) for m in margins], "", ""])
    turnouts = [row["turnout.before"], row["turnout.after"]]
    rows.append([say("turnout"), *[percent(t, language) for t in turnouts], "", ""])
    print_table(
        [
            Column(""),
            Column(say("before"), True),
            Column(say("after"), True),
            Column(say("change"), True),
            Column(say("change of share, points"), True),
        ],
        rows,
    )


def changes_in_words(
    frame: pl.DataFrame, options: list[str], labels: dict[str, str], by: str, language: str
) -> list[str]:
    """Return what a comparison by units found, in sentences."""
    say = say_in(language)
    flipped = frame.filter(frame["flipped"])
    names = ", ".join(str(n) for n in flipped["name"] if n) if flipped.height <= 40 else ""
    lines = [
        say("{n} of {total} change leader ({level}){names}").format(
            n=number(flipped.height, language),
            total=number(frame.height, language),
            level=level_word(by, language),
            names=f": {names}" if names else "",
        )
    ]
    for option in options:
        change = frame[f"votes.{option}.change"]
        risen, fallen = int((change > 0).sum()), int((change < 0).sum())
        line = say("{option}: more votes in {risen}, fewer in {fallen}").format(
            option=labels[option], risen=number(risen, language), fallen=number(fallen, language)
        )
        fewer, side = (risen, change > 0) if risen <= fallen else (fallen, change < 0)
        if 0 < fewer <= 5 and by != "station":
            some = frame.filter(side).select("name", f"votes.{option}.change").iter_rows()
            listed = ", ".join(f"{n} {number(v, language, signed=True)}" for n, v in some)
            line += f" ({listed})"
        lines.append(line)
    return lines
