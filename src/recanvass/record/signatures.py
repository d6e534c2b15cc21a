"""Who signed a return, judged by the keys that the record had when the return came in.

The clock is the ledger's order. A key vouches for returns recorded after its `key.added` and before
its `key.retired`, whatever time a return states of itself: that time is written by whoever signs,
so with it a stolen key could sign into the past for ever, while nobody can put an entry before
another one. What is judged of an entry therefore never changes as the ledger grows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import polars as pl

from recanvass.canvass.places import units_around
from recanvass.errors import BadInput, BadProof
from recanvass.ledger.keys import Verifier
from recanvass.ledger.note import NoteSignature, parse_note
from recanvass.model import (
    AnyEvent,
    KeyAdded,
    KeyRetired,
    ReturnRecorded,
    UnitsRegistered,
    decode_event,
    return_text,
)

if TYPE_CHECKING:
    from recanvass.record.fold import Fold
    from recanvass.record.record import Record

__all__ = [
    "JudgedSignature",
    "ReturnKeys",
    "SignatureFault",
    "Signatures",
    "refuse_bad_signatures",
    "with_officers",
]

SignatureFault = Literal["malformed", "unknown key", "false", "retired key", "other stations"]

_CLOSE = 256
_READ_AT_A_TIME = 10_000
_SHOWN = 80


@dataclass(frozen=True)
class JudgedSignature:
    """One signature line of a return."""

    name: str
    """The key that it says it is by."""
    fault: SignatureFault | None
    """What is wrong with it; None if it is good."""
    key: KeyAdded | None = None
    """The key as registered, if it was."""
    public_key: bytes = b""

    @property
    def is_officers(self) -> bool:
        """Whether it is a good signature of an officer."""
        return self.fault is None and self.key is not None and self.key.role == "officer"

    @property
    def fault_text(self) -> str:
        """What is wrong with it in a sentence, for messages; empty if nothing is."""
        if self.fault is None:
            return ""
        return {
            "malformed": f"found {self.name!r}; expected a signature line, — <name> <base64>",
            "unknown key": f"signed by {self.name}, which no key registered by then is called",
            "false": f"the signature of {self.name} does not verify: it is on something else",
            "retired key": f"signed by {self.name}, whose key was retired by then",
            "other stations": f"signed by {self.name}, whose key is for other stations",
        }[self.fault]


@dataclass(frozen=True)
class _Added:
    """A key from the entry that registered it on."""

    number: int
    event: KeyAdded
    verifier: Verifier


class ReturnKeys:
    """The keys for returns that a ledger registered, each with the entries of its beginning and
    end. A retired key never comes back: make a new one.
    """

    def __init__(self, numbered: Iterable[tuple[int, AnyEvent]]) -> None:
        """Take in a ledger's events with their entry numbers, in order."""
        self._added: dict[tuple[str, bytes], list[_Added]] = {}
        self._retired: dict[str, int] = {}
        verifier_of: dict[str, str] = {}
        for number, event in numbered:
            if isinstance(event, KeyRetired):
                self._retired.setdefault(event.verifier, number)
            elif isinstance(event, KeyAdded):
                corrected = verifier_of.get(event.replaces or "")
                verifier_of[event.id] = event.verifier
                if corrected not in (None, event.verifier):
                    self._retired.setdefault(str(corrected), number)
                self._add(number, event)

    def _add(self, number: int, event: KeyAdded) -> None:
        if event.use != "returns":
            return
        try:
            verifier = Verifier.parse(event.verifier)
        except BadInput:
            return  # admission lets none in; if the ledger has one, nobody can have signed with it
        known = self._added.setdefault((verifier.name, verifier.key_id), [])
        known.append(_Added(number, event, verifier))

    def __len__(self) -> int:
        return len(self._added)

    def judge(
        self, event: ReturnRecorded, number: int, around: Collection[str]
    ) -> tuple[JudgedSignature, ...]:
        """Return every signature of a return that is entry `number`.

        `around` are the ids of its station and of the units that this lies in.
        """
        text = return_text(event)
        return tuple(self._judged(line, text, number, around) for line in event.signatures)

    def _judged(
        self, line: str, text: str, number: int, around: Collection[str]
    ) -> JudgedSignature:
        signature = _parsed(line, text)
        if signature is None:
            return JudgedSignature(line[:_SHOWN], "malformed")
        label = (signature.name, signature.key_id)
        known = [one for one in self._added.get(label, ()) if one.number < number]
        if not known:
            return JudgedSignature(signature.name, "unknown key")
        message = text.encode()
        # The newest registration counts. Two keys may share a label: four bytes can be forged.
        added = next(
            (k for k in reversed(known) if k.verifier.verifies(message, signature.signature)), None
        )
        if added is None:
            return JudgedSignature(signature.name, "false", known[-1].event)
        fault: SignatureFault | None = None
        stations = added.event.stations
        if self._retired.get(str(added.verifier), number) < number:
            fault = "retired key"
        elif stations and not any(unit in around for unit in stations):
            fault = "other stations"
        return JudgedSignature(signature.name, fault, added.event, added.verifier.public_key)


