"""Counts and votes of returns: from a column an option (wide), or from a row an option (long)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from recanvass.exchange.cells import EXPECTED_NUMBER, numbers, slugs, tidy, tidy_text
from recanvass.exchange.formula import parse_formula
from recanvass.exchange.mapping import SUM_OF_VOTES, Layout, Long, as_tuple
from recanvass.exchange.places import STATION
from recanvass.exchange.rejects import Faults
from recanvass.exchange.table import FILE, LINE

__all__ = ["COUNTS", "VOTES", "figures", "join_parts", "labels"]

COUNTS = "counts."
VOTES = "votes."
_MOST_NAMED = 12


def figures(
    rows: pl.DataFrame, layout: Layout, options: Collection[str], faults: Faults
) -> pl.DataFrame:
    """Return one row a station: `STATION`, `FILE`, `LINE`, `counts.…` and `votes.…` as Int64.

    A blank is null. A formula with a null part is null; so is one that comes out negative: what is
    on paper is recorded, and the checks will name the return.
    """
    wide = _Numbers(rows, layout, faults)
    found = {COUNTS + name: text for name, text in layout.counts.items() if text != SUM_OF_VOTES}
    found |= {VOTES + name: text for name, text in layout.votes.items()}
    frame = rows.select(
        STATION, FILE, LINE, *(wide.value(text).alias(name) for name, text in found.items())
    )
    if layout.long is None:
        frame = _one_row_each(frame, faults)
    else:
        votes = wide.value(layout.long.votes)
        itemised = _from_long(rows, votes, layout.long, options, faults)
        frame = _repeated_counts(frame, faults).join(
            itemised, on=STATION, how="left", maintain_order="left"
        )
    sums = [COUNTS + name for name, text in layout.counts.items() if text == SUM_OF_VOTES]
    return frame.with_columns(_sum_of_votes(frame).alias(name) for name in sums)


class _Numbers:
    """The number columns of some rows, each read once and its faults noted once."""

    def __init__(self, rows: pl.DataFrame, layout: Layout, faults: Faults) -> None:
        self._rows, self._layout, self._faults = rows, layout, faults
        self._header = frozenset(rows.columns)
        self._read: dict[str, pl.Series] = {}

    def column(self, name: str) -> pl.Series:
        if name not in self._read:
            values, bad = numbers(self._rows[name], self._layout)
            if bad.any():
                faults = self._rows.filter(bad).select(FILE, LINE, name)
                self._faults.add_many(faults.iter_rows(), faults.height, name, EXPECTED_NUMBER)
            self._read[name] = values.set(bad, None)
        return self._read[name]

    def value(self, formula: str) -> pl.Series:
        terms = parse_formula(formula, self._header)
        if len(terms) == 1:
            return self.column(terms[0][1])
        total = sum(
            (sign * self.column(name) for sign, name in terms[1:]), self.column(terms[0][1])
        )
        return total.set((total < 0).fill_null(value=False), None)


def _sum_of_votes(frame: pl.DataFrame) -> pl.Series:
    """Return the sum of a row's votes; null only where all are."""
    votes = [name for name in frame.columns if name.startswith(VOTES)]
    some = pl.any_horizontal(pl.col(name).is_not_null() for name in votes)
    return frame.select(pl.when(some).then(pl.sum_horizontal(votes))).to_series()


