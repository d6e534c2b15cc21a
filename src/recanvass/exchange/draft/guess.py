"""What a bare file of returns seems to say, and how well its own figures bear that out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.cells import tidy
from recanvass.exchange.draft.columns import (
    Column,
    columns_in,
    missing_signs,
    thousands_sign,
)
from recanvass.exchange.draft.contests import (
    DraftContest,
    DraftOption,
    LongColumns,
    long_columns,
    long_contests,
)
from recanvass.exchange.draft.dates import find_date
from recanvass.exchange.draft.figures import Figures, find_counts, find_options, unique_ids
from recanvass.exchange.draft.places import Places, find_places, total_rows
from recanvass.exchange.draft.sniff import Sniffed, sniff
from recanvass.exchange.draft.words import DATE_WORDS
from recanvass.exchange.mapping import SUM_OF_VOTES, Format
from recanvass.exchange.rejects import Faults
from recanvass.exchange.table import open_table
from recanvass.model import slug

__all__ = ["Day", "Guess", "guess_file"]

_MOST_DAYS = 20
_DATE_TEXT = 19
"""Characters of a date with a time: longer texts only mention one."""


@dataclass(frozen=True)
class Day:
    """A day of voting, where it was seen, and the rows of the file that are of it."""

    date: str | None
    seen: str = ""
    where: dict[str, str] = field(default_factory=dict)


@dataclass
class Guess:
    """A drafted case, ready to be written."""

    file: str
    id: str
    name: str
    top: str
    form: Format
    places: Places
    contests: list[DraftContest] = field(default_factory=list)
    long: LongColumns | None = None
    add_rows: bool = False
    counts: dict[str, str] = field(default_factory=dict)
    count_offices: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    parties: dict[str, str] = field(default_factory=dict)
    skip: list[tuple[str, list[str]]] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def guess_file(path: Path, *, day: str | None, name: str | None) -> Guess:
    """Return what a file of returns seems to say. Raise BadInput if it is no table of returns."""
    sniffed = sniff(path)
    said: dict[str, str] = {}
    unsure: list[str] = []
    form, columns = _read(path, sniffed, said, unsure)
    long = long_columns(columns)
    totals = _totals(columns, long)
    columns = _without(columns, totals)
    title = name or path.stem
    base = slug(title) or "case"
    days = _days(path, sniffed, columns, day)
    office = {*(long.office if long is not None else ()), *days[0].where}
    of_a_day = _without(columns, [], only=days[0].where)
    where_from = [column for column in of_a_day if column.name not in office]
    places = find_places(where_from, one_row_each=long is None)
    guess = Guess(path.name, base, title, base, form, places, long=long, said=said, unsure=unsure)
    guess.skip = totals + _blank_places(columns, places)
    columns = _without(columns, guess.skip[len(totals) :])
    guess.days = days
    guess.unsure += places.unsure
    if days[0].date is None:
        guess.unsure.insert(0, "no day of voting was found: write `date` and `at` in case.toml")
    if long is None:
        _wide(guess, columns)
    else:
        _long(guess, columns, long)
    return guess


def _read(
    path: Path, sniffed: Sniffed, said: dict[str, str], unsure: list[str]
) -> tuple[Format, list[Column]]:
    """Return the format of a file and its columns."""
    form = Format(
        encoding=sniffed.encoding,
        separator=sniffed.separator,
        skip_lines=sniffed.skip_lines,
        header_lines=sniffed.header_lines,
        header=tuple(f"column {n}" for n in range(1, sniffed.width + 1))
        if sniffed.header_lines == 0
        else (),
    )
    said |= {
        "encoding": "the bytes are not UTF-8; this reads them as letters",
        "separator": "gives every line the same number of fields",
        "header": "the file's own names repeat or do not fit its rows",
    }
    if form.encoding not in ("utf-8", "utf-16"):
        unsure.append(f"the encoding is not UTF-8; {form.encoding} was taken: look at the names")
    faults = Faults()
    table = open_table(path, path.name, form, faults)
    if table is None:
        raise BadInput(str(faults.found[0]))
    header = _fitting_header(table.header, sniffed.width)
    if header != table.header:
        form = _with(form, header=header)
        table = open_table(path, path.name, form, faults)
    if table is None:
        raise BadInput(str(faults.found[0]))
    names = [column for column in table.header if column]
    frame = table.rows(names, faults)
    unsure += [f"line {r.line}: found {r.found}; expected {r.expected}" for r in faults.found[:3]]
    if frame.height == 0:
        raise BadInput(f"{path}: found no rows below the header; expected returns")
    texts = [tidy(frame[column]) for column in names]
    thousands = thousands_sign(texts)
    form = _with(form, thousands=thousands)
    form = _with(form, missing=missing_signs(texts, form))
    said["thousands"] = "seen between groups of three digits"
    return form, columns_in(frame, names, form)


def _with(form: Format, **changes: object) -> Format:
    fields = {name: getattr(form, name) for name in Format.__struct_fields__}
    return Format(**(fields | changes))


def _fitting_header(header: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Return names that fit the rows: none twice, none too few, no blank one too many."""
    names = list(header)
    while len(names) > width and not names[-1]:
        names.pop()
    names += [f"column {number}" for number in range(len(names) + 1, width + 1)]
    for number, column in enumerate(names):
        if column and column in names[:number]:
            names[number] = f"{column} ({names[: number + 1].count(column)})"
            while names[number] in names[:number]:
                names[number] += "'"
    return tuple(names)


