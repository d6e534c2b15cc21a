"""The catalogue of planted errors: each kind, what it does to a return, which rules should see it.

The kinds are those that `canvass.rules` claims to find, and some that no rule can. A return has one
error at most; what turns out the same as before (two equal digits exchanged) is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
import polars as pl

from recanvass.rehearsal.ballots import Paper
from recanvass.rehearsal.hand import Hand, digit_doubled, digit_dropped, digits_transposed

__all__ = ["MISTAKES", "Mistake"]

_COUNTED_OTHERWISE = {"registered", "more_counted", "fewer_counted", "off_roll", "spoiled"}
"""Counts with kinds of error of their own, or too small to have digits."""


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of error."""

    says: dict[str, str]
    """What happens, per language."""
    made: Callable[[Hand], pl.DataFrame]
    rules: str | Callable[[Paper], pl.Expr] = ""
    """Codes of the rules that should fire, apart by spaces; or an expression for them over
    `figure`, the one that is wrong, and the counts as they should be. Empty: nothing can see it."""
    siblings: str = ""
    """Further rules, where the envelope has a second contest."""
    form: str | None = None
    """The form (`Recipe.form`) that it needs."""
    local: bool = False
    """True if it needs an option that does not stand everywhere."""

    def possible(self, paper: Paper) -> bool:
        """Return whether this kind can be made on a paper."""
        return self.form in (None, paper.form) and (paper.local or not self.local)


def _written(paper: Paper) -> list[str]:
    return [name for name in paper.figures if name not in _COUNTED_OTHERWISE]


def _by_figure(paper: Paper) -> pl.Expr:
    """Return the rule that a wrong figure breaks for certain."""
    rules = {"valid": "A01 A03", "invalid": "A03", "voted": "A03"}
    if paper.form == "full":
        papers = dict.fromkeys(("received", "unused"), "P01")
        rules |= {"voted": "A06", "poll_cards": "A06", "proxies": "A06", "ballots": "A03 P01"}
        rules |= papers
    return pl.col("figure").replace_strict(rules, default="A01", return_dtype=pl.String)


def _blank_rule(_: Paper) -> pl.Expr:
    is_vote = pl.col("figure").str.starts_with("votes.")
    return pl.when(is_vote).then(pl.lit("M02")).otherwise(pl.lit("M01"))


def _difference_rule(_: Paper) -> pl.Expr:
    """Return what a wrongly stated difference breaks, by which it is and where there is one."""
    more = pl.col("figure") == "more_counted"
    ballots, voted = pl.col("ballots"), pl.col("voted")
    return (
        pl.when(ballots == voted)
        .then(pl.lit("A07"))
        .when(ballots > voted)
        .then(pl.when(more).then(pl.lit("A08")).otherwise(pl.lit("A09")))
        .otherwise(pl.when(more).then(pl.lit("A11")).otherwise(pl.lit("A10")))
    )


# ---- single figures ------------------------------------------------------------------------------


