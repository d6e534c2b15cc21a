"""What a bare file of returns seems to say, and how well its own figures bear that out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
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
    by_place,
    long_columns,
    long_contests,
)
from recanvass.exchange.draft.dates import find_date
from recanvass.exchange.draft.figures import find_counts, find_figures, unique_ids
from recanvass.exchange.draft.groups import Groups, numbered_groups, width_of_group
from recanvass.exchange.draft.places import Places, find_places, total_rows
from recanvass.exchange.draft.sniff import Sniffed, sniff
from recanvass.exchange.draft.sums import sum_rows
from recanvass.exchange.draft.words import DATE_WORDS, MISSING_SIGNS, header_words
from recanvass.exchange.mapping import SUM_OF_VOTES, Format
from recanvass.exchange.rejects import Faults
from recanvass.exchange.rows import melted
from recanvass.exchange.table import Table, open_table
from recanvass.model import slug

__all__ = ["Day", "Guess", "guess_file"]

_MERGED = 0.3
"""Share of blank cells from which a column is taken for one of merged cells."""
_FEW_SHORT = 0.02
"""Share of lines that may be notes, shorter than the header."""
_MOST_SUMMED = 12
_MOST_DAYS = 20
_DATE_TEXT = 19
"""Characters of a date with a time: longer texts only mention one."""


@dataclass(frozen=True)
class Day:
    """A day of voting, where it was seen, and the rows of the file that are of it."""

    date: str
    seen: str = ""
    where: dict[str, str] = field(default_factory=dict)
    assumed: bool = False
    """True if nothing in the file says so: only good enough to look at the totals."""


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
    groups: Groups = field(default_factory=dict)
    long: LongColumns | None = None
    add_rows: bool = False
    counts: dict[str, str] = field(default_factory=dict)
    count_offices: dict[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    parties: dict[str, str] = field(default_factory=dict)
    skip: list[tuple[str, list[str]]] = field(default_factory=list)
    fill: tuple[str, ...] = ()
    days: list[Day] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def guess_file(path: Path, *, day: str | None, name: str | None) -> Guess:
    """Return what a file of returns seems to say. Raise BadInput if it is no table of returns."""
    sniffed = sniff(path)
    said: dict[str, str] = {}
    unsure: list[str] = []
    form, columns, groups = _read(path, sniffed, said, unsure)
    columns, fill = _filled_down(columns)
    long = long_columns(columns)
    title = name or path.stem
    base = slug(title) or "case"
    days = _days(path, sniffed, columns, day)
    totals = _totals(columns, long, unsure)
    columns = _without(columns, totals)
    used = {*(long.used if long is not None else ()), *days[0].where}
    of_a_day = _without(columns, [], only=days[0].where)
    where_from = [column for column in of_a_day if column.name not in used]
    places = find_places(where_from, one_row_each=long is None)
    guess = Guess(path.name, base, title, base, form, places, said=said)
    guess.groups, guess.long = groups, long
    guess.fill, guess.unsure = fill, unsure
    guess.skip = totals + _blank_places(columns, places)
    columns = _without(columns, guess.skip[len(totals) :])
    guess.days = days
    guess.unsure += places.unsure
    if days[0].assumed:
        guess.unsure.insert(
            0,
            f"no day of voting was found: {days[0].date}, when the file was last changed, stands "
            "in for it; write `date` and `at` in case.toml before you load, or start anew "
            "with --date",
        )
    if long is None:
        _wide(guess, columns)
    else:
        _long(guess, columns, by_place(columns, long, places))
    return guess


def _read(
    path: Path, sniffed: Sniffed, said: dict[str, str], unsure: list[str]
) -> tuple[Format, list[Column], Groups]:
    """Return the format of a file and its columns, melted where options come in groups."""
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
        "header": "the file's own names repeat, are blank, or do not fit its rows",
    }
    if form.encoding not in ("utf-8", "utf-16"):
        unsure.append(f"the encoding is not UTF-8; {form.encoding} was taken: look at the names")
    form, table, groups = _headed(path, form, unsure)
    faults = Faults()
    frame = table.rows(table.header, faults)
    unsure += [f"line {r.line}: found {r.found}; expected {r.expected}" for r in faults.found[:3]]
    if frame.height == 0:
        raise BadInput(f"{path}: found no rows below the header; expected returns")
    names = list(table.header)
    if groups:
        frame = melted(frame, groups)
        taken = {column for own in groups.values() for column in own}
        names = [name for name in names if name not in taken] + list(groups)
    texts = [tidy(frame[column]) for column in names]
    thousands = thousands_sign(texts)
    form = _with(form, thousands=thousands)
    form = _with(form, missing=missing_signs(texts, form))
    remarks = [sign for sign in form.missing if sign not in MISSING_SIGNS]
    if remarks:
        unsure.append("taken for no figure: " + ", ".join(map(repr, remarks[:8])))
    said["thousands"] = "seen between groups of three digits"
    columns = columns_in(frame, names, form)
    nameless = {f"column {n}" for n, own in enumerate(sniffed.header, start=1) if not own}
    return form, [c for c in columns if c.name not in nameless or c.is_text], groups


def _headed(path: Path, form: Format, unsure: list[str]) -> tuple[Format, Table, Groups]:
    """Return the format with a header that fits the rows, the table, and its groups of columns."""
    table = _opened(path, form)
    widths = Counter(table.widths().to_list()) or Counter([len(table.header)])
    common = max(width for width, n in widths.items() if n == max(widths.values()))
    widest = max(*widths, len(table.header))
    own = [name for name in table.header if name]
    if table.header[len(own) :] == ("",) * (len(table.header) - len(own)) and widest > len(own):
        wide = _with(form, header=_fitting_header(tuple(own), widest), short_lines=True)
        full = _opened(path, wide)
        size = width_of_group(own, full.rows(full.header, Faults()).select(full.header))
        if size:
            ragged = len(widths) > 1
            first = len(own) - size
            groups = {
                name: full.header[first + place :: size] for place, name in enumerate(own[first:])
            }
            return _with(wide, short_lines=ragged), full, groups
    header = _fitting_header(table.header, common)
    if header != table.header:
        form = _with(form, header=header)
        table = _opened(path, form)
    short = sum(n for width, n in widths.items() if width < len(header))
    if short and short <= _FEW_SHORT * sum(widths.values()) + 3:
        form = _with(form, short_lines=True)
        table = _opened(path, form)
        unsure.append(f"{short:,} lines are shorter than the header (notes?); the rest is blank")
    return form, table, numbered_groups(header)


def _opened(path: Path, form: Format) -> Table:
    faults = Faults()
    table = open_table(path, path.name, form, faults)
    if table is None:
        raise BadInput(str(faults.found[0]))
    return table


def _filled_down(columns: Sequence[Column]) -> tuple[list[Column], tuple[str, ...]]:
    """Return the columns with merged cells filled downwards, and the names of those.

    A column of the left with a name on the first of several rows only, each name once.
    """
    filled: list[str] = []
    whole: list[Column] = []
    for place, column in enumerate(columns):
        known = column.texts.drop_nulls()
        merged = (
            place < len(columns) - 1 and column.is_text and known.len() > 1
            and not any(c.is_number for c in columns[:place])
            and column.blanks >= _MERGED * column.texts.len()
            and known.n_unique() == known.len() and column.texts[0] is not None
            and columns[place + 1].texts.filter(column.texts.is_null()).null_count() == 0
        )  # fmt: skip
        if merged:
            filled.append(column.name)
            texts = column.texts.forward_fill()
            column = replace(column, texts=texts, distinct=texts.n_unique(), blanks=0)  # noqa: PLW2901
        whole.append(column)
    return whole, tuple(filled)


def _with(form: Format, **changes: object) -> Format:
    fields = {name: getattr(form, name) for name in Format.__struct_fields__}
    return Format(**(fields | changes))


def _fitting_header(header: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Return names that fit the rows: none twice, none blank, none too few or too many."""
    names = list(header)
    while len(names) > width and not names[-1]:
        names.pop()
    names += [""] * (width - len(names))
    for number, column in enumerate(names):
        if not column:
            names[number] = f"column {number + 1}"
        elif column in names[:number]:
            names[number] = f"{column} ({names[: number + 1].count(column)})"
        while names[number] in names[:number]:
            names[number] += "'"
    return tuple(names)


