"""Claims answered: is what somebody published true of the record?

Nothing here is stored. A claim is an event; its answer is computed from the ledger each time:

- **true**: the record's figure is the stated one, or the stated bound holds;
- **true as rounded**: it is, once rounded or cut off as the statement was;
- **superseded**: it was true of what was known when it was made, not of the latest;
- **conflicts**: another source of the record bears it out, or contradicts it, and the record's own
  figures do not settle it;
- **false**: the record's figure is another, and no source of the record bears the statement out;
- **not checkable**: the record has no figure for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
import polars as pl

from recanvass.errors import BadInput, NotInRecord
from recanvass.model import ClaimMade, Measure, Text, in_language
from recanvass.model.claims import Published
from recanvass.record.claim_figure import Asked, Figure, Found, Reading, Unknown, Way
from recanvass.record.claim_measures import figure_of, known_then, last_words
from recanvass.record.claim_office_measures import is_keeper
from recanvass.record.claim_words import (
    plain_value,
    reasons,
    stated_text,
    value_text,
    verdict_word,
)
from recanvass.record.describe import named
from recanvass.record.moment import AsOf, moment, moment_text
from recanvass.record.stated_value import Fit, fit

if TYPE_CHECKING:
    from recanvass.record.fold import View
    from recanvass.record.record import Record

__all__ = ["VERDICTS", "ClaimAnswer", "Claims", "Verdict", "answer_claims"]

Verdict = Literal["true", "true as rounded", "superseded", "conflicts", "false", "not checkable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True)
class ClaimAnswer:
    """One claim with its answer."""

    claim: ClaimMade
    verdict: Verdict
    figure: Figure | None
    """The record's figure; None where it has none."""
    meant: Reading | None
    """The reading of the figure that the statement fits; the plain one if it fits none."""
    supports: tuple[str, ...] = ()
    """Ids of events that bear the statement out, where the record's own figure does not."""
    disputes: tuple[str, ...] = ()
    """Ids of claims of others about the same, that say otherwise."""
    unknown: Unknown | None = None


def answer_claims(
    record: Record, as_of: AsOf = None, size: int | None = None, language: str = "en"
) -> Claims:
    """Return every claim made by `as_of` with its answer, in the order in which they were made."""
    view, until = record.view(size), moment(as_of)
    made = [e for e in view.happened(until) if isinstance(e, ClaimMade)]
    about: dict[Measure, list[ClaimMade]] = {}
    for claim in made:
        about.setdefault(claim.measure, []).append(claim)
    found = Found()
    answers = [_answer(Asked(record, view, claim, until, about, found)) for claim in made]
    return Claims(tuple(answers), view, _entries(record, view.size), moment_text(as_of), language)


def _entries(record: Record, size: int) -> dict[str, int]:
    """Return for each event the entry that holds it as last corrected."""
    first: dict[str, str] = {}
    entries: dict[str, int] = {}
    for seq, event in record.fold.small_events():
        if seq < size:
            root = first.get(event.replaces or "", event.id)
            first[event.id] = root
            entries[root] = seq
    return entries


def _answer(asked: Asked) -> ClaimAnswer:
    claim = asked.claim
    try:
        figure = figure_of(claim.measure, asked, asked.until)
    except BadInput as error:
        figure = Unknown(str(error))
    if isinstance(figure, Unknown):
        # Who keeps the register is the measure of others, not the other way round.
        is_kept = isinstance(claim.measure, Published) and is_keeper(claim, asked.view)
        disputes = () if is_kept else tuple(o.id for o in _others(asked))
        verdict: Verdict = "conflicts" if disputes else "not checkable"
        return ClaimAnswer(claim, verdict, None, None, (), disputes, figure)
    how, meant = _best(claim, figure)
    if how is None:
        return _unfit(asked, figure)
    otherwise = _counted_otherwise(asked, figure)
    if meant is not figure.readings[0] and otherwise:
        return ClaimAnswer(claim, "conflicts", figure, meant, (), otherwise)
    if how == "loose":
        known = _fitting_then(asked)
        if known is not None:
            return ClaimAnswer(claim, "superseded", figure, meant, known)
    verdict = "true as rounded" if how == "rounded" else "true"
    return ClaimAnswer(claim, verdict, figure, meant)


