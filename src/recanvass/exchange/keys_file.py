"""`keys.csv`: the keys with which a case's officers and agents sign returns."""

from __future__ import annotations

import polars as pl

from recanvass.errors import BadInput
from recanvass.exchange.cells import tidy
from recanvass.exchange.definitions import Definitions
from recanvass.exchange.mapping import Layout
from recanvass.exchange.rows import RowReader
from recanvass.exchange.table import FILE, LINE
from recanvass.exchange.toml_file import TomlFile
from recanvass.ledger import Verifier
from recanvass.model import KeyAdded

__all__ = ["listed_keys"]

_FILE = "keys.csv"
_NEEDED = ("verifier", "role")
_OPTIONAL = ("holder", "party", "stations")
_EXPECTED_KEY = "a verifier key, <name>+<key id>+<base64>"


def listed_keys(
    name: str | None,
    reader: RowReader,
    made: Definitions,
    units: pl.DataFrame,
    toml: TomlFile,
) -> tuple[KeyAdded, ...]:
    """Return the keys of a case's file (`keys.csv`, if there is one and no other is named).

    A row each: `verifier`, `role` (officer or agent), and if there are any `holder`, `party`, and
    `stations`, ids of stations or units with spaces between them.
    """
    if name is None and not (reader.folder.case / _FILE).is_file():
        return ()
    rows = reader.read_some(
        Layout(files=name or _FILE),
        {column: f"keys.{column}" for column in _NEEDED},
        {column: f"keys.{column}" for column in _OPTIONAL},
        toml.line_of("case"),
    )
    if rows is None:
        return ()
    absent = [column for column in _OPTIONAL if column not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(column) for column in absent)
    cells = rows.select(FILE, LINE, *(tidy(rows[c]).alias(c) for c in (*_NEEDED, *_OPTIONAL)))
    return _Keys(reader, made, frozenset(units["id"])).read(cells)


class _Keys:
    """The rows of one file as events, and what is wrong with them."""

    def __init__(self, reader: RowReader, made: Definitions, units: frozenset[str]) -> None:
        self._faults = reader.faults
        self._parties = made.keys.get("party", [])
        self._units = units

    def read(self, cells: pl.DataFrame) -> tuple[KeyAdded, ...]:
        """Return an event a row; the id of each is made of the name and id of its key."""
        keys: dict[str, KeyAdded] = {}
        for row in cells.iter_rows(named=True):
            key = self._key(row)
            if key is None:
                continue
            if key.id in keys:
                self._fault(row, "verifier", f"{row['verifier']} again", "each key once")
            keys[key.id] = key
        return tuple(keys.values())

    def _key(self, row: dict[str, str | int | None]) -> KeyAdded | None:
        """Return the key of a row, or None, with its fault noted."""
        try:
            verifier = Verifier.parse(str(row["verifier"] or ""))
        except BadInput:
            self._fault(row, "verifier", str(row["verifier"] or ""), _EXPECTED_KEY)
            return None
        if row["role"] not in ("officer", "agent"):
            self._fault(row, "role", str(row["role"] or ""), "officer or agent")
            return None
        if row["party"] is not None and row["party"] not in self._parties:
            some = ", ".join(self._parties) or "none is defined"
            self._fault(row, "party", str(row["party"]), f"a party of the case: {some}")
        stations = tuple(str(row["stations"] or "").split())
        for unit in stations:
            if unit not in self._units:
                self._fault(row, "stations", unit, "a station or unit of the case")
        return KeyAdded(
            id=f"key.added/{verifier.name}+{verifier.key_id.hex()}",
            verifier=str(verifier),
            use="returns",
            role="officer" if row["role"] == "officer" else "agent",
            holder=None if row["holder"] is None else str(row["holder"]),
            party=None if row["party"] is None else str(row["party"]),
            stations=stations,
        )

    def _fault(
        self, row: dict[str, str | int | None], column: str, found: str, expected: str
    ) -> None:
        self._faults.add(str(row[FILE]), int(row[LINE] or 0), column, found, expected)