def _totals(
    columns: Sequence[Column], long: LongColumns | None, unsure: list[str]
) -> list[tuple[str, list[str]]]:
    """Return the rows that are totals of others, by column and spellings."""
    votes = long.used if long is not None else set()
    texts = [column.name for column in columns if column.is_text and column.name not in votes]
    named = list(total_rows(columns, texts).items())
    if long is not None:
        return named
    left = _without(columns, named)
    rows = sum_rows([c for c in left if c.is_number and c.blanks == 0][:_MOST_SUMMED])
    return named + (_told_by(left, rows, unsure) if rows else [])


def _told_by(
    columns: Sequence[Column], rows: Sequence[int], unsure: list[str]
) -> list[tuple[str, list[str]]]:
    """Return the column that tells rows that are totals from all others, and its spellings."""
    best: list[str] | None = None
    told = ""
    for column in columns:
        inside = column.texts[list(rows)]
        outside = column.texts.to_frame("t").with_row_index().filter(~pl.col("index").is_in(rows))
        spelled = inside.drop_nulls().unique(maintain_order=True).to_list()
        blank_apart = inside.null_count() == inside.len() and not outside["t"].null_count()
        apart = not inside.null_count() and not outside["t"].is_in(spelled).any()
        if blank_apart:
            best, told = [], column.name
            break
        if apart and (best is None or len(spelled) < len(best)):
            best, told = spelled, column.name
    if best is None:
        unsure.append(f"{len(rows):,} rows look like sums of others; no column tells them apart")
        return []
    unsure.append(f"{len(rows):,} rows are sums of the rows around them; they are left out")
    return [(told, best)]


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
    papers = find_figures(
        _right_of_station(guess, columns), _place_columns(guess) | guess.days[0].where.keys()
    )
    if not papers[0].options:
        raise BadInput(f"{guess.file}: found no columns of votes; expected one for each option")
    parts = _names_apart([next(iter(p.options.values()))[1] if p.options else "" for p in papers])
    for figures, part in zip(papers, parts, strict=True):
        title = f"{guess.name} {part}".strip()
        contest = DraftContest(slug(title), title, {})
        contest.options = [
            DraftOption(identifier, shown, column)
            for identifier, (shown, column) in figures.options.items()
        ]
        if figures.rest is not None:
            name = "others, not itemised"
            contest.options.append(DraftOption(slug(name), name, figures.rest, residual=True))
        guess.contests.append(contest)
        guess.seen += figures.seen
        guess.unsure += figures.unsure
        guess.counts = figures.counts
        _derive(guess)
        _check_voted(guess, columns)
        contest.formulas = guess.counts
    if len(papers) > 1:
        guess.unsure.append(f"{len(papers)} votes on a paper were seen; each is a contest")


