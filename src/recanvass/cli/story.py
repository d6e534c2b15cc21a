"""A record's story: each poll's result, what changed between polls, what others reported, seats."""

from __future__ import annotations

from itertools import pairwise

from recanvass.cli.compare import changes_in_words, option_labels
from recanvass.cli.office import control_lines
from recanvass.cli.output import Column, print_line, print_table
from recanvass.cli.results import leads_text, print_results
from recanvass.cli.timeline import print_items
from recanvass.model import DeclarationMade, in_language
from recanvass.record import Contest, Poll, Record
from recanvass.record.describe import most_first, named, seats_of
from recanvass.record.terms import kind_word, level_word
from recanvass.words import date_text, number, say_in

__all__ = ["tell"]


def tell(record: Record, language: str) -> None:
    """Print the story of every contest of a record."""
    for contest in record.contests():
        with_returns = [p for p in contest.polls() if p.results().stations["counted"]]
        for poll in with_returns:
            _tell_poll(contest, poll, language)
        for before, after in pairwise(with_returns):
            _tell_change(contest, before, after, language)
        _tell_reports(record, contest, language)
        _tell_seats(record, contest, language)
    for line in control_lines(record.control(language=language)):
        print_line(line)


def _tell_poll(contest: Contest, poll: Poll, language: str) -> None:
    say = say_in(language)
    results = poll.results(language=language)
    print_results(results, contest.name(language), language)
    level = poll.main_level()
    # Where a return is itself a total of boxes, who leads in how many of them says nothing.
    by_station = None if results.count("boxes") else "station"
    for by in filter(None, (level, by_station)):
        figures = leads_text(poll.results(by, language=language), language)
        level_name = level_word(by, language)
        print_line(say("{level} led: {figures}").format(level=level_name, figures=figures))
    kinds = poll.results("kind").frame
    if kinds.height > 1 and "registered" in kinds.columns:
        figures = ", ".join(
            f"{kind_word(kind, language)} {number(n, language)}"
            for kind, n in kinds.select("unit", "registered").iter_rows()
        )
        print_line(say("registered by kind of station: {figures}").format(figures=figures))
    note = results.poll.note
    if note:
        print_line(say("note: {note}").format(note=in_language(note, language)))
    print_line()


def _tell_change(contest: Contest, before: Poll, after: Poll, language: str) -> None:
    say = say_in(language)
    first, second = before.key[1], after.key[1]
    level = after.main_level()
    print_line(say("What changed, {first} → {second}").format(first=first, second=second))
    total = contest.compare(first, second).row(0, named=True)
    options = [o.id for o in after.definition().options]
    for option in options:
        print_line(
            f"  {after.option_name(option, language)}: "
            f"{number(total[f'votes.{option}.change'], language, signed=True)}"
        )
    if level:
        units = contest.compare(first, second, level)
        leading = [o.id for o in after.definition().options if not o.residual]
        labels = option_labels(contest, first, second, language)
        for line in changes_in_words(units, leading, labels, level, language):
            print_line(f"  {line}")
    print_line()


def _tell_reports(record: Record, contest: Contest, language: str) -> None:
    items = [i for i in record.timeline(contest.id, language=language) if _has_figures(i.kind)]
    if items:
        print_line(say_in(language)("Reports and declarations, with the margins that they state"))
        print_items(items, language, remarks=False)


def _has_figures(kind: str) -> bool:
    return kind in ("report.received", "declaration.made", "declaration.revoked")


def _tell_seats(record: Record, contest: Contest, language: str) -> None:
    say = say_in(language)
    view = record.view()
    for event in view.events:
        if not isinstance(event, DeclarationMade) or event.contest != contest.id or not event.seats:
            continue
        when = date_text(event.at or "", event.precision, language)
        title = say("{contest}: seats declared by {body}, {when}").format(
            contest=contest.name(language), body=named(event.body, view, language), when=when
        )
        rows = [
            [seats_of(party, event, view, language), number(n, language)]
            for party, n in most_first(event.seats)
        ]
        rows.append([say("in all"), number(sum(event.seats.values()), language)])
        print_line(title)
        print_table([Column(say("party")), Column(say("seats"), True)], rows)
