"""Valid input, damaged: what fuzzing tries on a parser beside bytes that mean nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

Edit = tuple[float, float, bytes]
"""Where in the data something is cut out, from 0 to 1; how much of it; what comes in its place."""

ODD = (
    b"", b"\0", b"\n", b"\n\n", b"\r", b"\t", b" ", b"-1", b"0", b"00", b"+1", b"9" * 30,
    b"9223372036854775808", b"1e9", b"\xff", b"\xe2\x80\x94", b"\xc3\xa9", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b'"', b"'", b'""', b"\\", b"[", b"]", b"{", b"}", b"{}", b"null", b"true",
    b"=", b"==", b",", b";", b"#", b"../", b"\x1b[2J", b"\xe2\x80\xae",
)  # fmt: skip

_place = st.floats(0, 1, exclude_max=True)
_length = st.sampled_from([0.0, 0.0, 0.002, 0.01, 0.1, 1.0])
_edits = st.tuples(_place, _length, st.one_of(st.sampled_from(ODD), st.binary(max_size=8)))


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the data after these edits, one after another."""
    for place, length, new in edits:
        start = int(place * (len(data) + 1))
        data = data[:start] + new + data[start + int(length * len(data)) :]
    return data


def mutated(data: bytes, *others: bytes) -> st.SearchStrategy[bytes]:
    """Return a strategy for damaged forms of some data; pieces of `others` come in too."""
    edits = st.lists(_edits, min_size=1, max_size=4)
    damaged = edits.map(lambda chosen: edited(data, chosen))
    if not others:
        return damaged
    spliced = st.tuples(damaged, st.sampled_from(others), _place, _place).map(
        lambda t: t[0][: int(t[2] * len(t[0]))] + t[1][int(t[3] * len(t[1])) :]
    )
    return st.one_of(damaged, spliced)


ODD_VALUES: tuple[Any, ...] = (
    0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**4000, 0.5, float("nan"), float("inf"), True,
    "", " ", "a", "-", "*", "**", "../x", "/", "\0", "\n", "\x1b[2J", "\u202e", "\ufeff", "é", "#",
    "sum(votes)", "valid", "town", "%Q", "%", "%Y-%m-%d", "x" * 400, "2024-05-05", "East", "elm",
    date(1, 1, 1), date(9999, 12, 31), datetime(1, 1, 1, tzinfo=UTC), datetime(2024, 5, 5, 22),
    [], [[]], [1], ["elm"], ["a", "a"], [None], {}, {"a": 1}, [{}], {"": ""}, {"column": "box"},
)  # fmt: skip


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inside:
        found.append((*path, key))
        if isinstance(part, dict | list):
            found += places_in(part, (*path, key))
    return found


def with_odd_values(content: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the content of a TOML or JSON file with some values odd or gone."""
    places = places_in(content)
    values = st.sampled_from([*ODD_VALUES, ...])
    changes = st.lists(st.tuples(st.sampled_from(places), values), min_size=1, max_size=3)
    return changes.map(lambda chosen: _changed(content, chosen))


def _changed(value: Any, changes: Sequence[tuple[tuple[Any, ...], Any]]) -> Any:
    """Return a copy of a value with others at these places; `...` leaves one out."""
    here = {path[0]: new for path, new in changes if len(path) == 1}
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    parts = {}
    for key, old in inside:
        below = [(path[1:], new) for path, new in changes if path[0] == key and len(path) > 1]
        part = here.get(key, _changed(old, below) if isinstance(old, dict | list) else old)
        if part is not ...:
            parts[key] = part
    return parts if isinstance(value, dict) else list(parts.values())


def as_toml(content: dict[str, Any]) -> str:
    """Return a TOML text that says this."""
    return "".join(f"{json.dumps(key)} = {_inline(value)}\n" for key, value in content.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value)
    return "{}" if value is None else str(value).lower()
