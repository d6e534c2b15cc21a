"""The page of claims: what was said in public, and what the record says to it."""

from __future__ import annotations

import msgspec

from recanvass.record.claim_words import verdict_word
from recanvass.site.edition import Edition

__all__ = ["ClaimLine", "ClaimsPage", "claims_page"]


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """One claim with its answer."""

    id: str
    by: str
    at: str | None
    precision: str | None
    says: str
    stated: str
    figure: str
    verdict: str
    verdict_text: str
    reasons: tuple[str, ...]
    command: str | None
    published_in: str


class ClaimsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    counts: dict[str, int]
    counts_text: dict[str, str]
    claims: tuple[ClaimLine, ...]


def claims_page(edition: Edition) -> ClaimsPage:
    """Return the page of all claims."""
    language = edition.language
    claims = edition.record.claims(edition.as_of, edition.size, language)
    counts = claims.counts()
    lines = []
    for answer in claims:
        claim = answer.claim
        way = claims.way(answer)
        lines.append(
            ClaimLine(
                id=claim.id,
                by=claims.by(answer),
                at=claim.at,
                precision=claim.precision,
                says=edition.text(claim.says),
                stated=claims.stated(answer),
                figure=claims.figure(answer),
                verdict=answer.verdict,
                verdict_text=verdict_word(answer.verdict, language),
                reasons=tuple(claims.reasons(answer)),
                command=" ".join(("recanvass", *way.command)) if way and way.command else None,
                published_in=edition.text(claim.published_in),
            )
        )
    return ClaimsPage(
        counts={str(v): n for v, n in counts.items()},
        counts_text={str(v): verdict_word(v, language) for v in counts},
        claims=tuple(lines),
    )