def _digit_dropped(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(_written(hand.paper), 10, digit_dropped)


def _digit_doubled(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(_written(hand.paper), 1, digit_doubled)


def _digits_transposed(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(_written(hand.paper), 10, digits_transposed)


def _cell_blank(hand: Hand) -> pl.DataFrame:
    columns = hand.paper.figures
    place = hand.pick("figure", columns, lambda column: pl.col(column).is_not_null())
    return hand.wrong(*hand.written_at(place, columns, lambda _: pl.lit(None, pl.Int64)))


def _blank_and_doubled(hand: Hand) -> pl.DataFrame:
    top = hand.largest()
    doubled = hand.wrong(*hand.digits_wrong_at(top, hand.votes, digit_doubled))
    is_other = {name: pl.lit(top != place) for place, name in enumerate(hand.votes)}
    blank = hand.pick("blank", hand.votes, lambda name: _standing(name) & is_other[name])
    written = hand.written_at(blank, hand.votes, lambda _: pl.lit(None, pl.Int64))
    return doubled.with_columns(written)


def _form_blank(hand: Hand) -> pl.DataFrame:
    return hand.wrong(*(pl.lit(None, pl.Int64).alias(name) for name in hand.paper.figures))


def _form_zero(hand: Hand) -> pl.DataFrame:
    return hand.wrong(*((pl.col(name) * 0).alias(name) for name in hand.paper.figures))


# ---- sums ----------------------------------------------------------------------------------------


def _valid_off(hand: Hand) -> pl.DataFrame:
    off = hand.below("by", 18) - 9
    off = off + (off >= 0).cast(pl.Int64)  # -9 to 9 without 0
    return hand.wrong((pl.col("valid") + off).clip(0))


def _valid_zero(hand: Hand) -> pl.DataFrame:
    return hand.wrong(pl.col("valid") * 0)


def _valid_for_invalid(hand: Hand) -> pl.DataFrame:
    both = pl.col("invalid") > 0
    return hand.wrong(
        pl.when(both).then("invalid").otherwise("valid").alias("valid"),
        pl.when(both).then("valid").otherwise("invalid").alias("invalid"),
    )


def _difference_misstated(hand: Hand) -> pl.DataFrame:
    places = ("more_counted", "fewer_counted")
    wrong = 1 + hand.below("by", 5)
    return hand.wrong(
        *hand.written_at(hand.below("which", 2), places, lambda column: pl.col(column) + wrong)
    )


# ---- roll and papers -----------------------------------------------------------------------------


def _roll_short(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(["registered"], 100, digit_dropped)


def _roll_long(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(["registered"], 1, digit_doubled)


def _roll_zero(hand: Hand) -> pl.DataFrame:
    return hand.wrong(pl.col("registered") * 0)


def _added(hand: Hand, least: int, spread: int, invalid: bool) -> pl.DataFrame:
    """Return the returns with so many ballots more that more people voted than are on the roll."""
    over = least + hand.below("over", spread)
    many = hand.frame["registered"] - hand.frame["voted"] + over
    if invalid:
        return hand.balanced(hand.wrong(pl.col("invalid") + many))
    votes = hand.moved(-many, hand.largest(), None)
    return hand.balanced(hand.wrong(*votes, pl.col("valid") + many))


def _many_added(hand: Hand) -> pl.DataFrame:
    return _added(hand, 9, 30, invalid=False)


def _few_added(hand: Hand) -> pl.DataFrame:
    frame = _added(hand, 1, 4, invalid=False)
    return frame.with_columns(off_roll=pl.lit(5, pl.Int64))


def _invalid_added(hand: Hand) -> pl.DataFrame:
    return _added(hand, 9, 30, invalid=True)


def _off_roll_many(hand: Hand) -> pl.DataFrame:
    return hand.wrong(pl.col("off_roll") + (10 + hand.below("by", 30)))


def _received_short(hand: Hand) -> pl.DataFrame:
    return hand.digits_wrong(["received"], 100, digit_dropped)


# ---- votes on other rows -------------------------------------------------------------------------


def _standing(name: str) -> pl.Expr:
    return pl.col(name).is_not_null()


def _swapped(hand: Hand) -> pl.DataFrame:
    one = hand.pick("one", hand.votes, _standing)
    other = hand.pick("other", hand.votes, _standing)
    first, second = hand.at(one, hand.votes), hand.at(other, hand.votes)
    columns = hand.written_at(one, hand.votes, lambda _: pl.lit(second))
    moved = hand.wrong(*columns)
    later = hand.written_at(other.set(other == one, None), hand.votes, lambda _: pl.lit(first))
    return moved.with_columns(later)


def _next_row(hand: Hand) -> pl.DataFrame:
    row = hand.below("row", len(hand.votes) - 1)
    to = row + 1
    both = hand.at(to, hand.votes).is_not_null()
    return hand.wrong(*hand.moved(hand.at(row, hand.votes).set(~both, None), row, to))


def _one_row_off(hand: Hand) -> pl.DataFrame:
    # The last row's votes come to stand on the first; the last option may not be on the paper.
    last = pl.coalesce(*reversed(hand.votes))
    above = (last, *map(pl.col, hand.votes))
    return hand.wrong(
        *(
            pl.when(_standing(name)).then(shifted).alias(name)
            for shifted, name in zip(above, hand.votes, strict=False)
        )
    )


def _one_option(hand: Hand) -> pl.DataFrame:
    top = hand.largest()
    nobody = hand.wrong(*((pl.col(name) * 0).alias(name) for name in hand.votes))
    total = hand.frame["valid"]
    return nobody.with_columns(hand.written_at(top, hand.votes, lambda _: pl.lit(total)))


def _stray_row(hand: Hand) -> pl.DataFrame:
    above, last = hand.votes[-2:]
    absent = pl.col(last).is_null()
    return hand.wrong(
        pl.when(absent).then(above).otherwise(last).alias(last),
        pl.when(absent).then(0).otherwise(above).alias(above),
    )


def _misfiled(hand: Hand, many: pl.Series) -> pl.DataFrame:
    top = hand.largest()
    to = hand.pick("to", hand.votes, _standing)
    votes = hand.at(top, hand.votes)
    few = pl.select(pl.min_horizontal(many, votes)).to_series()
    return hand.wrong(*hand.moved(few, top, to))


def _bundle_misfiled(hand: Hand) -> pl.DataFrame:
    votes = hand.at(hand.largest(), hand.votes)
    return _misfiled(hand, votes * (70 + hand.below("share", 30)) // 100)


def _few_misfiled(hand: Hand) -> pl.DataFrame:
    return _misfiled(hand, 5 + hand.below("votes", 20))


def _bundle_invalid(hand: Hand) -> pl.DataFrame:
    many = hand.frame["valid"] * (5 + hand.below("share", 10)) // 100
    few = pl.select(pl.min_horizontal(many, hand.at(hand.largest(), hand.votes))).to_series()
    return hand.wrong(
        *hand.moved(few, hand.largest(), None), pl.col("valid") - few, pl.col("invalid") + few
    )


def _bundle_missed(hand: Hand) -> pl.DataFrame:
    many = 20 + hand.below("votes", 40)
    few = pl.select(pl.min_horizontal(many, hand.at(hand.largest(), hand.votes))).to_series()
    return hand.balanced(hand.wrong(*hand.moved(few, hand.largest(), None), pl.col("valid") - few))


def _nobody(hand: Hand) -> pl.DataFrame:
    none = [name for name in hand.paper.figures if name not in ("registered", "received")]
    frame = hand.wrong(*((pl.col(name) * 0).alias(name) for name in none))
    return frame.with_columns(unused="received") if "unused" in hand.paper.counts else frame


# ---- other returns -------------------------------------------------------------------------------


def _taken_from(side: str, names: tuple[str, ...]) -> list[pl.Expr]:
    there = pl.col(f"{side}.number").is_not_null()
    return [pl.when(there).then(f"{side}.{name}").otherwise(name).alias(name) for name in names]


def _copied(hand: Hand) -> pl.DataFrame:
    return hand.wrong(*_taken_from("before", hand.paper.figures))


def _votes_copied(hand: Hand) -> pl.DataFrame:
    names = ("valid", *hand.votes)
    return hand.balanced(hand.wrong(*_taken_from("before", names)))


def _exchanged(hand: Hand) -> pl.DataFrame:
    """The first of a pair has the figures of the return after it, the second those before."""
    first = pl.col("second_of_pair").not_()
    return hand.wrong(
        *(
            pl.when(first).then(after).otherwise(before)
            for after, before in zip(
                _taken_from("after", hand.paper.figures),
                _taken_from("before", hand.paper.figures),
                strict=True,
            )
        )
    )


def _column_shifted(hand: Hand) -> pl.DataFrame:
    """In a run of returns one column, the same for all, has the cell of the row above."""
    columns = ("valid", "invalid", *hand.votes)
    column = hand.draws.below(f"{hand.purpose}/column", hand.frame["run"], len(columns))
    above = pl.col("before.number").is_not_null()
    return hand.wrong(
        *hand.written_at(
            column,
            columns,
            lambda name: pl.when(above).then(f"before.{name}").otherwise(name),
        )
    )


MISTAKES: Final[dict[str, Mistake]] = {
    "digit-dropped": Mistake(
        says={
            "en": "a figure loses a digit: 305 becomes 35",
            "tr": "bir rakam düşer: 305 yerine 35",
        },
        made=_digit_dropped,
        rules=_by_figure,
    ),
    "digit-doubled": Mistake(
        says={
            "en": "a digit is written twice: 305 becomes 3305",
            "tr": "bir rakam iki kez yazılır: 305 yerine 3305",
        },
        made=_digit_doubled,
        rules=_by_figure,
    ),
    "digits-transposed": Mistake(
        says={
            "en": "two digits change places: 305 becomes 350",
            "tr": "iki rakam yer değiştirir: 305 yerine 350",
        },
        made=_digits_transposed,
        rules=_by_figure,
    ),
    "cell-blank": Mistake(
        says={"en": "a figure is left blank", "tr": "bir sayı boş bırakılır"},
        made=_cell_blank,
        rules=_blank_rule,
    ),
    "blank-and-doubled": Mistake(
        says={
            "en": "one option is left blank, the largest has a digit too many",
            "tr": "bir seçenek boş bırakılır, en büyüğünde bir rakam fazladır",
        },
        made=_blank_and_doubled,
        rules="M02 A05",
    ),
    "form-blank": Mistake(
        says={"en": "nothing is filled in", "tr": "hiçbir şey doldurulmaz"},
        made=_form_blank,
        rules="M03",
    ),
    "form-zero": Mistake(
        says={"en": "every figure is 0", "tr": "bütün sayılar 0 yazılır"},
        made=_form_zero,
        rules="M04",
    ),
    "valid-off": Mistake(
        says={
            "en": "the votes are added up wrong, by 1 to 9",
            "tr": "oyların toplamı 1 ile 9 arasında yanlıştır",
        },
        made=_valid_off,
        rules="A01 A03",
    ),
    "valid-zero": Mistake(
        says={"en": "valid is 0 beside votes", "tr": "oylar varken geçerli oy 0 yazılır"},
        made=_valid_zero,
        rules="A02 A03",
    ),
    "valid-for-invalid": Mistake(
        says={"en": "valid and invalid are exchanged", "tr": "geçerli ile geçersiz yer değiştirir"},
        made=_valid_for_invalid,
        rules="A01",
    ),
    "difference-misstated": Mistake(
        says={
            "en": "the stated difference of voters and ballots is not the difference",
            "tr": "oy kullanan ile çıkan oy arasındaki fark yanlış yazılır",
        },
        made=_difference_misstated,
        rules=_difference_rule,
        form="full",
    ),
    "roll-short": Mistake(
        says={"en": "registered loses a digit", "tr": "kayıtlı seçmenden bir rakam düşer"},
        made=_roll_short,
        rules="R02",
    ),
    "roll-long": Mistake(
        says={
            "en": "registered has a digit twice",
            "tr": "kayıtlı seçmende bir rakam iki kez yazılır",
        },
        made=_roll_long,
        rules="N03",
    ),
    "roll-zero": Mistake(
        says={"en": "registered is 0", "tr": "kayıtlı seçmen 0 yazılır"},
        made=_roll_zero,
        rules="R01",
    ),
    "many-added": Mistake(
        says={
            "en": "ballots are added, consistently, until far more voted than are registered",
            "tr": "oy kullanan kayıtlı seçmeni çok aşana dek, toplamları tutan oylar eklenir",
        },
        made=_many_added,
        rules="R02",
    ),
    "few-added": Mistake(
        says={
            "en": "the same, but only a few more, as if officials",
            "tr": "aynısı, ama görevliler kadar, birkaç oy",
        },
        made=_few_added,
        rules="R03",
    ),
    "invalid-added": Mistake(
        says={
            "en": "invalid is far too high, and voted with it",
            "tr": "geçersiz oy çok fazladır, oy kullanan da ona uydurulmuştur",
        },
        made=_invalid_added,
        rules="R02 R04",
    ),
    "off-roll-many": Mistake(
        says={
            "en": "more voters off the roll than officials serve",
            "tr": "liste dışı oy kullanan, görevlilerden çoktur",
        },
        made=_off_roll_many,
        rules="R06",
        form="full",
    ),
    "received-short": Mistake(
        says={
            "en": "papers received loses a digit",
            "tr": "teslim alınan pusuladan bir rakam düşer",
        },
        made=_received_short,
        rules="P01 P02",
        form="full",
    ),
    "swapped": Mistake(
        says={
            "en": "two options have each other's votes",
            "tr": "iki seçenek birbirinin oyunu alır",
        },
        made=_swapped,
        rules="N04",
    ),
    "next-row": Mistake(
        says={
            "en": "an option's votes are added to the row below it",
            "tr": "bir seçeneğin oyları altındaki satıra eklenir",
        },
        made=_next_row,
        rules="N01",
    ),
    "one-row-off": Mistake(
        says={"en": "all votes stand one row too low", "tr": "bütün oylar bir satır aşağıdadır"},
        made=_one_row_off,
        rules="N05",
        siblings="S02",
    ),
    "one-option": Mistake(
        says={"en": "all votes are on one row", "tr": "bütün oylar tek satırdadır"},
        made=_one_option,
        rules="U05",
    ),
    "stray-row": Mistake(
        says={
            "en": "votes stand on the row of an option that did not stand there",
            "tr": "oylar, orada aday olmayan bir seçeneğin satırındadır",
        },
        made=_stray_row,
        rules="U06",
        local=True,
    ),
    "bundle-misfiled": Mistake(
        says={
            "en": "most of the largest option's ballots are counted for another",
            "tr": "en büyük seçeneğin oylarının çoğu başkasına sayılır",
        },
        made=_bundle_misfiled,
        rules="N02",
    ),
    "few-misfiled": Mistake(
        says={
            "en": "5 to 24 ballots are counted for another",
            "tr": "5 ile 24 arası oy başkasına sayılır",
        },
        made=_few_misfiled,
    ),
    "bundle-invalid": Mistake(
        says={
            "en": "5 to 14 % of the valid ballots are called invalid",
            "tr": "geçerli oyların % 5 ile 14 arası geçersiz sayılır",
        },
        made=_bundle_invalid,
        rules="U02",
    ),
    "bundle-missed": Mistake(
        says={
            "en": "20 to 59 ballots are not counted at all",
            "tr": "20 ile 59 arası oy hiç sayılmaz",
        },
        made=_bundle_missed,
        siblings="S01",
    ),
    "nobody": Mistake(
        says={"en": "nobody voted, says the form", "tr": "tutanağa göre kimse oy kullanmamıştır"},
        made=_nobody,
        rules="U04",
    ),
    "copied": Mistake(
        says={
            "en": "the return of the station before is entered again",
            "tr": "bir önceki sandığın tutanağı yeniden girilir",
        },
        made=_copied,
        rules="C01",
    ),
    "votes-copied": Mistake(
        says={
            "en": "the votes of the station before are entered again, with other counts",
            "tr": "bir önceki sandığın oyları, başka sayılarla, yeniden girilir",
        },
        made=_votes_copied,
        rules="C02",
    ),
    "exchanged": Mistake(
        says={
            "en": "two stations have each other's returns",
            "tr": "iki sandık birbirinin tutanağını alır",
        },
        made=_exchanged,
    ),
    "column-shifted": Mistake(
        says={
            "en": "in a run of six returns one column has the cell of the row above",
            "tr": "altı tutanak boyunca bir sütunda üst satırın sayısı vardır",
        },
        made=_column_shifted,
        rules="F01",
    ),
}
"""Every kind by its name."""
