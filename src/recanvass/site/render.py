"""A page as HTML: templates laid over what the page says, in its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from recanvass.record.terms import (
    figure_word,
    kind_word,
    level_word,
    objection_word,
    order_word,
    reason_word,
    role_word,
    severity_word,
    signature_fault_word,
    standing_word,
    status_word,
    way_of_leaving,
)
from recanvass.site.address import Address, relative
from recanvass.site.assets import asset_path
from recanvass.site.charts.bars import bar
from recanvass.site.charts.margin import MARKS, mark
from recanvass.site.edition import Edition
from recanvass.words import LANGUAGES, date_text, number, percent, points

__all__ = ["Links", "html_of"]

LANGUAGE_NAMES = {"en": "English", "tr": "Türkçe"}


@dataclass(frozen=True)
class Links:
    """Links from one page to others, all relative, so that a folder of pages may lie anywhere."""

    here: str
    """The path of the page."""
    edition: Edition
    is_live: bool = False
    """Whether a server answers `?as_of=` and `?size=`; a folder of files cannot."""

    def to(self, kind: str, *keys: str, language: str | None = None) -> str:
        """Return the link to a page, of the same edition."""
        path = Address(kind, keys).path(language or self.edition.language)
        return self._link(path) + self._query(self.edition.as_of)

    def data(self, suffix: str) -> str:
        """Return the link to this page as data."""
        stem = self.here.rpartition(".")[0]
        return self._link(stem + suffix) + self._query(self.edition.as_of)

    def asset(self, name: str) -> str:
        """Return the link to a file of the site's own; at a past size it is made for that size."""
        return self._link(asset_path(name, self.edition.palette)) + self._query(None)

    def at(self, as_of: str | None) -> str:
        """Return the link to this page as of a moment."""
        return self._link(self.here) + self._query(as_of)

    def _link(self, path: str) -> str:
        return quote(relative(path, self.here), safe="/~")

    def _query(self, as_of: str | None) -> str:
        if not self.is_live:
            return ""
        pairs = {"as_of": as_of, "size": self.edition.size if self.edition.is_past else None}
        asked = {key: value for key, value in pairs.items() if value is not None}
        return f"?{urlencode(asked)}" if asked else ""


def html_of(template: str, context: Mapping[str, Any], links: Links) -> str:
    """Return a page from its template. A name that the page does not have is an error."""
    edition = links.edition
    return (
        _environment()
        .get_template(template)
        .render(
            **context,
            **_words(edition.language),
            say=edition.say,
            day=edition.day,
            edition=edition,
            links=links,
            origin=edition.record.ledger.origin,
            languages={code: LANGUAGE_NAMES[code] for code in LANGUAGES},
            here=Address,
        )
    )


@lru_cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("recanvass.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["fill"] = _fill
    made.globals |= {"bar": bar, "mark": mark, "marks": MARKS}
    return made


def _fill(text: str, **values: object) -> Markup:
    """Return a text with values in its places; those that are markup stay so."""
    return Markup(escape(text)).format(**values)  # noqa: S704 - escaped right here


@lru_cache
def _words(language: str) -> dict[str, Any]:
    """Return the functions that write figures, dates and the model's words in a language."""
    return {
        "language": language,
        "num": lambda value, signed=False: number(value, language, signed),
        "pct": lambda value, digits=2: percent(value, language, digits),
        "pts": lambda value, digits=2: points(value, language, digits),
        "date": lambda at, precision=None: date_text(at, precision, language),
        "status_word": lambda word: status_word(word, language),
        "level_word": lambda word: level_word(word, language),
        "kind_word": lambda word: kind_word(word, language),
        "reason_word": lambda word: reason_word(word, language),
        "standing_word": lambda word: standing_word(word, language),
        "order_word": lambda word: order_word(word, language),
        "objection_word": lambda word: objection_word(word, language),
        "role_word": lambda word: role_word(word, language),
        "signature_fault_word": lambda word: signature_fault_word(word, language),
        "severity_word": lambda word: severity_word(word, language),
        "way_of_leaving": lambda word: way_of_leaving(word, language),
        "figure_word": lambda word, labels=None: figure_word(word, language, labels),
    }
