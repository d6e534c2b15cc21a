"""The rules of `canvass.rules` applied to returns: many at once, or the one at an entry desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import polars as pl

from recanvass.canvass.measures import Form, measures, prepare
from recanvass.canvass.rules import (
    RULES,
    SEVERITIES,
    Rule,
    check_blocking,
    chosen_rules,
    shown_names,
)
from recanvass.canvass.surroundings import (
    with_copies,
    with_file,
    with_neighbours,
    with_previous,
    with_siblings,
)
from recanvass.errors import BadInput
from recanvass.model import PollDefined, in_language

__all__ = [
    "applied_rules",
    "blocked",
    "check_blocking",
    "check_returns",
    "formula_names",
    "summary",
]

_VIOLATION = ("station", "id", "seq", "code", "severity", "values")
_SEVERITY = pl.Enum(list(SEVERITIES))
_CODE = pl.Enum(list(RULES))
_NEEDED = ("station", "id", "seq", "source", "station_kind", "position")


def check_returns(
    frame: pl.DataFrame,
    poll: PollDefined,
    *,
    siblings: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
    codes: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Return every violation in the returns of one poll.

    `frame` has one row per return to be judged, with `station`, `id`, `seq`, `source`,
    `station_kind`, `position`, the ancestors `unit.<level>` from the top down, counts by name and
    `votes.<option>`. `siblings` has `station`, `sibling_contest`, `voted`, and `votes.<option of
    this poll>` for each option where the slates can be matched. `previous` has the returns that
    these superseded, with the columns of `frame`. `codes` narrows the rules.

    The result has one row per violation (for scope `siblings`: per violation and sibling contest):
    `station`, `id`, `seq`, `code` and `severity` (Enums: the order of the catalogue, worst first)
    and `values`, the numbers of its message as JSON text, which `rules.message` turns into words.
    Sorted by severity, code, position.

    Raise BadInput for an unknown code or limit, or a column that must be there and is not.
    """
    parts = [
        _violations(rule, fired, view)
        for view in _views(frame, poll, chosen_rules(codes), siblings, previous)
        for rule, fired in view.fired()
    ]
    found = pl.concat([_no_violations(frame), *parts])
    return found.sort("severity", "code", "position", "seq").select(_VIOLATION)


def applied_rules(
    frame: pl.DataFrame,
    poll: PollDefined,
    *,
    siblings: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
) -> list[str]:
    """Return the codes of the rules that these columns and this poll allow to apply.

    A rule that is not among them found nothing because it could not look.
    """
    every = chosen_rules()
    views = list(_views(frame, poll, every, siblings, previous))
    able = {rule.code for view in views for rule in view.rules}
    return [rule.code for rule in every if rule.code in able]


def blocked(frame: pl.DataFrame, poll: PollDefined) -> pl.Series:
    """Return for each row whether a blocking rule of the poll keeps it out of the total.

    Raise BadInput if `poll.blocking` names a rule that may not block.
    """
    if not poll.blocking:
        return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True).alias("blocked")
    check_blocking(poll.blocking)
    view = _View(*prepare(frame, poll), chosen_rules(poll.blocking))
    fired = [flags.fill_null(False) for _, flags in view.flags()]
    return frame.select(blocked=pl.any_horizontal(pl.lit(False), *fired)).to_series()


def summary(violations: pl.DataFrame, language: str = "en") -> pl.DataFrame:
    """Return how often each rule fired: `code`, `severity`, `title`, `count`, worst first."""
    titles = {code: in_language(rule.title, language) for code, rule in RULES.items()}
    return (
        violations.group_by("severity", "code")
        .agg(count=pl.len())
        .sort("severity", "code")
        .select(
            "code",
            "severity",
            pl.col("code").cast(pl.String).replace_strict(titles).alias("title"),
            "count",
        )
    )


@cache
def formula_names(formula: str) -> frozenset[str]:
    """Return the counts, measures and limits that a formula is made of."""
    return frozenset(pl.sql_expr(formula).meta.root_names())


