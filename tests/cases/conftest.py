"""The carried cases, each loaded once into a record of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from recanvass.cli.load import load_into
from recanvass.record import Record, open_record

CARRIED = Path(__file__).parents[2] / "src" / "recanvass" / "cases"


@pytest.fixture(scope="session")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Record]]:
    """Return the record of a carried case by its folder's name, to be read."""
    folder = tmp_path_factory.mktemp("carried")
    records: dict[str, Record] = {}
    with ExitStack() as opened:

        def record_of(name: str) -> Record:
            if name not in records:
                ledger = folder / f"{name}.db"
                load_into(str(ledger), CARRIED / name)
                records[name] = opened.enter_context(open_record(ledger, read_only=True))
            return records[name]

        yield record_of
