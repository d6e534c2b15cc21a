"""`recanvass whatif`: could the challenged stations change the outcome?"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import polars as pl

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.cli.simulated import tell_if_simulated
from recanvass.docket.assumptions import assumptions
from recanvass.docket.challenge import tainted_ballots
from recanvass.docket.hypergeometric import Chance
from recanvass.docket.whatif import Bound, Figures, RandomDraw, WhatIf, WorstFirst
from recanvass.exchange.station_list import read_stations
from recanvass.record import Poll, open_record
from recanvass.record.challenge import challenge
from recanvass.record.terms import figure_word
from recanvass.words import number, percent, say_in

__all__ = ["run"]

_VOTES, _SEATS = "votes.", "seats."
_SMALLEST_SHOWN = 0.0001


def run(args: argparse.Namespace) -> int:
    """Print what the challenged stations can change and return 0."""
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        contest = record.contest(args.contest)
        poll = contest.poll(args.poll)
        found = challenge(
            poll,
            stations=None if args.stations is None else read_stations(args.stations),
            where=args.where,
            tainted=None if args.tainted is None else tainted_ballots(args.tainted),
            as_of=args.as_of,
            size=args.size,
        )
        leader = poll.option_name(found.now.leader, args.lang)
        said = assumptions(found, leader, poll.definition(args.size).rule, args.lang)
        if args.format == "json":
            about = {"contest": args.contest, "poll": poll.key[1], "as_of": args.as_of}
            about["ledger_size"] = record.view(args.size).size
            print_json(about | found.to_dict() | {"assumptions": said})
        elif args.format == "csv":
            print_csv(pl.DataFrame(_figures(found)))
        else:
            print_line(f"{contest.name(args.lang)} · {poll.key[1]}")
            _Page(found, said, poll, args.lang).print()
    return 0


def _figures(found: WhatIf) -> list[dict[str, Any]]:
    """Return the figures now, of the challenged stations and without them, a row each."""
    sides = {"now": found.now, "challenged": found.challenged, "without": found.without}
    plain = {side: _flat(figures) for side, figures in sides.items()}
    return [
        {"figure": figure, **{side: values.get(figure) for side, values in plain.items()}}
        for figure in plain["now"]
    ]


def _flat(figures: Figures) -> dict[str, int | None]:
    votes = {_VOTES + o: v for o, v in figures.votes.items()}
    seats = {_SEATS + o: n for o, n in (figures.seats or {}).items()}
    return {"stations": figures.stations, **figures.counts, **votes, **seats}


@dataclass(frozen=True)
class _Page:
    """The answers in words, each with what it assumes below it."""

    found: WhatIf
    said: dict[str, str]
    poll: Poll
    language: str

    def print(self) -> None:
        say = say_in(self.language)
        found = self.found
        self._print_without()
        if found.bound is None or found.worst is None:
            print_line(say("No leader with a rival: there is nobody whom ballots could unseat."))
            return
        self._print_bound(found.bound)
        self._print_random(found.draw)
        self._print_worst(found.worst, found.draw)
        self._assume("rule")

    def _n(self, value: int | None) -> str:
        return number(value, self.language)

    def _assume(self, answer: str) -> None:
        if answer in self.said:
            print_line(f"  ({self.said[answer]})")

    def _head(self, title: str) -> None:
        print_line()
        print_line(title)

    def _print_without(self) -> None:
        say = say_in(self.language)
        found = self.found
        print_line(
            say("{n} of {total} stations are challenged").format(
                n=self._n(found.challenged.stations), total=self._n(found.now.stations)
            )
        )
        self._head(say("1. Without these stations"))
        rows = [
            [
                self._word(row["figure"]),
                *[self._n(row[side]) for side in ("now", "challenged", "without")],
            ]
            for row in _figures(found)
        ]
        titles = (say("now"), say("challenged"), say("without them"))
        print_table([Column(""), *[Column(t, True) for t in titles]], rows)
        print_line(say("Now: {lead}.").format(lead=self._lead(found.now)))
        print_line(say("Without them: {lead}.").format(lead=self._lead(found.without)))
        self._assume("without")

    def _word(self, figure: str) -> str:
        say = say_in(self.language)
        labels = self.poll.labels(self.language)
        if figure == "stations":
            return say("number of stations")
        if figure.startswith(_SEATS):
            option = figure.removeprefix(_SEATS)
            return say("seats of {list}").format(list=labels.get(option, option))
        return figure_word(figure, self.language, labels)

    def _lead(self, figures: Figures) -> str:
        say = say_in(self.language)
        if figures.leader is None:
            return say("level: nobody leads") if figures.tied else say("nobody leads")
        return say("{name} leads by {margin} votes").format(
            name=self.poll.option_name(figures.leader, self.language),
            margin=self._n(figures.margin),
        )

    def _print_bound(self, bound: Bound) -> None:
        say = say_in(self.language)
        self._head(say("2. The bound"))
        print_line(
            say(
                "{tie} bad ballots make a tie, {reverse} put another ahead; of the {ballots} valid "
                "ballots challenged, {own} are the leader's."
            ).format(
                tie=self._n(bound.to_tie),
                reverse=self._n(bound.to_reverse),
                ballots=self._n(bound.ballots),
                own=self._n(bound.of_leader),
            )
        )
        if bound.can_reverse:
            verdict = say("These stations could change the outcome.")
        elif bound.can_tie:
            verdict = say("These stations could make a tie, not more.")
        else:
            verdict = say("These stations cannot change the outcome.")
        moved = say("As votes of the runner-up instead, {n} would be needed.").format(
            n=self._n(bound.moved_to_reverse)
        )
        print_line(f"{verdict} {moved}")
        self._assume("bound")

    def _print_random(self, draw: RandomDraw | None) -> None:
        say = say_in(self.language)
        self._head(say("3. Tainted ballots drawn at random"))
        if draw:
            for rival in draw.rivals:
                self._print_chance(rival.chance, rival.option, draw.tainted)
            if len(draw.rivals) > 1:
                print_line(
                    say("That any of them leads: {least} to {most}.").format(
                        least=self._chance(draw.at_least), most=self._chance(draw.at_most)
                    )
                )
            self._assume("draw")
        rows = [
            [
                percent(target.probability, self.language, 0),
                say("not reached") if target.ballots is None else self._n(target.ballots),
            ]
            for target in self.found.targets
        ]
        print_table(
            [
                Column(say("probability of a reversal"), True),
                Column(say("tainted ballots, at least"), True),
            ],
            rows,
        )
        if not all(target.exact for target in self.found.targets):
            self._print_approximation()
        self._assume("targets")

    def _print_chance(self, chance: Chance, rival: str, tainted: int) -> None:
        say = say_in(self.language)
        print_line(
            say("With {n} tainted ballots {rival} leads: {reversal}; a tie: {tie}.").format(
                n=self._n(tainted),
                rival=self.poll.option_name(rival, self.language),
                reversal=self._chance(chance.reversal),
                tie=self._chance(chance.tie),
            )
        )
        if not chance.exact:
            self._print_approximation()

    def _print_approximation(self) -> None:
        say = say_in(self.language)
        print_line(say("By the normal approximation: too many ballots for the exact sum."))

    def _chance(self, probability: float) -> str:
        """Return a probability in per cent; what rounds to nothing or all is not shown as such."""
        if probability < _SMALLEST_SHOWN:
            return f"< {percent(_SMALLEST_SHOWN, self.language)}"
        if 1 - _SMALLEST_SHOWN < probability < 1:
            return f"> {percent(1 - _SMALLEST_SHOWN, self.language)}"
        return percent(probability, self.language)

    def _print_worst(self, worst: WorstFirst, draw: RandomDraw | None) -> None:
        say = say_in(self.language)
        self._head(say("4. Tainted ballots where they hurt the leader most"))
        if worst.to_be_sure is None:
            print_line(say("Not even all of them are expected to put the runner-up ahead."))
        else:
            print_line(
                say(
                    "The runner-up is expected to lead with as few as {n} ballots, and is sure to "
                    "with {sure}, in {stations} stations."
                ).format(
                    n=self._n(worst.to_expect),
                    sure=self._n(worst.to_be_sure),
                    stations=self._n(worst.stations_to_be_sure),
                )
            )
        if draw and worst.chance:
            self._print_chance(worst.chance, self.found.now.runner_up or "", draw.tainted)
        self._assume("worst")
