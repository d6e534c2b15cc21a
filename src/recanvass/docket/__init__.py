"""The law's part: objections, decisions and orders, and what they make of a result."""

from recanvass.docket.composite import POLL, compose, composed_poll, reruns_of
from recanvass.docket.course import ContestState, FirstReturn
from recanvass.docket.declarations import Checked, Difference, PollFigures, check_statement
from recanvass.docket.docket import Docket, Happened, is_about, make_docket, state_of
from recanvass.docket.legal_standing import lay_legal_standing, with_exclusions_as_withdrawals
from recanvass.docket.outcome import Outcome, outcome_of
from recanvass.docket.rulings import effects_on, standing_orders
from recanvass.docket.status import Status, poll_status

__all__ = [
    "POLL",
    "Checked",
    "ContestState",
    "Difference",
    "Docket",
    "FirstReturn",
    "Happened",
    "Outcome",
    "PollFigures",
    "Status",
    "check_statement",
    "compose",
    "composed_poll",
    "effects_on",
    "is_about",
    "lay_legal_standing",
    "make_docket",
    "outcome_of",
    "poll_status",
    "reruns_of",
    "standing_orders",
    "state_of",
    "with_exclusions_as_withdrawals",
]
