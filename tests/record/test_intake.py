"""Events of many clients at once: admitted, recorded, and visible to who comes after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from made_up_elections import a_return, definitions, stations
from recanvass.errors import BadInput, LedgerConflict, LedgerMissing
from recanvass.ledger import Appended
from recanvass.model import SourceRegistered
from recanvass.record import create_record, open_record
from recanvass.record.intake import Intake


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with create_record(tmp_path / "record.db") as record:
        record.append(definitions(stations(2)))
    return tmp_path / "record.db"


@pytest.fixture
def intake(path: Path) -> Iterator[Intake]:
    with Intake(path) as opened:
        yield opened


def test_returns_of_many_clients_are_recorded_and_counted(path: Path, intake: Intake) -> None:
    before = intake.writer.size

    def client(number: int) -> Appended:
        return intake.append([a_return(f"return/{number}")])

    async def tasks() -> list[Appended]:
        numbers = range(100, 120)
        return await asyncio.gather(
            *(intake.append_async([a_return(f"return/{number}")]) for number in numbers)
        )

    with ThreadPoolExecutor(8) as clients:
        answers = [*clients.map(client, range(20)), *asyncio.run(tasks())]
    assert sorted(answer.first for answer in answers) == list(range(before, before + 40))
    with open_record(path) as record:
        assert record.view().size == before + 40
        assert record.verify().ok


def test_an_event_that_does_not_fit_is_refused_and_the_next_is_taken(intake: Intake) -> None:
    size = intake.writer.size
    with pytest.raises(BadInput, match="found 'nobody'"):
        intake.append([a_return("good"), a_return("bad", source="nobody")])
    assert intake.append([a_return("good")]).size == size + 1


def test_what_one_client_defined_the_next_may_refer_to(path: Path, intake: Intake) -> None:
    intake.append([SourceRegistered(id="source/1", source="observer", name="Observer")])
    assert intake.append([a_return("seen", source="observer")]).recorded == 1
    with open_record(path) as other:
        other.append([SourceRegistered(id="source/2", source="agency", name="Agency")])
    assert intake.append([a_return("told", source="agency")]).recorded == 1


def test_what_was_defined_in_vain_is_not_known(intake: Intake) -> None:
    intake.append([SourceRegistered(id="source/1", source="observer", name="Observer")])
    with pytest.raises(LedgerConflict):
        intake.append([SourceRegistered(id="source/1", source="agency", name="Agency")])
    with pytest.raises(BadInput, match="found 'agency'"):
        intake.append([a_return("told", source="agency")])


def test_there_must_be_a_record(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        Intake(tmp_path / "none.db")
