"""Elections in: case folders and CSV files, checked whole before anything is recorded.

`recanvass.exchange.draft` writes a first case for a bare file; it is imported on its own, because
its vocabulary is of no use to `load`.
"""

from recanvass.exchange.case import Case, read_case
from recanvass.exchange.rejects import Reject, write_rejects
from recanvass.exchange.returns import ReturnsTable

__all__ = ["Case", "Reject", "ReturnsTable", "read_case", "write_rejects"]
