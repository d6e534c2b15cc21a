"""Processes to be killed, forked in milliseconds from one that has imported the ledger and no more.

Forked from the tests' own process they would share its threads' locks, which nobody would release.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from typing import Any

KILLS = int(os.environ.get("RECANVASS_KILLS", "200"))
"""About how many deaths a run has in all; each test has a share of them."""

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "pytest",  # the script that started the tests is run again in each process
        "recanvass.ledger",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
    ]
)


class Victim:
    """A process at work, and what it has told."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._listening, telling = _FORKING.Pipe(duplex=False)
        self._process = _FORKING.Process(target=_work, args=(telling, work, arguments))
        self._process.start()
        telling.close()
        self.told: list[Any] = []

    def __enter__(self) -> Victim:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_for_word(self) -> None:
        """Wait until it tells something."""
        self.told.append(self._listening.recv())

    def kill(self, after: float = 0.0) -> None:
        """Kill it after a time in seconds, and take in all that it told until then."""
        if not self._listening.closed:
            time.sleep(after)
            self._process.kill()
            self.end()

    def end(self) -> None:
        """Wait for its end, and take in all that it told."""
        try:
            while True:
                self.told.append(self._listening.recv())
        except EOFError:
            self._listening.close()
        self._process.join()
        self.status = self._process.exitcode
        self._process.close()


def _work(telling: Any, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    work(telling.send, *arguments)
