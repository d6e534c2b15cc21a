"""The published totals: which files there are, and what stands in each, of a record at a size.

    results/latest.json                             the index of the newest size, replaced last
    results/<size>/index.json                       the same, as it was at that size
    results/<size>/<contest>/standing/total.json    what stands in law
    results/<size>/<contest>/<poll>/total.json      one poll's own result
    results/<size>/<contest>/<poll>/by-<level>.json the same by a level of the tree

Each file is what `results --format json` says. All of them are functions of the record's first
`size` entries, so whoever has the log can make every byte of them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from recanvass.canvass.places import levels_of
from recanvass.errors import BadInput, BadProof
from recanvass.model import slug
from recanvass.words import LANGUAGES

if TYPE_CHECKING:
    from recanvass.ledger.published_files import PublishedFiles
    from recanvass.record.record import Record
    from recanvass.record.results import Results

    _Ask = Callable[..., Results]

__all__ = [
    "INDEX",
    "LATEST",
    "MAX_RESULT_BYTES",
    "RESULTS_FOLDER",
    "PublishedFile",
    "ResultsIndex",
    "encode_index",
    "make_index",
    "read_latest",
    "result_files",
]

RESULTS_FOLDER = "results"
LATEST = "latest.json"
INDEX = "index.json"
STANDING = "standing"
FORMAT = 1
MAX_INDEX_BYTES = 10_000_000
MAX_RESULT_BYTES = 100_000_000

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class PublishedFile(msgspec.Struct, frozen=True):
    """One file of results."""

    path: str
    """Below `results/<size>/`."""
    bytes: int
    sha256: str
    """Hexadecimal."""


class ResultsIndex(msgspec.Struct, frozen=True):
    """What was published of one size of a record."""

    format: int
    origin: str
    size: int
    root: str
    """Root of the tree at that size, hexadecimal."""
    language: str
    """In which names are written."""
    files: list[PublishedFile]


def result_files(record: Record, size: int, language: str) -> dict[str, bytes]:
    """Return every file of results by its path below `results/<size>/`."""
    files: dict[str, bytes] = {}
    for contest in record.view(size).contests:
        for folder, ask, levels in _asked(record, contest, size):
            files[f"{folder}/total.json"] = _encode(ask(None, None, size, language))
            for level in levels:
                # What stands is put together from polls, of which each has levels of its own.
                with suppress(BadInput):
                    results = ask(level, None, size, language)
                    files[f"{folder}/by-{_name(level)}.json"] = _encode(results)
    return files


def make_index(record: Record, size: int, language: str, files: dict[str, bytes]) -> ResultsIndex:
    """Return the index of these files of results."""
    listed = [PublishedFile(p, len(c), sha256(c).hexdigest()) for p, c in sorted(files.items())]
    root = record.ledger.root(size).hex()
    return ResultsIndex(FORMAT, record.ledger.origin, size, root, language, listed)


def encode_index(index: ResultsIndex) -> bytes:
    """Return an index as the bytes of `index.json`, a line for each file."""
    return msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n"


def read_latest(files: PublishedFiles) -> ResultsIndex | None:
    """Return the index of the newest published results, or None if none are published.

    Read it *before* the log's checkpoint: publishing ends with it, so the log is never behind it.
    Raise BadProof, naming the file, if it is malformed.
    """
    name = f"{RESULTS_FOLDER}/{LATEST}"
    data = files.read(LATEST, MAX_INDEX_BYTES)
    if data is None:
        return None
    try:
        index = msgspec.json.decode(data[:MAX_INDEX_BYTES], type=ResultsIndex)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadProof(f"{name}: {error}") from None
    if index.format != FORMAT or index.language not in LANGUAGES or index.size < 0:
        raise BadProof(
            f"{name}: found format {index.format}, language {index.language!r}, size {index.size}; "
            f"expected format {FORMAT}, one of {', '.join(LANGUAGES)}, a size"
        )
    return index


def _asked(record: Record, contest: str, size: int) -> Iterator[tuple[str, _Ask, list[str]]]:
    """Yield folder, question and levels of each poll of a contest, and of what stands of all."""
    polls = [record.contest(contest).poll(p.poll) for p in record.view(size).polls_of(contest)]
    every_level: dict[str, None] = {}
    for poll in polls:
        levels = levels_of(poll.stations(size))
        every_level |= dict.fromkeys(levels)
        yield f"{_name(contest)}/{_name(poll.key[1])}", poll.results, levels
    if polls:
        yield f"{_name(contest)}/{STANDING}", record.contest(contest).results, list(every_level)


def _encode(results: Results) -> bytes:
    return msgspec.json.encode(results.to_dict()) + b"\n"


def _name(id_: str) -> str:
    """Return an id as the name of a file or folder, plain everywhere, that no other id has."""
    if _PLAIN_NAME.fullmatch(id_) and id_ != STANDING:
        return id_
    readable = re.sub("[^a-z0-9]+", "-", slug(id_))[:60].strip("-")
    return f"{readable}~{sha256(id_.encode()).hexdigest()[:16]}"
