"""The docket in the reader's language: what an order reaches, how far it is, how figures differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recanvass.docket import Checked, Difference
from recanvass.docket.orders import OrderProgress
from recanvass.model import in_language
from recanvass.record.terms import figure_word, kind_word
from recanvass.words import number, percent, say_in

if TYPE_CHECKING:
    from recanvass.record.contest import Contest
    from recanvass.record.fold import View

__all__ = ["carried_out_text", "difference_text", "scope_text"]


def scope_text(order: OrderProgress, language: str, view: View | None = None) -> str:
    """Return what an order is about: as stated, else its units, a few stations, their kinds."""
    scope = order.order.scope
    if scope.stated:
        return in_language(scope.stated, language)
    units = [(view.unit_name(u) if view else None) or u for u in scope.units]
    return ", ".join((*units, *scope.stations[:5], *scope.station_kinds))


def carried_out_text(order: OrderProgress, language: str) -> str:
    """Return how far an order was carried out by returns, and the net change so far."""
    say = say_in(language)
    if order.stations is None:
        return ""
    text = say("{done} of {total} stations").format(
        done=number(order.done, language), total=number(order.stations, language)
    )
    if order.done and not order.compared:
        return text + say("; no earlier returns to compare with")
    change = ", ".join(
        f"{figure_word(c.removeprefix('votes.'), language)} {number(v, language, signed=True)}"
        for c, v in order.change.items()
    )
    return f"{text}; {change}" if change else text


def difference_text(checked: Checked, contest: Contest, language: str) -> str:
    """Return where a statement's figures differ from the record's own of that time."""
    say = say_in(language)
    if checked.moment is None:
        return say("no returns of that time to compare with")
    if not checked.differences:
        return say("the same")
    labels = contest.poll(checked.statement.poll).labels(language)
    return "; ".join(_one_difference(d, labels, language) for d in checked.differences)


def _one_difference(difference: Difference, labels: dict[str, str], language: str) -> str:
    say = say_in(language)
    if difference.figure == "turnout":
        what = say("turnout")
        stated, own = (percent(v, language) for v in (difference.stated, difference.own))
    else:
        what = figure_word(difference.figure, language, labels)
        stated, own = (number(int(v), language) for v in (difference.stated, difference.own))
    text = say("{figure}: stated {stated}, here {own}").format(figure=what, stated=stated, own=own)
    if difference.without:
        kind = kind_word(difference.without, language)
        text += " " + say("(stated without stations of kind {kind})").format(kind=kind)
    return text
