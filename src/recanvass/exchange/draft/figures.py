"""Which columns hold counts, which hold votes, and whether the figures bear the guess out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from recanvass.exchange.draft.columns import Column
from recanvass.exchange.draft.places import level_of
from recanvass.exchange.draft.words import (
    CODE_WORDS,
    COUNT_WORDS,
    DATE_WORDS,
    NOT_VOTES,
    TOTAL_VOTES,
    has_word,
)
from recanvass.model import slug

__all__ = ["Figures", "count_named", "find_counts", "find_options", "unique_ids"]

_ENOUGH = 0.9
_NEARLY_ALL = 0.99
_SUFFIX = re.compile(r"(?i)[\s_]*\b(votes?|oy(u|lari)?|stimmen|voix|votos|voti|stemmen)\b[\s_]*")


@dataclass
class Figures:
    """The columns of figures of a wide file, and what was seen of them."""

    counts: dict[str, str] = field(default_factory=dict)
    """Count → formula."""
    options: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Option id → (name, column)."""
    rest: str | None = None
    """The formula of the votes that no column itemises, if the columns fall short of `valid`."""
    seen: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def count_named(words: str) -> str | None:
    """Return the count that a header speaks of, in plain words."""
    for name, known in COUNT_WORDS.items():
        if words in known:
            return name
    return next((name for name, known in COUNT_WORDS.items() if has_word(words, known)), None)


def find_counts(columns: Sequence[Column], taken: Collection[str]) -> dict[str, list[str]]:
    """Return per count the number columns that may hold it, the exactly named first."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if not column.is_number or column.name in taken or level_of(column) is not None:
            continue
        name = count_named(column.words)
        if name is None or has_word(column.words, NOT_VOTES) or column.words in TOTAL_VOTES:
            continue
        names = found.setdefault(name, [])
        names.insert(0 if column.words in COUNT_WORDS[name] else len(names), column.name)
    return found


def find_options(columns: Sequence[Column], taken: Collection[str], figures: Figures) -> None:
    """Find the columns of votes and check them against the counts; all goes into `figures`."""
    values = {column.name: column.values for column in columns}
    used = {*taken, *figures.counts.values()}
    left = [column for column in columns if column.is_number and column.name not in used]
    totals = [c for c in left if c.words in TOTAL_VOTES]
    votes = [c for c in left if c not in totals and not _is_no_vote(c)]
    votes = _without_strays(votes, values, figures)
    ids = unique_ids([_option_name(column.name) for column in votes])
    for identifier, column in zip(ids, votes, strict=True):
        figures.options[identifier] = (_option_name(column.name), column.name)
    _settle_total(totals, votes, figures)


def _is_no_vote(column: Column) -> bool:
    return (
        column.words in CODE_WORDS
        or has_word(column.words, NOT_VOTES)
        or has_word(column.words, DATE_WORDS)
        or column.words.split()[-1:] in (["code"], ["id"], ["no"], ["kodu"], ["nr"])
        or level_of(column) is not None
        or count_named(column.words) is not None
        or not column.words
    )


def _option_name(header: str) -> str:
    shorter = _SUFFIX.sub(" ", header).strip(" _-:()") if not slug(header).isdigit() else header
    return shorter or header


def unique_ids(names: Sequence[str]) -> list[str]:
    """Return a slug for each name, numbered where two would be the same."""
    ids: list[str] = []
    for number, name in enumerate(names, start=1):
        base = slug(name) or f"option-{number}"
        identifier, again = base, 2
        while identifier in ids:
            identifier, again = f"{base}-{again}", again + 1
        ids.append(identifier)
    return ids


def _agreement(parts: Sequence[pl.Series], whole: pl.Series) -> tuple[int, int]:
    """Return in how many rows the parts add up to the whole, and how many rows were compared."""
    if not parts:
        return 0, 0
    total = pl.DataFrame([part.alias(str(n)) for n, part in enumerate(parts)]).sum_horizontal()
    compared = whole.is_not_null()
    return int((total == whole).filter(compared).sum()), int(compared.sum())


def _without_strays(
    votes: list[Column], values: dict[str, pl.Series], figures: Figures
) -> list[Column]:
    """Return the columns whose sum is the valid votes, if leaving one out makes it so."""
    whole_name = figures.counts.get("valid")
    if whole_name is None or whole_name not in values:
        return votes
    whole = values[whole_name]
    right, rows = _agreement([column.values for column in votes], whole)
    if right < _ENOUGH * rows:
        for column in votes:
            rest = [other for other in votes if other is not column]
            fewer, _ = _agreement([other.values for other in rest], whole)
            if rest and fewer >= _ENOUGH * rows:
                figures.unsure.append(f"{column.name!r} was left out: without it the votes add up")
                votes, right = rest, fewer
                break
    figures.seen.append(f"the options add up to {whole_name!r} in {right:,} of {rows:,} rows")
    if right < _ENOUGH * rows:
        _itemised_in_part(votes, whole_name, whole, figures)
    return votes


def _itemised_in_part(
    votes: list[Column], whole_name: str, whole: pl.Series, figures: Figures
) -> None:
    """Say that the options fall short of the valid votes, and keep the rest as an option."""
    total = pl.DataFrame([v.values.alias(str(n)) for n, v in enumerate(votes)]).sum_horizontal()
    within = int((total <= whole).sum())
    if votes and within >= _NEARLY_ALL * int(whole.is_not_null().sum()):
        figures.rest = " - ".join(f"`{name}`" for name in (whole_name, *(v.name for v in votes)))
        figures.unsure.append(
            f"the options seldom make up all of {whole_name!r}: the rest is the option 'others, "
            "not itemised'; is every option's column known?"
        )
        return
    figures.unsure.append(
        f"the options do not add up to {whole_name!r}: one may be missing, or a column may not "
        "be votes"
    )


def _settle_total(totals: list[Column], votes: list[Column], figures: Figures) -> None:
    """Decide whether a column called "total" is the valid votes or the voters."""
    for column in totals:
        right, rows = _agreement([vote.values for vote in votes], column.values)
        name = "valid" if right >= _ENOUGH * rows else "voted"
        if name in figures.counts:
            continue
        figures.counts[name] = column.name
        what = "equals" if name == "valid" else "differs from"
        figures.seen.append(
            f"{column.name!r} {what} the sum of the options ({right:,} of {rows:,} rows agree)"
        )
        if name == "voted":
            figures.unsure.append(f"{column.name!r} was taken for the people who voted")
