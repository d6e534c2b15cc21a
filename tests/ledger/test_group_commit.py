from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import (
    BadInput,
    LedgerBusy,
    LedgerConflict,
    LedgerMissing,
    RecanvassError,
)
from recanvass.ledger import Appended, Ledger
from recanvass.ledger.batch import MAX_ENTRY_BYTES
from recanvass.ledger.group_commit import GroupCommit


@pytest.fixture
def path(tmp_path: Path, ledger: Ledger) -> Path:
    ledger.close()
    return tmp_path / "record.db"


@pytest.fixture
def writer(path: Path) -> Iterator[GroupCommit]:
    with GroupCommit(partial(Ledger.open, path)) as opened:
        yield opened


@contextmanager
def held_up(path: Path) -> Iterator[None]:
    """Let no transaction begin meanwhile, so that what is submitted waits and shares the next."""
    with Ledger.open(path) as other, other.batch():
        yield


def recorded(path: Path) -> list[bytes]:
    with Ledger.open(path, read_only=True) as ledger:
        return ledger.read()


def outcome(answer: Future[Appended]) -> Appended | type[BaseException]:
    error = answer.exception()
    return answer.result() if error is None else type(error)


def together(
    path: Path, writer: GroupCommit, *submissions: tuple[list[str], list[bytes]]
) -> list[Appended | type[BaseException]]:
    """Return what became of submissions that share one transaction."""
    with held_up(path):
        first = writer.submit(["first"], [b"first"])  # the writer may take it alone, and waits
        answers = [writer.submit(*submission) for submission in submissions]
    first.result()
    return [outcome(answer) for answer in answers]


def test_an_answer_comes_when_the_entries_can_be_read_by_others(path, writer):
    assert writer.append(["a", "b"], [b"1", b"2"]) == Appended(0, 2, 0, 2)
    assert recorded(path) == [b"1", b"2"]
    assert writer.size == 2


def test_many_threads_append_and_each_entry_is_there_once(path, writer):
    def client(number: int) -> list[Appended]:
        return [
            writer.append([f"{number}/{nth}"], [b"%d of %d" % (nth, number)]) for nth in range(20)
        ]

    with ThreadPoolExecutor(16) as clients:
        answers = [answer for done in clients.map(client, range(16)) for answer in done]
    bodies = recorded(path)
    assert sorted(bodies) == sorted(b"%d of %d" % (nth, n) for n in range(16) for nth in range(20))
    assert sorted(answer.first for answer in answers) == list(range(320))
    with Ledger.open(path) as ledger:
        assert ledger.verify().ok
        assert ledger.verify().checkpoints < 320  # transactions were shared
        for answer in answers:
            assert ledger.checkpoint(answer.size)  # each answer's size is one that was signed


def test_clients_of_a_database_share_transactions_too(place_in):
    url = place_in("postgres")
    Ledger.create(url, "ledger.example/city").close()
    with GroupCommit(partial(Ledger.open, url)) as writer, ThreadPoolExecutor(8) as clients:
        bodies = [b"%d" % number for number in range(80)]
        list(clients.map(lambda body: writer.append([body.decode()], [body]), bodies))
    with Ledger.open(url) as ledger:
        assert sorted(ledger.read()) == sorted(bodies)
        found = ledger.verify(id_of=bytes.decode)
        assert found.ok
        assert found.checkpoints < 80


def test_tasks_append_at_once(path, writer):
    async def clients() -> list[Appended]:
        return await asyncio.gather(
            *(writer.append_async([f"id-{number}"], [b"%d" % number]) for number in range(50))
        )

    answers = asyncio.run(clients())
    assert sorted(answer.first for answer in answers) == list(range(50))
    assert len(recorded(path)) == 50


def test_a_conflict_is_refused_whole_and_its_neighbours_are_recorded(path, writer):
    writer.append(["known"], [b"as it was"])
    assert together(
        path,
        writer,
        (["a"], [b"a"]),
        (["b", "known", "c"], [b"b", b"otherwise", b"c"]),
        (["b"], [b"another b"]),
    ) == [Appended(2, 1, 0, 4), LedgerConflict, Appended(3, 1, 0, 4)]
    assert recorded(path) == [b"as it was", b"first", b"a", b"another b"]


def test_the_same_entry_of_two_clients_is_recorded_once(path, writer):
    same = (["x", "y"], [b"x", b"y"])
    assert together(path, writer, same, same, (["z", "x"], [b"z", b"x"])) == [
        Appended(1, 2, 0, 4),
        Appended(3, 0, 2, 4),
        Appended(3, 1, 1, 4),
    ]
    assert recorded(path) == [b"first", b"x", b"y", b"z"]


