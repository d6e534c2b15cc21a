"""What processes do that are killed while they do it. Imports little: it is forked very often.

Each function gets `say` first, which tells the parent something before it goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from types import FrameType
from typing import Any

from batches import batch_of

from recanvass.errors import RecanvassError
from recanvass.ledger import Ledger, Signer, Verifier, publish_log
from recanvass.ledger.copying import copy_ledger
from recanvass.ledger.cosignature import WitnessSigner
from recanvass.ledger.group_commit import GroupCommit
from recanvass.ledger.key_file import add_to_key_file
from recanvass.ledger.witness import WitnessService

Say = Callable[[object], None]
LEDGER_ROOM = str(Path(sys.modules["recanvass.ledger"].__file__ or "").parent)


def append_batches(say: Say, path: Path, who: str, sizes: Sequence[int]) -> None:
    """Append batches of these sizes, each acknowledged by its number."""
    with Ledger.open(path) as ledger:
        say("open")
        for number, size in enumerate(sizes):
            ledger.append(*batch_of(who, number, size))
            say(number)


def append_in_groups(say: Say, path: Path, who: str, clients: int) -> None:
    """Append small batches from several threads that share transactions, without an end."""
    telling = Lock()  # a pipe takes one message at a time

    def client(nth: int) -> None:
        for number in count():
            group.append(*batch_of(f"{who}-{nth}", number, 1 + number % 3))
            with telling:
                say((f"{who}-{nth}", number))

    with GroupCommit(partial(Ledger.open, path)) as group:
        threads = [Thread(target=client, args=(nth,)) for nth in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def append_to_server(say: Say, url: str, secret: str, who: str, batches: int) -> None:
    """Append small batches to a server that may be lost, each again until it is acknowledged."""
    number = 0
    while number < batches:
        try:
            with Ledger.open(url, signer=Signer.parse(secret)) as ledger:
                say("open")
                while number < batches:
                    ledger.append(*batch_of(who, number, 3))
                    say(number)
                    number += 1
        except RecanvassError as error:
            say(str(error))
            time.sleep(0.05)


def cosign(say: Say, state: Path, secret: str, log: str, requests: Sequence[bytes]) -> None:
    """Cosign checkpoints as a witness, each acknowledged by its place among them."""
    witness = WitnessService(state, WitnessSigner.parse(secret), [Verifier.parse(log)])
    say("open")
    for nth, request in enumerate(requests):
        if witness.add_checkpoint(request).status == 200:
            say(nth)


def create(say: Say, path: Path, origin: str) -> None:
    """Make a ledger and append one batch."""
    with Ledger.create(path, origin) as ledger:
        say("created")
        ledger.append(*batch_of("first", 0, 3))
        say(0)


def hold_a_batch(say: Say, path: Path, seconds: float) -> None:
    """Keep a batch of one entry open for a time."""
    with Ledger.open(path) as ledger, ledger.batch() as batch:
        batch.add(*batch_of("slow", 0, 1))
        say("open")
        time.sleep(seconds)
    say(0)


def copy(say: Say, source: Path, target: Path | str) -> None:
    """Copy a ledger, as `backup`, `restore` and `copy` do."""
    say(copy_ledger(source, target).size)


def change_keys(say: Say, path: Path) -> None:
    """Add a signing key as `key add` does, and retire the one before it."""
    with Ledger.open(path) as ledger:
        old = ledger.verifier
        signer = Signer.generate(ledger.origin)
        add_to_key_file(signer, path.with_name(path.name + ".key"))
        ledger.add_key(signer, "key 1 0 1", b"key 1 0 1|")
        say("added")
    with Ledger.open(path) as ledger:
        ledger.retire_key(old, "key 2 0 1", b"key 2 0 1|")
        say("retired")


def publish(say: Say, path: Path, folder: Path) -> None:
    """Publish a ledger."""
    with Ledger.open(path, read_only=True) as ledger:
        say(publish_log(ledger, folder).size)


def dying_at_line(say: Say, count: int, work: Callable[..., None], *arguments: Any) -> None:
    """Do some work, and die before the `count`th line of the ledger's code that it runs."""
    left = count

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(LEDGER_ROOM):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    work(say, *arguments)
    sys.settrace(None)
    say(("lines", count - left))
