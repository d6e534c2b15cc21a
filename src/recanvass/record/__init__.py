"""The one object that users hold: a ledger read as an election."""

from typing import TYPE_CHECKING

from recanvass.record.contest import Contest
from recanvass.record.poll import Poll
from recanvass.record.record import Record, create_record, open_record
from recanvass.record.results import Results

if TYPE_CHECKING:
    from recanvass.record.control_view import Control
    from recanvass.record.office_view import Holders, Office
    from recanvass.record.station import StationHistory, StationReturn
    from recanvass.record.timeline import TimelineItem

__all__ = [
    "Contest",
    "Control",
    "Holders",
    "Office",
    "Poll",
    "Record",
    "Results",
    "StationHistory",
    "StationReturn",
    "TimelineItem",
    "create_record",
    "open_record",
]

_ON_DEMAND = {
    "Control": "control_view",
    "Holders": "office_view",
    "Office": "office_view",
    "StationHistory": "station",
    "StationReturn": "station",
    "TimelineItem": "timeline",
}


def __getattr__(name: str) -> object:
    """Load what a result does not need when it is first used."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module 'recanvass.record' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"recanvass.record.{_ON_DEMAND[name]}"), name)
