"""The contests and options of a long file: one row a station and option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from recanvass.exchange.draft.columns import Column
from recanvass.exchange.draft.figures import count_named, unique_ids
from recanvass.exchange.draft.places import Places, level_of
from recanvass.exchange.draft.sums import find_blocks
from recanvass.exchange.draft.words import (
    CODE_WORDS,
    COUNT_WORDS,
    DATE_WORDS,
    GIVEN_WORDS,
    MISSING_SIGNS,
    NOT_VOTES,
    OFFICE_WORDS,
    OPTION_WORDS,
    PARTY_WORDS,
    SURNAME_WORDS,
    TOTAL_VOTES,
    VOTE_KIND_WORDS,
    VOTES_WORDS,
    has_word,
    plain,
)
from recanvass.exchange.figures import labels
from recanvass.model import slug

__all__ = [
    "DraftContest",
    "DraftOption",
    "LongColumns",
    "by_place",
    "long_columns",
    "long_contests",
]

_NOTHING = frozenset(("", *MISSING_SIGNS))
_OWN_OPTIONS = 0.8
"""Share of the options that stand in one place only, where each place has a contest of its own."""
_MOST_CONTESTS = 1000


@dataclass(frozen=True)
class LongColumns:
    """Which column of a long file is which."""

    option: tuple[str, ...]
    """The columns that together name the option."""
    named: int
    """How many of them are its name; the others speak where the name is blank."""
    votes: tuple[str, ...]
    """The columns of votes, to be added up."""
    party: str | None
    office: tuple[str, ...]
    """The columns that together name the contest: an office, and its district."""

    @property
    def used(self) -> set[str]:
        """All of its columns."""
        return {*self.option, *self.votes, *self.office, self.party or ""}


@dataclass
class DraftOption:
    """An option, and how the file spells it."""

    id: str
    name: str
    column: str
    """Wide: its column. Long: its spelling in the option columns."""
    party: str | None = None
    residual: bool = False


@dataclass
class DraftContest:
    """A contest, the rows of the file that are its own, and its options."""

    id: str
    name: str
    where: dict[str, str]
    options: list[DraftOption] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    """Long: spelling in the option columns → count."""
    units: tuple[str, ...] = ()
    """Names of the place that it is of, from the top down; empty for the whole."""
    formulas: dict[str, str] | None = None
    """Wide: count → formula, where the contests of a paper differ in their counts."""


def _named(columns: Sequence[Column], words: tuple[str, ...], *, numbers: bool) -> Column | None:
    fitting = [c for c in columns if c.distinct and (c.is_number if numbers else c.is_text)]
    for word in words:
        for column in fitting:
            if column.words == word:
                return column
    close = [column for column in fitting if has_word(column.words, words)]
    return close[0] if close and (len(close) == 1 or not numbers) else None


def _exactly(columns: Sequence[Column], words: tuple[str, ...]) -> Column | None:
    return next((c for word in words for c in columns if c.words == word and c.distinct), None)


def long_columns(columns: Sequence[Column]) -> LongColumns | None:
    """Return the columns of a long file; None if the file is not long."""
    party = _named(columns, PARTY_WORDS, numbers=False)
    named = _option_columns(columns, party)
    if not named:
        return None
    votes = _votes_columns(columns, named)
    if not votes:
        return None
    own = None if party is None or party in named else party
    others = _where_blank(columns, named, own)
    office = _named([c for c in columns if c not in named], OFFICE_WORDS, numbers=False)
    names = [office.name] if office is not None else []
    if office is not None:
        names += [c.name for c in columns if c.words == "district" and c.distinct]
    return LongColumns(
        tuple(c.name for c in (*named, *others)),
        len(named),
        tuple(c.name for c in votes),
        None if own is None else own.name,
        tuple(names),
    )


def _option_columns(columns: Sequence[Column], party: Column | None) -> list[Column]:
    """Return the columns that name an option: one, or a family name and a given name."""
    others = [c for c in columns if c is not party]
    surname, given = _exactly(others, SURNAME_WORDS), _exactly(others, GIVEN_WORDS)
    if surname is not None and given is not None and surname is not given:
        return sorted((surname, given), key=columns.index)
    option = _named(others, OPTION_WORDS, numbers=False) or party
    if option is None:
        code = _exactly([c for c in others if c.is_number], OPTION_WORDS)
        return [code] if code is not None else []
    return [option]


def _where_blank(
    columns: Sequence[Column], named: Sequence[Column], party: Column | None
) -> list[Column]:
    """Return the columns that tell what a row is about where its option's name is blank."""
    name = labels(pl.DataFrame([c.texts.alias(c.name) for c in named]), [c.name for c in named])
    blank = name.is_null()
    kind = _exactly(columns, VOTE_KIND_WORDS)
    return [
        other
        for other in (party, kind)
        if other is not None and other not in named
        and blank.any() and other.texts.filter(blank).drop_nulls().len()
    ]  # fmt: skip


