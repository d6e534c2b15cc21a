"""The contests and options of a long file: one row a station and option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from recanvass.exchange.draft.columns import Column
from recanvass.exchange.draft.figures import count_named, unique_ids
from recanvass.exchange.draft.words import (
    COUNT_WORDS,
    MISSING_SIGNS,
    OFFICE_WORDS,
    OPTION_WORDS,
    PARTY_WORDS,
    TOTAL_VOTES,
    VOTES_WORDS,
    has_word,
    plain,
)
from recanvass.model import slug

__all__ = ["DraftContest", "DraftOption", "LongColumns", "long_columns", "long_contests"]


_NOTHING = frozenset(("", *MISSING_SIGNS))


@dataclass(frozen=True)
class LongColumns:
    """Which column of a long file is which."""

    option: str
    votes: str
    party: str | None
    office: tuple[str, ...]
    """The columns that together name the contest: an office, and its district."""


@dataclass
class DraftOption:
    """An option, and how the file spells it."""

    id: str
    name: str
    column: str
    """Wide: its column. Long: its spelling in the option column."""
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
    """Long: spelling in the option column → count."""


def _named(columns: Sequence[Column], words: tuple[str, ...], *, numbers: bool) -> Column | None:
    fitting = [c for c in columns if c.distinct and (c.is_number if numbers else c.is_text)]
    for word in words:
        for column in fitting:
            if column.words == word:
                return column
    close = [column for column in fitting if has_word(column.words, words)]
    return close[0] if close and (len(close) == 1 or not numbers) else None


def long_columns(columns: Sequence[Column]) -> LongColumns | None:
    """Return the columns of a long file; None if the file is not long."""
    votes = _named([c for c in columns if not _is_count(c)], VOTES_WORDS, numbers=True)
    votes = votes or _named(columns, VOTES_WORDS, numbers=True)
    party = _named(columns, PARTY_WORDS, numbers=False)
    option = _named([c for c in columns if c is not party], OPTION_WORDS, numbers=False)
    if option is not None and option.blanks and party is not None and not party.blanks:
        option = party
    option = option or party
    if votes is None or option is None:
        return None
    office = _named([c for c in columns if c is not option], OFFICE_WORDS, numbers=False)
    names = [office.name] if office is not None else []
    if office is not None:
        names += [c.name for c in columns if c.words == "district" and c.distinct]
    own = None if party is None or party is option else party.name
    return LongColumns(option.name, votes.name, own, tuple(names))


def _is_count(column: Column) -> bool:
    return any(column.words in words for words in COUNT_WORDS.values())


def long_contests(
    columns: Sequence[Column], long: LongColumns, default: str
) -> tuple[list[DraftContest], dict[str, str], list[str]]:
    """Return the contests of a long file, the offices that are counts, and total spellings.

    An office called "Registered Voters" is no contest but a count, of every contest; an option
    called "Total" is the sum of the others.
    """
    texts = {column.name: column.texts for column in columns}
    names = [*long.office, long.option, *([long.party] if long.party else [])]
    rows = pl.DataFrame([texts[name].alias(name) for name in names])
    spelled = rows.select(*long.office, long.option).unique(maintain_order=True)
    parties = _parties(rows, long)
    totals: dict[str, None] = {}
    counts: dict[str, str] = {}
    contests: dict[tuple[str, ...], DraftContest] = {}
    for row in spelled.iter_rows():
        key, label = tuple(text or "" for text in row[:-1]), row[-1]
        count = _exact_count(key[0]) if key else None
        if count is not None:
            counts[key[0]] = count
            continue
        contest = contests.get(key) or _contest(key, long, default)
        contests[key] = contest
        if label is not None and not _as_count(label, contest, totals):
            party = parties.get((*key, label))
            contest.options.append(DraftOption("", label, label, party))
    for contest in contests.values():
        ids = unique_ids([option.name for option in contest.options])
        for option, identifier in zip(contest.options, ids, strict=True):
            option.id = identifier
    for contest, identifier in zip(
        contests.values(), unique_ids([c.name for c in contests.values()]), strict=True
    ):
        contest.id = identifier
    return [c for c in contests.values() if c.options], counts, list(totals)


def _contest(key: tuple[str, ...], long: LongColumns, default: str) -> DraftContest:
    where = {column: text for column, text in zip(long.office, key, strict=True) if text}
    return DraftContest(
        "", " ".join(text for text in key if text not in _NOTHING) or default, where
    )


def _exact_count(text: str) -> str | None:
    words = plain(text)
    return count_named(words) if any(words in known for known in COUNT_WORDS.values()) else None


def _as_count(label: str, contest: DraftContest, totals: dict[str, None]) -> bool:
    """Note a label that is a count or a total; return False if it is an option."""
    if plain(label) in TOTAL_VOTES:
        totals[label] = None
        return True
    count = _exact_count(label)
    if count is not None:
        contest.counts[label] = count
    return count is not None


def _parties(rows: pl.DataFrame, long: LongColumns) -> dict[tuple[str, ...], str]:
    """Return the party that stands with each option most often, if any."""
    if long.party is None:
        return {}
    keys = [*long.office, long.option]
    common = (
        rows.drop_nulls([long.option, long.party])
        .group_by(keys, maintain_order=True)
        .agg(pl.col(long.party).mode().sort().first())
    )
    return {
        tuple(text or "" for text in row[:-1]): row[-1]
        for row in common.iter_rows()
        if slug(row[-1])
    }