def _one_row_each(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return the frame; a second row of a station is a fault."""
    again = ~frame[STATION].is_first_distinct()
    if not again.any():
        return frame
    first = frame.unique(STATION, keep="first").select(
        STATION, pl.format("{} line {}", FILE, LINE).alias("first")
    )
    repeated = frame.filter(again).join(first, on=STATION, how="left", maintain_order="left")
    faults.add_many(
        repeated.select(
            FILE, LINE, pl.format("station {} again, as in {}", STATION, "first")
        ).iter_rows(),
        repeated.height,
        None,
        "one row for each station",
    )
    return frame.filter(~again)


def _from_long(
    rows: pl.DataFrame, values: pl.Series, long: Long, options: Collection[str], faults: Faults
) -> pl.DataFrame:
    """Return one row a station from a row an option, with the votes in `values`."""
    label = labels(rows, as_tuple(long.option))
    names = _names_of(label, long, options)
    name = label.replace_strict(names, default=None, return_dtype=pl.String)
    spelled = rows.select(FILE, LINE, label.fill_null("").alias("label"))
    _no_unknown(spelled.filter(name.is_null()), long, options, faults)
    _no_label_twice(rows, long, label, faults)
    cells = pl.select(rows[STATION], name.alias("name"), values.alias("value"))
    whole = pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum())
    summed = (
        cells.filter(name.is_not_null())
        .group_by(STATION, "name", maintain_order=True)
        .agg(whole.cast(pl.Int64).alias("value"))
    )
    order = [column for column in dict.fromkeys(names.values()) if column]
    return summed.pivot("name", on_columns=order, index=STATION, values="value")


def labels(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return what the option columns spell in each row: the cells that are filled, with spaces."""
    if len(columns) == 1:
        return tidy(rows[columns[0]])
    cells = pl.DataFrame([tidy(rows[column]).alias(column) for column in columns])
    joined = cells.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
    return tidy(joined)


def _shown(long: Long) -> str:
    return " + ".join(as_tuple(long.option))


def _names_of(label: pl.Series, long: Long, options: Collection[str]) -> dict[str, str | None]:
    """Return, for each spelling in the option column, the column of figures it belongs to."""
    counts = {tidy_text(text): COUNTS + name for text, name in long.counts.items()}
    mapped = {tidy_text(text): VOTES + name for text, name in long.options.items()}
    spelled = label.drop_nulls().unique(maintain_order=True)
    by_slug = {
        text: VOTES + key if key in options else None
        for text, key in zip(spelled, slugs(spelled), strict=True)
    }
    known = {VOTES + option for option in options}
    mapped = {text: column for text, column in mapped.items() if column in known}
    return by_slug | mapped | counts


def _no_unknown(bad: pl.DataFrame, long: Long, options: Collection[str], faults: Faults) -> None:
    shown = ", ".join(list(options)[:_MOST_NAMED]) + (", …" if len(options) > _MOST_NAMED else "")
    faults.add_many(bad.iter_rows(), bad.height, _shown(long), f"an option of the poll: {shown}")


def _no_label_twice(rows: pl.DataFrame, long: Long, label: pl.Series, faults: Faults) -> None:
    if long.add_rows:
        return
    again = ~pl.select(rows[STATION], label.alias("label")).is_unique()
    if not again.any():
        return
    later = (
        again
        & ~pl.select(pl.struct(rows[STATION], label.alias("label"))).to_series().is_first_distinct()
    )
    bad = (
        rows.select(FILE, LINE, STATION, label.fill_null("").alias("label"))
        .filter(later)
        .select(FILE, LINE, pl.format("{} again in station {}", "label", STATION))
    )
    faults.add_many(
        bad.iter_rows(), bad.height, _shown(long),
        "one row for each station and option (or say `add_rows = true` in the case)",
    )  # fmt: skip


def _repeated_counts(wide: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return one row a station of the counts that stand on each of its rows and must agree."""
    figures = [name for name in wide.columns if name not in (STATION, FILE, LINE)]
    firsts = wide.group_by(STATION, maintain_order=True).agg(
        pl.col(FILE).first(), pl.col(LINE).first(), pl.col(figures).drop_nulls().first()
    )
    for name in figures:
        differs = wide.join(
            firsts.select(STATION, pl.col(name).alias("first")),
            on=STATION,
            how="left",
            maintain_order="left",
        ).filter(pl.col(name) != pl.col("first"))
        faults.add_many(
            differs.select(
                FILE, LINE, pl.format("{}, after {} in this station", name, "first")
            ).iter_rows(),
            differs.height,
            name,
            "the same figure on all rows of a station",
        )
    return firsts


def join_parts(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return one row a station from the parts of its return; what a part lacks is null there."""
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.join(
            part, on=STATION, how="full", coalesce=True, maintain_order="left_right"
        )
        joined = joined.with_columns(
            pl.coalesce(name, f"{name}_right").alias(name) for name in (FILE, LINE)
        ).drop(f"{FILE}_right", f"{LINE}_right")
    return joined
