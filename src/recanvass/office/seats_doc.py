"""Writes the page on seats: `python -m recanvass.office.seats_doc > docs/seats.md`.

A test compares the page with the code, so the two cannot part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import get_args

from recanvass.office.methods import METHODS, HighestAverages, LargestRemainder
from recanvass.office.steps import SeatStep

__all__ = ["seats_page"]

_OPENING = """\
# Seats

<!-- Made by `python -m recanvass.office.seats_doc > docs/seats.md`; change that, not this. -->

`recanvass seats OFFICE` allocates the seats of an office from the record's own results, at any
moment and ledger size, and puts them beside the seats that were declared. `--steps` shows what
every seat hung on. The arithmetic is exact: whole numbers and fractions, no floats, no roots.

A tie is never broken by the computer. The answer is then "a lot is needed", with who is in it and
how many are to be drawn, and exit status 1. Whoever the law names draws it; it is recorded as an
event, and from that moment on the same question gives the seats:

    [[event]]
    kind = "lot.drawn"
    at = 2024-05-07T12:00:00+02:00
    contest = "council"
    body = "board"
    among = ["elm", "ash"]
    drawn = ["ash"]
    unit = "land/south"

`unit` is the circle; without it the lot serves the first circle that has this tie.

## How a case says it

    [offices.seat_rule]
    type = "lists"
    method = "dhondt"
    circles = "district"
    thresholds = [{ share = "1/10", of = "valid", within = "circle", counts = "list" }]
    deduct = "1/10"
    first_list = 1
    together = "list"

    [offices.seat_rule.sizes]
    method = "hare"
    base = 1
    populations = { "land/north" = 800_000, "land/south" = 1_000_000 }

Only `type` and `method` must be there. Shares are texts, `"1/10"` or `"0.05"`. In this order:

1. **`thresholds`**: who misses one takes no part. `of` the `valid` votes or of all `cast`; `within`
   each `circle` or over `all`; `counts` the `list`, or its `alliance` as one. Reaching the share is
   enough, unless `exceeded = true`. Votes for others that can have no seat count as valid.
2. **`first_list`**: reserved (contingent) seats of each circle, for the list with the most votes.
3. **`deduct`**: this share of the circle's valid votes is taken off every list; a list with nothing
   left takes no part. Turkish councils are elected so, with a tenth (Law 2972 art. 23).
4. **`method`** divides the rest. With `together = "alliance"` it does so among alliances first, and
   then divides each one's seats among its lists.

`circles` is a level of the tree, or `contest` where each contest that fills the office is a circle;
without it all seats are one circle. `sizes` says how many seats each has: `fixed = {unit = seats}`;
`bands = [{up_to = 10_000, seats = 9}, …, {seats = 55}]` of `populations` (a band may carry a
`first_list` of its own); or the seats of the office shared by a `method` of the same table, where
everybody has `base` seats beforehand, or a `minimum` within the share.

A body that nobody votes for directly has the other `type`:

    [offices.seat_rule]
    type = "indirect"
    share = "1/5"
    heads = 1
    chairs = 1

with `sizes` of the lower bodies. `share` of each, rounded down, sits here, with `heads` seats by
office of each lower unit and `chairs` of the whole. The metropolitan council of Istanbul is one:
272 + 39 + 1 = 312.
"""

_AVERAGES = """\
## Methods of highest averages

Each seat goes to the list with the highest quotient of votes over divisor. A divisor of 0 comes
before every other: each list has one seat before any has two, and with fewer seats than lists those
with the most votes have them. Huntington–Hill divides by a root, so squares are compared instead.
"""

_REMAINDERS = """\
## Methods of largest remainder

A list has as many seats as its votes hold the quota, and the seats left go by the votes left over.
If a quota gives more seats than there are (Imperiali's can, and Hagenbach-Bischoff's where all
divides without rest), it is found again with a divisor one less, as Italian law does.
"""

_STEPS = """\
## Steps

What `--steps --format json` holds, by the name in `step`. Fractions are texts.
"""


def seats_page() -> str:
    """Return the page: how a case says it, every method, every step."""
    averages = [
        (f"`{name}`", how.title, _divisors(how))
        for name, how in METHODS.items()
        if isinstance(how, HighestAverages)
    ]
    remainders = [
        (f"`{name}`", how.title, _quota(how))
        for name, how in METHODS.items()
        if isinstance(how, LargestRemainder)
    ]
    steps = [(f"`{step.__struct_config__.tag}`", str(step.__doc__)) for step in get_args(SeatStep)]
    parts = [
        _OPENING,
        _AVERAGES,
        _table(("method", "known as", "divisors"), averages),
        _REMAINDERS,
        _table(("method", "known as", "quota"), remainders),
        _STEPS,
        _table(("step", "says"), steps),
    ]
    return "\n".join(parts)


def _divisors(how: HighestAverages) -> str:
    shown = ", ".join(_decimal(divisor) for divisor in how.shown(4)) + " …"
    return f"{shown} (under squared votes)" if how.squared else shown


def _decimal(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _quota(how: LargestRemainder) -> str:
    divisor = f"(seats + {how.extra})" if how.extra else "seats"
    return f"votes / {divisor}" + (", up to the next whole number" if how.next_whole else "")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(' '.join(c.split()) for c in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(seats_page())
