"""One return and its proof on a page to print: figures, the proof as a code, how to check it."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from segno import QRCode

from recanvass.ledger import Proof
from recanvass.ledger.checkpoint import read_checkpoint
from recanvass.model import in_language
from recanvass.record import Poll, StationHistory, StationReturn
from recanvass.record.terms import figure_word, kind_word, reason_word, standing_word
from recanvass.site.proof_codes import proof_codes
from recanvass.words import date_text, number, say_in

__all__ = ["ProofPage", "proof_page"]

_PAGES = Environment(
    loader=PackageLoader("recanvass.site"), autoescape=True, undefined=StrictUndefined
)
GROUP = 4


class ProofPage(msgspec.Struct, frozen=True):
    """What a page is made of."""

    poll: Poll
    history: StationHistory
    one: StationReturn
    """The return that is proved."""
    proof: Proof
    file: str
    """Name of the proof file beside the page."""
    verifier: str
    """The log's verifier key."""


def proof_page(page: ProofPage, language: str) -> str:
    """Return the page as HTML that stands alone. Raise BadInput if the proof fits no codes."""
    one, stated = page.one, read_checkpoint(page.proof.checkpoint)
    return _PAGES.get_template("proof.html").render(
        say=say_in(language),
        language=language,
        page=page,
        contest=page.poll.record.contest(one.contest).name(language),
        simulated=in_language(one.simulated or "", language),
        kind=kind_word(page.history.kind, language),
        when=date_text(one.at, None, language),
        source=_source_name(page, language),
        reason=reason_word(one.reason, language),
        standing=standing_word(one.standing, language),
        counts=_figures({figure_word(n, language): v for n, v in one.counts.items()}, language),
        votes=_figures(
            {_option(page.poll, o, language): v for o, v in one.votes.items()}, language
        ),
        codes=[_drawn(code) for code in proof_codes(page.proof.format())],
        origin=stated.origin,
        entry=one.entry,
        size=number(stated.size, language),
        root=_grouped(stated.root.hex()),
        fingerprint=_grouped(sha256(page.verifier.encode()).hexdigest()),
    )


def _source_name(page: ProofPage, language: str) -> str:
    source = page.poll.record.view().sources.get(page.one.source)
    return page.one.source if source is None else in_language(source.name, language)


def _figures(figures: dict[str, int | None], language: str) -> list[tuple[str, str]]:
    return [(name, number(value, language)) for name, value in figures.items()]


def _option(poll: Poll, option: str, language: str) -> str:
    name, label = poll.option_name(option, language), poll.labels(language).get(option, option)
    return name if label in name else f"{name} ({label})"


def _drawn(code: QRCode) -> str:
    """Return a code as SVG that fills its place, with the quiet zone around it."""
    return code.svg_inline(border=4, omitsize=True)


def _grouped(digits: str) -> str:
    """Return hexadecimal digits in fours, to be compared by eye."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))