class _View:
    """Returns beside what some rules compare them with, and the rules that can look at them."""

    def __init__(self, frame: pl.DataFrame, form: Form, rules: Iterable[Rule]) -> None:
        self.frame = frame
        self.measures = measures(form, frame.columns)
        there = {*frame.columns, *self.measures}
        self.rules = [
            rule
            for rule in rules
            if formula_names(rule.formula) <= there and not _only_derives(rule, form)
        ]

    def flags(self) -> list[tuple[Rule, pl.Series]]:
        """Return where each rule fires: true, false, or null where a figure is missing."""
        named = frozenset[str]().union(*(formula_names(rule.formula) for rule in self.rules))
        measured = self.frame.with_columns(**self._made(named))
        columns = measured.select(pl.sql_expr(rule.formula).alias(rule.code) for rule in self.rules)
        return list(zip(self.rules, columns, strict=True))

    def fired(self) -> Iterator[tuple[Rule, pl.Series]]:
        """Return the rules that fire at all, each with where."""
        return ((rule, flags) for rule, flags in self.flags() if flags.any())

    def values(self, rule: Rule, fired: pl.Series) -> pl.DataFrame:
        """Return the returns where a rule fires, with the values that its message shows."""
        shown = shown_names(rule)
        computed = {name: pl.sql_expr(formula) for name, formula in rule.also.items()}
        named = frozenset(shown).union(*(formula_names(each) for each in rule.also.values()))
        rows = self.frame.filter(fired).with_columns(**self._made(named)).with_columns(**computed)
        json = pl.struct(shown).struct.json_encode() if shown else pl.lit("{}")
        return rows.with_columns(json.alias("values"))

    def _made(self, names: Iterable[str]) -> Mapping[str, pl.Expr]:
        return {name: self.measures[name] for name in names if name in self.measures}


def _views(
    frame: pl.DataFrame,
    poll: PollDefined,
    rules: list[Rule],
    siblings: pl.DataFrame | None,
    previous: pl.DataFrame | None,
) -> Iterator[_View]:
    """Return a view for each scope that the rules ask for and the inputs allow."""
    absent = [name for name in _NEEDED if name not in frame.columns]
    if absent:
        raise BadInput(
            f"returns of poll {poll.contest} {poll.poll}: found no column {', '.join(absent)}; "
            f"expected {', '.join(_NEEDED)}"
        )
    ready, form = prepare(frame, poll)
    by_scope: dict[str, list[Rule]] = {}
    for rule in rules:
        by_scope.setdefault(rule.scope, []).append(rule)
    for scope, of_scope in by_scope.items():
        if scope == "return":
            yield _View(ready, form, of_scope)
        elif scope == "neighbours":
            yield _View(with_neighbours(ready, form), form, of_scope)
        elif scope == "file":
            yield _View(with_file(ready, form), form, of_scope)
        elif scope == "copies":
            yield _View(with_copies(ready, form), form, of_scope)
        elif scope == "siblings" and siblings is not None:
            yield _View(with_siblings(ready, siblings), form, of_scope)
        elif scope == "previous" and previous is not None:
            yield _View(with_previous(ready, form, previous), form, of_scope)


def _only_derives(rule: Rule, form: Form) -> bool:
    """True if the rule would only check what the poll derived against what it was derived from."""
    derived = {part for name in form.poll.derived for part in (name, name.partition(".")[0])}
    return rule.equation and not derived.isdisjoint(rule.fields)


def _violations(rule: Rule, fired: pl.Series, view: _View) -> pl.DataFrame:
    return view.values(rule, fired).select(
        "station",
        "id",
        "seq",
        "position",
        "values",
        code=pl.lit(rule.code, dtype=_CODE),
        severity=pl.lit(rule.severity, dtype=_SEVERITY),
    )


def _no_violations(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.clear().select(
        "station",
        "id",
        "seq",
        "position",
        values=pl.lit("", dtype=pl.String),
        code=pl.lit(None, dtype=_CODE),
        severity=pl.lit(None, dtype=_SEVERITY),
    )
