"""Which columns hold counts, which hold votes, and whether the figures bear the guess out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from recanvass.exchange.draft.columns import Column
from recanvass.exchange.draft.places import level_of
from recanvass.exchange.draft.sums import Block, adds_up, find_blocks, leaf_blocks, makes_up
from recanvass.exchange.draft.words import (
    CODE_WORDS,
    COUNT_WORDS,
    DATE_WORDS,
    NOT_VOTES,
    TOTAL_VOTES,
    essence,
    has_word,
)
from recanvass.model import slug

__all__ = ["Figures", "count_named", "find_counts", "find_figures", "unique_ids"]

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
    exact = next((name for name, known in COUNT_WORDS.items() if words in known), None)
    if exact is not None:
        return exact
    held = [(n, w) for n, known in COUNT_WORDS.items() for w in known if has_word(words, (w,))]
    for name, word in held:
        if not any(word != other and has_word(other, (word,)) for _, other in held):
            return name
    return None


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


def find_figures(columns: Sequence[Column], taken: Collection[str]) -> list[Figures]:
    """Return the counts and options of a wide file, one `Figures` for each vote on the paper.

    A run of columns that adds up to another is the options and their total; where there is none,
    the words of the headers decide.
    """
    free = [c for c in columns if c.is_number and c.name not in taken and not _is_code(c)]
    leaves = leaf_blocks([block for block in find_blocks(free) if _may_be_votes(block)])
    chosen = _papers(leaves, free)
    if chosen:
        return [_of_block(block, free, [b for b in chosen if b is not block]) for block in chosen]
    figures = Figures()
    for count, names in find_counts(columns, taken).items():
        figures.counts[count] = names[0]
        _say_others(count, names, figures)
    _by_words(columns, taken, figures)
    if "valid" not in figures.counts and figures.options:
        shown = ", ".join(repr(column) for _, column in figures.options.values())
        figures.unsure.append(f"no column is the sum of what was taken for votes: {shown}")
    return [figures]


def _papers(leaves: Sequence[Block], free: Sequence[Column]) -> list[Block]:
    """Return the blocks that are the options of a vote each: most often one."""
    by_word = _papers_by_word(free)
    if by_word:
        return by_word
    leaves = [b for b in leaves if not any(_inside(o, b) for o in leaves if o is not b)]
    disjoint = [b for b in leaves if not any(_overlap(b, o) for o in leaves if o is not b)]
    valid = [block for block in disjoint if count_named(block.whole.words) == "valid"]
    if len(valid) > 1:
        return valid
    wholes = [block.whole for block in disjoint]
    for total in free if len(wholes) > 1 else ():
        if total not in wholes and makes_up(wholes, total):
            return [Block(tuple(wholes), total, *adds_up(wholes, total))]
    place = {column.name: number for number, column in enumerate(free)}
    ordered = sorted(leaves, key=lambda block: (block.weight, place[block.members[0].name]))
    return ordered[-1:]


def _papers_by_word(free: Sequence[Column]) -> list[Block]:
    """Return the votes of a paper whose columns stand mixed, told apart by a word of their names.

    As "valid first votes, valid second votes" over "A first, A second, B first, B second".
    """
    valid = [column for column in free if count_named(column.words) == "valid"]
    papers = []
    for whole in valid if len(valid) > 1 else ():
        others = {w for column in valid if column is not whole for w in column.words.split()}
        own = set(whole.words.split()) - others
        members = tuple(
            c for c in free if own & set(c.words.split()) and count_named(c.words) is None
        )
        if len(members) > 1 and makes_up(members, whole):
            papers.append(Block(members, whole, *adds_up(members, whole)))
    return papers if len(papers) == len(valid) else []


def _inside(one: Block, other: Block) -> bool:
    """Return whether a block is a part of another."""
    names = {member.name for member in other.members}
    return len(one.members) < len(names) and all(m.name in names for m in one.members)


def _overlap(one: Block, other: Block) -> bool:
    names = {member.name for member in one.members}
    return any(member.name in names for member in other.members)


def _may_be_votes(block: Block) -> bool:
    """Return whether a block can be votes for options, by the names of its columns."""
    counts = [_exact_count(member) for member in block.members]
    options = sum(1 for count in counts if count is None)
    wrong = any(count in ("registered", "voted", "valid") for count in counts)
    return options >= 2 and not wrong and _exact_count(block.whole) != "registered"


def _exact_count(column: Column) -> str | None:
    """Return the count that a header names: whole, or as "votes: null", not in passing.

    A party's name may hold such a word, as that of voters' associations does.
    """
    words = (column.words, essence(column.words))
    exact = (name for name, known in COUNT_WORDS.items() if any(w in known for w in words))
    loose = count_named(column.words)
    return next(exact, loose if loose in ("invalid", "blank") else None)


def _of_block(block: Block, free: Sequence[Column], others: Sequence[Block]) -> Figures:
    """Return the figures of a vote whose options and total are known."""
    figures = Figures()
    options = []
    for member in block.members:
        count = _exact_count(member)
        if count is None:
            options.append(member)
        else:
            figures.counts.setdefault(count, member.name)
    ids = unique_ids([_option_name(column.name) for column in options])
    for identifier, column in zip(ids, options, strict=True):
        figures.options[identifier] = (_option_name(column.name), column.name)
    said = f"the options add up to {block.whole.name!r} in {block.right:,} of {block.rows:,} rows"
    figures.seen.append(said)
    if block.right < _ENOUGH * block.rows:
        figures.unsure.append(said)
    gone = {c.name for b in (block, *others) for c in (*b.members, b.whole)}
    rest = [column for column in free if column.name not in gone]
    known = {
        name: [c for n in names for c in rest if c.name == n]
        for name, names in find_counts(rest, ()).items()
    }
    _settle_whole(block, known, figures)
    _settle_voted(rest, known, {c.name: c for c in free}, figures)
    for count, columns in known.items():
        if columns and count not in figures.counts:
            figures.counts[count] = _likeliest(columns, free).name
            _say_others(count, [figures.counts[count], *(c.name for c in columns)], figures)
    _roll_by_size(rest, free, figures)
    used = set(figures.counts.values())
    unused = [c.name for c in rest if c.name not in used and count_named(c.words) is None]
    if unused:
        figures.unsure.append("figures that were not used: " + ", ".join(map(repr, unused[:12])))
    return figures


def _roll_by_size(rest: Sequence[Column], free: Sequence[Column], figures: Figures) -> None:
    """Take for the registered a sum of others that no row's voters go beyond, if none is named."""
    by_name = {column.name: column for column in free}
    most = by_name.get(figures.counts.get("voted", figures.counts.get("valid", "")))
    if most is None or "registered" in figures.counts:
        return
    wholes = {block.whole.name for block in find_blocks(free)}
    taken = {most.name, *figures.counts.values()}
    for column in rest:
        larger = (column.values >= most.values).all() and (column.values > most.values).any()
        unnamed = count_named(column.words) is None and column.name not in taken
        if column.name in wholes and unnamed and larger:
            figures.counts["registered"] = column.name
            figures.unsure.append(f"{column.name!r} was taken for the registered, by its size")
            return