def _right_of_station(guess: Guess, columns: Sequence[Column]) -> list[Column]:
    """Return the columns without those of numbers that stand before the station's: codes."""
    place = min((n for n, c in enumerate(columns) if c.name in guess.places.station), default=0)
    right = [c for n, c in enumerate(columns) if n > place or not c.is_number]
    return right if sum(1 for c in right if c.is_number) > 1 else list(columns)


def _names_apart(columns: Sequence[str]) -> list[str]:
    """Return what tells the columns of several votes apart: `E_SPD`, `Z_SPD` → E, Z."""
    if len(columns) == 1:
        return [""]
    words = [header_words(column).split() for column in columns]
    for place in (0, -1):
        ends = [own[place] for own in words]
        if len(set(ends)) == len(ends):
            return ends
    return [str(number) for number in range(1, len(columns) + 1)]


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
    """Say in how many of the rows that have all of them voters are valid and invalid votes."""
    values = {column.name: column.values for column in columns}
    parts = [guess.counts.get(name, "") for name in ("valid", "invalid", "blank")]
    known = [values[name] for name in parts if name in values]
    voted = values.get(guess.counts.get("voted", ""))
    if voted is None or len(known) < 2:
        return
    cells = pl.DataFrame([v.alias(str(n)) for n, v in enumerate([*known, voted])])
    whole = cells.drop_nulls()
    added = whole.select(pl.sum_horizontal(pl.exclude(str(len(known))))).to_series()
    no_blank = whole["0"] + whole["1"]
    last = whole[str(len(known))]
    right = max(int((added == last).sum()), int((no_blank == last).sum()))
    share = f"all {whole.height:,}" if right == whole.height else f"{right:,} of {whole.height:,}"
    lacking = cells.height - whole.height
    said = f"valid and invalid votes add up to voted in {share} rows that have them"
    said += f"; {lacking:,} lack one" if lacking else ""
    guess.seen.append(said)
    if right < 0.9 * whole.height:
        guess.unsure.append(said)


