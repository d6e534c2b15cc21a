from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recanvass.ledger import Ledger, Signer
from recanvass.ledger.keys import SIGNING_KEY_VARIABLE

ORIGIN = "ledger.example/city"


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    if SIGNING_KEY_VARIABLE in os.environ:
        monkeypatch.delenv(SIGNING_KEY_VARIABLE)


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer.generate(ORIGIN)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "record.db", ORIGIN) as made:
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