def _totals(columns: Sequence[Column], long: LongColumns | None) -> list[tuple[str, list[str]]]:
    """Return the rows that are totals of others, by column and spellings."""
    votes = {long.option, long.party, *long.office} if long is not None else set()
    texts = [column.name for column in columns if column.is_text and column.name not in votes]
    return list(total_rows(columns, texts).items())


def _blank_places(columns: Sequence[Column], places: Places) -> list[tuple[str, list[str]]]:
    """Return the place columns that some rows leave blank: those rows are totals or notes."""
    wanted = {column for _, column in places.levels} | set(places.station)
    return [(c.name, []) for c in columns if c.name in wanted and c.blanks]


def _without(
    columns: Sequence[Column],
    skip: Sequence[tuple[str, list[str]]],
    only: Mapping[str, str] | None = None,
) -> list[Column]:
    """Return the columns without the rows that are skipped, or that `only` does not mean."""
    keep = pl.repeat(value=True, n=columns[0].texts.len(), dtype=pl.Boolean, eager=True)
    texts = {column.name: column.texts for column in columns}
    for column, spelled in skip:
        cells = texts[column]
        keep &= ~cells.fill_null("").is_in(spelled or [""])
    for column, text in (only or {}).items():
        keep &= (texts[column] == text).fill_null(value=False)
    if keep.all():
        return list(columns)
    return [
        Column(
            c.name, c.words, c.texts.filter(keep), c.values.filter(keep), c.is_number, c.is_share,
            c.texts.filter(keep).drop_nulls().n_unique(), c.texts.filter(keep).null_count(),
        )
        for c in columns
    ]  # fmt: skip


def _place_columns(guess: Guess) -> set[str]:
    own = {column for _, column in guess.places.levels} | set(guess.places.station)
    return own | {guess.places.name or ""}


def _wide(guess: Guess, columns: Sequence[Column]) -> None:
    taken = _place_columns(guess) | guess.days[0].where.keys()
    figures = Figures()
    for count, names in find_counts(columns, taken).items():
        figures.counts[count] = names[0]
        if len(names) > 1:
            others = ", ".join(repr(other) for other in names[1:])
            figures.unsure.append(f"{count} was taken from {names[0]!r}, not from {others}")
    find_options(columns, taken, figures)
    if not figures.options:
        raise BadInput(f"{guess.file}: found no columns of votes; expected one for each option")
    contest = DraftContest(guess.id, guess.name, {})
    contest.options = [
        DraftOption(identifier, shown, column)
        for identifier, (shown, column) in figures.options.items()
    ]
    if figures.rest is not None:
        contest.options.append(
            DraftOption("others-not-itemised", "others, not itemised", figures.rest, residual=True)
        )
    guess.contests = [contest]
    guess.counts = figures.counts
    guess.seen += figures.seen
    guess.unsure += figures.unsure
    _derive(guess)
    _check_voted(guess, columns)