def _votes_columns(columns: Sequence[Column], named: Sequence[Column]) -> list[Column]:
    """Return the column of votes, or those of the ways of voting, to be added up."""
    figures = [c for c in columns if c.is_number and c not in named]
    for words in (VOTES_WORDS, TOTAL_VOTES):
        exact = _exactly(figures, words)
        if exact is not None:
            return [exact]
    place = columns.index(named[-1])
    parts = [c for c in figures if columns.index(c) > place and not _is_no_vote(c)]
    close = [c for c in parts if has_word(c.words, VOTES_WORDS)]
    if len(close) == 1:
        return close
    whole = next((block.whole for block in find_blocks(parts)), None)
    if whole is not None:
        return [whole]
    once = labels(pl.DataFrame([c.texts.alias(c.name) for c in named]), [c.name for c in named])
    repeats = once.drop_nulls().n_unique() <= once.len() / 2
    exact_name = named[0].words in (*OPTION_WORDS, *PARTY_WORDS, *SURNAME_WORDS)
    return parts if exact_name and repeats else []


def _is_no_vote(column: Column) -> bool:
    return (
        has_word(column.words, CODE_WORDS)
        or has_word(column.words, NOT_VOTES)
        or has_word(column.words, DATE_WORDS)
        or level_of(column) is not None
        or count_named(column.words) is not None
    )


def by_place(columns: Sequence[Column], long: LongColumns, places: Places) -> LongColumns:
    """Return the columns with a place added to the office, if each place has its own options.

    That is so where candidates stand in one constituency each.
    """
    if len(long.office) > 1:
        return long
    by_name = {column.name: column for column in columns}
    levels = [name for _, name in places.levels]
    levels += [n for n in places.station if n in by_name and level_of(by_name[n]) is not None]
    frame = pl.DataFrame([by_name[name].texts.alias(name) for name in {*long.option, *levels}])
    label = labels(frame, long.option)
    known = [text for text in label.drop_nulls().unique() if not _is_count_label(text)]
    rows = frame.select(*levels, label.alias("::label")).filter(pl.col("::label").is_in(known))
    finest = 0
    path: list[str] = []
    for last in range(len(levels), 0, -1):
        contests = rows.select(levels[:last]).n_unique()
        if _stand_apart(rows, levels[:last], contests) and contests >= finest:
            finest, path = contests, levels[:last]
    return replace(long, office=(*long.office, *_telling(path, rows))) if path else long


def _stand_apart(rows: pl.DataFrame, path: list[str], contests: int) -> bool:
    """Return whether most options stand in one place of this level only, several in each."""
    stands = rows.unique(["::label", *path]).group_by("::label").len()["len"]
    several = 2 <= contests <= _MOST_CONTESTS and stands.len() >= 2 * contests - 1
    return several and bool((stands == 1).sum() >= _OWN_OPTIONS * stands.len())


def _telling(path: list[str], rows: pl.DataFrame) -> list[str]:
    """Return the levels needed to tell the places apart: the last, with those above if need be."""
    whole = rows.select(path).n_unique()
    for first in range(len(path) - 1, 0, -1):
        if rows.select(path[first:]).n_unique() == whole:
            return path[first:]
    return path


def _is_count_label(text: str) -> bool:
    return plain(text) in TOTAL_VOTES or _exact_count(text) is not None


