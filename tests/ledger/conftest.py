from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recanvass.ledger import Ledger, Signer
from recanvass.ledger.key_file import SIGNING_KEY_FILE_VARIABLE, SIGNING_KEY_VARIABLE

ORIGIN = "ledger.example/city"


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    if SIGNING_KEY_VARIABLE in os.environ:
        monkeypatch.delenv(SIGNING_KEY_VARIABLE)


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture
def place_in(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path | str]:
    """Where a ledger can be made: "sqlite" gives a file, "postgres" the URL of a schema.

    The key will be in `tmp_path`, in record.db.key, in both cases.
    """

    def give(kind: str) -> Path | str:
        if kind == "sqlite":
            return tmp_path / "record.db"
        monkeypatch.setenv(SIGNING_KEY_FILE_VARIABLE, str(tmp_path / "record.db.key"))
        url: str = request.getfixturevalue("schema_url")
        return url

    return give


@pytest.fixture
def place(place_in: Callable[[str], Path | str]) -> Path | str:
    return place_in("sqlite")


@pytest.fixture
def ledger(place: Path | str) -> Iterator[Ledger]:
    with Ledger.create(place, ORIGIN) as made:
        yield made


@pytest.fixture
def fill() -> Callable[..., list[bytes]]:
    """Append `count` made-up entries numbered from `first` as one batch, and return them."""

    def append(ledger: Ledger, count: int, first: int = 0) -> list[bytes]:
        numbers = range(first, first + count)
        bodies = [b"entry %d of a made-up record" % number for number in numbers]
        ledger.append([f"id-{number}" for number in numbers], bodies)
        return bodies

    return append
