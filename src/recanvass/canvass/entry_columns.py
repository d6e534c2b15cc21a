"""Returns and units as columns, to and from the canonical bytes of ledger entries.

A load writes a row per station, so it cannot go through one struct each: these expressions make
the very bytes that `model.encode_event` makes (a property test holds them together), for whole
columns at once, and read them back the same way.

Column names, here and in every frame of this room: a count by its own name (`registered`), an
option's votes as `votes.<option>`, an ancestor of a station as `unit.<level>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from recanvass.errors import BadInput
from recanvass.model import KNOWN_COUNTS

__all__ = [
    "RETURN_COLUMNS",
    "UNIT_SCHEMA",
    "VOTES",
    "count_columns",
    "decode_returns",
    "decode_units",
    "encode_returns",
    "encode_units",
    "instants",
    "vote_columns",
]

VOTES = "votes."
"""Prefix of vote columns."""

RETURN_COLUMNS = ("seq", "id", "station", "source", "reason", "at", "replaces", "signed")
"""What every frame of returns has, before counts and votes."""

UNIT_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "level": pl.String(),
    "name": pl.String(),
    "parent": pl.String(),
    "station_kind": pl.String(),
    "roll": pl.String(),
}

_UNITS_IN_AN_ENTRY = 400

_ENTRY_ROOM = 55_000
"""Bytes of units that go into one entry: with the largest possible unit and the entry's own fields
on top it stays under the 65,535 that an entry may have."""


def vote_columns(columns: Iterable[str]) -> list[str]:
    """Return those column names that hold votes, in the order given."""
    return [c for c in columns if c.startswith(VOTES)]


def count_columns(columns: Iterable[str]) -> list[str]:
    """Return those column names that hold counts: neither votes, units, nor bookkeeping."""
    other = {
        *RETURN_COLUMNS,
        "contest",
        "poll",
        "standing",
        "station_kind",
        "position",
        "file",
        "line",
        "counted",
        "withdrawn",
        "withdrawn_at",
        "kind",
        "cites",
        "remark",
        "precision",
    }
    return [c for c in columns if c not in other and not c.startswith((VOTES, "unit."))]


def _number_members(columns: Sequence[str], prefix: str) -> pl.Expr:
    """Return `"a":1,"b":2` in key order, without the members that are null."""
    named = sorted((c.removeprefix(prefix), c) for c in columns)
    if not named:
        return pl.lit("")
    members = [pl.concat_str(pl.lit(f'"{key}":'), pl.col(c)) for key, c in named]
    return pl.concat_str(members, separator=",", ignore_nulls=True)


def _text_member(column: str, key: str) -> pl.Expr:
    """Return `"key":"value",`, or nothing where the value is null. Values need no escaping."""
    return (
        pl.when(pl.col(column).is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit(f'"{key}":"'), pl.col(column), pl.lit('",')))
    )


def _last_text_member(key: str) -> pl.Expr:
    """Return `,"key":"value"`, or nothing where the value is null."""
    return (
        pl.when(pl.col(key).is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit(f',"{key}":"'), pl.col(key), pl.lit('"')))
    )


def _check_plain(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Raise BadInput if a text would have to be escaped: unescaped, its entry would be no JSON."""
    for column in columns:
        odd = frame[column].filter(frame[column].str.contains(r'["\\\x00-\x1f]'))
        if len(odd):
            raise BadInput(
                f"{column}: found {odd[0]!r}; expected no quotation marks, backslashes or control "
                "characters"
            )


def encode_returns(returns: pl.DataFrame, contest: str, poll: str) -> pl.Series:
    """Return the entry bytes (Binary series) of `return.recorded` events, a row each.

    `returns` has id, station, source, reason, at (as ISO text) and replaces, count columns and
    vote columns; all text in it is made of identifiers (`model.check_id`), so nothing needs
    escaping in JSON. Raise BadInput if one does.
    """
    _check_plain(returns, ("id", "at", "replaces"))  # an id has the source and the station in it
    counts = _number_members(count_columns(returns.columns), "")
    votes = _number_members(vote_columns(returns.columns), VOTES)
    reason = (
        pl.when(pl.col("reason") == "count")
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit('"reason":"'), pl.col("reason"), pl.lit('",')))
    )
    body = pl.concat_str(
        pl.lit('{"at":"'),
        pl.col("at"),
        pl.lit(f'","contest":"{contest}","counts":{{'),
        counts,
        pl.lit('},"id":"'),
        pl.col("id"),
        pl.lit(f'","kind":"return.recorded","poll":"{poll}",'),
        reason,
        _text_member("replaces", "replaces"),
        pl.lit('"source":"'),
        pl.col("source"),
        pl.lit('","station":"'),
        pl.col("station"),
        pl.lit('","votes":{'),
        votes,
        pl.lit("}}"),
    )
    return returns.select(body.alias("body")).to_series().cast(pl.Binary)


