"""Claims: statements about an election that somebody published, so put that they can be checked.

A claim says what is measured, in the words of the measures below, and which value was stated with
what precision. Whether it is true is never stored: `record.claims` computes it.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from recanvass.model.base import Event, Part
from recanvass.model.text import Text

__all__ = [
    "Began",
    "CandidateName",
    "ClaimMade",
    "Count",
    "DaysHeld",
    "DecisionVotes",
    "Elected",
    "EventDate",
    "Holder",
    "Leader",
    "Margin",
    "Measure",
    "MostPublished",
    "Objections",
    "OfPoll",
    "OfficesHeld",
    "Published",
    "SeatShare",
    "Seats",
    "Sense",
    "Share",
    "Stations",
    "TimeBetween",
    "TimesElected",
    "Turnout",
    "UnbrokenYears",
    "UnitsChanged",
    "UnitsLed",
    "Votes",
]

Gives = Literal["number", "percent", "word", "date"]
"""What a measure comes out as; a word is an id or a name, a date may be a month or a year."""

Together = Literal["party", "line", "alliance"]
"""A party alone, with its predecessors, or with the parties of its alliance."""

Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d")]
_Step = Annotated[str, Meta(pattern=r"^(?=.*[1-9])\d{1,15}(\.\d{1,9})?$")]
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)


class OfPoll(Part, frozen=True, tag_field="of"):
    """A measure of one poll's own figures, as a whole or in one unit."""

    gives: ClassVar[Gives] = "number"
    contest: str
    poll: str


class Margin(OfPoll, frozen=True, tag="margin"):
    """Votes by which an option is ahead of the best other one (below 0: behind), or the first."""

    option: str | None = None
    unit: str | None = None


class Share(OfPoll, frozen=True, tag="share"):
    """An option's votes in per cent of all votes for options."""

    gives: ClassVar[Gives] = "percent"
    option: str
    unit: str | None = None


class Votes(OfPoll, frozen=True, tag="votes"):
    """An option's votes."""

    option: str
    unit: str | None = None


class Count(OfPoll, frozen=True, tag="count"):
    """A count of the returns: `registered` (the roll), `voted`, `invalid` …"""

    count: str
    unit: str | None = None


class Turnout(OfPoll, frozen=True, tag="turnout"):
    """Voted in per cent of registered."""

    gives: ClassVar[Gives] = "percent"
    unit: str | None = None


class Stations(OfPoll, frozen=True, tag="stations"):
    """Polling stations of the poll."""

    unit: str | None = None


class Leader(OfPoll, frozen=True, tag="leader"):
    """The option with the most votes."""

    gives: ClassVar[Gives] = "word"
    unit: str | None = None


class Elected(OfPoll, frozen=True, tag="elected"):
    """The option that was declared elected."""

    gives: ClassVar[Gives] = "word"


class UnitsLed(OfPoll, frozen=True, tag="units-led"):
    """Units of a level in which an option has the most votes."""

    level: str
    option: str


class CandidateName(OfPoll, frozen=True, tag="candidate-name"):
    """The name of an option; letters are compared without their marks."""

    gives: ClassVar[Gives] = "word"
    option: str


class UnitsChanged(Part, frozen=True, tag_field="of", tag="units-changed"):
    """Units of a level in which an option's votes rose or fell from one poll to another."""

    gives: ClassVar[Gives] = "number"
    contest: str
    before: str
    after: str
    level: str
    option: str
    how: Literal["rose", "fell"]


class TimesElected(Part, frozen=True, tag_field="of", tag="times-elected"):
    """Polls of a contest by which an option was officially declared elected, annulled ones too."""

    gives: ClassVar[Gives] = "number"
    contest: str
    option: str


class Objections(Part, frozen=True, tag_field="of", tag="objections"):
    """Objections that ask for an order (`annul`, `rerun` …) in a contest, by one objector."""

    gives: ClassVar[Gives] = "number"
    contest: str
    asks: str
    by: str


class Seats(Part, frozen=True, tag_field="of", tag="seats"):
    """Seats of an office that a party has."""

    gives: ClassVar[Gives] = "number"
    office: str
    party: str
    together: Together = "party"
    as_of: Instant | None = None
    """When; absent: when the claim was made."""


class SeatShare(Part, frozen=True, tag_field="of", tag="seat-share"):
    """A party's seats in per cent of all seats of the office."""

    gives: ClassVar[Gives] = "percent"
    office: str
    party: str
    together: Together = "party"
    as_of: Instant | None = None