def test_of_two_clients_with_one_id_and_other_bytes_the_second_is_refused(path, writer):
    assert together(path, writer, (["x"], [b"one"]), (["x"], [b"other"])) == [
        Appended(1, 1, 0, 2),
        LedgerConflict,
    ]


def test_an_id_twice_in_one_submission_is_recorded_once_or_refused(path, writer):
    assert writer.append(["x", "x"], [b"1", b"1"]) == Appended(0, 1, 1, 1)
    with pytest.raises(LedgerConflict, match="expected the same"):
        writer.append(["y", "y"], [b"1", b"2"])
    assert recorded(path) == [b"1"]


@pytest.mark.parametrize(
    ("ids", "bodies"),
    [
        (["x"], [b"x" * (MAX_ENTRY_BYTES + 1)]),
        (["x"], []),
        (["\ud800"], [b"x"]),
        ([str(n) for n in range(65_537)], [b""] * 65_537),
        ([str(n) for n in range(600)], [b"x" * 60_000] * 600),
        (["x" * (33 << 20)], [b"x"]),
    ],
)
def test_what_is_too_large_or_not_whole_is_refused_at_once(path, writer, ids, bodies):
    with pytest.raises(BadInput):
        writer.submit(ids, bodies)
    writer.append(["a"], [b"a"])
    assert recorded(path) == [b"a"]


def test_nothing_at_all_can_be_appended(writer):
    assert writer.append([], []) == Appended(0, 0, 0, 0)


def test_more_than_one_transaction_takes_is_recorded_in_several(path, writer):
    answers = together(
        path,
        writer,
        *[([f"{part}/{n}" for n in range(40_000)], [b"x"] * 40_000) for part in range(3)],
    )
    assert [answer.size for answer in answers] == [40_001, 80_001, 120_001]


def test_a_client_waits_for_room_and_is_told_when_there_is_none(path):
    with GroupCommit(partial(Ledger.open, path), most_waiting=2) as writer:
        with held_up(path):
            writer.submit(["under way"], [b"x"])
            while writer._waiting:  # until the writer has taken it
                time.sleep(0.001)
            answers = [writer.submit([str(number)], [b"x"]) for number in range(2)]
            with pytest.raises(LedgerBusy, match="found 2 submissions waiting"):
                writer.submit(["too many"], [b"x"], room_within=0.05)
            waiting = threading.Thread(target=writer.append, args=(["late"], [b"late"]))
            waiting.start()
        waiting.join()
        assert [answer.result().recorded for answer in answers] == [1, 1]
    assert recorded(path) == [b"x", b"x", b"x", b"late"]


def test_room_is_also_counted_in_bytes(path):
    opened = GroupCommit(partial(Ledger.open, path), most_waiting_bytes=100)
    with opened as writer, held_up(path), pytest.raises(LedgerBusy):
        for number in range(4):
            writer.submit([str(number)], [b"x" * 90], room_within=0)


def test_a_task_waits_for_room_without_holding_up_the_others(path):
    async def clients(writer: GroupCommit) -> list[Appended]:
        ids = [str(number) for number in range(20)]
        tasks = [asyncio.create_task(writer.append_async([id_], [b"x"])) for id_ in ids]
        with held_up(path):
            await asyncio.sleep(0.05)
        return await asyncio.gather(*tasks)

    with GroupCommit(partial(Ledger.open, path), most_waiting=1) as writer:
        assert sum(answer.recorded for answer in asyncio.run(clients(writer))) == 20


def test_closing_answers_all_that_was_taken_and_takes_no_more(path):
    writer = GroupCommit(partial(Ledger.open, path))
    with held_up(path):
        answers = [writer.submit([str(number)], [b"x"]) for number in range(10)]
        closing = threading.Thread(target=writer.close)
        closing.start()
        writer.wait(0, 60)  # it is woken by the closing
        with pytest.raises(BadInput, match="it is closed"):
            writer.submit(["late"], [b"x"])
    closing.join()
    assert [answer.result(timeout=0).recorded for answer in answers] == [1] * 10
    assert len(recorded(path)) == 10
    writer.close()  # again does nothing


def test_closing_wakes_who_waits_for_room(path):
    writer = GroupCommit(partial(Ledger.open, path), most_waiting=1)
    with ThreadPoolExecutor(2) as pool, held_up(path):
        writer.submit(["under way"], [b"x"])
        writer.submit(["waiting"], [b"x"])  # once there is room, so the first is under way
        late = pool.submit(writer.submit, ["late"], [b"x"], 60)
        pool.submit(writer.close)
        assert type(late.exception(timeout=30)) is BadInput


