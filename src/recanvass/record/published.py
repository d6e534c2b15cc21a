"""A published log found, and opened as the store of a record."""

from __future__ import annotations

from pathlib import Path

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import LogReader, Verifier
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.published_files import PublishedFiles, is_url
from recanvass.ledger.tile_paths import CHECKPOINT_PATH
from recanvass.model import KeyAdded, decode_event

__all__ = ["open_log", "place_of_log"]


def place_of_log(url: Place | str) -> Path | str | None:
    """Return the folder or the address of the published log that a URL names, if it names one.

    Raise BadInput for a URL that can name neither a log nor a ledger.
    """
    if isinstance(url, str) and is_url(url):
        return url
    place = ledger_place(url)
    return place if isinstance(place, Path) and (place / CHECKPOINT_PATH).is_file() else None


def open_log(files: PublishedFiles, key: str | None = None) -> LogReader:
    """Return the log among published files, its checkpoint signed by the verifier key `key`.

    Without one the key is that which the log's own first entry states: then the log may be whole,
    but it is only its own word whose it is. Raise LedgerMissing if there is no log, BadProof if the
    checkpoint is malformed or not signed by the key, BadInput if `key` is not one.
    """
    return LogReader(files, Verifier.parse(key or _own_key(LogReader(files))))


def _own_key(log: LogReader) -> str:
    # As the file has it: if that was changed, no signature fits, or `verify` says where.
    first = log.bundle(0)[:1] if log.size() else []
    try:
        match [decode_event(body) for body in first]:
            case [KeyAdded(verifier=verifier)]:
                return verifier
    except BadInput as error:
        raise BadProof(f"{log.place}: entry 0: {error}") from None
    raise BadProof(f"{log.place}: entry 0: found no key; expected the one that signs")
