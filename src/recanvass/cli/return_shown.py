"""A return in plain words: whose it is, when and why it was made, and every figure."""

from __future__ import annotations

from recanvass.cli.output import print_line
from recanvass.exchange.return_file import format_return
from recanvass.ledger.note import NoteSignature, parse_note
from recanvass.model import ReturnRecorded, in_language
from recanvass.record.terms import figure_word, reason_word
from recanvass.words import date_text, number, say_in

__all__ = ["print_return", "signatures_on"]


def print_return(event: ReturnRecorded, language: str) -> None:
    """Print what a return says."""
    say = say_in(language)
    when = date_text(event.at or "", None, language)
    print_line(f"  {event.station} · {event.contest} {event.poll}")
    print_line(f"  {when} · {event.source} · {reason_word(event.reason, language)}")
    figures = [(figure_word(name, language), n) for name, n in event.counts.items()]
    shown = (f"{name} {number(n, language)}" for name, n in [*figures, *event.votes.items()])
    print_line(f"  {', '.join(shown)}")
    if event.replaces is not None:
        print_line(f"  {say('corrects {id}').format(id=event.replaces)}")
    for text in (*event.cites, *([in_language(event.remark, language)] if event.remark else [])):
        print_line(f"  {_printable(text)}")


def _printable(text: str) -> str:
    """Return free text without what could make a terminal show something else."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def signatures_on(event: ReturnRecorded) -> tuple[NoteSignature, ...]:
    """Return the signatures on a return; nothing is verified. Raise BadProof if a line is none."""
    return parse_note(format_return(event)).signatures if event.signatures else ()
