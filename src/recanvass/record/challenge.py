"""Could the challenged stations of a poll change its outcome? The question, put to the record."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from recanvass.canvass.ground import Ground
from recanvass.docket import Status
from recanvass.docket.challenge import by_condition, by_list
from recanvass.docket.whatif import Seats, WhatIf, what_if
from recanvass.errors import BadInput
from recanvass.model import ListRule
from recanvass.record.moment import AsOf, moment
from recanvass.record.poll import Poll

__all__ = ["challenge"]


def challenge(
    poll: Poll,
    *,
    stations: Sequence[str] | pl.DataFrame | None = None,
    where: str | None = None,
    tainted: int | Fraction | None = None,
    as_of: AsOf = None,
    size: int | None = None,
) -> WhatIf:
    """Return what some stations of a poll can change: those listed, or those that meet `where`.

    `stations` are ids, or a frame with a column `station` and perhaps `tainted`; `where` is an SQL
    condition (`docket.challenge`). `tainted` is a number of ballots or, as a Fraction, a share of
    them. For a council whose seats are allocated to lists by this poll alone, seats are told too.
    Raise BadInput for both or neither of `stations` and `where`, and see `docket.what_if`.
    """
    if (stations is None) == (where is None):
        given = "none" if where is None else "both"
        raise BadInput(f"challenge: found {given} of stations and where; expected one of them")
    ground = poll.ground(as_of, size)
    if where is not None:
        chosen = by_condition(ground, where)
    else:
        chosen = by_list(ground, _listed(stations))
    can_lead = [o.id for o in poll.definition(size).options if not o.residual]
    return what_if(ground, can_lead, chosen, tainted, _seats(poll, as_of, size))


def _listed(stations: Sequence[str] | pl.DataFrame | None) -> pl.DataFrame:
    if isinstance(stations, pl.DataFrame):
        return stations
    return pl.DataFrame({"station": list(stations or ())}, schema={"station": pl.String})


def _seats(poll: Poll, as_of: AsOf, size: int | None) -> Seats | None:
    """Return how a ground of this poll becomes seats, or None where it alone does not say."""
    view, defined = poll.record.view(size), poll.definition(size)
    office = view.offices[view.contests[defined.contest].office]
    rule = office.seat_rule
    if not isinstance(rule, ListRule) or rule.circles == "contest":
        return None
    # Most offices have one seat; what allocates seats is loaded where there are more.
    from recanvass.office.allocation import allocate_circles  # noqa: PLC0415
    from recanvass.office.lots import recorded_lots  # noqa: PLC0415
    from recanvass.office.sizes import Size, Sizes, circle_sizes  # noqa: PLC0415
    from recanvass.record.answer import Question, answer  # noqa: PLC0415
    from recanvass.record.seats_view import circles_of  # noqa: PLC0415

    lots = recorded_lots(view.happened(moment(as_of)), *poll.key)
    sizes = (
        Sizes({office.unit: Size(office.seats)})
        if rule.sizes is None
        else circle_sizes(rule.sizes, office.seats, [lot for lot in lots if lot.circle is None])
    )
    if not isinstance(sizes, Sizes):
        return None
    places, question = sizes.by_unit, Question(view, rule.circles, as_of)

    def seats(ground: Ground) -> dict[str, int]:
        result = answer(ground, defined, question, lambda *_: Status("counted"))
        return allocate_circles(circles_of([result], rule, places), rule, lots).seats

    return seats
