"""`recanvass station`: one station with everything it ever reported."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import msgspec
import polars as pl

from recanvass.cli.checks import print_violations
from recanvass.cli.evidence_shown import print_evidence
from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.record import Record, StationHistory, StationReturn, open_record
from recanvass.record.terms import (
    figure_word,
    kind_word,
    reason_word,
    role_word,
    signature_fault_word,
    standing_word,
)
from recanvass.words import date_text, number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print a station's history and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        history = record.station(args.station, args.as_of, args.size)
        labels = _labels(record, history, args.lang)
    if args.format == "json":
        plain = {
            "station": history.station,
            "name": history.name,
            "kind": history.kind,
            "places": history.places,
            "ledger_size": history.ledger_size,
            "returns": [msgspec.to_builtins(r) for r in history.returns],
            "checks": history.broken.to_dicts(),
            "evidence": [msgspec.to_builtins(e) for e in history.evidence],
        }
        print_json(plain)
    elif args.format == "csv":
        print_csv(pl.DataFrame([_flat(r) for r in history.returns]))
    else:
        _print(history, labels, args.lang)
    return 0


def _labels(record: Record, history: StationHistory, language: str) -> dict[str, dict[str, str]]:
    """Return the short names of the options of each poll, by contest and poll as printed."""
    return {
        f"{r.contest} {r.poll}": record.contest(r.contest).poll(r.poll).labels(language)
        for r in history.returns
    }


def _flat(one: StationReturn) -> dict[str, object]:
    about = ("contest", "poll", "entry", "at", "source", "reason", "standing", "leaf", "id")
    votes = {f"votes.{o}": v for o, v in one.votes.items()}
    signed = {"signed_by": " ".join(s.name for s in one.signatures if s.fault is None)}
    return {name: getattr(one, name) for name in about} | signed | one.counts | votes


def _figures(
    figures: Mapping[str, int | None],
    labels: Mapping[str, str],
    language: str,
    signed: bool = False,
) -> str:
    return ", ".join(
        f"{labels.get(key) or figure_word(key, language)} {number(value, language, signed)}"
        for key, value in figures.items()
    )


def _changes(one: StationReturn, labels: Mapping[str, str], language: str) -> str:
    """Return what a return changed, and what it filled in, against the one before it."""
    say = say_in(language)
    filled = ", ".join(labels.get(key) or figure_word(key, language) for key in one.filled_in)
    parts = [_figures(one.changed, labels, language, signed=True)]
    parts.append(say("filled in: {figures}").format(figures=filled) if filled else "")
    return "; ".join(filter(None, parts))


def _signers(one: StationReturn, language: str) -> str:
    """Return who signed a return, each with their role and with what is wrong, if anything is."""
    signers = []
    for each in one.signatures:
        role = "" if each.role is None else f" ({role_word(each.role, language)})"
        fault = "" if each.fault is None else f": {signature_fault_word(each.fault, language)}"
        signers.append(f"{each.holder or each.name}{role}{fault}")
    return ", ".join(signers) or say_in(language)("nobody")


def _print(history: StationHistory, labels: dict[str, dict[str, str]], language: str) -> None:
    say = say_in(language)
    kind = kind_word(history.kind, language)
    print_line(" › ".join([*history.places, history.name]) + f" · {kind}")
    print_line(history.station)
    columns = [
        Column(say("poll")),
        Column(say("when")),
        Column(say("source")),
        Column(say("reason")),
        Column(say("standing")),
        Column(say("figures"), wrap=True),
        Column(say("changed"), wrap=True),
        Column(say("entry"), True),
    ]
    rows = [
        [
            f"{r.contest} {r.poll}",
            date_text(r.at, None, language),
            r.source,
            reason_word(r.reason, language),
            standing_word(r.standing, language),
            _figures(r.counts | r.votes, labels[f"{r.contest} {r.poll}"], language),
            _changes(r, labels[f"{r.contest} {r.poll}"], language),
            str(r.entry),
        ]
        for r in history.returns
    ]
    if any(r.signatures for r in history.returns):
        columns.insert(-1, Column(say("signed by"), wrap=True))
        for row, one in zip(rows, history.returns, strict=True):
            row.insert(-1, _signers(one, language))
    print_table(columns, rows)
    print_evidence(history.evidence, language)
    if history.broken.height:
        print_line(say("checks:"))
        print_violations(history.broken, language)
    else:
        print_line(say("no rule is broken"))
