"""A published log opened as the store of a record."""

from __future__ import annotations

from pathlib import Path

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import LogFolder, Verifier
from recanvass.model import KeyAdded, decode_event

__all__ = ["open_log"]


def open_log(folder: Path, key: str | None = None) -> LogFolder:
    """Return the log published in `folder`, its checkpoint signed by the verifier key `key`.

    Without one the key is that which the log's own first entry states: then the log may be whole,
    but it is only its own word whose it is. Raise LedgerMissing if there is no log, BadProof if the
    checkpoint is malformed or not signed by the key, BadInput if `key` is not one.
    """
    return LogFolder(folder, Verifier.parse(key or _own_key(LogFolder(folder))))


def _own_key(log: LogFolder) -> str:
    try:
        (_, body), *_ = log.entries(0, 1)
        match decode_event(body):
            case KeyAdded(verifier=verifier):
                return verifier
    except (BadInput, ValueError) as error:
        raise BadProof(f"{log.place}: entry 0: {error}") from None
    raise BadProof(f"{log.place}: entry 0: found no key; expected the one that signs")
