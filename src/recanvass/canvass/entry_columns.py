"""Returns and units as columns, to and from the canonical bytes of ledger entries.

A load writes a row per station, so it cannot go through one struct each: these expressions make
the very bytes that `model.encode_event` makes (a property test holds them together), for whole
columns at once, and read them back the same way.

Column names, here and in every frame of this room: a count by its own name (`registered`), an
option's votes as `votes.<option>`, an ancestor of a station as `unit.<level>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

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

RETURN_COLUMNS = ("seq", "id", "station", "source", "reason", "at", "replaces")
"""What every frame of returns has, before counts and votes."""

UNIT_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "level": pl.String(),
    "name": pl.String(),
    "parent": pl.String(),
    "station_kind": pl.String(),
    "roll": pl.String(),
}

_RETURN_TEXTS = ("at", "id", "reason", "replaces", "source", "station")

_MEMBER = re.compile(r'(\{?(?:"(counts|votes)":\{)?"([^"]+)":)(?:("[^"]*")|\d+)(\}*)')

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


def encode_returns(returns: pl.DataFrame, contest: str, poll: str) -> pl.Series:
    """Return the entry bytes (Binary series) of `return.recorded` events, a row each.

    `returns` has id, station, source, reason, at (as ISO text) and replaces, count columns and
    vote columns; all text in it is made of identifiers (`model.check_id`), so nothing needs
    escaping in JSON.
    """
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

    `at` is in UTC (microseconds). Counts that occur in no return are left out; every option keeps
    its column. `counts` and `options` name what may occur, beyond the known counts.
    """
    names = list(dict.fromkeys([*KNOWN_COUNTS, *counts]))
    chosen = list(dict.fromkeys(options))
    text = pl.DataFrame({"body": pl.Series(bodies, dtype=pl.Binary).cast(pl.String)})
    rows = text.with_row_index("_row")
    raw = _decode_alike(rows, names, chosen)
    if raw.height < rows.height:
        others = _decode_any(rows.join(raw, on="_row", how="anti"), names, chosen)
        raw = pl.concat([raw, others], how="diagonal").sort("_row")
    present = raw.select(pl.col(n).is_not_null().any() for n in names).row(0, named=True)
    return raw.select(
        seqs.cast(pl.Int64).alias("seq"),
        "id",
        "station",
        "source",
        pl.col("reason").fill_null("count"),
        instants("at"),
        "replaces",
        *[n for n in names if present[n]],
        *[VOTES + o for o in chosen],
    )


def _decode_any(rows: pl.DataFrame, counts: list[str], options: list[str]) -> pl.DataFrame:
    """Return `_row` and all that a return may hold from any JSON; the slow way."""
    schema: dict[str, pl.DataType] = {
        **dict.fromkeys(_RETURN_TEXTS, pl.String()),
        "counts": pl.Struct(dict.fromkeys(counts, pl.Int64)),
        "votes": pl.Struct(dict.fromkeys(options or ["none"], pl.Int64)),
    }
    raw = pl.read_ndjson("\n".join(rows["body"].to_list()).encode(), schema=schema)
    return raw.select(
        rows["_row"],
        *_RETURN_TEXTS,
        *[pl.col("counts").struct.field(n) for n in counts],
        *[pl.col("votes").struct.field(o).alias(VOTES + o) for o in options],
    )


class _Member(NamedTuple):
    """One member of a return's JSON as it stands between two commas."""

    column: str
    head: str
    """What stands before its value."""
    tail: str
    """What stands after it."""
    is_text: bool


def _members(body: str) -> list[_Member]:
    """Return the members of a return in the order of its bytes, or none if they are out of line."""
    members: list[_Member] = []
    prefix = ""
    for piece in body.split(","):
        found = _MEMBER.fullmatch(piece)
        if found is None:
            return []
        head, opened, name, text, closing = found.groups(default="")
        prefix = {"counts": "", "votes": VOTES}[opened] if opened else prefix
        mark = '"' if text else ""
        members.append(_Member(prefix + name, head + mark, mark + closing, bool(text)))
        prefix = "" if closing else prefix
    return members


def _decode_alike(rows: pl.DataFrame, counts: list[str], options: list[str]) -> pl.DataFrame:
    """Return what `_decode_any` does, of those rows that have the same members as most have.

    Such entries differ in their values only, and between the commas of one and of another stands
    the same member; cutting them there takes a quarter of the time of reading them as JSON. A value
    with a comma or an escape in it makes a row that is not alike.
    """
    wanted = [*_RETURN_TEXTS, *counts, *(VOTES + o for o in options)]
    kinds = {c: pl.String() if c in _RETURN_TEXTS else pl.Int64() for c in wanted}
    commas = rows["body"].str.count_matches(",", literal=True)
    usual = commas.mode(maintain_order=True).head(1)
    alike = rows.filter(
        commas.is_in(usual.implode()) & ~rows["body"].str.contains("\\", literal=True)
    )
    members = _members(alike["body"][0]) if alike.height else []
    if not members:
        return pl.DataFrame(schema={"_row": pl.get_index_type(), **kinds})
    cells = alike.select("_row", pl.col("body").str.split_exact(",", len(members) - 1)).unnest(
        "body"
    )
    fits, values = [], {}
    for number, member in enumerate(members):
        cell = pl.col(f"field_{number}")
        value = cell.str.strip_prefix(member.head).str.strip_suffix(member.tail)
        values[member.column] = value if member.is_text else value.cast(pl.Int64, strict=False)
        fits += [cell.str.starts_with(member.head), cell.str.ends_with(member.tail)]
    figures = [m.column for m in members if not m.is_text]
    return (
        cells.lazy()
        .filter(pl.all_horizontal(fits))
        .select("_row", *[v.alias(c) for c, v in values.items()])
        .filter(pl.all_horizontal(pl.col(c).is_not_null() for c in figures))
        .select(
            "_row", *[pl.col(c) if c in values else pl.lit(None, kinds[c]).alias(c) for c in wanted]
        )
        .collect()
    )


def instants(column: str) -> pl.Expr:
    """Return ISO 8601 text with an offset as UTC instants; seconds may be left out."""
    with_seconds = pl.col(column).str.replace(r"(T\d\d:\d\d)([Z+-])", "${1}:00$2")
    return with_seconds.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


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
    numbers the entries, so that later ones get ids of their own.
    """
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
    raw = pl.read_ndjson(b"\n".join(bodies), schema=schema) if bodies else pl.DataFrame([], schema)
    return (
        raw.with_columns(seqs.cast(pl.Int64).alias("seq"))
        .explode("units")
        .unnest("units")
        .select("seq", *UNIT_SCHEMA)
    )
