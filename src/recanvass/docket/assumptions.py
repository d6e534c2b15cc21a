"""What each answer of `docket.whatif` takes for granted, a sentence in the reader's language."""

from __future__ import annotations

from recanvass.docket.whatif import WhatIf
from recanvass.words import say_in

__all__ = ["assumptions"]

_PLURALITY = "plurality"


def assumptions(answer: WhatIf, leader: str, rule: str, language: str) -> dict[str, str]:
    """Return the assumption of each answer that was given, by its field; `rule` is the poll's.

    `leader` is the name of who leads.
    """
    say = say_in(language)
    said = {
        "without": say(
            "Assumes that all that these stations returned is dropped, good ballots with bad, and "
            "that nobody votes there again."
        )
    }
    if answer.bound:
        said["bound"] = say(
            "Assumes the worst: every bad ballot is a valid vote for {leader} and is taken away."
        ).format(leader=leader)
        said["targets"] = say(
            "Assumes that so many ballots are taken at random from all valid ballots of the "
            "challenged stations, whatever their vote, and that only the runner-up can catch up."
        )
        said["worst"] = say(
            "Assumes that the tainted ballots fill whole stations, first those where {leader} "
            "leads by most per ballot, and are drawn at random in the last one."
        ).format(leader=leader)
    if answer.draw:
        said["draw"] = (
            say(
                "Assumes that in each station so many of its valid ballots are taken at random, "
                "whatever their vote."
            )
            if answer.draw.per_station
            else say(
                "Assumes that every valid ballot of the challenged stations is as likely to be "
                "tainted as any other, whatever its vote."
            )
        )
    if rule != _PLURALITY:
        said["rule"] = say(
            "Asks only who has the most votes; the rule of this poll, {rule}, may ask for more."
        ).format(rule=rule)
    return said
