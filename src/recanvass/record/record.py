"""The one object that users hold: a ledger read as an election."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from recanvass.errors import NotInRecord
from recanvass.ledger import Ledger
from recanvass.ledger.place import Place, ledger_place
from recanvass.ledger.published_files import open_files
from recanvass.model import AnyEvent, KeyAdded, ReturnRecorded, encode_event
from recanvass.record.contest import Contest
from recanvass.record.fold import Fold, View
from recanvass.record.kept_frames import WORTH_KEEPING, keep, restore
from recanvass.record.published import open_log, place_of_log

if TYPE_CHECKING:
    from recanvass.record.claims import Claims
    from recanvass.record.control_view import Control
    from recanvass.record.evidence import Evidence
    from recanvass.record.loading import Loaded
    from recanvass.record.moment import AsOf
    from recanvass.record.office_view import Office
    from recanvass.record.signatures import Signatures
    from recanvass.record.station import StationHistory
    from recanvass.record.taking import Taken
    from recanvass.record.timeline import TimelineItem
    from recanvass.record.verification import RecordVerification

__all__ = ["Record", "create_record", "open_record"]

_READ_AT_A_TIME = 100_000
_VIEWS_KEPT = 8


class Record:
    """An election's record. Reading folds the ledger; every answer names the size it is of.

    The fold grows with the ledger, also when another process appends. Not to be shared between
    threads.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.fold = Fold()
        self._views: dict[int, View] = {}
        self._contests: dict[str, Contest] = {}
        self._signatures: Signatures | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        contests = ", ".join(self.view().contests) or "no contests"
        return f"<Record {self.ledger.origin}: {self.ledger.size:,} entries; {contests}>"

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def view(self, size: int | None = None) -> View:
        """Return what the record held at `size`, or now. Raise NotInRecord beyond its end."""
        newest = self.ledger.size
        wanted = newest if size is None else size
        if not 0 <= wanted <= newest:
            raise NotInRecord(f"size: found {wanted}; expected 0 to {newest}")
        if self.fold.size < wanted:
            self._fold_up_to(newest)
        if wanted not in self._views:
            while len(self._views) >= _VIEWS_KEPT:
                self._views.pop(next(iter(self._views)))
            self._views[wanted] = self.fold.view(wanted)
        return self._views[wanted]

    def _fold_up_to(self, newest: int) -> None:
        """Take in all entries; those of a long ledger are decoded part by part, to save memory."""
        if self.fold.size == 0 and newest >= WORTH_KEEPING:
            self.fold = restore(self.ledger)
        is_long = newest - self.fold.size > _READ_AT_A_TIME
        while self.fold.size < newest:
            end = min(self.fold.size + _READ_AT_A_TIME, newest)
            self.fold.extend(self.ledger.read(self.fold.size, end))
            if is_long:
                self.fold.settle()
        if self.fold.size - self.fold.kept_size >= WORTH_KEEPING:
            keep(self.ledger, self.fold)
            self.fold.kept_size = self.fold.size

    def contests(self) -> list[Contest]:
        """Return all contests, in the order in which they were defined."""
        return [self.contest(c) for c in self.view().contests]

    def contest(self, contest: str) -> Contest:
        """Return a contest by its id. Raise NotInRecord if there is none."""
        found = self._contests.setdefault(contest, Contest(self, contest))
        found.definition()
        return found

    def office(self, office: str) -> Office:
        """Return an office by its id. Raise NotInRecord if there is none."""
        from recanvass.record.office_view import Office  # noqa: PLC0415 - starts fast

        found = Office(self, office)
        found.definition()
        return found

    def control(self, as_of: AsOf = None, size: int | None = None, language: str = "en") -> Control:
        """Return who has which office: holders, councils, and divided governments."""
        from recanvass.record.control_view import control_of  # noqa: PLC0415

        return control_of(self, as_of, size, language)

    def claims(self, as_of: AsOf = None, size: int | None = None, language: str = "en") -> Claims:
        """Return what others published by `as_of`, each claim with its answer computed anew."""
        from recanvass.record.claims import answer_claims  # noqa: PLC0415 - starts fast

        return answer_claims(self, as_of, size, language)

    def station(self, station: str, as_of: AsOf = None, size: int | None = None) -> StationHistory:
        """Return every return that a station ever made, in all contests, with its standing."""
        from recanvass.record.station import station_history  # noqa: PLC0415 - starts fast

        return station_history(self, station, as_of, size)

    @property
    def signatures(self) -> Signatures:
        """Who signed which return, judged when asked for."""
        if self._signatures is None:
            from recanvass.record.signatures import Signatures  # noqa: PLC0415 - starts fast

            self._signatures = Signatures(self)
        return self._signatures

    def timeline(
        self,
        contest: str | None = None,
        as_of: AsOf = None,
        size: int | None = None,
        language: str = "en",
    ) -> list[TimelineItem]:
        """Return what happened in a contest (or in all), in the order in which it happened."""
        from recanvass.record.timeline import timeline  # noqa: PLC0415

        return timeline(self, contest, as_of, size, language)

    def append(self, events: Sequence[AnyEvent]) -> int:
        """Add events, all or none, and return the ledger's size.

        Raise BadInput, naming the event, if one does not fit the record: an unknown contest,
        poll, station, source or option, a negative count. An id that is known already is left out
        if its event is the same, and refused (LedgerConflict) if it is not.
        """
        from recanvass.record.admission import admit  # noqa: PLC0415

        admit(events, self)
        added = self.ledger.append([e.id for e in events], [encode_event(e) for e in events])
        return added.size

    def take(self, returns: Sequence[ReturnRecorded]) -> Taken:
        """Record returns that came one by one, signed or not (see `taking.take_returns`)."""
        from recanvass.record.taking import take_returns  # noqa: PLC0415

        return take_returns(self, returns)

    def attach(self, to: str, content: bytes, title: str | None = None) -> Evidence:
        """Attach a file's content to an event as evidence (see `evidence.attach`)."""
        from recanvass.record.evidence import attach  # noqa: PLC0415

        return attach(self, to, content, title)

    def redact(self, sha256: str, because: str) -> bool:
        """Withdraw evidence: its content goes, hash and reason stay (see `evidence.redact`)."""
        from recanvass.record.evidence import redact  # noqa: PLC0415

        return redact(self, sha256, because)

    def evidence(self, size: int | None = None) -> list[Evidence]:
        """Return all evidence, kept, withdrawn or missing (see `evidence.evidence_of`)."""
        from recanvass.record.evidence import evidence_of  # noqa: PLC0415

        return evidence_of(self, size)

    def load(self, case: Path | str, data: Path | str | None = None) -> Loaded:
        """Load a case folder: check all of it, then add what is new or changed, or nothing.

        Raise BadCase with every fault found.
        """
        from recanvass.record.loading import load_case  # noqa: PLC0415 - only loading needs CSV

        return load_case(self, Path(case), None if data is None else Path(data))

    def verify(self, trusted: str | None = None) -> RecordVerification:
        """Recompute everything: entries, tree, signatures, and the state folded from them.

        `trusted` is the verifier key to check signatures against; without one the ledger's own is
        used, which shows that the ledger is whole but not whose it is.
        """
        from recanvass.record.verification import entry_id, verify_record  # noqa: PLC0415

        return verify_record(self, self.ledger.verify(trusted, entry_id))


