"""Lots: a tie is never broken by the computer. It asks, and takes the lot that was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from recanvass.errors import BadInput
from recanvass.model import LotDrawn
from recanvass.office.steps import SeatStep

__all__ = ["Lot", "LotMissing", "Lots", "recorded_lots"]


class Lot(msgspec.Struct, frozen=True):
    """A lot that was drawn: who was in the hat, and who came out, in that order."""

    among: tuple[str, ...]
    drawn: tuple[str, ...]
    circle: str | None = None
    """The circle it was drawn for; None: whichever asks first."""


class LotMissing(Exception):
    """A lot is needed and was not recorded: `draw` of those in `among`.

    Not an error: it ends an allocation with a question, and never leaves this room.
    """

    def __init__(
        self,
        among: tuple[str, ...],
        draw: int,
        certain: dict[str, int],
        steps: Sequence[SeatStep],
    ) -> None:
        super().__init__(f"a lot is needed: {draw} of {', '.join(among)}")
        self.among = among
        self.draw = draw
        self.certain = certain
        """The seats that hang on no lot, of what was being divided."""
        self.steps = tuple(steps)
        """How these came about."""


class Lots:
    """The lots that one allocation may use, each once, in the order in which they were drawn."""

    def __init__(self, lots: Iterable[Lot], circle: str | None = None) -> None:
        self._left = [lot for lot in lots if lot.circle in (None, circle)]
        self.used: list[Lot] = []

    def draw(
        self,
        among: tuple[str, ...],
        number: int,
        certain: dict[str, int],
        steps: Sequence[SeatStep] = (),
    ) -> tuple[str, ...]:
        """Return the `number` of `among` that the recorded lot names.

        Raise LotMissing if none was drawn among exactly these, BadInput if it names others than
        were in it, somebody twice, or another number of them.
        """
        for lot in self._left:
            if set(lot.among) != set(among):
                continue
            drawn = set(lot.drawn)
            if not drawn <= set(among) or len(drawn) != len(lot.drawn) or len(drawn) != number:
                raise BadInput(
                    f"lot among {', '.join(among)}: found {', '.join(lot.drawn) or 'nobody'} "
                    f"drawn; expected {number} of them"
                )
            self._left.remove(lot)
            self.used.append(lot)
            return lot.drawn
        raise LotMissing(among, number, certain, steps)


def recorded_lots(events: Iterable[object], contest: str, poll: str) -> tuple[Lot, ...]:
    """Return the lots drawn for a poll, in the order of `events`."""
    return tuple(
        Lot(event.among, event.drawn, event.unit)
        for event in events
        if isinstance(event, LotDrawn) and event.contest == contest and event.poll in (None, poll)
    )
