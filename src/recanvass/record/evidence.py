"""Evidence: photos, PDFs and texts outside the entries, each bound to an event by its hash.

Withdrawing goes by hash and is final: the content leaves the store, whatever it was attached to,
and cannot be attached again, so that nobody brings it back by mistake. Entry, hash and reason stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recanvass.errors import BadInput, NotInRecord
from recanvass.exchange.media_type import MEDIA_TYPES, media_type_of
from recanvass.ledger import Fault, Ledger
from recanvass.model import AnyEvent, BlobAttached, BlobRedacted, encode_event

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = [
    "MOST_EVIDENCE_BYTES",
    "Evidence",
    "EvidenceCheck",
    "attach",
    "check_evidence",
    "content_of",
    "evidence_of",
    "redact",
]

MOST_EVIDENCE_BYTES = 20_000_000
_LONGEST_TITLE = 200
_LONGEST_REASON = 2_000
_HEX_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence, as attached to one event."""

    to: str
    """The id of the event, under which it was recorded first."""
    sha256: str
    media_type: str
    title: str | None
    entry: int
    """The entry that attaches it."""
    state: Literal["kept", "withdrawn", "missing"]
    because: str | None = None
    """Why it was withdrawn."""


@dataclass(frozen=True)
class EvidenceCheck:
    """What a check of every piece of evidence found."""

    kept: int = 0
    """Contents that were hashed again and are what their entries say."""
    withdrawn: tuple[Evidence, ...] = ()
    absent: int = 0
    """Contents that a published log does not carry."""
    faults: tuple[Fault, ...] = ()


def evidence_of(record: Record, size: int | None = None) -> list[Evidence]:
    """Return all evidence that was attached when the ledger had `size` entries, in its order.

    Its state is that of now: a look into the past brings nothing back.
    """
    held = record.view(size).size
    record.view()
    events = record.fold.small_events()
    reasons, first = _reasons(events), _first_ids(events)
    kept = {blob.hex() for blob in record.ledger.blobs()}
    return [
        _evidence(number, event, first.get(event.to, event.to), reasons, kept)
        for number, event in events
        if isinstance(event, BlobAttached) and number < held
    ]


def _evidence(
    number: int, event: BlobAttached, to: str, reasons: dict[str, str], kept: set[str]
) -> Evidence:
    state: Literal["kept", "withdrawn", "missing"] = "missing"
    if event.sha256 in reasons:
        state = "withdrawn"
    elif event.sha256 in kept:
        state = "kept"
    because = reasons.get(event.sha256)
    return Evidence(to, event.sha256, event.media_type, event.title, number, state, because)


def _reasons(events: Iterable[tuple[int, AnyEvent]]) -> dict[str, str]:
    """Return why each hash was withdrawn, by the first entry that says so."""
    reasons: dict[str, str] = {}
    for _, event in events:
        if isinstance(event, BlobRedacted):
            reasons.setdefault(event.sha256, event.because)
    return reasons


def _first_ids(events: Iterable[tuple[int, AnyEvent]]) -> dict[str, str]:
    """Return for each version of an event the id of its first one, by which others refer to it."""
    first: dict[str, str] = {}
    for _, event in events:
        first[event.id] = first.get(event.replaces or "", event.id)
    return first


def attach(
    record: Record,
    to: str,
    content: bytes,
    title: str | None = None,
    limit: int = MOST_EVIDENCE_BYTES,
) -> Evidence:
    """Attach a file's content to an event, entry and content in one transaction.

    Attaching the same again adds no entry; it brings back a content that was lost or altered. Raise
    NotInRecord if there is no such event, BadInput if the content is empty, above `limit` bytes, of
    no kind that serves as evidence, or withdrawn.
    """
    media_type = _checked_type(content, limit)
    if title is not None:
        _check_text(title, "title", _LONGEST_TITLE)
    digest = _hash(content)
    with record.ledger.batch() as batch:
        if record.ledger.find(to) is None:
            raise NotInRecord(f"event: found {to!r}; expected the id of an event of this record")
        record.view()
        reason = _reasons(record.fold.small_events()).get(digest)
        if reason is not None:
            raise BadInput(f"{digest}: was withdrawn for good, because: {reason}")
        event = BlobAttached(
            id=f"blob.attached/{digest}/{_hash(to.encode())[:16]}",
            to=to,
            sha256=digest,
            media_type=media_type,
            title=title,
        )
        if record.ledger.find(event.id) is None:
            batch.add([event.id], [encode_event(event)])
        if (kept := record.ledger.blob(bytes.fromhex(digest))) is not None and kept != content:
            batch.remove_blob(bytes.fromhex(digest))
        batch.put_blob(content)
    return next(
        each for each in evidence_of(record)[::-1] if each.entry == record.ledger.find(event.id)
    )


