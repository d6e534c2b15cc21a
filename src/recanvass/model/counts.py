"""The counts that a station's return can carry, each by its name and what it means on paper.

A return may hold any of them, and further ones that a case names; a count that is absent is
*missing*, never 0. The rules of `canvass.rules` speak of counts by these names.
"""

from __future__ import annotations

from typing import Final

__all__ = ["KNOWN_COUNTS", "STANDARD_COUNTS"]

STANDARD_COUNTS: Final = ("registered", "voted", "valid", "invalid")
"""The four that every result shows."""

KNOWN_COUNTS: Final[dict[str, str]] = {
    "registered": "voters on the roll of this station",
    "voted": "people who voted here: signatures or voters admitted",
    "valid": "valid ballots",
    "invalid": "invalid ballots, blank ones included unless `blank` is counted apart",
    "blank": "blank ballots, where the form counts them apart from invalid ones",
    "ballots": "ballots or envelopes found in the box, where counted apart from voters",
    "off_roll": "people who voted here by right without being on this roll (officials, police)",
    "poll_cards": "voters admitted with a poll card",
    "proxies": "votes cast by proxy",
    "voter_cards": "voters admitted with a voter card from elsewhere",
    "more_counted": "ballots counted beyond the voters admitted, as stated on the form",
    "fewer_counted": "ballots missing against the voters admitted, as stated on the form",
    "received": "ballot papers received by the station",
    "unused": "ballot papers left over",
    "spoiled": "ballot papers spoiled and replaced",
    "boxes": "ballot boxes that this return adds up, where it is itself a total",
}