def _best(claim: ClaimMade, figure: Figure) -> tuple[Fit | None, Reading]:
    """Return the reading that a statement fits best, the plain one first among equals."""
    ranks: dict[Fit, int] = {"exact": 0, "rounded": 1, "loose": 2}
    found = [(fit(claim, r.value), r) for r in figure.readings]
    fitting = [(how, r) for how, r in found if how is not None]
    if not fitting:
        return None, figure.readings[0]
    return min(fitting, key=lambda pair: ranks[pair[0]])


def _unfit(asked: Asked, figure: Figure) -> ClaimAnswer:
    """Return the answer where the record's latest figure is another one."""
    claim, plain = asked.claim, figure.readings[0]
    known = _fitting_then(asked)
    if known is not None:
        return ClaimAnswer(claim, "superseded", figure, plain, known)
    supports = _supports(asked)
    if supports or not figure.computed:
        return ClaimAnswer(claim, "conflicts", figure, plain, supports)
    return ClaimAnswer(claim, "false", figure, plain)


def _fitting_then(asked: Asked) -> tuple[str, ...] | None:
    """Return what bore a statement out when it was made; None if nothing that was known did.

    Empty where it was the record's own figure of that time.
    """
    claim = asked.claim
    fitting = [word for word in known_then(claim.measure, asked) if fit(claim, word.value) in _APT]
    return tuple(word.event for word in fitting if word.event) if fitting else None


_APT = ("exact", "rounded")


def _supports(asked: Asked) -> tuple[str, ...]:
    """Return the reports, declarations and boards' own claims that state the same."""
    claim = asked.claim
    words = last_words(claim.measure, asked, asked.until)
    return (
        *(word.event for word in words if fit(claim, word.value) in _APT),
        *(
            other.id
            for other in _same_measure(asked)
            if is_keeper(other, asked.view) and _agree(claim, other)
        ),
    )


def _others(asked: Asked) -> list[ClaimMade]:
    """Return the claims of others about the same that say otherwise."""
    return [o for o in _same_measure(asked) if not _agree(asked.claim, o)]


def _counted_otherwise(asked: Asked, figure: Figure) -> tuple[str, ...]:
    """Return the claims of others that say otherwise and fit the figure in another way."""
    return tuple(o.id for o in _others(asked) if _best(o, figure)[0] is not None)


def _same_measure(asked: Asked) -> list[ClaimMade]:
    claim = asked.claim
    return [e for e in asked.about[claim.measure] if e.by != claim.by]


def _agree(one: ClaimMade, other: ClaimMade) -> bool:
    """Return whether two statements can both hold: the value of one fits the other."""
    return any(_fits_stated(a, b) for a, b in ((one, other), (other, one)))


def _fits_stated(claim: ClaimMade, other: ClaimMade) -> bool:
    is_number = claim.measure.gives in ("number", "percent")
    return fit(claim, Fraction(other.value) if is_number else other.value) is not None


