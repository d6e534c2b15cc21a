"""The names of a published log's files, and the layout of entry bundles (C2SP tlog-tiles).

    checkpoint                         the signed checkpoint
    tile/<L>/<N>[.p/<W>]               hashes of level L, W of them if the tile is partial
    tile/entries/<N>[.p/<W>]           the entries behind tile N of level 0

L and W are plain decimals. N is cut into groups of three digits, all but the last with an `x` in
front: 5 is `005`, 1234067 is `x001/x234/067`. A bundle is, for each entry, its length in two bytes
(big-endian) and its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from recanvass.errors import BadInput, BadProof
from recanvass.ledger.tiles import TILE_WIDTH

__all__ = [
    "BLOB_FOLDER",
    "CHECKPOINT_PATH",
    "MAX_BUNDLE_BYTES",
    "TilePath",
    "bundle_path",
    "decode_bundle",
    "encode_bundle",
    "parse_tile_path",
    "tile_path",
]

CHECKPOINT_PATH = "checkpoint"
BLOB_FOLDER = "blob"
"""Beside the log's folder, not in it: what lies there can be withdrawn."""
LENGTH_BYTES = 2
MAX_LEVEL = 63
MAX_BUNDLE_BYTES = TILE_WIDTH * (LENGTH_BYTES + 65_535)

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


class TilePath(NamedTuple):
    """What a path names."""

    level: int | None
    """None for a bundle of entries."""
    number: int
    width: int


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes below the log's folder."""
    return f"tile/{level}/{_number(number)}{_width(width)}"


def bundle_path(number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a bundle of entries below the log's folder."""
    return f"tile/entries/{_number(number)}{_width(width)}"


def parse_tile_path(path: str) -> TilePath | None:
    """Return the tile or bundle that has exactly this path, or None if none can have it."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    kind, groups, width = found.groups()
    number = int(groups.replace("x", "").replace("/", ""))
    parsed = TilePath(None if kind == "entries" else int(kind), number, int(width or TILE_WIDTH))
    # There is one way to write a path; leading zeros and a width of 256 make another.
    again = bundle_path if parsed.level is None else partial(tile_path, parsed.level)
    is_one = again(number, parsed.width) == path and 0 < parsed.width <= TILE_WIDTH
    return parsed if is_one and (parsed.level or 0) <= MAX_LEVEL else None


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries as a bundle. Raise BadInput if one has more than 65,535 bytes."""
    try:
        return b"".join(len(e).to_bytes(LENGTH_BYTES, "big") + e for e in entries)
    except OverflowError:
        raise BadInput("bundle: found an entry of more than 65535 bytes") from None


def decode_bundle(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raise BadProof if it ends in the middle of one."""
    entries = []
    at = 0
    while at < len(bundle):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(bundle[at:start], "big")
        entries.append(bundle[start:at])
    if at != len(bundle):
        raise BadProof(f"found {len(bundle)} bytes; expected the last entry to end at {at}")
    return entries


def _number(number: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _width(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