def test_a_ledger_that_cannot_be_opened_is_said_at_once(tmp_path):
    with pytest.raises(LedgerMissing):
        GroupCommit(partial(Ledger.open, tmp_path / "none.db"))


def test_when_the_disk_is_full_each_client_hears_of_it_and_later_ones_are_served(path):
    more_pages = 2

    def on_a_small_disk() -> Ledger:
        ledger = Ledger.open(path)
        connection = ledger._store._connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + more_pages}")
        return ledger

    with GroupCommit(on_a_small_disk) as writer:
        writer.append(["a"], [b"a"])
        with held_up(path):
            answers = [writer.submit([str(number)], [b"x" * 60_000]) for number in range(10)]
        assert all("full" in str(answer.exception()) for answer in answers)
        assert recorded(path) == [b"a"]
        more_pages = 1000  # it is opened anew after a failure
        assert writer.append(["0"], [b"x" * 60_000]) == Appended(1, 1, 0, 2)
    with Ledger.open(path) as ledger:
        assert ledger.verify().ok


def test_damage_reaches_the_clients_and_nothing_is_written_to_it(path, writer):
    writer.append(["a"], [b"a"])
    with Ledger.open(path) as other:
        other._store._connection.execute("INSERT INTO entries VALUES (1, x'00')")
        with pytest.raises(RecanvassError, match="found entries 0 to 2"):
            writer.append(["b"], [b"b"])
        other._store._connection.execute("DELETE FROM entries WHERE seq = 1")
    assert writer.append(["b"], [b"b"]) == Appended(1, 1, 0, 2)


def test_what_a_client_took_back_while_it_waited_is_not_recorded(path, writer):
    with held_up(path):
        writer.submit(["first"], [b"first"])
        writer.submit(["second"], [b"second"])
        answers = [writer.submit([str(number)], [b"x"]) for number in range(3)]
        # The first may be under way with its neighbours already; what is, is recorded.
        taken_back = [answer.cancel() for answer in answers]
    writer.append(["last"], [b"last"])
    assert len(recorded(path)) == 3 + taken_back.count(False)


def test_readers_are_told_of_growth(path, writer):
    with ThreadPoolExecutor(1) as reader:
        told = reader.submit(writer.wait, 0, 60)
        writer.append(["a"], [b"a"])
        assert told.result() == 1
    assert writer.wait(1, seconds=0.01) == 1


def test_two_writers_to_one_file_share_it(path, writer):
    with GroupCommit(partial(Ledger.open, path)) as other, ThreadPoolExecutor(2) as clients:
        for number in range(10):
            same = ([f"id-{number}"], [b"%d" % number])
            done = list(clients.map(lambda one, same=same: one.append(*same), (writer, other)))
            assert sorted(answer.recorded for answer in done) == [0, 1]
    assert recorded(path) == [b"%d" % number for number in range(10)]


_ENTRY = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([b"1", b"1", b"1", b"2"]))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(clients=st.lists(st.lists(st.lists(_ENTRY, max_size=4), max_size=4), max_size=5))
def test_whatever_the_interleaving_each_submission_is_there_whole_or_not_at_all(
    tmp_path_factory, signer, clients
):
    path = tmp_path_factory.mktemp("any") / "record.db"
    Ledger.create(path, signer.verifier.name, signer).close()

    def client(submissions: list[list[tuple[str, bytes]]]) -> list[Appended | type[BaseException]]:
        answers = [
            writer.submit([id_ for id_, _ in one], [id_.encode() + body for id_, body in one])
            for one in submissions
        ]
        return [outcome(answer) for answer in answers]

    opened = GroupCommit(partial(Ledger.open, path, signer=signer))
    with opened as writer, ThreadPoolExecutor(len(clients) or 1) as pool:
        outcomes = list(pool.map(client, clients))

    bodies = recorded(path)
    ids = [body[:1] for body in bodies]
    assert len(set(ids)) == len(ids)  # each id once
    told = 0
    for submissions, answers in zip(clients, outcomes, strict=True):
        for one, answer in zip(submissions, answers, strict=True):
            given_bodies = {id_.encode() + body for id_, body in one}
            if answer is LedgerConflict:
                assert given_bodies - set(bodies)
                continue
            assert isinstance(answer, Appended)
            assert given_bodies <= set(bodies)
            assert answer.recorded + answer.known == len(one)
            assert set(bodies[answer.first : answer.first + answer.recorded]) <= given_bodies
            told += answer.recorded
    assert told == len(bodies)  # nothing is there that nobody was told of
    with Ledger.open(path, signer=signer) as ledger:
        assert ledger.verify().ok
