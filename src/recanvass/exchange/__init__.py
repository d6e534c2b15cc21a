"""Elections in: case folders and CSV files, checked whole before anything is recorded."""

from recanvass.exchange.case import Case, read_case
from recanvass.exchange.draft import Draft, draft_case
from recanvass.exchange.rejects import Reject, write_rejects
from recanvass.exchange.returns import ReturnsTable

__all__ = ["Case", "Draft", "Reject", "ReturnsTable", "draft_case", "read_case", "write_rejects"]
