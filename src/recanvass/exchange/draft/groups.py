"""Groups of columns that come again for each option: name, party, votes; name, party, votes; …

Some files head each group with a number ("Votes 1", "Votes 2"), some head the first group only and
go on without a header to the end of the line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from recanvass.exchange.cells import tidy
from recanvass.exchange.draft.words import (
    OPTION_WORDS,
    PARTY_WORDS,
    SURNAME_WORDS,
    VOTES_WORDS,
    header_words,
)

__all__ = ["Groups", "numbered_groups", "width_of_group"]

_NUMBERED = re.compile(r"^(.*?\D)[ _.]?(\d{1,3})$")
_FIGURE = re.compile(r"^\d+$")
_SHARE = re.compile(r"^-?\d*[.,]\d+ ?%?$|^\d+ ?%$")
_SAMPLE = 50

Groups = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Stem:
    name: str
    columns: tuple[str, ...]


def numbered_groups(header: Sequence[str]) -> Groups:
    """Return the columns of groups whose headers end in the number of the group, or nothing."""
    stems: dict[str, dict[int, str]] = {}
    for name in header:
        found = _NUMBERED.match(name)
        if found:
            stems.setdefault(found[1].strip(" _."), {})[int(found[2])] = name
    wide = max((len(own) for own in stems.values()), default=0)
    groups = {
        stem: tuple(own[number] for number in sorted(own))
        for stem, own in stems.items()
        if len(own) == wide >= 2
    }
    return groups if _is_of_options(list(groups)) else {}


def _is_of_options(names: Sequence[str]) -> bool:
    words = [header_words(name) for name in names]
    named = (*OPTION_WORDS, *PARTY_WORDS, *SURNAME_WORDS)
    return any(w in VOTES_WORDS for w in words) and any(w in named for w in words)


def width_of_group(header: Sequence[str], cells: pl.DataFrame) -> int:
    """Return of how many columns a group is that goes on past the end of the header; 0 if none.

    `cells` are the columns of the file as String; those from the last of the header on must look
    like the group before them.
    """
    beyond = cells.width - len(header)
    looks = [_look(cells[name]) for name in cells.columns]
    for width in range(2, min(beyond, len(header)) + 1):
        if beyond % width or not _is_of_options(header[-width:]):
            continue
        start = len(header) - width
        pairs = [
            (looks[place], looks[start + (place - start) % width])
            for place in range(len(header), cells.width)
        ]
        if all(one == two or "" in (one, two) for one, two in pairs):
            return width
    return 0


def _look(column: pl.Series) -> str:
    """Return what most cells are: `number`, `share`, `text`; an empty text if all are blank."""
    kinds: dict[str, int] = {}
    for text in tidy(column).drop_nulls().head(_SAMPLE):
        kind = "number" if _FIGURE.match(text) else "share" if _SHARE.match(text) else "text"
        kinds[kind] = kinds.get(kind, 0) + 1
    return max(kinds, key=lambda kind: kinds[kind]) if kinds else ""
