"""The record as one reader asks for it: in a language, at a ledger size, as of a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from recanvass.model import in_language
from recanvass.site.colours import Palette, palette_of
from recanvass.words import Say, date_text, number, say_in

if TYPE_CHECKING:
    from recanvass.record import Control, Record, Results
    from recanvass.record.fold import View

__all__ = ["Edition"]

T = TypeVar("T")


@dataclass(frozen=True)
class Edition:
    """What every page is made from: the same edition of the same record gives the same page."""

    record: Record
    language: str = "en"
    size: int = 0
    """The ledger size; always a number, so that a page says what it is of."""
    as_of: str | None = None
    is_past: bool = False
    """Whether the reader asked for this size, rather than for the newest."""
    _kept: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        record: Record,
        language: str = "en",
        as_of: str | None = None,
        size: int | None = None,
    ) -> Edition:
        """Return an edition of a size, or of the newest. Raise NotInRecord beyond the end."""
        view = record.view(size)
        return cls(record, language, view.size, as_of, size is not None)

    @cached_property
    def view(self) -> View:
        """What the record held at this size."""
        return self.record.view(self.size)

    @cached_property
    def say(self) -> Say:
        """The words of the interface in this language."""
        return say_in(self.language)

    @cached_property
    def palette(self) -> Palette:
        """The colours of the record's parties."""
        return palette_of(self.view)

    @cached_property
    def control(self) -> Control:
        """Who has which office."""
        return self.record.control(self.as_of, self.size, self.language)

    @property
    def moment(self) -> dict[str, Any]:
        """The arguments by which the record is asked for this moment and size."""
        return {"as_of": self.as_of, "size": self.size}

    def day(self, date: str) -> str:
        """Return a date as the language writes it; what is no date (the key of a poll) as it is."""
        try:
            return date_text(date, "day", self.language)
        except ValueError:
            return date

    def simulated(self, contest: str | None = None) -> tuple[str, ...]:
        """Return what of a contest's polls (or of all) is made up, a sentence for each kind."""
        polls = self.view.polls.items()
        said = (self.text(p.simulated) for (c, _), p in polls if contest in (None, c))
        return tuple(dict.fromkeys(filter(None, said)))

    def source(self, contest: str | None = None) -> str:
        """Return where a picture's figures are from, of which moment, and what of them is made up.

        It is part of every picture, so that one cut out of its page does not lie.
        """
        made_up = (self.say("SIMULATED: {what}").format(what=w) for w in self.simulated(contest))
        parts = [*made_up]
        if self.as_of:
            when = date_text(self.as_of, None, self.language)
            parts.append(self.say("As of {moment}.").format(moment=when))
        source = self.say("Source: record {origin}, {size} entries.").format(
            origin=self.record.ledger.origin, size=number(self.size, self.language)
        )
        return " ".join((*parts, source))

    def kept(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what `make` gives, made once for all pages of this edition."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def results(self, contest: str, poll: str, by: str | None = None) -> Results:
        """Return a poll's result of this edition, added up once."""
        asked = self.record.contest(contest).poll(poll)
        return self.kept(
            ("results", contest, poll, by),
            lambda: asked.results(by, self.as_of, self.size, self.language),
        )

    def text(self, name: str | dict[str, str] | None) -> str:
        """Return a name of the record in this language; empty for none."""
        return in_language(name, self.language) if name else ""
