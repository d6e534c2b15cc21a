"""Batches that tell whether all of each is there. Imports little (see `victims`)."""

from __future__ import annotations

from itertools import groupby

from recanvass.ledger import Ledger

Batch = tuple[str, int]
"""Whose, and its number."""


def batches_in(ledger: Ledger) -> list[Batch]:
    """The batches in a ledger in their order, each of them whole and in one piece."""
    batches = []
    stated = (entry_id(body).split(" ") for body in ledger.read())
    for (who, number, size), rows in groupby(stated, key=lambda row: (row[0], row[1], row[3])):
        assert [row[2] for row in rows] == [str(nth) for nth in range(int(size))]
        batches.append((who, int(number)))
    assert len(set(batches)) == len(batches)
    return batches


def entry_id(body: bytes) -> str:
    """The id that each of these entries states: whose, of which batch, which of how many."""
    return body.partition(b"|")[0].decode()


def batch_of(who: str, number: int, size: int) -> tuple[list[str], list[bytes]]:
    """The ids and bytes of one batch, from which it can be told whether all of it is there."""
    ids = [f"{who} {number} {nth} {size}" for nth in range(size)]
    return ids, [b"%s|%0*d" % (id_.encode(), nth % 200, nth) for nth, id_ in enumerate(ids)]
