"""`python -m benchmarks.scoring [--write]`: the checks scored against errors that were planted.

A made-up election is loaded like any other. Each error in its `planted.csv` names the rules that
should find it; each violation that the checks report is at a station with an error, or is not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

import recanvass as rc
from benchmarks.report import put_between
from recanvass.canvass.rules import RULES
from recanvass.record import Record
from recanvass.rehearsal.afterwards import RECOUNT_DAY
from recanvass.rehearsal.ballots import CLOSE
from recanvass.rehearsal.mistakes import MISTAKES
from recanvass.rehearsal.recipe import Recipe
from recanvass.rehearsal.simulate import simulate

__all__ = ["Scores", "score"]

_README = Path(__file__).with_name("README.md")
_BEGIN = "<!-- scored: begin (written by `python -m benchmarks.scoring --write`) -->"
_END = "<!-- scored: end -->"
_RECIPE = Recipe(
    stations=60_000, seed=2019, form="full", contests=2, errors=0.05, corrections=0, recounts=0.05
)
_HERE = ["contest", "station"]


@dataclass(frozen=True)
class Scores:
    """`kinds` has a row per kind of error, `rules` one per rule that fired or was named."""

    recipe: Recipe
    returns: int
    kinds: pl.DataFrame
    rules: pl.DataFrame


def score(recipe: Recipe, folder: Path) -> Scores:
    """Make the election of a recipe in `folder`, load it, and score the checks and `sources`."""
    simulate(recipe, folder / "case")
    planted = pl.read_csv(folder / "case" / "planted.csv").with_columns(
        pl.col("rules").fill_null("").str.split(" ").list.filter(pl.element() != "")
    )
    with rc.create(folder / "scored.db") as record:
        loaded = record.load(folder / "case")
        violations = _violations(record, recipe)
    return Scores(recipe, loaded.returns, _kinds(planted, violations), _rules(planted, violations))


def _violations(record: Record, recipe: Recipe) -> pl.DataFrame:
    """Return what was found, a row per contest, station and rule: `contest`, `station`, `code`.

    The first count is judged as it stood before the recounts; H01 sees what those moved; `sources`
    is the comparison with the observer's copies.
    """
    close = datetime.fromisoformat(f"{recipe.day}T{CLOSE}+00:00")
    before = (close + timedelta(seconds=RECOUNT_DAY - 1)).isoformat()
    found: list[pl.DataFrame] = []
    columns = ("station", pl.col("code").cast(pl.String), "values")
    for contest in recipe.contest_ids:
        poll = record.contest(contest).poll()
        parts = (
            poll.checks(as_of=before).select(columns),
            poll.checks(codes=["H01"]).select(columns),
            poll.sources(as_of=before).select(
                "station", code=pl.lit("sources"), values=pl.lit("{}")
            ),
        )
        found += [part.select(pl.lit(contest).alias("contest"), pl.all()) for part in parts]
    return pl.concat(found).with_columns(_compared_with()).unique([*_HERE, "code"], keep="first")


def _compared_with() -> list[pl.Expr]:
    """Return the return that a violation compares with: either of the two may be the wrong one."""

    def named(*values: str) -> pl.Expr:
        return pl.coalesce(pl.col("values").str.json_path_match(f"$.{value}") for value in values)

    return [
        pl.coalesce(named("sibling_contest"), "contest").alias("other_contest"),
        pl.coalesce(named("whole_twin", "vector_twin", "shifted_station"), "station").alias(
            "other_station"
        ),
    ]


def _kinds(planted: pl.DataFrame, violations: pl.DataFrame) -> pl.DataFrame:
    """Return by kind: how many were planted, and found by a rule named for it, or by any."""
    severity = {code: rule.severity for code, rule in RULES.items()}
    seen = (
        violations.filter(~pl.col("code").is_in(["sources", "H01"]))
        .with_columns(severity=pl.col("code").replace_strict(severity, return_dtype=pl.String))
        .group_by(_HERE)
        .agg("code", strict=(pl.col("severity") != "notice").any())
    )
    return (
        planted.filter((pl.col("source") == "board") & (pl.col("reason") == "count"))
        .join(seen, on=_HERE, how="left", maintain_order="left")
        .group_by("kind", maintain_order=True)
        .agg(
            pl.col("rules").list.explode(empty_as_null=False).unique().sort().str.join(" "),
            planted=pl.len(),
            named=pl.col("rules").list.set_intersection("code").list.len().gt(0).sum(),
            strict=pl.col("strict").fill_null(False).sum(),
            any=pl.col("code").is_not_null().sum(),
        )
        .sort(pl.col("kind").replace_strict({k: n for n, k in enumerate(MISTAKES)}))
    )


def _rules(planted: pl.DataFrame, violations: pl.DataFrame) -> pl.DataFrame:
    """Return by rule: how often it fired and was right, and what it should have found and did."""
    at_fault = planted.select(*_HERE, fault=pl.lit(value=True)).unique()
    there = at_fault.rename({"contest": "other_contest", "station": "other_station"})
    fired = (
        violations.join(at_fault, on=_HERE, how="left")
        .join(there, on=there.columns[:2], how="left", suffix="_there")
        .group_by("code")
        .agg(fired=pl.len(), right=pl.any_horizontal("fault", "fault_there").fill_null(False).sum())
    )
    named = (
        planted.explode("rules")
        .drop_nulls("rules")
        .select(*_HERE, code="rules")
        .unique()
        .join(violations.with_columns(hit=pl.lit(value=True)), on=[*_HERE, "code"], how="left")
        .group_by("code")
        .agg(named=pl.len(), found=pl.col("hit").fill_null(False).sum())
    )
    order = {code: n for n, code in enumerate([*RULES, "sources"])}
    return fired.join(named, on="code", how="full", coalesce=True).sort(
        pl.col("code").replace_strict(order)
    )


def report(scores: Scores) -> str:
    """Return both tables in Markdown, under a line that says what was scored."""
    recipe = scores.recipe
    head = (
        f"{scores.returns:,} returns of {recipe.stations:,} made-up stations (seed {recipe.seed}, "
        f"{recipe.contests} contests in an envelope, {recipe.form} form); "
        f"{scores.kinds['planted'].sum():,} returns of the first count with a planted error."
    )
    kinds = [
        (
            f"`{row['kind']}`: {MISTAKES[row['kind']].says['en']}",
            row["rules"] or "none",
            f"{row['planted']:,}",
            _share(row["named"], row["planted"]) if row["rules"] else "",
            _share(row["strict"], row["planted"]),
            _share(row["any"], row["planted"]),
        )
        for row in scores.kinds.iter_rows(named=True)
    ]
    rules = [
        (
            row["code"],
            RULES[row["code"]].severity if row["code"] in RULES else "command",
            f"{row['named'] or 0:,}",
            _share(row["found"], row["named"]),
            f"{row['fired'] or 0:,}",
            _share(row["right"], row["fired"]),
        )
        for row in scores.rules.iter_rows(named=True)
    ]
    return "\n\n".join(
        (
            head,
            _table(
                ("error", "should be seen by", "planted", "by one of these",
                 "by an error or warning", "by any rule"),
                kinds,
            ),
            _table(
                ("rule", "severity", "should find", "recall", "fired", "precision"),
                rules,
            ),
        )
    )  # fmt: skip


def _share(part: int | None, whole: int | None) -> str:
    return "" if not whole else f"{100 * (part or 0) / whole:.1f} %"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", "---", *["--:"] * (len(heading) - 2)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heading, rule, *rows))


def main() -> int:
    """Score, print, and with `--write` put the tables into README.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    args = parser.parse_args()
    os.environ["RECANVASS_CACHE"] = "off"
    with tempfile.TemporaryDirectory(prefix="recanvass-score-") as name:
        text = report(score(_RECIPE, Path(name)))
    print(text)
    if args.write:
        put_between(_README, _BEGIN, _END, text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