def _checked_type(content: bytes, limit: int) -> str:
    if not 0 < len(content) <= limit:
        found = f"more than {limit:,} bytes" if content else "an empty file"
        raise BadInput(f"evidence: found {found}; expected 1 to {limit:,} bytes")
    media_type = media_type_of(content)
    if media_type is None:
        raise BadInput(f"evidence: found another kind; expected one of {', '.join(MEDIA_TYPES)}")
    return media_type


def _check_text(text: str, what: str, most: int) -> None:
    if not 0 < len(text.strip()) <= len(text) <= most or not text.isprintable():
        raise BadInput(f"{what}: found {text[:60]!r}; expected one line of 1 to {most} characters")


def redact(record: Record, sha256: str, because: str) -> bool:
    """Withdraw evidence: its content leaves the store, the reason becomes an entry.

    Return False if it was withdrawn before; what is left of the content goes even then. Raise
    NotInRecord if no evidence has this hash, BadInput for a reason that is empty or too long.
    """
    _check_text(because, "because", _LONGEST_REASON)
    with record.ledger.batch() as batch:
        known = _attached(record, sha256)
        is_new = all(each.state != "withdrawn" for each in known)
        if is_new:
            event = BlobRedacted(id=f"blob.redacted/{sha256}", sha256=sha256, because=because)
            batch.add([event.id], [encode_event(event)])
        batch.remove_blob(bytes.fromhex(sha256))
    return is_new


def _attached(record: Record, sha256: str) -> list[Evidence]:
    """Return every attachment of a hash. Raise NotInRecord if there is none."""
    known = [each for each in evidence_of(record) if each.sha256 == sha256]
    if not known or not _is_hash(sha256):
        raise NotInRecord(f"evidence: found no {sha256!r}; expected the SHA-256 of one attached")
    return known


def content_of(record: Record, sha256: str) -> bytes:
    """Return the content with this hash.

    Raise NotInRecord if none is attached, or it was withdrawn, is missing or altered.
    """
    known = _attached(record, sha256)[0]
    if known.state == "withdrawn":
        raise NotInRecord(f"{sha256}: was withdrawn, because: {known.because}")
    content = record.ledger.blob(bytes.fromhex(sha256))
    if content is None or _hash(content) != sha256:
        raise NotInRecord(f"{sha256}: its content is missing or altered; verify the ledger")
    return content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check_evidence(record: Record) -> EvidenceCheck:
    """Hash all evidence anew, and name what is missing, altered, or there against an entry."""
    every = {each.sha256: each for each in evidence_of(record)}
    faults: list[Fault] = []
    kept = absent = 0
    for each in every.values():
        found = _fault_of(each, record.ledger)
        if found is not None:
            faults.append(Fault(f"evidence {each.sha256}: {found}", each.entry))
        elif each.state == "kept":
            kept += 1
        elif each.state == "missing":
            absent += 1
    strays = [blob.hex() for blob in record.ledger.blobs() if blob.hex() not in every]
    faults += [Fault(f"evidence {stray}: is kept, but no entry attaches it") for stray in strays]
    withdrawn = tuple(each for each in every.values() if each.state == "withdrawn")
    return EvidenceCheck(kept, withdrawn, absent, tuple(faults))


def _fault_of(each: Evidence, ledger: Ledger) -> str | None:
    """Return what is wrong with one piece of evidence."""
    if not _is_hash(each.sha256):
        return "expected 64 hexadecimal digits"
    content = ledger.blob(bytes.fromhex(each.sha256))
    if each.state == "withdrawn":
        return None if content is None else "is still there, though it was withdrawn"
    if content is None:
        return None if ledger.is_published else "is missing, and no entry withdraws it"
    return None if _hash(content) == each.sha256 else "is altered: its hash is another one now"


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= _HEX_DIGITS
