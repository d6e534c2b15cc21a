"""Statements that were published about Istanbul 2019, answered from the record.

The answers are those that the sources of the case arrive at by hand, with these differences, which
come from what a record of elections can know:

- a3, a16-government, a17, a18, a19, a20, b11: said to be true (or nearly) from general knowledge;
  the record holds no such figure, so they are not checkable.
- a5: nearly true by hand, since Erdoğan called for a re-run in public; no objection of his is in
  the docket, so the figure is 0.
- a6: "early" is wrong by what Reuters had published; both are statements, so they conflict.
- a8: by hand nearly true; here two claims, of which the years are true and the moment is not.
- a12: by hand nearly true, for the order of events; the length alone is asked, and is true.
- b5: by hand false; what it is checked against is the statistical office's figure and not the
  record's own, so the two conflict.
"""

from __future__ import annotations

import pytest

from recanvass.record import Record
from recanvass.record.claims import Claims

ANSWERS = {
    "a1-second-victory": "true",
    "a2-population": "true as rounded",
    "a3-age": "not checkable",
    "a4-majority": "true",
    "a5-request": "false",
    "a6-early-returns": "conflicts",
    "a7-share-chp": "true as rounded",
    "a7-share-akp": "true as rounded",
    "a8-25-years": "true",
    "a8-first-time": "false",
    "a9-march-winner": "true",
    "a10-march-margin": "true as rounded",
    "a11-june-margin": "superseded",
    "a12-weeks-of-recounts": "true",
    "a13-days-held": "conflicts",
    "a14-districts": "false",
    "a15-council": "true",
    "a16-mayor-1994": "true",
    "a16-government-2002": "not checkable",
    "a17-ankara": "not checkable",
    "a18-gdp": "not checkable",
    "a19-largest-city": "not checkable",
    "a20-beylikduzu": "not checkable",
    "b1-decision-day": "true",
    "b2-25-years": "true",
    "b3-margin": "true as rounded",
    "b4-recounts": "true as rounded",
    "b5-population": "conflicts",
    "b6-most-nationwide": "true",
    "b7-council": "true",
    "b8-no-request": "true",
    "b9-inflation": "not checkable",
    "b10-name": "false",
    "b11-prime-minister": "not checkable",
    "yildirim-victory": "superseded",
    "yildirim-boxes": "false",
    "yildirim-gap": "superseded",
    "press-24-districts-led": "false",
    "maltepe-recount": "true",
    "council-chp-128": "true",
    "press-20-days": "conflicts",
    "ysk-margin-13742": "conflicts",
    "press-eve-boxes": "true",
    "press-eve-roll": "true",
    "reuters-concession": "conflicts",
    "ysk-31342-boxes": "conflicts",
    "yildirim-fell-everywhere": "false",
    "gazette-turnout": "conflicts",
    "march-turnout-2024": "false",
    "tuik-population-2018": "not checkable",
}
FIGURES = {
    "a10-march-margin": 13_729,
    "a11-june-margin": 806_014,
    "a14-districts": 24,
    "a16-mayor-1994": "1994-03",
    "b5-population": 15_067_724,
    "press-24-districts-led": 23,
    "yildirim-fell-everywhere": 37,
    "yildirim-boxes": 31_186,
    "maltepe-recount": 172_664,
}


@pytest.fixture(scope="module", params=["boxes", "districts"])
def claims(request: pytest.FixtureRequest) -> Claims:
    record: Record = request.getfixturevalue(request.param)
    return record.claims()


def test_each_statement_has_the_answer_that_its_sources_lead_to(claims: Claims) -> None:
    found = {a.claim.id: a.verdict for a in claims if not a.claim.id.startswith("ysk-munic")}
    found.pop("tuik-gdp-2018")
    assert found == ANSWERS


def test_the_figures_beside_the_statements_are_those_of_the_record(claims: Claims) -> None:
    shown = {claim: claims.answer_dict(claims.answer(claim))["figure"] for claim in FIGURES}
    assert shown == FIGURES


def test_what_a_superseded_statement_rested_on_is_named(claims: Claims) -> None:
    assert claims.answer("a11-june-margin").supports == ("aa-2019-06-23-9937",)
    assert claims.answer("yildirim-victory").supports == ("aa-2019-03-31-2321",)


def test_days_that_can_be_counted_in_three_ways_name_the_way_that_fits(claims: Claims) -> None:
    for claim, way in (("a13-days-held", "full days"), ("press-20-days", "days touched")):
        answer = claims.answer(claim)
        assert answer.meant is not None
        assert answer.meant.by == way
    assert claims.answer("a13-days-held").disputes == ("press-20-days",)


def test_a_party_that_was_taken_for_its_alliance_is_told_so(claims: Claims) -> None:
    figure = claims.answer("a14-districts").figure
    assert figure is not None
    assert [(int(str(r.value)), r.by) for r in figure.beside] == [(25, "with its alliance")]


def test_the_gazettes_turnout_is_explained_by_its_roll(claims: Claims) -> None:
    answer = claims.answer("gazette-turnout")
    assert answer.figure is not None
    assert [r.by for r in answer.figure.beside] == ["of the roll as published"]
    assert answer.supports == ("declaration-2019-06-27",)


def test_every_figure_names_the_command_that_shows_it(claims: Claims) -> None:
    for answer in claims:
        plain = claims.answer_dict(answer)
        if answer.figure is not None:
            assert plain["command"].startswith("recanvass ")
            assert len(plain["entries"]) == len(plain["events"])


def test_the_same_statement_was_true_of_the_evening_on_which_it_was_made(
    districts: Record,
) -> None:
    that_night = districts.claims(as_of="2019-03-31T23:59+03:00")
    # Without returns, nothing but reports is known: the record has no figure of its own yet.
    assert that_night.answer("yildirim-victory").verdict == "not checkable"
    then = districts.claims(as_of="2019-05-01T00:00+03:00")
    assert then.answer("yildirim-gap").verdict == "superseded"
    assert {a.claim.id for a in then} < {a.claim.id for a in districts.claims()}


def test_claims_are_events_and_the_ledger_proves_them(districts: Record) -> None:
    entry = districts.claims().answer_dict(districts.claims().answer("b3-margin"))["entry"]
    assert b'"kind":"claim.made"' in districts.ledger.entry(entry)
    before = districts.claims(size=entry)
    assert "b3-margin" not in {a.claim.id for a in before}