def _derive(guess: Guess) -> None:
    """Add the counts that follow from others: the valid votes, the invalid ones."""
    derived: list[str] = []
    if "valid" not in guess.counts:
        guess.counts["valid"] = SUM_OF_VOTES
        derived.append("valid")
        guess.unsure.append("no column of valid votes was found: the sum of the votes is taken")
    elif "invalid" not in guess.counts and "blank" not in guess.counts and "voted" in guess.counts:
        guess.counts["invalid"] = f"`{guess.counts['voted']}` - `{guess.counts['valid']}`"
        derived.append("invalid")
    guess.derived = tuple(derived)


def _check_voted(guess: Guess, columns: Sequence[Column]) -> None:
    """Say in how many rows the voters are the valid and the invalid votes."""
    values = {column.name: column.values for column in columns}
    parts = [guess.counts.get(name, "") for name in ("valid", "invalid", "blank")]
    known = [values[name] for name in parts if name in values]
    voted = values.get(guess.counts.get("voted", ""))
    if voted is None or len(known) < 2:
        return
    total = pl.DataFrame([v.alias(str(n)) for n, v in enumerate(known)]).sum_horizontal()
    right = int((total == voted).sum())
    said = f"valid and invalid votes add up to voted in {right:,} of {voted.len():,} rows"
    guess.seen.append(said)
    if right < 0.9 * voted.len():
        guess.unsure.append(said)


def _long(guess: Guess, columns: Sequence[Column], long: LongColumns) -> None:
    contests, offices, totals = long_contests(columns, long, guess.name)
    if totals:
        guess.skip.append((long.option, totals))
    option = next(column for column in columns if column.name == long.option)
    if option.blanks:
        if not offices:
            guess.skip.append((long.option, []))
        guess.unsure.append(f"{option.blanks:,} rows have a blank {long.option!r}")
    guess.contests, guess.count_offices = contests, offices
    names = dict.fromkeys(o.party for c in contests for o in c.options if o.party)
    guess.parties = dict(zip(unique_ids([str(n) for n in names]), map(str, names), strict=True))
    taken = {
        *_place_columns(guess),
        *guess.days[0].where,
        long.option,
        long.votes,
        *long.office,
        long.party or "",
    }
    guess.counts = {k: names[0] for k, names in find_counts(columns, taken).items()}
    if long.votes in guess.counts.values():
        guess.counts = {k: v for k, v in guess.counts.items() if v != long.votes}
    _repeats(guess, columns, long)
    if not any("valid" in contest.counts.values() for contest in contests):
        _derive(guess)


def _repeats(guess: Guess, columns: Sequence[Column], long: LongColumns) -> None:
    """Decide whether rows that repeat a station and option are added up."""
    texts = {column.name: column.texts for column in columns}
    path = [column for _, column in guess.places.levels]
    names = dict.fromkeys(
        [*path, *guess.places.station, *long.office, *guess.days[0].where, long.option]
    )
    keys = pl.DataFrame([texts[name].alias(name) for name in names if name in texts])
    repeats = keys.height - keys.n_unique()
    if repeats:
        guess.add_rows = True
        guess.unsure.append(
            f"{repeats:,} rows repeat a station and option (ways of voting?); they are added up"
        )


def _days(path: Path, sniffed: Sniffed, columns: Sequence[Column], day: str | None) -> list[Day]:
    """Return the days of voting: as told, from a column, the file's name, or its title."""
    told = find_date([day]) if day is not None else None
    if day is not None and told is None:
        raise BadInput(f"date: found {day!r}; expected a day such as 2019-03-31")
    if told is not None:
        return [Day(told, "as told")]
    column = next((found for c in columns if (found := _dates_in(c))), None)
    if column is not None:
        return column
    named = find_date([path.stem])
    if named is not None:
        return [Day(named, "in the name of the file")]
    return [Day(find_date(sniffed.titles), "in the title above the header")]


def _dates_in(column: Column) -> list[Day] | None:
    """Return the days of voting that a column holds, if it is one of dates, and few."""
    named = column.words in DATE_WORDS
    if column.blanks or not 0 < column.distinct <= _MOST_DAYS or not (named or column.is_text):
        return None
    spelled = column.texts.unique(maintain_order=True).to_list()
    dates = [find_date([text]) for text in spelled]
    if not all(dates) or (not named and any(len(text) > _DATE_TEXT for text in spelled)):
        return None
    if len(spelled) == 1:
        return [Day(dates[0], f"in the column {column.name}")]
    return [
        Day(found, f"in the column {column.name}", {column.name: text})
        for found, text in zip(dates, spelled, strict=True)
    ]