def _settle_whole(block: Block, known: dict[str, list[Column]], figures: Figures) -> None:
    """Say which count the sum of the options is."""
    words = count_named(block.whole.words)
    if figures.counts.keys() & {"invalid", "blank"}:
        figures.counts["valid" if words == "valid" else "voted"] = block.whole.name
        return
    blank = known.get("blank", [])
    for wider in known.get("valid", []):
        if blank and makes_up([block.whole, blank[0]], wider):
            figures.counts["valid"] = wider.name
            figures.seen.append(f"{wider.name!r} holds the blank votes too")
            return
    figures.counts["voted" if words == "voted" else "valid"] = block.whole.name


def _settle_voted(
    rest: Sequence[Column],
    known: dict[str, list[Column]],
    by_name: dict[str, Column],
    figures: Figures,
) -> None:
    """Find who voted and what was invalid as the columns that add up, by their words or without."""
    valid = by_name.get(figures.counts.get("valid", ""))
    if valid is None or "voted" in figures.counts:
        return
    blank = known.get("blank", [])[:1]
    bad, all_voted = known.get("invalid", []), known.get("voted", [])
    for invalids, voters in ((bad, all_voted), (bad, rest), (rest, all_voted), (rest, rest)):
        for invalid in invalids:
            for voted in voters:
                if voted is invalid or not invalid.values.max():
                    continue
                if any(makes_up([valid, invalid, *more], voted) for more in ([], blank)):
                    figures.counts |= {"invalid": invalid.name, "voted": voted.name}
                    return


def _likeliest(columns: Sequence[Column], free: Sequence[Column]) -> Column:
    """Return the column that is a sum of others, if one of several is; else the first."""
    wholes = {block.whole.name for block in find_blocks(free)} if len(columns) > 1 else set()
    return next((column for column in columns if column.name in wholes), columns[0])


def _say_others(count: str, names: Sequence[str], figures: Figures) -> None:
    others = [name for name in names if name != names[0]]
    if others:
        shown = ", ".join(map(repr, others))
        figures.unsure.append(f"{count} was taken from {names[0]!r}, not from {shown}")


def _is_code(column: Column) -> bool:
    """Return whether a column holds numbers that name, or that are no part of the count."""
    return (
        column.words in CODE_WORDS
        or has_word(column.words, NOT_VOTES)
        or has_word(column.words, DATE_WORDS)
        or column.words.split()[-1:] in (["code"], ["id"], ["no"], ["kodu"], ["nr"])
        or level_of(column) is not None
        or not column.words
    )


def _by_words(columns: Sequence[Column], taken: Collection[str], figures: Figures) -> None:
    """Find the columns of votes and check them against the counts; all goes into `figures`."""
    values = {column.name: column.values for column in columns}
    used = {*taken, *figures.counts.values()}
    left = [column for column in columns if column.is_number and column.name not in used]
    totals = [c for c in left if c.words in TOTAL_VOTES]
    votes = [
        c for c in left if c not in totals and not _is_code(c) and count_named(c.words) is None
    ]
    votes = _without_strays(votes, values, figures)
    ids = unique_ids([_option_name(column.name) for column in votes])
    for identifier, column in zip(ids, votes, strict=True):
        figures.options[identifier] = (_option_name(column.name), column.name)
    _settle_total(totals, votes, figures)


def _option_name(header: str) -> str:
    if not _SUFFIX.search(header):
        return header
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
