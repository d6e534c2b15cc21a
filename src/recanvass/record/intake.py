"""Events taken in from many clients at once: each admitted, then recorded by group commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType

from recanvass.ledger import Appended, Ledger
from recanvass.ledger.group_commit import ROOM_WITHIN_SECONDS, GroupCommit
from recanvass.ledger.place import Place
from recanvass.model import AnyEvent, decode_event, encode_event
from recanvass.record.admission import DEFINITIONS, Known, admit, admit_event
from recanvass.record.record import open_record

__all__ = ["Intake"]

_READ_AT_A_TIME = 10_000


class Intake:
    """A record that any number of threads and tasks append to at once.

    Two threads serve them. One keeps what may be referred to, and admits events; the other writes
    (see `GroupCommit`). What defines something or is signed has a transaction of its own, in which
    it is admitted: no key may be retired between the look and the entry.
    """

    def __init__(self, url: Place | str) -> None:
        """Open the record to read and to write. Raise LedgerMissing if there is none."""
        with ExitStack() as opened:
            self._desk = opened.enter_context(ThreadPoolExecutor(1, "record desk"))
            self._record = self._desk.submit(open_record, url).result()
            opened.callback(lambda: self._desk.submit(self._record.close).result())
            self._known, self._size = self._desk.submit(self._look).result()
            self.writer = opened.enter_context(GroupCommit(lambda: Ledger.open(url)))
            self._opened = opened.pop_all()

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more, answer all that was taken, and close the record."""
        self._opened.close()

    def append(
        self, events: Sequence[AnyEvent], room_within: float = ROOM_WITHIN_SECONDS
    ) -> Appended:
        """Add events, all or none; return when they are durable.

        Raise BadInput, naming the event, if one does not fit the record, and else what
        `GroupCommit.append` raises.
        """
        done = self._desk.submit(self._take, events).result()
        return done or self.writer.append(*_entries(events), room_within)

    async def append_async(
        self, events: Sequence[AnyEvent], room_within: float = ROOM_WITHIN_SECONDS
    ) -> Appended:
        """Do the same as `append` in a task. One that is cancelled may have been recorded."""
        done = await asyncio.wrap_future(self._desk.submit(self._take, events))
        return done or await self.writer.append_async(*_entries(events), room_within)

    # The thread that admits

    def _look(self) -> tuple[Known, int]:
        view = self._record.view()
        return Known(view), view.size

    def _take(self, events: Sequence[AnyEvent]) -> Appended | None:
        """Admit events, to be recorded together with others; or record them here and now."""
        if any(isinstance(e, DEFINITIONS) or getattr(e, "signatures", ()) for e in events):
            with self._record.ledger.batch() as batch:
                admit(events, self._record)
                batch.add(*_entries(events))
            return batch.appended
        self._catch_up()
        for event in events:
            admit_event(event, self._known)
        return None

    def _catch_up(self) -> None:
        """Take in what was recorded since, here or by others."""
        ledger, newest = self._record.ledger, self._record.ledger.size
        while self._size < newest:
            end = min(self._size + _READ_AT_A_TIME, newest)
            for body in ledger.read(self._size, end):
                self._known.take_in(decode_event(body))
            self._size = end


def _entries(events: Sequence[AnyEvent]) -> tuple[list[str], list[bytes]]:
    return [event.id for event in events], [encode_event(event) for event in events]