def decode_returns(
    bodies: Sequence[bytes], seqs: pl.Series, counts: Iterable[str], options: Iterable[str]
) -> pl.DataFrame:
    """Return a frame of `return.recorded` entries: `RETURN_COLUMNS`, counts and votes.

    `at` is in UTC (microseconds); `signed` says that a return has signatures, good or not. Counts
    that occur in no return are left out; every option keeps its column. `counts` and `options` name
    what may occur, beyond the known counts.
    """
    names = list(dict.fromkeys([*KNOWN_COUNTS, *counts]))
    chosen = list(dict.fromkeys(options))
    text = {c: pl.String() for c in ("at", "id", "reason", "replaces", "source", "station")}
    schema: dict[str, pl.DataType] = {
        **text,
        "signatures": pl.List(pl.String()),
        "counts": pl.Struct(dict.fromkeys(names, pl.Int64)),
        "votes": pl.Struct(dict.fromkeys(chosen or ["none"], pl.Int64)),
    }
    raw = pl.read_ndjson(_lines(bodies), schema=schema) if bodies else pl.DataFrame([], schema)
    present = raw.select(
        pl.col("counts").struct.field(n).is_not_null().any().alias(n) for n in names
    ).row(0, named=True)
    frame = raw.select(
        seqs.cast(pl.Int64).alias("seq"),
        "id",
        "station",
        "source",
        pl.col("reason").fill_null("count"),
        instants("at"),
        "replaces",
        pl.col("signatures").is_not_null().alias("signed"),
        *[pl.col("counts").struct.field(n) for n in names if present[n]],
        *[pl.col("votes").struct.field(o).alias(VOTES + o) for o in chosen],
    )
    return _complete(frame, ("id", "station", "source", "at"))


def instants(column: str) -> pl.Expr:
    """Return ISO 8601 text with an offset as UTC instants; seconds may be left out."""
    with_seconds = pl.col(column).str.replace(r"(T\d\d:\d\d)([Z+-])", "${1}:00$2")
    return with_seconds.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def _lines(bodies: Sequence[bytes]) -> bytes:
    """Return entries as lines. Raise ShapeError if one holds a line break: no event's bytes do."""
    joined = b"\n".join(bodies)
    if joined.count(b"\n") >= len(bodies):
        raise pl.exceptions.ShapeError("found a line break within an entry")
    return joined


def _complete(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return a frame as it is. Raise ShapeError if a column that no event lacks has a null."""
    for column in columns:
        if frame[column].null_count():
            raise pl.exceptions.ShapeError(f"found an entry without {column}, or with another type")
    return frame


def _unit_chunks(members: pl.Series) -> list[list[str]]:
    """Return unit members in runs that each fit in one entry."""
    frame = pl.DataFrame({"member": members}).with_columns(
        by_size=(pl.col("member").str.len_bytes() + 1).cum_sum() // _ENTRY_ROOM,
        by_count=pl.int_range(pl.len()) // _UNITS_IN_AN_ENTRY,
    )
    grouped = frame.group_by("by_size", "by_count", maintain_order=True).agg("member")
    return grouped["member"].to_list()


def encode_units(units: pl.DataFrame, first_number: int) -> tuple[list[str], list[bytes]]:
    """Return ids and entry bytes of `units.registered` events for a frame of `UNIT_SCHEMA`.

    Units of one roll go together, in their order, as many to an entry as fit. `first_number`
    numbers the entries, so that later ones get ids of their own. Raise BadInput if anything but a
    name would have to be escaped.
    """
    _check_plain(units, [column for column in UNIT_SCHEMA if column != "name"])
    member = pl.concat_str(
        pl.lit('{"id":"'),
        pl.col("id"),
        pl.lit('","level":"'),
        pl.col("level"),
        pl.lit('",'),
        # A name is free text: the JSON writer escapes it, and its braces are cut off.
        pl.struct("name").struct.json_encode().str.head(-1).str.slice(1),
        _last_text_member("parent"),
        _last_text_member("station_kind"),
        pl.lit("}"),
    )
    ids: list[str] = []
    bodies: list[bytes] = []
    for (roll,), part in units.group_by(["roll"], maintain_order=True):
        roll_member = "" if roll is None else f',"roll":"{roll}"'
        for chunk in _unit_chunks(part.select(member.alias("m")).to_series()):
            ids.append(f"units.registered/{first_number + len(ids)}")
            head = f'{{"id":"{ids[-1]}","kind":"units.registered"{roll_member},"units":['
            bodies.append(f"{head}{','.join(chunk)}]}}".encode())
    return ids, bodies


def decode_units(bodies: Sequence[bytes], seqs: pl.Series) -> pl.DataFrame:
    """Return all units in `units.registered` entries, in order: `seq` and `UNIT_SCHEMA`."""
    fields = {k: v for k, v in UNIT_SCHEMA.items() if k != "roll"}
    schema = {"roll": pl.String(), "units": pl.List(pl.Struct(fields))}
    raw = pl.read_ndjson(_lines(bodies), schema=schema) if bodies else pl.DataFrame([], schema)
    frame = (
        raw.with_columns(seqs.cast(pl.Int64).alias("seq"))
        .explode("units")
        .unnest("units")
        .select("seq", *UNIT_SCHEMA)
    )
    return _complete(frame, ("id", "level", "name"))
