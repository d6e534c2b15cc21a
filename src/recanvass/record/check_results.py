"""Published results held against the record: every figure, and every difference named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from recanvass.ledger import Fault
from recanvass.ledger.published_files import PublishedFiles
from recanvass.record.published_results import (
    LATEST,
    MAX_RESULT_BYTES,
    RESULTS_FOLDER,
    ResultsIndex,
    make_index,
    result_files,
)

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["check_results"]

MAX_LISTED = 1000
ABSENT = "nothing"


def check_results(record: Record, files: PublishedFiles, index: ResultsIndex) -> list[Fault]:
    """Return a fault for each published figure that the record's entries do not give.

    `files` are those below `results/`, `index` what its `latest.json` says. At most 1,000 faults
    are returned. Raise RecanvassError if it cannot be said what is published.
    """
    latest = f"{RESULTS_FOLDER}/{LATEST}"
    size = record.ledger.size
    if index.size > size:
        return [Fault(f"{latest}: found results of {index.size} entries; the log has only {size}")]
    ours = (record.ledger.origin, record.ledger.root(index.size).hex())
    if (index.origin, index.root) != ours:
        return [Fault(f"{latest}: found another record or history than the log at {index.size}")]
    faults: list[Fault] = []
    for message in _messages(record, files, index):
        faults.append(Fault(message))
        if len(faults) == MAX_LISTED:
            break
    return faults


def _messages(record: Record, files: PublishedFiles, index: ResultsIndex) -> Iterator[str]:
    expected = result_files(record, index.size, index.language)
    stated = {file.path: file for file in index.files}
    listed = make_index(record, index.size, index.language, expected)
    for path in sorted(stated.keys() - expected.keys()):
        yield f"{RESULTS_FOLDER}/{LATEST}: found {path!r}, which the record does not have"
    for file in listed.files:
        path, content = file.path, expected[file.path]
        name = f"{RESULTS_FOLDER}/{index.size}/{path}"
        limit = min(2 * len(content) + 10_000, MAX_RESULT_BYTES)
        found = files.read(f"{index.size}/{path}", limit)
        if path not in stated:
            yield f"{RESULTS_FOLDER}/{LATEST}: found no {path}; expected it among the files"
        elif stated[path] != file:
            yield f"{RESULTS_FOLDER}/{LATEST}: found another length or sha256 of {path} than it has"
        if found is None:
            yield f"{name}: found no file; expected results"
        elif found != content:
            yield from _differences(name, found, content)


def _differences(name: str, found: bytes, expected: bytes) -> Iterator[str]:
    """Yield a message for each figure in which two files of results differ."""
    try:
        plain = msgspec.json.decode(found)
        figures = dict(_figures(plain))
    except (msgspec.MsgspecError, RecursionError) as error:
        yield f"{name}: found no JSON: {error}"
        return
    ours = dict(_figures(msgspec.json.decode(expected)))
    about = f"{ours.get('contest')} {ours.get('poll')}"
    odd = [k for k in {**ours, **figures} if not _same(figures.get(k), ours.get(k))]
    for figure in odd:
        there, here = (_shown(known.get(figure)) for known in (figures, ours))
        yield f"{name}: {about}, {figure}: found {there}; expected {here}"
    if not odd:
        yield f"{name}: found the figures of {about} written in other bytes than published"


def _figures(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield where each plain value stands, `by istanbul/adalar options akp votes`, and the value.

    A row is called by its unit or id; one that comes again also by its place.
    """
    if isinstance(value, dict):
        rows = [(str(key), inner) for key, inner in value.items()]
    elif isinstance(value, list):
        rows = list(_called(value))
    else:
        yield path, value
        return
    yield f"{path} (entries)".strip(), len(rows)
    for key, inner in rows:
        yield from _figures(inner, f"{path} {key}".strip())


def _called(rows: list[Any]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        own = (row.get("unit") or row.get("id")) if isinstance(row, dict) else None
        name = own if isinstance(own, str) and own not in seen else f"row {place}"
        seen.add(name)
        yield name, row


def _same(found: Any, expected: Any) -> bool:
    return type(found) is type(expected) and bool(found == expected)


def _shown(value: Any) -> str:
    return ABSENT if value is None else msgspec.json.encode(value).decode()[:80]