def open_record(url: Place | str, *, read_only: bool = False, lost: str | None = None) -> Record:
    """Return the record in a ledger, or in a published log: a folder or a URL (to be read only).

    `lost` is a verifier key that can be retired without its signing key (see `Ledger.open`). Raise
    LedgerMissing if there is none: see `create`.
    """
    log = place_of_log(url)
    if log is not None:
        return _record_of_log(log)
    ledger = Ledger.open(url, read_only=read_only, lost=lost)
    if not read_only:
        _add_first_key(ledger)  # unless the ledger's making was interrupted, it is there
    return Record(ledger)


def _record_of_log(place: Path | str) -> Record:
    files = open_files(place)
    try:
        return Record(Ledger.of_log(open_log(files)))
    except BaseException:
        files.close()
        raise


def create_record(url: Place | str, origin: str | None = None) -> Record:
    """Make a new ledger, once and on purpose, and return its record. Raise LedgerExists.

    `origin` names the log in its checkpoints; without one it is named after the file or database.
    The key that will sign is the ledger's first entry.
    """
    place = ledger_place(url)
    name = place.stem if isinstance(place, Path) else place.name
    ledger = Ledger.create(place, origin or f"recanvass.local/{name}")
    _add_first_key(ledger)
    return Record(ledger)


def _add_first_key(ledger: Ledger) -> None:
    """Enter the key that signs as the first entry, if there is none yet."""
    if ledger.size == 0:
        key = KeyAdded(id="key.added/1", verifier=ledger.verifier)
        ledger.append([key.id], [encode_event(key)])
