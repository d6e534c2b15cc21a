"""Recanvass: an open results system for elections.

    import recanvass as rc

    istanbul = rc.open("istanbul.db")
    march = istanbul.contest("istanbul-mayor").poll("2019-03-31")
    march.results(by="district", as_of="2019-04-17T13:30+03:00").frame

`open` reads a record that exists, `create` makes one. Every refusal is a `RecanvassError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recanvass import errors
from recanvass.errors import RecanvassError

if TYPE_CHECKING:
    from recanvass.record import Record
    from recanvass.record import create_record as create
    from recanvass.record import open_record as open

__all__ = ["RecanvassError", "Record", "__version__", "create", "errors", "open"]

__version__ = "0.1.0"

_FROM_RECORD = {"Record": "Record", "create": "create_record", "open": "open_record"}


def __getattr__(name: str) -> object:
    """Load the record room when it is first used: `--help` must not wait for it."""
    if name not in _FROM_RECORD:
        raise AttributeError(f"module 'recanvass' has no attribute {name!r}")
    from recanvass import record  # noqa: PLC0415

    return getattr(record, _FROM_RECORD[name])
