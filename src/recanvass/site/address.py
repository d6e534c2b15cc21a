"""Where each page is: one relative path that is a file, an address on a server, and a link.

    <language>/<kind>/<key>/<key>.html       en/poll/istanbul-mayor/2019-03-31.html

The same path with another suffix is the same page as data (`.json`, `.csv`), or one of its charts
as a picture (`.margins.svg`). The last key of some kinds is a place in the tree and keeps its
slashes. Whatever else could mean something to a file system or in an address is written `~` and two
hexadecimal digits for each byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recanvass.errors import NotInRecord

__all__ = ["KINDS", "Address", "parse_path", "relative"]

KINDS: dict[str, tuple[int, bool]] = {
    "index": (0, False),
    "contest": (1, False),
    "poll": (2, False),
    "map": (3, False),
    "unit": (3, True),
    "station": (1, True),
    "compare": (3, False),
    "docket": (1, False),
    "office": (1, False),
    "offices": (0, False),
    "checks": (2, False),
    "sources": (2, False),
    "claims": (0, False),
    "record": (0, False),
}
"""How many keys the pages of each kind have, and whether the last is a place in the tree."""

_PLAIN = re.compile(r"[a-z0-9_-]+")
_ESCAPED = re.compile(r"~([0-9A-F]{2})")


@dataclass(frozen=True)
class Address:
    """A page by its kind and keys: `Address("poll", ("istanbul-mayor", "2019-03-31"))`."""

    kind: str
    keys: tuple[str, ...] = ()

    def path(self, language: str, suffix: str = ".html") -> str:
        """Return the page's path in a language."""
        _, is_tree = KINDS[self.kind]
        keys = [_segment(k) for k in self.keys]
        if is_tree:
            keys[-1] = "/".join(_segment(part) for part in self.keys[-1].split("/"))
        return "/".join((language, self.kind, *keys)) + suffix


def _segment(text: str) -> str:
    """Return a key as one segment of a path."""
    if _PLAIN.fullmatch(text):
        return text
    kept = "".join(
        c if c.isalnum() or c in "-_" else "".join(f"~{b:02X}" for b in c.encode()) for c in text
    )
    return kept or "~"


def _text(segment: str) -> str:
    """Return the key that a segment was made of; raise NotInRecord if it was made of none."""
    if segment == "~":
        return ""
    raw = b"".join(
        bytes.fromhex(part) if number % 2 else part.encode()
        for number, part in enumerate(_ESCAPED.split(segment))
    )
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = ""
    if _segment(text) != segment:
        raise NotInRecord(f"address: found {segment!r}; expected a path of a page")
    return text


def parse_path(path: str) -> tuple[str, Address, str]:
    """Return the language, the page and the suffix that a path names (`.html`, `.map.svg`).

    Raise NotInRecord for a path that no page can have; whether there is such a page is for the
    record to say.
    """
    folders, _, name = path.rpartition("/")
    # No segment holds a dot: the first one begins the suffix.
    last, dot, suffix = name.partition(".")
    language, kind, *segments = [*folders.split("/"), last]
    wanted, is_tree = KINDS.get(kind, (-1, False))
    if is_tree and len(segments) > wanted:
        segments[wanted - 1 :] = ["/".join(segments[wanted - 1 :])]
    if not dot or len(segments) != wanted:
        raise NotInRecord(f"address: found {path!r}; expected a path of a page")
    keys = [
        "/".join(map(_text, s.split("/"))) if is_tree and n == wanted - 1 else _text(s)
        for n, s in enumerate(segments)
    ]
    return language, Address(kind, tuple(keys)), dot + suffix


def relative(target: str, here: str) -> str:
    """Return the link from one path to another, so that the folder may lie anywhere."""
    return "../" * here.count("/") + target