def _parsed(line: str, text: str) -> NoteSignature | None:
    """Return what a signature line says, or None if it is none."""
    try:
        note = parse_note(f"{text}\n{line}\n".encode())
    except BadProof:
        return None
    # A line that holds a line break would make another text, or several signatures, of the note.
    return note.signatures[0] if note.text == text and len(note.signatures) == 1 else None


class Signatures:
    """The signatures on a record's returns, judged when asked for and then remembered."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._judged: dict[int, tuple[JudgedSignature, ...]] = {}
        self._keys = ReturnKeys(())
        self._keys_size = 0

    def keys(self) -> ReturnKeys:
        """Return the keys that the record has registered so far."""
        fold = self._record.fold
        if self._keys_size != fold.size:
            self._keys, self._keys_size = ReturnKeys(fold.small_events()), fold.size
        return self._keys

    def of(self, numbers: Sequence[int]) -> dict[int, tuple[JudgedSignature, ...]]:
        """Return the signatures on the returns in these entries, by entry number."""
        missing = sorted(set(numbers) - self._judged.keys())
        for run in _in_runs(missing):
            self._judge(run)
        return {number: self._judged[number] for number in numbers}

    def _judge(self, numbers: list[int]) -> None:
        """Judge returns whose entries lie close together."""
        bodies = self._record.ledger.read(numbers[0], numbers[-1] + 1)
        returns: list[tuple[int, ReturnRecorded]] = []
        for number in numbers:
            event = decode_event(bodies[number - numbers[0]])
            if isinstance(event, ReturnRecorded):
                returns.append((number, event))
        keys, fold = self.keys(), self._record.fold
        trees = fold.unit_numbers()
        for _, part in groupby(returns, key=lambda one: bisect_left(trees, one[0])):
            same_tree = list(part)
            units = fold.units(same_tree[0][0])
            around = units_around(units, [event.station for _, event in same_tree])
            for number, event in same_tree:
                self._judged[number] = keys.judge(event, number, around[event.station])


def _in_runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Return ascending entry numbers in runs that are worth reading at once."""
    run: list[int] = []
    for number in numbers:
        if run and (number - run[-1] > _CLOSE or number - run[0] >= _READ_AT_A_TIME):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def with_officers(returns: pl.DataFrame, record: Record) -> pl.DataFrame:
    """Return a frame of returns with `signed.officers`: how many officers' signatures are good.

    One person with two names for one key is one officer.
    """
    signed = returns.filter("signed")["seq"].to_list()
    officers = [
        (number, len({each.public_key for each in judged if each.is_officers}))
        for number, judged in record.signatures.of(signed).items()
    ]
    counted = pl.DataFrame(
        officers, schema={"seq": pl.Int64, "signed.officers": pl.Int64}, orient="row"
    )
    return returns.join(counted, on="seq", how="left", maintain_order="left").with_columns(
        pl.col("signed.officers").fill_null(0)
    )


def refuse_bad_signatures(
    fold: Fold, events: Sequence[AnyEvent], units: pl.DataFrame | None = None
) -> None:
    """Raise BadInput, naming the first of these new events with a signature that is not good.

    A recorded signature cannot be taken back: the ledger would be badly signed for ever. `units`
    are registered together with the events (columns as `View.units`).
    """
    numbered = list(enumerate(events, fold.size))
    signed = [(n, e) for n, e in numbered if isinstance(e, ReturnRecorded) and e.signatures]
    if not signed:
        return
    keys = ReturnKeys([*fold.small_events(), *numbered])
    tree = _tree(fold, events, units)
    around = units_around(tree, [event.station for _, event in signed])
    for number, event in signed:
        for signature in keys.judge(event, number, around[event.station]):
            if signature.fault is not None:
                raise BadInput(f"return.recorded {event.id!r}: {signature.fault_text}")


def _tree(fold: Fold, events: Sequence[AnyEvent], units: pl.DataFrame | None) -> pl.DataFrame:
    """Return every unit as registered last: by the record, these units, these events."""
    parts = [fold.units(fold.size)] + ([] if units is None else [units])
    known = pl.concat([part.select("id", "parent", "roll") for part in parts])
    new = [
        (unit.id, unit.parent, event.roll)
        for event in events
        if isinstance(event, UnitsRegistered)
        for unit in event.units
    ]
    every = pl.concat([known, pl.DataFrame(new, schema=known.schema, orient="row")])
    return every.unique(["id", "roll"], keep="last")
