"""How a published log shows that its keys changed, to whoever trusts an earlier one.

    keys/<n>.tlog-proof     the proof of the entry that made the nth change, counted from 1

Each change is an entry that ends a batch of its own. Its proof is signed by the keys that signed
from then on: when a key is added, that is the new key and those beside it. So from a trusted key
one can go from proof to proof to the keys of today, with nothing but these files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recanvass.errors import BadProof
from recanvass.ledger.ledger import Ledger
from recanvass.ledger.log_reader import LogReader
from recanvass.ledger.proof import MAX_PROOF_BYTES, Proof, parse_proof, prove_entry
from recanvass.ledger.store import KeySpan

__all__ = ["change_number", "change_path", "change_sizes", "prove_change", "read_changes"]

MAX_CHANGES = 1000


def change_path(number: int) -> str:
    """Return where the proof of a change is published; changes are counted from 1."""
    return f"keys/{number}.tlog-proof"


def change_number(path: str) -> int:
    """Return the number of the change that is published under a path; 0 if none can be."""
    digits = path.removeprefix("keys/").removesuffix(".tlog-proof")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0
    return number if path == change_path(number) else 0


def change_sizes(keys: Sequence[KeySpan]) -> list[int]:
    """Return the sizes at which keys began or ceased to sign, in order; not where the log began.

    The entry that says so is the last one before that size.
    """
    sizes = {size for key in keys for size in (key.since, key.until) if size}
    return sorted(sizes)


def prove_change(ledger: Ledger, number: int) -> Proof | None:
    """Return the proof of a change, under the checkpoint of its batch; None if there is none."""
    sizes = change_sizes(ledger.keys)
    if not 1 <= number <= len(sizes):
        return None
    size = sizes[number - 1]
    return prove_entry(ledger, size - 1, size)


def read_changes(log: LogReader) -> Iterator[tuple[str, Proof]]:
    """Yield path and proof of each change that a log publishes; nothing of it is verified.

    Raise BadProof, naming the file, if one is no proof or there are more than 1,000.
    """
    for number in range(1, MAX_CHANGES + 1):
        path = change_path(number)
        data = log.files.read(path, MAX_PROOF_BYTES)
        if data is None:
            return
        try:
            yield path, parse_proof(data)
        except BadProof as error:
            raise BadProof(f"{path}: {error}") from None
    raise BadProof(f"{log.place}: found more than {MAX_CHANGES} changes of its keys")
