"""Writes the catalogue of rules as a page: `python -m recanvass.canvass.rules_doc > docs/rules.md`.

A test compares the page with the catalogue, so the two cannot part.
"""

from __future__ import annotations

import sys
from itertools import groupby

from recanvass.canvass.checks import formula_names
from recanvass.canvass.measures import MEASURES
from recanvass.canvass.rules import LIMITS, RULES, SCOPES, SEVERITIES, Rule, shown_names
from recanvass.model import KNOWN_COUNTS

__all__ = ["rules_page"]

_GROUPS = {
    "M": "Missing figures",
    "A": "Adding up",
    "R": "Roll and voters",
    "P": "Ballot papers",
    "U": "Unusual in itself",
    "K": "Keys and signatures",
    "N": "Neighbours",
    "F": "The file around it",
    "S": "The sibling contest",
    "C": "Copies",
    "H": "Its own history",
}

_OPENING = """\
# The checks

<!-- Made by `python -m recanvass.canvass.rules_doc > docs/rules.md`; change that, not this. -->

Every return is judged by the rules on this page; nothing else judges it. A rule is a formula over
counts, measures and limits. It fires where the formula is true. Where a figure that it needs is
missing it says nothing: that a figure is missing is for the M rules to say. A rule whose columns
the returns do not have is not applied at all, and neither is an equation over a figure that the
poll derived from the others (`derived` in the poll), since it could only agree with itself.

The letter of a code says what the rule is about. M, A, R, P, U and K look at the return alone: they
serve an entry desk, and a poll may name them in `blocking`, which keeps a return out of the total
until it is corrected. The other letters need more than the return, so they never block: whether a
return counts must not hang on which others have come in. A code never changes its meaning, and one
that is retired is not given to another rule.

Rules know the slate. An option that did not stand in a place (`stands_in`, `not_in`) or was
withdrawn is not missing or zero there, and a remainder (`residual`) is nobody, so nothing is
expected of it. A return whose votes do not add up is not used as anybody's neighbour.
"""


def rules_page() -> str:
    """Return the page: the scheme, every rule, the limits, the measures and the counts."""
    parts = [
        _OPENING,
        _table(("severity", "means"), SEVERITIES),
        _table(("scope", "a rule sees"), SCOPES),
    ]
    for letter, rules in groupby(RULES.values(), key=lambda rule: rule.code[0]):
        parts.append(f"## {letter} · {_GROUPS[letter]}\n")
        parts += [_rule(rule) for rule in rules]
    limits = {
        f"`{name}` = {limit.default:,}": limit.meaning + _used_by(name)
        for name, limit in LIMITS.items()
    }
    parts += [
        "## Limits\n\nThe `limits` of a poll set others, by name.\n",
        _table(("limit and default", "meaning"), limits),
        "## Measures\n",
        _table(("measure", "meaning"), {f"`{name}`": what for name, what in MEASURES.items()}),
        "## Counts\n",
        _table(("count", "meaning"), {f"`{name}`": what for name, what in KNOWN_COUNTS.items()}),
    ]
    return "\n".join(parts)


def _used_by(limit: str) -> str:
    """Return the rules that a limit bears on, itself or through a measure, in brackets."""
    codes = [code for code, rule in RULES.items() if _bears_on(limit, rule)]
    return f" ({', '.join(codes)})"


def _bears_on(limit: str, rule: Rule) -> bool:
    named = formula_names(rule.formula) | frozenset(shown_names(rule))
    return limit in named or any(f"`{limit}`" in MEASURES.get(name, "") for name in named)


def _rule(rule: Rule) -> str:
    marks = ", ".join(f"`{field}`" for field in rule.fields) or "the whole return"
    equation = " · equation" if rule.equation else ""
    return (
        f"### {rule.code} · {rule.title['en']} · {rule.title['tr']}\n\n"
        f"    {rule.formula}\n\n"
        f"- {rule.severity} · {rule.scope}{equation} · marks {marks}\n"
        f"- en: {rule.message['en']}\n"
        f"- tr: {rule.message['tr']}\n"
        f"- source: {rule.source}\n"
    )


def _table(head: tuple[str, str], rows: dict[str, str]) -> str:
    body = "".join(f"| {left} | {right.replace('|', '&#124;')} |\n" for left, right in rows.items())
    return f"| {head[0]} | {head[1]} |\n|---|---|\n{body}"


if __name__ == "__main__":
    sys.stdout.write(rules_page())
