"""The signed returns of a case folder: files of their own, named by `signed` in `[case]`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.definitions import Definitions
from recanvass.exchange.mapping import Columns, as_tuple
from recanvass.exchange.places import STATION
from recanvass.exchange.return_file import MAX_RETURN_FILE_BYTES, parse_return
from recanvass.exchange.rows import RowReader
from recanvass.exchange.toml_file import TomlFile
from recanvass.model import ReturnRecorded

__all__ = ["SignedReturn", "read_return_file", "signed_returns"]


@dataclass(frozen=True)
class SignedReturn:
    """A return and the file that it came in."""

    file: str
    event: ReturnRecorded


def read_return_file(path: Path) -> ReturnRecorded:
    """Return the return in a file. Raise BadInput if there is none, OSError if unreadable."""
    with path.open("rb") as file:
        return parse_return(file.read(MAX_RETURN_FILE_BYTES + 1))


def signed_returns(
    patterns: Columns,
    reader: RowReader,
    made: Definitions,
    units: pl.DataFrame,
    toml: TomlFile,
) -> tuple[SignedReturn, ...]:
    """Return the signed returns of a case, noting each file that cannot be taken.

    Whether the signatures are good is for the record to say: it knows the keys.
    """
    faults = reader.faults
    stations = frozenset(units.filter(pl.col("level") == STATION)["id"])
    found: list[SignedReturn] = []
    for pattern in as_tuple(patterns):
        files = reader.folder.find(pattern)
        if not files:
            expected = f"a file in {reader.folder.shown}"
            faults.add(toml.name, toml.line_of("case"), "signed", f"no file {pattern!r}", expected)
        for path, name in files:
            try:
                event = read_return_file(path)
                _fits(event, made, stations)
            except (BadInput, OSError) as error:
                what, _, expected = str(error).partition("; expected ")
                expected = expected or "a signed return"
                faults.add(name, None, None, what.removeprefix("found "), expected)
            else:
                found.append(SignedReturn(name, event))
    return tuple(found)


def _fits(event: ReturnRecorded, made: Definitions, stations: frozenset[str]) -> None:
    """Raise BadInput if a return speaks of a poll, station, source or option that is not there."""
    poll = made.polls.get((event.contest, event.poll))
    if poll is None:
        known = ", ".join(f"{contest} {key}" for contest, key in made.polls) or "none"
        raise BadInput(f"found poll {event.contest} {event.poll}; expected one of {known}")
    if event.station not in stations:
        raise BadInput(f"found station {event.station!r}; expected a station of the case")
    sources = made.keys.get("source", [])
    if event.source not in sources:
        raise BadInput(f"found source {event.source!r}; expected one of {', '.join(sources)}")
    options = [option.id for option in poll.options]
    for option in event.votes:
        if option not in options:
            raise BadInput(f"found option {option!r}; expected one of {', '.join(options)}")
