"""A record that many requests ask: opened by one thread of its own, and asked only there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from recanvass.errors import BadInput, RecanvassError
from recanvass.record import Record

__all__ = ["RecordThread"]

_T = TypeVar("_T")


class RecordThread:
    """Owns a record. Requests may ask at the same time; the questions wait for each other."""

    def __init__(self, open_record: Callable[[], Record]) -> None:
        """Nothing is opened before the first question."""
        self._open = open_record
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="record")
        self._record: Record | None = None
        """Touched by the pool's thread alone."""

    async def ask(self, question: Callable[[Record], _T]) -> _T:
        """Return what `question` finds in the record as it is now. Raises what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._answer, question)

    def _answer(self, question: Callable[[Record], _T]) -> _T:
        record = self._opened()
        try:
            return question(record)
        except BadInput:
            raise
        except RecanvassError:
            # A store that was restarted, or a file that was put back, is there for the next one.
            self._close()
            raise

    def _opened(self) -> Record:
        if self._record is None:
            try:
                self._record = self._open()
            except BadInput as error:
                # It is the server's ledger that is not there, not something that was asked for.
                raise RecanvassError(str(error)) from None
        return self._record

    def close(self) -> None:
        """Answer what was asked already, and close the record."""
        self._pool.submit(self._close)
        self._pool.shutdown()

    def _close(self) -> None:
        record, self._record = self._record, None
        if record is not None:
            record.close()
