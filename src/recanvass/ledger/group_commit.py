"""Group commit: the small appends of many clients share one transaction and one signature.

A durable transaction costs a flush of the disk, and a signed checkpoint, however little it holds.
So clients hand in what they have, and one thread takes whatever has come while the transaction
before was under way:

    clients → waiting line (bounded) → the writer's thread: one batch, one commit → each its answer

The ledger belongs to the writer's thread alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Condition, Lock, Thread
from types import TracebackType

import msgspec

from recanvass.errors import BadInput, LedgerBusy, RecanvassError
from recanvass.ledger.batch import FLUSH_BYTES, FLUSH_ENTRIES, Appended, check_entries, id_digests
from recanvass.ledger.ledger import Ledger

__all__ = ["GroupCommit"]

MOST_WAITING = 1024
MOST_WAITING_BYTES = 2 * FLUSH_BYTES
ROOM_WITHIN_SECONDS = 10.0
LINGER_SECONDS = 0.002
"""Less than a flush of most disks; see `_take`."""


class _Submission(msgspec.Struct, frozen=True, eq=False):
    """What one client handed in, and where its answer goes."""

    ids: list[str]
    bodies: list[bytes]
    size: int
    """Bytes of ids and entries."""
    answer: Future[Appended]


class GroupCommit:
    """A ledger that any number of threads and tasks append to at once.

    Each submission is recorded whole or not at all, whatever becomes of those beside it, and is
    answered when it is durable. For much at once, a load, use `Ledger.append`.
    """

    def __init__(
        self,
        open_ledger: Callable[[], Ledger],
        most_waiting: int = MOST_WAITING,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
    ) -> None:
        """Open the ledger in a thread of its own. Raise what `open_ledger` raises.

        It is called again after a transaction that failed, since a connection may have gone with
        it. At most `most_waiting` submissions of `most_waiting_bytes` in all wait at a time.
        """
        self._open_ledger = open_ledger
        self._most_waiting = most_waiting
        self._most_waiting_bytes = most_waiting_bytes
        self._ledger: Ledger | None = None  # of the writer's thread; what follows is under _lock
        self._lock = Lock()
        self._arrived = Condition(self._lock)
        self._room = Condition(self._lock)
        self._grown = Condition(self._lock)
        self._waiting: deque[_Submission] = deque()
        self._waiting_bytes = 0
        self._together = 1
        """How many submissions were in the last transaction."""
        self._size = 0
        self._closed = False
        opened: Future[None] = Future()
        # A daemon: a program that forgot to close it can end. What was answered is durable.
        self._thread = Thread(target=self._run, args=(opened,), name="ledger writer", daemon=True)
        self._thread.start()
        opened.result()

    def __enter__(self) -> GroupCommit:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more, answer all that was taken, and close the ledger."""
        with self._lock:
            self._closed = True
            for waiters in (self._arrived, self._room, self._grown):
                waiters.notify_all()
        self._thread.join()

    @property
    def size(self) -> int:
        """Entries in the ledger after the last transaction of this writer."""
        return self._size

    def wait(self, size: int, seconds: float) -> int:
        """Return the size as soon as it is above `size`, or after that time what it is then.

        It knows what was appended here; for other writers to the same ledger see `Store.wait`.
        """
        with self._lock:
            self._grown.wait_for(lambda: self._size > size or self._closed, seconds)
            return self._size

    # What clients call

    def append(
        self, ids: Sequence[str], bodies: Sequence[bytes], room_within: float = ROOM_WITHIN_SECONDS
    ) -> Appended:
        """Record entries with their ids; return when they are durable.

        Raise BadInput if they cannot be taken (see `submit`), LedgerBusy if there is no room after
        `room_within` seconds, LedgerConflict if an id is known with other bytes, and whatever the
        transaction raises. After each of these nothing of them is recorded.
        """
        return self.submit(ids, bodies, room_within).result()

    async def append_async(
        self, ids: Sequence[str], bodies: Sequence[bytes], room_within: float = ROOM_WITHIN_SECONDS
    ) -> Appended:
        """Do the same as `append` in a task. One that is cancelled may have been recorded."""
        try:
            answer = self.submit(ids, bodies, room_within=0)
        except LedgerBusy:
            answer = await asyncio.to_thread(self.submit, ids, bodies, room_within)
        return await asyncio.wrap_future(answer)

    def submit(
        self, ids: Sequence[str], bodies: Sequence[bytes], room_within: float = ROOM_WITHIN_SECONDS
    ) -> Future[Appended]:
        """Hand entries in and return where the answer will be, as `append` gives it.

        Raise BadInput for an entry of more than 65,535 bytes, an id that is not valid Unicode, more
        than 65,536 entries or 32 MB, or a writer that is closed; LedgerBusy as `append` does.
        """
        size = check_entries(ids, bodies) + sum(map(len, ids))
        id_digests(ids)  # here, since it may raise: it must not while others' are being recorded
        if len(ids) > FLUSH_ENTRIES or size > FLUSH_BYTES:
            raise BadInput(
                f"submission: found {len(ids)} entries of {size} bytes; "
                f"expected at most {FLUSH_ENTRIES} of {FLUSH_BYTES}"
            )
        submission = _Submission(list(ids), list(bodies), size, Future())
        with self._lock:
            self._room.wait_for(lambda: self._closed or self._has_room(size), room_within)
            if self._closed:
                raise BadInput("ledger writer: it is closed; expected an open one")
            if not self._has_room(size):
                raise LedgerBusy(
                    f"ledger writer: found {len(self._waiting)} submissions waiting; "
                    f"expected room within {room_within:g} s"
                )
            self._waiting.append(submission)
            self._waiting_bytes += size
            if len(self._waiting) == 1 or len(self._waiting) >= self._together:
                self._arrived.notify()
        return submission.answer

    def _has_room(self, size: int) -> bool:
        return not self._waiting or (
            len(self._waiting) < self._most_waiting
            and self._waiting_bytes + size <= self._most_waiting_bytes
        )

    # The writer's thread

    def _run(self, opened: Future[None]) -> None:
        try:
            size = self._opened().size
        except BaseException as error:
            opened.set_exception(error)
            return
        self._grow(size)
        opened.set_result(None)
        while group := self._take():
            self._commit([one for one in group if one.answer.set_running_or_notify_cancel()])
        self._let_go()

    def _take(self) -> list[_Submission]:
        """Return what waits and fits in one transaction; nothing when closed and all is done."""
        group: list[_Submission] = []
        entries = size = 0
        with self._lock:
            self._arrived.wait_for(lambda: self._waiting or self._closed)
            if self._together > 1:
                # Those who were just answered come again one by one; the first is not to have a
                # transaction for itself while the others wait for it.
                self._arrived.wait_for(
                    lambda: len(self._waiting) >= self._together or self._closed, LINGER_SECONDS
                )
            while self._waiting:
                entries += len(self._waiting[0].ids)
                size += self._waiting[0].size
                if group and (entries > FLUSH_ENTRIES or size > FLUSH_BYTES):
                    break
                group.append(self._waiting.popleft())
                self._waiting_bytes -= group[-1].size
            self._together = len(group)
            self._room.notify_all()
        return group

    def _commit(self, group: list[_Submission]) -> None:
        """Record a group in one transaction and answer each, also if that fails."""
        try:
            with self._opened().batch() as batch:
                outcomes = batch.add_each([(one.ids, one.bodies) for one in group])
        except BaseException as error:
            # Whatever it is, the clients must hear of it, and the next group must have its try.
            self._let_go()
            for one in group:
                one.answer.set_exception(error)
            return
        size = batch.appended.size
        self._grow(size)
        for one, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, RecanvassError):
                one.answer.set_exception(outcome)
            else:
                # The size that was signed, for which there are proofs.
                one.answer.set_result(msgspec.structs.replace(outcome, size=size))

    def _opened(self) -> Ledger:
        if self._ledger is None:
            self._ledger = self._open_ledger()
        return self._ledger

    def _let_go(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            with suppress(RecanvassError):  # it may be closing that fails where writing did
                ledger.close()

    def _grow(self, size: int) -> None:
        with self._lock:
            self._size = size
            self._grown.notify_all()
