"""`recanvass results`: one poll's totals."""

from __future__ import annotations

import argparse
from typing import Any

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.cli.timeline import print_items
from recanvass.model import STANDARD_COUNTS, in_language
from recanvass.record import Record, Results, open_record
from recanvass.record.terms import figure_word, level_word, status_word, unit_name
from recanvass.words import date_text, number, percent, say_in

__all__ = ["leads_text", "option_rows", "print_results", "run"]

_CLAIMS = 3

_OPTIONS_BESIDE = 6
"""A table by unit shows each option's votes up to this many; beyond, only who leads."""


def run(args: argparse.Namespace) -> int:
    """Print a poll's results and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        contest = record.contest(args.contest)
        asked = contest.poll(args.poll) if args.poll else contest
        results = asked.results(args.by, args.as_of, args.size, args.lang)
        if args.format == "json":
            print_json(results.to_dict())
        elif args.format == "csv":
            print_csv(results.frame)
        else:
            print_results(results, contest.name(args.lang), args.lang)
            if not results.stations["counted"]:
                _print_claims(record, results, args)
    return 0


def _print_claims(record: Record, results: Results, args: argparse.Namespace) -> None:
    """Print the last that was reported or declared, where there are no returns to add up."""
    claims = [
        item
        for item in record.timeline(args.contest, args.as_of, args.size, args.lang)
        if item.poll == results.poll.poll and item.kind in ("report.received", "declaration.made")
    ]
    if claims:
        print_line(say_in(args.lang)("no returns to add up; the last that was published:"))
        print_items(claims[-_CLAIMS:], args.lang)


def print_results(results: Results, contest: str, language: str) -> None:
    """Print a result for people: who leads first, then how sure, then the figures."""
    say = say_in(language)
    plain = results.to_dict()
    print_line(f"{contest} · {results.poll.poll}")
    print_line(headline(results, plain, language))
    if decided := outcome_text(results, language):
        print_line(decided)
    print_line(_state(results, plain, language))
    print_line(_counts(plain, language))
    columns = [Column(say("option")), Column(say("votes"), True), Column(say("share"), True)]
    print_table(columns, option_rows(plain, language))
    if results.by:
        _print_units(results, plain, language)


def headline(results: Results, plain: dict[str, Any], language: str) -> str:
    """Return who leads and by how much, in words."""
    say = say_in(language)
    names = {o["id"]: o["name"] for o in plain["options"]}
    if results.leader is not None:
        return say("{name} leads by {margin} votes").format(
            name=names[results.leader], margin=number(results.margin, language)
        )
    return say("level: nobody leads") if plain["tied"] else say("nobody leads")


def outcome_text(results: Results, language: str) -> str:
    """Return what the votes decide where that is not just who leads: a majority, a run-off, a lot.

    Empty where the leader is elected by having the most votes.
    """
    say = say_in(language)
    outcome = results.outcome
    if outcome is None:
        return ""
    names = {o.id: in_language(o.name, language) for o in results.poll.options}
    whom = ", ".join(names[o] for o in outcome.options)
    text = ""
    if outcome.word == "lot needed":
        text = say("level, so a lot must be drawn among: {names}").format(names=whom)
    elif outcome.word == "run-off":
        text = say("nobody has the {needed} votes of a majority: a run-off between {names}").format(
            needed=number(outcome.needed, language), names=whom
        )
    elif outcome.needed is not None:
        text = say("a majority takes {needed} votes: {names} has it").format(
            needed=number(outcome.needed, language), names=whom
        )
    if outcome.by_lot:
        text += (" · " if text else "") + say("by lot: {names}").format(names=whom)
    return text


def _state(results: Results, plain: dict[str, Any], language: str) -> str:
    say = say_in(language)
    stations = plain["stations"]
    status = status_word(results.status.word, language)
    if results.status.body:
        since = date_text(results.status.since or "", results.status.precision, language)
        status += f" ({results.status_body}, {since})"
    state = say("{status} · {counted} of {total} stations counted").format(
        status=status,
        counted=number(stations["counted"], language),
        total=number(stations["total"], language),
    )
    if results.count("boxes"):
        boxes = number(results.count("boxes"), language)
        state += " · " + say("totals of {boxes} boxes").format(boxes=boxes)
    if len(results.composed) > 1:
        parts = ", ".join(f"{p}: {number(n, language)}" for p, n in results.composed.items())
        state += " · " + say("put together from several polls ({parts})").format(parts=parts)
    if results.as_of:
        state += " · " + say("as of {moment}").format(moment=results.as_of)
    return (
        state + " · " + say("ledger size {size}").format(size=number(results.ledger_size, language))
    )


def _counts(plain: dict[str, Any], language: str) -> str:
    say = say_in(language)
    labels = {o["id"]: o["label"] for o in plain["options"]}
    parts = [f"{figure_word(c, language)} {number(plain[c], language)}" for c in STANDARD_COUNTS]
    parts.append(f"{say('turnout')} {percent(plain['turnout'], language)}")
    missing = plain.get("missing", {})
    gaps = ", ".join(
        f"{figure_word(figure, language, labels)} {number(stations, language)}"
        for figure, stations in missing.items()
    )
    if gaps:
        parts.append(say("stations that lack a figure: {gaps}").format(gaps=gaps))
    return " · ".join(parts)


def option_rows(plain: dict[str, Any], language: str) -> list[list[str]]:
    """Return the options of a result with votes and shares, in ballot order."""
    withdrawn = say_in(language)("withdrawn, but on the paper")
    return [
        [
            # A name that says its short form already ("others, not itemised") needs no second one.
            o["name"]
            + (f" ({o['label']})" if o["label"] not in o["name"] else "")
            + (f" · {withdrawn}" if o["withdrawn"] else ""),
            number(o["votes"], language),
            percent(o["share"], language),
        ]
        for o in plain["options"]
    ]


def leads_text(results: Results, language: str) -> str:
    """Return in how many units of the level each option leads."""
    leads, tied = results.led()
    parts = [f"{results.labels.get(o, o)} {number(n, language)}" for o, n in leads.items()]
    if tied:
        parts.append(f"{say_in(language)('tied')} {number(tied, language)}")
    return ", ".join(parts)


def _print_units(results: Results, plain: dict[str, Any], language: str) -> None:
    say = say_in(language)
    beside = plain["options"] if len(plain["options"]) <= _OPTIONS_BESIDE else []
    from_polls = "poll" in results.frame.columns
    columns = [
        Column(level_word(results.by or "", language)),
        Column(say("stations"), True),
        Column(figure_word("registered", language), True, wrap=True),
        Column(figure_word("voted", language), True, wrap=True),
        Column(say("turnout"), True),
        *[Column(o["label"], True, wrap=True) for o in beside],
        Column(say("leads")),
        Column(say("by"), True),
        *([Column(say("figures from"))] if from_polls else []),
    ]
    rows = [
        [
            unit_name(u, results.by, language),
            "/".join(number(u["stations"][k], language) for k in ("counted", "total")),
            number(u["registered"], language),
            number(u["voted"], language),
            percent(u["turnout"], language),
            *[number(o["votes"], language) for o in u["options"] if beside],
            results.labels.get(u["leader"], "=" if u["tied"] else "–"),
            number(u["margin"], language),
            *([u["poll"]] if from_polls else []),
        ]
        for u in plain["by"]
    ]
    leads = leads_text(results, language)
    print_table(columns, rows)
    print_line(say("led: {leads}").format(leads=leads))
