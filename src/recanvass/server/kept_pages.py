"""The editions that were asked for last, and what was made from them."""

from __future__ import annotations

from dataclasses import dataclass, field

from recanvass.errors import BadInput, NotInRecord
from recanvass.record import Record
from recanvass.site.address import Address, parse_path
from recanvass.site.edition import Edition
from recanvass.site.pages import Page, page_of

__all__ = ["Asked", "KeptPages", "PageFile"]

EDITIONS_KEPT = 8
BYTES_KEPT = 16 << 20
"""Of the answers of one edition."""

MEDIA_TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asked:
    """Of which ledger size, and as of when, a reader asks for a page."""

    size: int | None = None
    """None: of the newest."""
    as_of: str | None = None


@dataclass(frozen=True)
class PageFile:
    """A page, its data or a picture, as it is sent."""

    content: bytes
    media_type: str
    lasts: bool
    """Whether the same question will always have this answer."""


@dataclass
class _Kept:
    """An edition with the answers that were made from it."""

    edition: Edition
    answers: dict[str, PageFile] = field(default_factory=dict)
    bytes: int = 0

    def add(self, path: str, made: PageFile) -> None:
        """Keep an answer, and drop the oldest ones where there are too many bytes."""
        self.answers[path] = made
        self.bytes += len(made.content)
        while self.bytes > BYTES_KEPT:
            oldest = next(iter(self.answers))
            self.bytes -= len(self.answers.pop(oldest).content)


class KeptPages:
    """Used by the thread of one record. What is asked often is made once."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: dict[tuple[str, int, bool, str | None], _Kept] = {}

    def edition(self, record: Record, language: str, asked: Asked) -> Edition:
        """Return the edition that is asked for. Raise NotInRecord if no batch ended at its size."""
        return self._at(record, language, asked).edition

    def file(self, record: Record, path: str, asked: Asked) -> PageFile:
        """Return what is at a path: `en/index.html`. Raise NotInRecord if nothing is."""
        language, address, suffix = parse_path(path)
        kept = self._at(record, language, asked)
        found = kept.answers.get(path)
        if found is None:
            found = _made(kept.edition, address, suffix)
            kept.add(path, found)
        return found

    def _at(self, record: Record, language: str, asked: Asked) -> _Kept:
        size = record.ledger.size if asked.size is None else asked.size
        key = (language, size, asked.size is not None, asked.as_of)
        kept = self._kept.pop(key, None)
        # A record that was closed and opened again does not know the editions of the old one.
        if kept is None or kept.edition.record is not record:
            _check_signed(record, size)
            kept = _Kept(Edition.of(record, language, asked.as_of, asked.size))
        self._kept[key] = kept
        while len(self._kept) > EDITIONS_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return kept


def _check_signed(record: Record, size: int) -> None:
    try:
        record.ledger.checkpoint(size)
    except BadInput:
        raise NotInRecord(f"size: found {size}; no checkpoint was signed at that size") from None


def _made(edition: Edition, address: Address, suffix: str) -> PageFile:
    page = page_of(edition, address)
    content = _content(page, suffix)
    # The checkpoint on the page of the record gains signatures of witnesses at the same size.
    lasts = edition.is_past and address.kind != "record"
    return PageFile(content, MEDIA_TYPES["." + suffix.rpartition(".")[2]], lasts)


def _content(page: Page, suffix: str) -> bytes:
    if suffix == ".html":
        return page.html(live=True).encode()
    if suffix == ".json":
        return page.json()
    if suffix == ".csv":
        table = page.csv()
        if table is None:
            raise NotInRecord(f"{page.path}: has no table")
        return table.encode()
    stem, _, kind = suffix.rpartition(".")
    if kind != "svg" or not stem:
        raise NotInRecord(f"suffix: found {suffix!r}; expected .html, .json, .csv or .<chart>.svg")
    return page.picture(stem.removeprefix("."))