class OfficesHeld(Part, frozen=True, tag_field="of", tag="offices-held"):
    """Single offices of a level that are in a party's hands: districts whose mayor it has."""

    gives: ClassVar[Gives] = "number"
    party: str
    level: str
    together: Together = "party"
    as_of: Instant | None = None


class Holder(Part, frozen=True, tag_field="of", tag="holder"):
    """The person who holds a single office, or stands in."""

    gives: ClassVar[Gives] = "word"
    office: str
    as_of: Instant | None = None


class DaysHeld(Part, frozen=True, tag_field="of", tag="days-held"):
    """Days for which a person held an office."""

    gives: ClassVar[Gives] = "number"
    office: str
    person: str
    poll: str | None = None
    """The poll that the mandate came from, where the person held the office more than once."""
    days: Literal["elapsed", "full", "touched"] | None = None
    """See `office.days`; absent: not said, so that any of the three may be meant."""


class UnbrokenYears(Part, frozen=True, tag_field="of", tag="unbroken-years"):
    """Whole years for which a party, with its predecessors, last held a single office unbroken."""

    gives: ClassVar[Gives] = "number"
    office: str
    party: str
    as_of: Instant | None = None


class Began(Part, frozen=True, tag_field="of", tag="began"):
    """The date on which a person first took an office."""

    gives: ClassVar[Gives] = "date"
    office: str
    person: str


class EventDate(Part, frozen=True, tag_field="of", tag="event-date"):
    """The date of an event."""

    gives: ClassVar[Gives] = "date"
    event: str


class TimeBetween(Part, frozen=True, tag_field="of", tag="time-between"):
    """Elapsed time from the day of one event to the day of another."""

    gives: ClassVar[Gives] = "number"
    first: str
    last: str
    unit_of_time: Literal["days", "weeks"] = "days"


class DecisionVotes(Part, frozen=True, tag_field="of", tag="decision-votes"):
    """Votes for and against a decision, `7-4`."""

    gives: ClassVar[Gives] = "word"
    event: str


class Published(Part, frozen=True, tag_field="of", tag="published"):
    """A figure that no election record gives: what the keeper of its register published.

    A keeper is a registered source of type `board` or `register`; its figure is a claim too.
    """

    gives: ClassVar[Gives] = "number"
    name: str
    """`population`, `municipalities-won` …: the same name is the same figure."""
    unit: str | None = None
    party: str | None = None
    year: str | None = None


class MostPublished(Part, frozen=True, tag_field="of", tag="most-published"):
    """The party whose published figure of a name (see `Published`) is the largest."""

    gives: ClassVar[Gives] = "word"
    name: str
    year: str | None = None


Measure = (
    Margin
    | Share
    | Votes
    | Count
    | Turnout
    | Stations
    | Leader
    | Elected
    | UnitsLed
    | CandidateName
    | UnitsChanged
    | TimesElected
    | Objections
    | Seats
    | SeatShare
    | OfficesHeld
    | Holder
    | DaysHeld
    | UnbrokenYears
    | Began
    | EventDate
    | TimeBetween
    | DecisionVotes
    | Published
    | MostPublished
)

Sense = Literal["exactly", "about", "cut off", "more than", "less than", "at least", "at most"]
"""How a number is meant. `cut off`: its last digits were dropped, not rounded."""


class ClaimMade(Event, frozen=True, tag="claim.made"):
    """Somebody published a statement. `says` gives its content, never its wording."""

    by: str
    """A source of the record, or who it was in words."""
    says: Text
    measure: Measure
    value: str
    """What was stated: a number with the digits that were printed, an id or name, a date."""
    sense: Sense = "exactly"
    step: _Step | None = None
    """The round figure that the number was given in (`1000`); absent: its last printed digit.

    For a bound, `more than`, how far beyond it the figure can be for the words to be apt."""
    published_in: Text | None = None

    def __post_init__(self) -> None:
        is_number = self.measure.gives in ("number", "percent")
        if is_number and not _NUMBER.fullmatch(self.value):
            raise ValueError(f'value: found {self.value!r}; expected a number, such as "54.2"')
        if not is_number and (self.sense != "exactly" or self.step is not None):
            raise ValueError("sense, step: found one with a word or a date; expected a number")