def _long(guess: Guess, columns: Sequence[Column], long: LongColumns) -> None:
    guess.long = long
    contests, offices, totals = long_contests(columns, long, guess.name)
    if totals and len(long.option) == 1:
        guess.skip.append((long.option[0], totals))
    texts = pl.DataFrame([c.texts.alias(c.name) for c in columns if c.name in long.option])
    blank = int(texts.select(pl.all_horizontal(pl.all().is_null())).to_series().sum())
    if blank:
        if not offices:
            guess.skip += [(name, []) for name in long.option[:1]]
        guess.unsure.append(f"{blank:,} rows have a blank {' and '.join(long.option)}")
    guess.contests, guess.count_offices = contests, offices
    _place_contests(guess, columns)
    names = dict.fromkeys(o.party for c in contests for o in c.options if o.party)
    guess.parties = dict(zip(unique_ids([str(n) for n in names]), map(str, names), strict=True))
    taken = {*_place_columns(guess), *guess.days[0].where, *long.used}
    found = find_counts(columns, taken)
    guess.counts = {
        k: names[0] for k, names in found.items() if _constant(names[0], guess, columns)
    }
    _repeats(guess, columns, long)
    if not any("valid" in contest.counts.values() for contest in contests):
        _derive(guess)


def _place_contests(guess: Guess, columns: Sequence[Column]) -> None:
    """Note the place that each contest is of, where a column of places tells the contests apart."""
    path = [column for _, column in guess.places.levels]
    path += [name for name in guess.places.station if name != "#"]
    office = guess.long.office if guess.long is not None else ()
    told = [path.index(name) for name in office if name in path]
    if not told:
        return
    texts = {column.name: column.texts for column in columns}
    above = path[: max(told) + 1]
    frame = pl.DataFrame([texts[name].alias(name) for name in above])
    places = frame.drop_nulls().unique(maintain_order=True).rows(named=True)
    for contest in guess.contests:
        of = {name: text for name, text in contest.where.items() if name in above}
        own = [row for row in places if of and all(row[name] == text for name, text in of.items())]
        if len(own) == 1:
            contest.units = tuple(str(own[0][name]) for name in above)


def _constant(name: str, guess: Guess, columns: Sequence[Column]) -> bool:
    """Return whether a column of counts says the same on every row of a station."""
    texts = {column.name: column.texts for column in columns}
    keys = [column for _, column in guess.places.levels] + list(guess.places.station)
    keys += list(guess.days[0].where) + list(guess.long.office if guess.long is not None else ())
    frame = pl.DataFrame([texts[key].alias(key) for key in dict.fromkeys(keys) if key in texts])
    both = frame.with_columns(texts[name].alias("::count"))
    if both.n_unique() == frame.n_unique():
        return True
    guess.unsure.append(f"{name!r} was left out: it differs between the rows of a station")
    return False


def _repeats(guess: Guess, columns: Sequence[Column], long: LongColumns) -> None:
    """Decide whether rows that repeat a station and option are added up."""
    texts = {column.name: column.texts for column in columns}
    path = [column for _, column in guess.places.levels]
    names = dict.fromkeys(
        [*path, *guess.places.station, *long.office, *guess.days[0].where, *long.option]
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
    titled = find_date(sniffed.titles)
    if titled is not None:
        return [Day(titled, "in the title above the header")]
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    return [Day(changed, "ASSUMED: the day on which the file was last changed", assumed=True)]


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
        return [Day(dates[0] or "", f"in the column {column.name}")]
    return [
        Day(found, f"in the column {column.name}", {column.name: text})
        for found, text in zip(dates, spelled, strict=True)
        if found is not None
    ]