def long_contests(
    columns: Sequence[Column], long: LongColumns, default: str
) -> tuple[list[DraftContest], dict[str, str], list[str]]:
    """Return the contests of a long file, the offices that are counts, and total spellings.

    An office called "Registered Voters" is no contest but a count, of every contest; an option
    called "Total" is the sum of the others.
    """
    rows = _label_rows(columns, long)
    parties = _parties(rows, long)
    totals: dict[str, None] = {}
    counts: dict[str, str] = {}
    contests: dict[tuple[str, ...], DraftContest] = {}
    spelled = rows.select(*long.office, "::name", "::label").unique(maintain_order=True)
    for row in spelled.iter_rows():
        key, name, label = tuple(text or "" for text in row[:-2]), row[-2], row[-1]
        count = _exact_count(key[0]) if key else None
        if count is not None:
            counts[key[0]] = count
            continue
        contest = contests.get(key) or _contest(key, long, default)
        contests[key] = contest
        if label is not None and not _as_count(label, contest, totals):
            contest.options.append(
                DraftOption("", name or label, label, parties.get((*key, label)))
            )
    for contest in contests.values():
        _identify(contest)
    for contest, identifier in zip(
        contests.values(), unique_ids([c.name for c in contests.values()]), strict=True
    ):
        contest.id = identifier
    return [c for c in contests.values() if c.options], counts, list(totals)


def _label_rows(columns: Sequence[Column], long: LongColumns) -> pl.DataFrame:
    """Return the columns that name contests and parties, with `::name` and `::label`."""
    texts = {column.name: column.texts for column in columns}
    cells = pl.DataFrame([texts[name].alias(name) for name in long.option])
    names = dict.fromkeys([*long.office, *([long.party] if long.party else [])])
    return pl.DataFrame(
        [texts[name].alias(name) for name in names]
        + [
            labels(cells, long.option[: long.named]).alias("::name"),
            labels(cells, long.option).alias("::label"),
        ]
    )


def _identify(contest: DraftContest) -> None:
    """Give each name of an option one id, however its party or kind of vote is spelled."""
    names = list(dict.fromkeys(option.name for option in contest.options))
    ids = dict(zip(names, unique_ids(names), strict=True))
    for option in contest.options:
        option.id = ids[option.name]


def _contest(key: tuple[str, ...], long: LongColumns, default: str) -> DraftContest:
    where = {column: text for column, text in zip(long.office, key, strict=True) if text}
    parts = [text for text in key if text not in _NOTHING]
    if long.office and not _is_office(long.office[0]):
        parts = [default, *parts]
    return DraftContest("", " ".join(parts) or default, where)


def _is_office(column: str) -> bool:
    return has_word(plain(column.replace("_", " ")), OFFICE_WORDS)


def _exact_count(text: str) -> str | None:
    words = plain(text)
    words = words.removeprefix("votos ").removeprefix("voto ")
    return count_named(words) if any(words in known for known in COUNT_WORDS.values()) else None


def _as_count(label: str, contest: DraftContest, totals: dict[str, None]) -> bool:
    """Note a label that is a count or a total; return False if it is an option."""
    if plain(label) in TOTAL_VOTES:
        totals[label] = None
        return True
    count = _exact_count(label) or _exact_count(_doubled(label))
    if count is not None:
        contest.counts[label] = count
    return count is not None


def _doubled(label: str) -> str:
    """Return the half of a text that says the same twice, as "Informal Informal" does."""
    half = label[: len(label) // 2]
    return half if label == f"{half} {half}" else label


def _parties(rows: pl.DataFrame, long: LongColumns) -> dict[tuple[str, ...], str]:
    """Return the party that stands with each option most often, if any."""
    if long.party is None:
        return {}
    keys = [*long.office, "::label"]
    common = (
        rows.drop_nulls(["::label", long.party])
        .group_by(keys, maintain_order=True)
        .agg(pl.col(long.party).mode().sort().first())
    )
    return {
        tuple(text or "" for text in row[:-1]): row[-1]
        for row in common.iter_rows()
        if slug(row[-1])
    }
