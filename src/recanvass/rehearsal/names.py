"""Names that nobody could take for real ones, in the language of the interface."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import msgspec

__all__ = ["Names", "names_in"]


class Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one language that names are made of; see `names.toml`."""

    country: str
    start: tuple[str, ...]
    end: tuple[str, ...]
    neighbourhood: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    shapes: tuple[str, ...]
    party: str
    case: str
    mayor: str
    council: str
    board: str
    observer: str
    recount: str

    def place(self, number: int, turn: int = 0) -> str:
        """Return a place's name, another one for each number from 0; `turn` begins elsewhere."""
        again, number = divmod(number, len(self.start) * len(self.end))
        at = (number + turn) % (len(self.start) * len(self.end))
        around, start = divmod(at, len(self.start))
        name = self.start[start] + self.end[(start + around) % len(self.end)]
        return f"{name} {again + 1}" if again else name

    def person(self, number: int) -> str:
        """Return a person's name; it comes again only after dozens."""
        return f"{self.given[number % len(self.given)]} {self.family[number % len(self.family)]}"

    def shape(self, number: int) -> str:
        """Return the shape that a party is called after; another one for each number from 0."""
        again, shape = divmod(number, len(self.shapes))
        return f"{self.shapes[shape]} {again + 1}" if again else self.shapes[shape]

    def contest(self, contest: str) -> str:
        """Return the name of a contest."""
        return {"mayor": self.mayor, "council": self.council}[contest]


@cache
def names_in(language: str) -> Names:
    """Return the names of a language of the interface."""
    text = resources.files("recanvass.rehearsal").joinpath("names.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)[language], Names)
