"""How evidence is shown, wherever it is: its title, hash and state."""

from __future__ import annotations

from collections.abc import Sequence

from recanvass.cli.output import print_line
from recanvass.record.evidence import Evidence
from recanvass.record.publish_blobs import PublishedBlobs
from recanvass.words import number, say_in

__all__ = ["evidence_line", "print_evidence", "print_published_blobs"]


def evidence_line(evidence: Evidence, language: str) -> str:
    """Return a piece of evidence in a line, with why it is not to be had if it is not."""
    say = say_in(language)
    state = {
        "kept": say("kept"),
        "withdrawn": say("withdrawn, because: {because}").format(because=evidence.because),
        "missing": say("missing"),
    }[evidence.state]
    title = evidence.title or evidence.media_type
    return f"{title} ({evidence.sha256}): {state}"


def print_evidence(every: Sequence[Evidence], language: str) -> None:
    """Print evidence, a line each below a heading; nothing if there is none."""
    if every:
        print_line(say_in(language)("evidence:"))
    for each in every:
        print_line(f"  {each.to}: {evidence_line(each, language)}")


def print_published_blobs(done: PublishedBlobs, language: str) -> None:
    """Print what became of the evidence, if anything did."""
    say = say_in(language)
    if done.written or done.removed:
        text = say("evidence: {written} files written, {removed} removed because withdrawn")
        shown = text.format(
            written=number(done.written, language), removed=number(done.removed, language)
        )
        print_line(f"  {shown}")
    for sha256 in done.missing:
        print_line(f"  {say('missing evidence: {sha256}').format(sha256=sha256)}")
