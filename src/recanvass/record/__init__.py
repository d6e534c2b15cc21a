"""The one object that users hold: a ledger read as an election."""

from recanvass.record.contest import Contest
from recanvass.record.poll import Poll
from recanvass.record.record import Record, create_record, open_record
from recanvass.record.results import Results
from recanvass.record.station import StationHistory, StationReturn
from recanvass.record.timeline import TimelineItem

__all__ = [
    "Contest",
    "Poll",
    "Record",
    "Results",
    "StationHistory",
    "StationReturn",
    "TimelineItem",
    "create_record",
    "open_record",
]