@dataclass(frozen=True)
class Claims:
    """Claims with their answers, at a ledger size and a moment."""

    answers: tuple[ClaimAnswer, ...]
    view: View
    entries: Mapping[str, int]
    """The ledger entry of each event."""
    as_of: str | None
    language: str = "en"

    def __iter__(self) -> Iterator[ClaimAnswer]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def ledger_size(self) -> int:
        """The size of the ledger that this is of."""
        return self.view.size

    def answer(self, claim: str) -> ClaimAnswer:
        """Return the answer to a claim by its id. Raise NotInRecord if there is none."""
        for one in self.answers:
            if one.claim.id == claim:
                return one
        known = ", ".join(a.claim.id for a in self.answers[:8]) + (" …" if len(self) > 8 else "")
        raise NotInRecord(f"claim: found {claim!r}; this record has: {known or 'none'}")

    def counts(self) -> dict[Verdict, int]:
        """Return how many claims have each answer, those that none has left out."""
        found = Counter(a.verdict for a in self.answers)
        return {v: found[v] for v in VERDICTS if found[v]}

    def by(self, answer: ClaimAnswer) -> str:
        """Return who made a claim, by name."""
        return named(answer.claim.by, self.view, self.language)

    def stated(self, answer: ClaimAnswer) -> str:
        """Return the value that was stated, in words."""
        return stated_text(answer.claim, self.view, self.language)

    def figure(self, answer: ClaimAnswer) -> str:
        """Return the record's figure in words, or an empty text where it has none."""
        if answer.figure is None or answer.meant is None:
            return ""
        return value_text(answer.meant.value, answer.claim.measure, self.view, self.language)

    def way(self, answer: ClaimAnswer) -> Way | None:
        """Return the way to the figure, or to where it would be."""
        if answer.figure is not None:
            return answer.figure.way
        return answer.unknown.way if answer.unknown else None

    def reasons(self, answer: ClaimAnswer) -> list[str]:
        """Return what a reader needs to understand an answer, a sentence each."""
        return reasons(answer, self.view, self.language)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, as `--format json` prints it."""
        return {
            "as_of": self.as_of,
            "ledger_size": self.ledger_size,
            "answers": self.counts(),
            "claims": [self.answer_dict(a) for a in self.answers],
        }

    def answer_dict(self, answer: ClaimAnswer) -> dict[str, Any]:
        """Return one answer as plain values."""
        claim, way = answer.claim, self.way(answer)
        events = way.events if way else ()
        return {
            "claim": claim.id,
            "by": self.by(answer),
            "at": claim.at,
            "precision": claim.precision,
            "published_in": _text(claim.published_in, self.language),
            "says": in_language(claim.says, self.language),
            "measure": msgspec.to_builtins(claim.measure),
            "stated": {"value": claim.value, "sense": claim.sense, "step": claim.step},
            "answer": answer.verdict,
            "figure": None if answer.meant is None else plain_value(answer.meant.value),
            "counted_as": None if answer.meant is None else answer.meant.by,
            "readings": self._readings(answer),
            "reasons": self.reasons(answer),
            "supported_by": list(answer.supports),
            "disputed_by": list(answer.disputes),
            "command": None if way is None else " ".join(("recanvass", *way.command)),
            "events": list(events),
            "entries": [self.entries[e] for e in events if e in self.entries],
            "entry": self.entries.get(claim.id),
            "cites": list(claim.cites),
            "remark": _text(claim.remark, self.language),
        }

    def _readings(self, answer: ClaimAnswer) -> list[dict[str, Any]]:
        if answer.figure is None:
            return []
        every = ((answer.figure.readings, True), (answer.figure.beside, False))
        return [
            {"figure": plain_value(r.value), "counted_as": r.by, "may_be_meant": meant}
            for group, meant in every
            for r in group
        ]

    @property
    def frame(self) -> pl.DataFrame:
        """A row per claim: who said what and when, the answer, the figure, the way to it."""
        columns = ("claim", "by", "at", "says", "value", "answer", "figure", "command", "why")
        rows = [
            plain
            | {"value": self.stated(a), "figure": self.figure(a), "why": " ".join(plain["reasons"])}
            for a in self.answers
            for plain in [self.answer_dict(a)]
        ]
        return pl.DataFrame(
            [{c: row[c] for c in columns} for row in rows],
            schema=dict.fromkeys(columns, pl.String),
            orient="row",
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{v} {n}" for v, n in self.counts().items())
        return f"<Claims: {len(self)}; {counts or 'none'}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(self.by(a))}</td>"
            f"<td>{escape(in_language(a.claim.says, self.language))}</td>"
            f"<td>{escape(self.figure(a))}</td>"
            f"<td>{escape(verdict_word(a.verdict, self.language))}</td></tr>"
            for a in self.answers
        )
        return f"<p>ledger size {self.ledger_size:,}</p><table>{rows}</table>"


def _text(text: Text | None, language: str) -> str | None:
    return None if text is None else in_language(text, language)
