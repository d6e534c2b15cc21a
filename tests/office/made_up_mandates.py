"""Mandates that tests write down in a line, or draw."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from recanvass.model import MandateBegan, MandateEnded
from recanvass.office.mandates import History, MandateEvent, history_of, mandate_events

PEOPLE = ("ann", "bob", "cem", None)


def day(number: int) -> str:
    """A moment of May 2024, at noon."""
    return f"2024-05-{number:02d}T12:00:00+03:00"


def began(at: int, person: str | None, party: str | None = None, **more: Any) -> MandateBegan:
    more = {"office": "mayor", "id": f"{at}+{person}{more.get('acting', '')}"} | more
    return MandateBegan(at=day(at), person=person, party=party, **more)


def ended(at: int, person: str | None = None, **more: Any) -> MandateEnded:
    more = {"office": "mayor", "how": "term", "id": f"{at}-{person}"} | more
    return MandateEnded(at=day(at), person=person, **more)


def history(*events: MandateEvent, seats: int = 1) -> History:
    return history_of("mayor", mandate_events(events), seats)


@st.composite
def happenings(draw: st.DrawFn, offices: tuple[str, ...] = ("mayor",)) -> list[MandateEvent]:
    """Anything that can be recorded of offices, however wrong, each with an id of its own."""
    made: list[MandateEvent] = []
    for number in range(draw(st.integers(0, 12))):
        where = {"office": draw(st.sampled_from(offices)), "id": f"event-{number}"}
        at, person = draw(st.integers(1, 9)), draw(st.sampled_from(PEOPLE))
        if draw(st.booleans()):
            party = draw(st.sampled_from(("elm", "oak", None)))
            made.append(began(at, person, party, acting=draw(st.booleans()), **where))
        else:
            made.append(ended(at, person, **where))
    return made
