"""`verify`: everything recomputed, from the bytes of each entry to the totals that are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import count_columns, vote_columns
from recanvass.errors import RecanvassError
from recanvass.ledger import Fault, KeySpan, Verification
from recanvass.record.evidence import EvidenceCheck, check_evidence
from recanvass.record.fold import PollKey
from recanvass.record.keys import key_spans_of
from recanvass.record.refold import Refolded, refold
from recanvass.record.signature_check import SignatureCheck, check_signatures

if TYPE_CHECKING:
    from recanvass.record.record import Record

__all__ = ["RecordVerification", "entry_id", "verify_record"]

_READ_AT_A_TIME = 50_000


class _Identified(msgspec.Struct, gc=False):
    """The one field of an entry that the ledger's own index must agree with."""

    id: str


_ID = msgspec.json.Decoder(_Identified)


@dataclass(frozen=True)
class RecordVerification:
    """What `verify` found. `faults` is empty when all is well."""

    ledger: Verification
    faults: tuple[Fault, ...]
    polls: int
    """Polls whose totals were folded twice and agree."""
    signatures: SignatureCheck = field(default_factory=SignatureCheck)
    """What officers and agents signed."""
    evidence: EvidenceCheck = field(default_factory=EvidenceCheck)
    """Photos and documents beside the entries."""

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        return not self.faults


def entry_id(body: bytes) -> str:
    """Return the id that an entry states, for the ledger to compare with its index."""
    return _ID.decode(body).id


def verify_record(record: Record, found: Verification) -> RecordVerification:
    """Go on from what the ledger's own verification found: refold the state by other means.

    Every entry must be an event, and every poll's totals as shown must be what its entries give.
    """
    if not found.ok:
        return RecordVerification(found, tuple(found.faults), 0)
    again = refold(lambda: _entries(record))
    faults = [Fault(f"entry {seq}: {message}", seq) for seq, message in again.unreadable]
    if not faults:
        faults = [*_different_keys(record, found.keys), *_different_totals(record, again)]
    if faults:
        return RecordVerification(found, tuple(faults), 0)
    signatures = check_signatures(record, again)
    evidence = check_evidence(record)
    return RecordVerification(
        ledger=found,
        faults=(*signatures.faults, *evidence.faults),
        polls=len(record.view().polls),
        signatures=signatures,
        evidence=evidence,
    )


def _entries(record: Record) -> Iterator[tuple[int, bytes]]:
    size = record.ledger.size
    for start in range(0, size, _READ_AT_A_TIME):
        yield from enumerate(record.ledger.read(start, min(start + _READ_AT_A_TIME, size)), start)


def _different_keys(record: Record, keys: Sequence[KeySpan]) -> list[Fault]:
    """Return a fault for every key that signs from or up to another size than entries say."""
    record.view()
    stated = {key.verifier: key for key in key_spans_of(record.fold.small_events())}
    found = {key.verifier: key for key in keys}
    return [
        Fault(f"key {verifier}: found {_span(found.get(verifier))}; its entries say {_span(span)}")
        for verifier, span in {**dict.fromkeys(found), **stated}.items()
        if found.get(verifier) != span
    ]


def _span(key: KeySpan | None) -> str:
    if key is None:
        return "that it never signs"
    return f"that it signs from size {key.since} {'on' if key.until is None else f'to {key.until}'}"


def _different_totals(record: Record, again: Refolded) -> list[Fault]:
    """Return a fault for every poll whose totals, as shown, are not what its entries add up to."""
    try:
        polls = list(record.view().polls)
        shown = {key: _shown(record, key) for key in polls}
    except RecanvassError as error:
        return [Fault(str(error))]
    faults = [
        Fault(f"poll {contest} {poll}: returns of a poll that is not defined")
        for contest, poll in again.totals
        if (contest, poll) not in shown
    ]
    for key, (stations, totals) in shown.items():
        expected = {k: v for k, v in again.totals.get(key, {}).items() if v}
        if stations != again.stations[key] or totals != expected:
            odd = sorted(set(totals.items()) ^ set(expected.items()))
            figures = ", ".join(f"{name} {value:,}" for name, value in odd[:4])
            faults.append(
                Fault(f"poll {' '.join(key)}: shown and refolded totals differ: {figures}")
            )
    return faults


def _shown(record: Record, key: PollKey) -> tuple[int, dict[str, int]]:
    """Return how many stations' returns stand, and the sums of their figures, as results have."""
    returns = record.contest(key[0]).poll(key[1]).returns()
    standing = returns.filter(pl.col("standing").is_in(["counted", "excluded", "annulled"]))
    figures = [*count_columns(standing.columns), *vote_columns(standing.columns)]
    sums = standing.select(pl.col(c).sum() for c in figures)
    totals = sums.row(0, named=True) if figures else {}
    return standing.height, {k: v for k, v in totals.items() if v}
