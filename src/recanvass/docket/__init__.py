"""The law's part: what declarations and decisions make of a result."""

from recanvass.docket.status import Status, poll_status

__all__ = ["Status", "poll_status"]
