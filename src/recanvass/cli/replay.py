"""`recanvass replay`: the returns of a poll fed into a new ledger at the pace of a night."""

from __future__ import annotations

import argparse
import math

from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.model import in_language
from recanvass.record import Record, open_record
from recanvass.rehearsal.replay import Night, open_rehearsal, plan_night, play
from recanvass.words import number, percent, say_in

__all__ = ["run"]

_FASTEST = 1e9


def run(args: argparse.Namespace) -> int:
    """Feed the night, say after each batch who leads, and return 0."""
    say = say_in(args.lang)
    for name, most in (("speed", _FASTEST), ("tick", 3600.0)):
        value = getattr(args, name)
        if not (math.isfinite(value) and 0 < value <= most):
            raise BadInput(f"--{name}: found {value:g}; expected more than 0, up to {most:g}")
    with open_record(args.ledger, read_only=True) as source:
        night = plan_night(
            source, args.contest, args.poll, args.order, seed=args.seed, hours=args.hours
        )
        with open_rehearsal(night, args.to) as target:
            print_line(
                say("SIMULATED: {what}").format(
                    what=in_language(night.poll.simulated or "", args.lang)
                )
            )
            try:
                zone = night.zone
                for played in play(night, target, args.speed, args.tick):
                    at = f"{played.moment.astimezone(zone):%d.%m. %H:%M:%S}"
                    print(f"{at}  {_line(night, target, args.lang)}", flush=True)
            except KeyboardInterrupt:
                print_line(say("stopped; the same command goes on from here"))
                raise
            print_line(say("the night is over: {ledger}").format(ledger=args.to))
    return 0


def _line(night: Night, target: Record, language: str) -> str:
    """Return how much is in, and who leads by how much."""
    say = say_in(language)
    poll = target.contest(night.poll.contest).poll(night.poll.poll)
    results = poll.results(language=language)
    stations = results.stations
    leads = say("nobody leads")
    if results.leader is not None:
        leads = say("{name} leads by {margin} votes").format(
            name=poll.option_name(results.leader, language),
            margin=number(results.margin, language),
        )
    counted = say("{counted} of {total} stations counted").format(
        counted=number(stations["counted"], language), total=number(stations["total"], language)
    )
    share = percent(stations["counted"] / stations["total"], language, 1)
    return f"{counted} ({share})  {leads}"
