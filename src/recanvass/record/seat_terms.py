"""The steps of an allocation in sentences of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from recanvass.office.allocation import LotNeeded
from recanvass.office.sizes import SizesNeedLot
from recanvass.office.steps import (
    BelowThreshold,
    Deducted,
    FirstListSeats,
    GivenFirst,
    LeftVacant,
    LotUsed,
    NothingLeft,
    QuotaFound,
    QuotaSeats,
    QuotaTooSmall,
    RemainderSeat,
    SeatStep,
    SeatWon,
    SharedWithin,
)
from recanvass.words import Say, number, say_in

__all__ = ["exact_text", "lot_text", "step_text"]

_Names = Mapping[str, str]


def exact_text(value: Fraction, language: str) -> str:
    """Return an exact number: whole, else with three decimals and `…` where these are not all."""
    whole, rest = divmod(value, 1)
    text = number(int(whole), language)
    if not rest:
        return text
    decimals, more = divmod(rest * 1000, 1)
    point = "," if language == "tr" else "."
    return f"{text}{point}{int(decimals):03d}" + ("…" if more else "")


def lot_text(needed: LotNeeded | SizesNeedLot, names: _Names, language: str) -> str:
    """Return which lot is needed."""
    say = say_in(language)
    return say("a lot is needed: {n} of {among}").format(
        n=number(needed.draw, language), among=_listed(needed.among, names)
    )


def step_text(step: SeatStep, names: _Names, language: str) -> str:
    """Return a step in a sentence."""
    say = say_in(language)
    match step:
        case BelowThreshold() | Deducted() | NothingLeft():
            return _before(step, names, say, language)
        case SeatWon() | RemainderSeat():
            return _seat(step, names, say, language)
        case QuotaFound() | QuotaTooSmall() | QuotaSeats():
            return _quota(step, names, say, language)
        case LotUsed():
            return say("lot among {among}: {drawn}").format(
                among=_listed(step.among, names), drawn=_listed(step.drawn, names)
            )
        case LeftVacant():
            return say("{seats} seats stay vacant: no list with votes takes part").format(
                seats=number(step.seats, language)
            )
        case _:
            return _outright(step, names, say, language)


def _name(name: str | None, names: _Names) -> str:
    return names.get(name, name) if name else "–"


def _listed(members: tuple[str, ...], names: _Names) -> str:
    return ", ".join(_name(member, names) for member in members)


def _before(
    step: BelowThreshold | Deducted | NothingLeft, names: _Names, say: Say, language: str
) -> str:
    words = {"name": _name(step.name, names), "votes": number(step.votes, language)}
    if isinstance(step, BelowThreshold):
        words |= {
            "needed": exact_text(step.needed, language),
            "alliance": _name(step.alliance, names),
        }
        if step.alliance is not None:
            text = say(
                "{name} takes no part: {alliance} has {votes} votes, the threshold is {needed}"
            )
        else:
            text = say("{name} takes no part: {votes} votes, the threshold is {needed}")
        return text.format(**words)
    words["deducted"] = exact_text(step.deducted, language)
    if isinstance(step, NothingLeft):
        return say("{name} takes no part: {votes} votes less {deducted} leave nothing").format(
            **words
        )
    left = exact_text(step.left, language)
    return say("{name}: {votes} votes less {deducted} leave {left}").format(**words, left=left)


def _seat(step: SeatWon | RemainderSeat, names: _Names, say: Say, language: str) -> str:
    if isinstance(step, SeatWon):
        won, next_best = step.quotient, step.runner_up_quotient
        text = say("seat {seat}: {name}, with {won} against {runner_up} with {next}")
        alone = say("seat {seat}: {name}, with {won}")
        first = say("seat {seat}: {name}, which had none")
    else:
        won, next_best = step.remainder, step.runner_up_remainder
        text = say(
            "seat {seat} for a remainder: {name}, with {won} against {runner_up} with {next}"
        )
        alone = first = say("seat {seat} for a remainder: {name}, with {won}")
    words = {"seat": number(step.seat, language), "name": _name(step.name, names)}
    if won is None:
        return first.format(**words)
    words["won"] = exact_text(won, language)
    if next_best is None:
        return alone.format(**words)
    return text.format(
        **words, runner_up=_name(step.runner_up, names), next=exact_text(next_best, language)
    )


def _quota(
    step: QuotaFound | QuotaTooSmall | QuotaSeats, names: _Names, say: Say, language: str
) -> str:
    if isinstance(step, QuotaFound):
        return say("the quota is {quota}: {votes} votes over {divisor}").format(
            quota=exact_text(step.quota, language),
            votes=exact_text(step.votes, language),
            divisor=number(step.divisor, language),
        )
    if isinstance(step, QuotaTooSmall):
        return say(
            "a quota of {quota} would give {given} seats of {seats}; the divisor is lowered"
        ).format(
            quota=exact_text(step.quota, language),
            given=number(step.given, language),
            seats=number(step.seats, language),
        )
    return say("{name}: {seats} seats for full quotas, {remainder} votes left over").format(
        name=_name(step.name, names),
        seats=number(step.seats, language),
        remainder=exact_text(step.remainder, language),
    )


def _outright(
    step: FirstListSeats | GivenFirst | SharedWithin, names: _Names, say: Say, language: str
) -> str:
    words = {"name": _name(step.name, names), "seats": number(step.seats, language)}
    if isinstance(step, FirstListSeats):
        return say("{name} has the most votes, {votes}: {seats} reserved seats").format(
            **words, votes=number(step.votes, language)
        )
    if isinstance(step, GivenFirst):
        return say("{name}: {seats} seats beforehand").format(**words)
    return say("{name} divides its {seats} seats among its lists").format(**words)
