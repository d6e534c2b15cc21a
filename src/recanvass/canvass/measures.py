"""Measures: the named columns beside the counts that the formulas of `canvass.rules` use.

Each is an expression over one row. What needs other rows (the neighbours' sums, the row before)
was put beside the return by `canvass.surroundings`, as columns with a dot in their name.
A measure exists only where the columns that it is made of exist; a formula that names a measure or
count that does not exist is not applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from recanvass.canvass.rules import limits_of
from recanvass.errors import BadInput
from recanvass.model import KNOWN_COUNTS, Option, PollDefined

__all__ = ["MEASURES", "Form", "measures", "prepare"]

MEASURES: Final[dict[str, str]] = {
    "missing_counts": "counts that the form asks for and that are not filled in",
    "missing_count_names": "their names",
    "missing_votes": "options that stood here and have no figure",
    "missing_vote_names": "their ids",
    "figures": "counts and votes that are filled in, those left out that the poll derives",
    "figures_sum": "their sum",
    "votes_entered": "sum of the votes that are filled in",
    "votes_total": "sum of all votes; unknown while those of an option that stood here are missing",
    "papers_judged": "valid + invalid, + blank where the form counts blank ballots apart",
    "ballots_cast": "`ballots`, or `voted` where ballots are not counted apart",
    "admitted": "poll_cards + proxies, + voter_cards where the form has them",
    "off_roll_covered": "`off_roll`, or the limit `off_roll_allowed` where the form has none",
    "is_total": "true for a return that adds up several boxes",
    "options_here": "options that stood here",
    "options_with_votes": "options that have at least one vote",
    "top_votes": "most votes of an option",
    "top_option": "its id",
    "stray_votes": "most votes of an option that did not stand here",
    "stray_option": "its id",
    "near_stations": "other stations that serve as neighbours, at least `neighbours_needed`",
    "zero_expected": "most votes expected from the neighbours for an option that has 0",
    "zero_option": "its id",
    "share_distance": "largest distance of an option's share from the neighbours', in 1/100 %",
    "share_option": "its id",
    "share": "its share of the votes here, in 1/100 %",
    "near_share": "its share of the neighbours' votes, in 1/100 %",
    "turnout": "voted of registered, in 1/100 %",
    "near_turnout": "the same of the neighbours",
    "turnout_distance": "distance of the two",
    "over_votes": "most votes, `swap_votes` at least, of an option with `swap_factor` times more "
    "than expected",
    "over_option": "its id",
    "over_expected": "votes expected for it",
    "under_expected": "most votes expected, `swap_votes` at least, for an option with "
    "`swap_factor` times fewer",
    "under_option": "its id",
    "under_votes": "its votes",
    "misfit": "sum over the options of |votes - expected votes|",
    "moved_misfit": "the same with all votes moved one row up or down, whichever fits better",
    "moved": "where they were written, against where they belong: ↓ or ↑",
    "shifted_column": "a column whose sum fails here and holds with the figure of the next station",
    "shifted_gap": "what is missing in it",
    "shifted_station": "the station before or after, whose figure fits",
    "sibling_contest": "the other contest of the envelope",
    "sibling_voted": "people who voted, by its return",
    "sibling_misfit": "as misfit, against the votes of the sibling contest",
    "sibling_moved_misfit": "as moved_misfit, against the votes of the sibling contest",
    "sibling_moved": "as moved, against the votes of the sibling contest",
    "whole_twins": "other returns with all the same figures",
    "whole_twins_near": "those of them in the same nearest unit",
    "whole_twin": "one of them, from the same nearest unit if there is one",
    "vector_twins": "other returns with the same votes for every option",
    "vector_twins_near": "those of them in the same nearest unit",
    "vector_twin": "one of them, from the same nearest unit if there is one",
    "changed_votes": "sum over the options of |votes - votes in the return before|",
    "previous_total": "sum of the votes in the return before",
    "officers_signed": "officers of the station whose signature on the return verifies",
    "officers_needed": "how many must have signed, by the poll's `signatures`",
}
"""Every measure by name, and what it is."""

_EQUATION: Final = ("valid", "invalid", "blank")


@dataclass(frozen=True, slots=True)
class Form:
    """What the returns of one poll look like as columns."""

    poll: PollDefined
    counts: tuple[str, ...]
    """Count columns that are there."""
    levels: tuple[str, ...]
    """Columns of ancestors, from the top down."""
    limits: dict[str, int]

    @property
    def votes(self) -> tuple[str, ...]:
        """Vote columns in the order of the ballot paper."""
        return tuple(f"votes.{option.id}" for option in self.poll.options)

    @property
    def contenders(self) -> tuple[Option, ...]:
        """Options that somebody can expect votes for: neither a remainder nor withdrawn."""
        return tuple(each for each in self.poll.options if not each.residual | each.withdrawn)

    def stands(self, option: Option) -> pl.Expr:
        """True where the option is on the paper; a column that `prepare` made, if it differs."""
        limited = option.stands_in or option.not_in
        return pl.col(f"stands.{option.id}") if limited else pl.lit(True)

    def counts_filled_in(self) -> list[str]:
        """Return the count columns that somebody filled in: not those that the poll derived."""
        return [name for name in self.counts if name not in self.poll.derived]

    def votes_filled_in(self) -> list[str]:
        """Return the vote columns that somebody filled in: not those that the poll derived."""
        return [name for name in self.votes if name not in self.poll.derived]


def prepare(frame: pl.DataFrame, poll: PollDefined) -> tuple[pl.DataFrame, Form]:
    """Return the frame with its limits, `votes_total` and row numbers, and its form.

    A vote column that is absent comes in as missing. Raise BadInput for an unknown limit, and for
    options that stand in some units only where no column says in which unit a station lies.
    """
    form = Form(
        poll=poll,
        counts=tuple(
            name
            for name in dict.fromkeys((*KNOWN_COUNTS, *poll.asks, *poll.derived))
            if name in frame.columns
        ),
        levels=tuple(name for name in frame.columns if name.startswith("unit.")),
        limits=limits_of(poll),
    )
    if not form.levels and any(each.stands_in or each.not_in for each in poll.options):
        raise BadInput(
            f"returns of poll {poll.contest} {poll.poll}: found no column unit.<level>; expected "
            "them, because some options do not stand everywhere"
        )
    absent = [name for name in form.votes if name not in frame.columns]
    slate = [_stands(option, form.levels) for option in poll.options]
    return (
        frame.with_row_index("row")
        .with_columns(
            *(pl.lit(None, dtype=pl.Int64).alias(name) for name in absent),
            *(pl.lit(value, dtype=pl.Int64).alias(name) for name, value in form.limits.items()),
            *(each for each in slate if each is not None),
        )
        .with_columns(votes_total=_votes_total(form)),
        form,
    )


def measures(form: Form, columns: Iterable[str]) -> dict[str, pl.Expr]:
    """Return by name each measure that these columns can make."""
    there = set(columns)
    found = {
        **_missing(form),
        **_sums(form, there),
        **_votes(form),
    }
    if "near_stations" in there:
        found |= _against_neighbours(form) | _turnout(there)
    if "sibling_contest" in there:
        found |= _against_sibling(form, there)
    if "before.station" in there:
        found |= _against_file(form, there)
    if "previous.votes" in there:
        found |= _against_previous(form)
    if "signed.officers" in there:
        found |= {
            "officers_signed": pl.col("signed.officers"),
            "officers_needed": pl.lit(form.poll.signatures, dtype=pl.Int64),
        }
    return found


def _stands(option: Option, levels: tuple[str, ...]) -> pl.Expr | None:
    """Where the option stood, by the unit or any unit above it; None if that is everywhere."""
    if not (option.stands_in or option.not_in):
        return None
    places = ("station", *levels)

    def within(units: tuple[str, ...]) -> pl.Expr:
        return pl.any_horizontal(
            pl.col(place).is_in(list(units)).fill_null(False) for place in places
        )

    inside = within(option.stands_in) if option.stands_in else pl.lit(True)
    outside = within(option.not_in) if option.not_in else pl.lit(False)
    return (inside & ~outside).alias(f"stands.{option.id}")


def _votes_total(form: Form) -> pl.Expr:
    return _add(
        pl.when(form.stands(option) & pl.lit(not option.withdrawn))
        .then(pl.col(f"votes.{option.id}"))
        .otherwise(pl.col(f"votes.{option.id}").fill_null(0))
        for option in form.poll.options
    )


def _missing(form: Form) -> dict[str, pl.Expr]:
    asked = {
        name: pl.col(name).is_null() if name in form.counts else pl.lit(True)
        for name in form.poll.asks
        if name not in form.poll.derived
    }
    standing = {
        option.id: pl.col(f"votes.{option.id}").is_null() & form.stands(option)
        for option in form.poll.options
        if f"votes.{option.id}" in form.votes_filled_in() and not option.withdrawn
    }
    figures = [pl.col(name) for name in (*form.counts_filled_in(), *form.votes_filled_in())]
    return {
        "missing_counts": _add(asked.values()),
        "missing_count_names": _names(asked),
        "missing_votes": _add(standing.values()),
        "missing_vote_names": _names(standing),
        "figures": _add(figure.is_not_null() for figure in figures),
        "figures_sum": _add(figure.fill_null(0) for figure in figures),
    }


def _sums(form: Form, there: set[str]) -> dict[str, pl.Expr]:
    """Sums over counts. A part that the form does not ask for, and that is absent, counts 0."""

    def part(name: str) -> pl.Expr:
        if name not in there:
            return pl.lit(0)
        return pl.col(name) if name in form.poll.asks else pl.col(name).fill_null(0)

    found = {"is_total": part("boxes") > 1}
    if "ballots" in there or "voted" in there:
        known = [pl.col(name) for name in ("ballots", "voted") if name in there]
        found["ballots_cast"] = pl.coalesce(known)
    if {"valid", "invalid"} <= there:
        found["papers_judged"] = pl.col("valid") + pl.col("invalid") + part("blank")
    if {"poll_cards", "proxies"} <= there:
        found["admitted"] = pl.col("poll_cards") + pl.col("proxies") + part("voter_cards")
    off_roll = [pl.col("off_roll")] if "off_roll" in there else []
    found["off_roll_covered"] = pl.coalesce([*off_roll, pl.col("off_roll_allowed")])
    return found


def _votes(form: Form) -> dict[str, pl.Expr]:
    votes = {option.id: pl.col(f"votes.{option.id}") for option in form.poll.options}
    rivals = [option for option in form.poll.options if not option.residual]
    named = {option.id: votes[option.id] for option in rivals}
    stray = {
        option.id: pl.when(~form.stands(option)).then(votes[option.id])
        for option in form.poll.options
        if option.stands_in or option.not_in
    }
    return {
        "votes_entered": _add(each.fill_null(0) for each in votes.values()),
        "options_here": _add(form.stands(option) for option in form.contenders),
        "options_with_votes": _add((each > 0).fill_null(False) for each in votes.values()),
        **_largest(named, "top_votes", "top_option"),
        **_largest(stray, "stray_votes", "stray_option"),
    }


def _against_neighbours(form: Form) -> dict[str, pl.Expr]:
    votes = {option.id: pl.col(f"votes.{option.id}") for option in form.contenders}
    stands = {option.id: form.stands(option) for option in form.contenders}
    near = {option: pl.col(f"near.votes.{option}") for option in votes}
    total, all_near = pl.col("votes_total"), pl.col("near.votes")
    expected = {option: near[option] * total // all_near for option in votes}
    share = {option: 10_000 * votes[option] // total for option in votes}
    near_share = {option: 10_000 * near[option] // all_near for option in votes}

    def where(test: Callable[[str], pl.Expr], score: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        return {
            option: pl.when(stands[option] & test(option)).then(score[option]) for option in votes
        }

    zero = where(lambda option: votes[option] == 0, expected)
    distance = where(
        lambda _: pl.lit(True),
        {option: (share[option] - near_share[option]).abs() for option in votes},
    )
    factor, least = pl.col("swap_factor"), pl.col("swap_votes")
    over = where(
        lambda option: (votes[option] >= least) & (votes[option] >= factor * expected[option]),
        votes,
    )
    under = where(
        lambda option: (expected[option] >= least) & (factor * votes[option] <= expected[option]),
        expected,
    )
    return {
        **_largest(zero, "zero_expected", "zero_option"),
        **_largest(distance, "share_distance", "share_option", share=share, near_share=near_share),
        **_largest(over, "over_votes", "over_option", over_expected=expected),
        **_largest(under, "under_expected", "under_option", under_votes=votes),
        **_row_shift(form, votes, expected, ""),
    }


def _turnout(there: set[str]) -> dict[str, pl.Expr]:
    if not {"voted", "registered"} <= there:
        return {}
    turnout = 10_000 * pl.col("voted") // pl.col("registered")
    near = 10_000 * pl.col("near.voted") // pl.col("near.registered")
    return {"turnout": turnout, "near_turnout": near, "turnout_distance": (turnout - near).abs()}


def _against_sibling(form: Form, there: set[str]) -> dict[str, pl.Expr]:
    votes = {option.id: pl.col(f"votes.{option.id}") for option in form.contenders}
    if not all(f"sibling.votes.{option}" in there for option in votes):
        return {}
    theirs = {option: pl.col(f"sibling.votes.{option}") for option in votes}
    return _row_shift(form, votes, theirs, "sibling_")


def _row_shift(
    form: Form, written: Mapping[str, pl.Expr], fitting: Mapping[str, pl.Expr], prefix: str
) -> dict[str, pl.Expr]:
    """How badly the votes sit on their rows, and how badly if each were one row off.

    An option that did not stand here has 0 where its row is blank, and 0 is what fits. With fewer
    than three rows a shift cannot be told from an exchange, so nothing is returned.
    """
    if len(written) < 3:
        return {}
    here = {option.id: form.stands(option) for option in form.contenders}
    votes = [
        pl.when(here[option]).then(cell).otherwise(cell.fill_null(0))
        for option, cell in written.items()
    ]
    expected = [pl.when(here[o]).then(cell).otherwise(0) for o, cell in fitting.items()]

    def misfit(written: list[pl.Expr], belongs: list[pl.Expr]) -> pl.Expr:
        return _add((ours - theirs).abs() for ours, theirs in zip(written, belongs, strict=True))

    down = misfit(votes[1:], expected[:-1])
    up = misfit(votes[:-1], expected[1:])
    return {
        f"{prefix}misfit": misfit(votes, expected),
        f"{prefix}moved_misfit": pl.min_horizontal(down, up),
        f"{prefix}moved": pl.when(down <= up).then(pl.lit("↓")).otherwise(pl.lit("↑")),
    }


def _against_file(form: Form, there: set[str]) -> dict[str, pl.Expr]:
    """A sum that fails here but holds with one figure of the station before or after."""
    fits: list[tuple[str, str, pl.Expr, pl.Expr]] = []
    for column, gap in _gaps(form, there):
        for side in ("before", "after"):
            repaired = pl.col(f"{side}.{column}") - pl.col(column) == gap
            fits.append((column, side, gap, repaired & (gap != 0)))
    if not fits:
        return {}
    return {
        "shifted_column": pl.coalesce(pl.when(fit).then(pl.lit(name)) for name, _, _, fit in fits),
        "shifted_gap": pl.coalesce(pl.when(fit).then(gap) for _, _, gap, fit in fits),
        "shifted_station": pl.coalesce(
            pl.when(fit).then(pl.col(f"{side}.station")) for _, side, _, fit in fits
        ),
    }


def _gaps(form: Form, there: set[str]) -> list[tuple[str, pl.Expr]]:
    """Each column of a sum, with what would have to be added to it for the sum to hold."""
    found: list[tuple[str, pl.Expr]] = []
    derived = set(form.poll.derived)
    if "valid" in there - derived and derived.isdisjoint(form.votes):
        gap = pl.col("valid") - pl.col("votes_total")
        found += [(name, gap) for name in form.votes_filled_in()]
        found += [("valid", -gap)]
    # Where ballots are counted apart from voters, it is they that were judged.
    cast = "ballots" if "ballots" in there else "voted"
    if {"valid", "invalid", cast} <= there - derived:
        parts = [name for name in _EQUATION if name in form.counts]
        gap = pl.col(cast) - _add(pl.col(name).fill_null(0) for name in parts)
        found += [(cast, -gap), ("invalid", gap)]
    return found


def _against_previous(form: Form) -> dict[str, pl.Expr]:
    return {
        "changed_votes": _add(
            (pl.col(name) - pl.col(f"previous.{name}")).abs().fill_null(0) for name in form.votes
        ),
        "previous_total": pl.col("previous.votes"),
    }


def _add(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Return the sum as Int64; unknown as soon as one part is."""
    whole = [part.cast(pl.Int64) for part in parts]
    return pl.sum_horizontal(*whole, ignore_nulls=False) if whole else pl.lit(0, dtype=pl.Int64)


def _names(tests: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the names whose test is true, joined by `, `."""
    if not tests:
        return pl.lit("")
    return pl.concat_str(
        [pl.when(test).then(pl.lit(name)) for name, test in tests.items()],
        separator=", ",
        ignore_nulls=True,
    )


def _largest(
    scores: Mapping[str, pl.Expr], value: str, whose: str, **beside: Mapping[str, pl.Expr]
) -> dict[str, pl.Expr]:
    """Return the largest score, whose it is, and what else is known of that option."""
    if not scores:
        return {}
    best = pl.max_horizontal(*scores.values())
    found = {option: score == best for option, score in scores.items()}
    return {
        value: best,
        whose: pl.coalesce(pl.when(test).then(pl.lit(option)) for option, test in found.items()),
        **{
            name: pl.coalesce(pl.when(test).then(of[option]) for option, test in found.items())
            for name, of in beside.items()
        },
    }
