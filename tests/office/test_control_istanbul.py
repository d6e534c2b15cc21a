"""Istanbul's mayors from 1994 to 2019, and who controlled what in the spring of 2019."""

from __future__ import annotations

import io
import os
from pathlib import Path

import polars as pl
import pytest

from recanvass.cli.office import control_lines
from recanvass.errors import NotInRecord
from recanvass.model import slug
from recanvass.record import Record

CASES = Path(os.environ.get("RECANVASS_CASES", Path(__file__).parents[3] / "shared" / "cases"))
SNAPSHOT = CASES / "istanbul-2019" / "raw" / "district-mayors-2019-03-31.csv"

MAYOR = "istanbul-mayor"
IN_OFFICE = "2019-04-25T12:00+03:00"
GOVERNOR = "2019-05-10T12:00+03:00"


def test_the_holders_since_1994_are_in_order_and_nothing_is_out_of_place(
    districts: Record,
) -> None:
    holders = districts.office(MAYOR).holders()
    assert [(m.person, m.party, m.acting) for m in holders.mandates] == [
        ("Recep Tayyip Erdoğan", "rp", False),
        ("Ali Müfit Gürtuna", "fp", False),
        ("Kadir Topbaş", "akp", False),
        ("Mevlüt Uysal", "akp", False),
        ("Ekrem İmamoğlu", "chp", False),
        ("Ali Yerlikaya", None, True),
        ("Ekrem İmamoğlu", "chp", False),
    ]
    assert holders.breaches == ()


def test_the_first_mandate_lasted_eighteen_full_days(districts: Record) -> None:
    holders = districts.office(MAYOR).holders()
    days = holders.days(holders.mandates[4])
    assert days is not None
    assert (days.full, days.elapsed, days.touched, days.exact) == (18, 19, 20, True)


def test_one_line_of_parties_held_the_city_for_twenty_five_years(districts: Record) -> None:
    (spell,) = districts.office(MAYOR).holders().line("akp").spells
    days = spell.days()
    assert days is not None
    assert (days.years, days.exact) == (25, False)
    assert spell.parties == ("rp", "fp", "akp")
    assert [d.elapsed for v in spell.vacancies if (d := v.days())] == [6, 6]


def test_the_governor_interrupts_control_of_the_city(districts: Record) -> None:
    first, second = districts.office(MAYOR).holders().line("chp").spells
    assert (first.ended is None, second.ended is None) == (False, True)


@pytest.mark.parametrize(
    ("as_of", "state", "person"),
    [
        ("2019-04-10T00:00+03:00", "held", "Mevlüt Uysal"),
        (IN_OFFICE, "held", "Ekrem İmamoğlu"),
        ("2019-05-07T08:00+03:00", "vacant", None),
        (GOVERNOR, "acting", "Ali Yerlikaya"),
        ("2019-07-01T00:00+03:00", "held", "Ekrem İmamoğlu"),
    ],
)
def test_the_holder_is_the_one_of_the_moment_asked_about(
    districts: Record, as_of: str, state: str, person: str | None
) -> None:
    occupancy = districts.office(MAYOR).holders(as_of).history.occupancy
    assert occupancy.state == state
    assert [m.person for m in occupancy.in_charge] == ([person] if person else [])


def test_there_are_39_district_mayors_24_for_the_party_and_25_for_the_alliance(
    districts: Record,
) -> None:
    found = districts.control(IN_OFFICE).of_party("akp", "district")
    assert (len(found.alone), len(found.with_alliance)) == (24, 25)
    level = districts.control(IN_OFFICE).to_dict()["levels"][1]
    assert (level["level"], level["offices"]) == ("district", 39)
    assert {p["party"]: p["offices"] for p in level["parties"]} == {"akp": 24, "chp": 14, "mhp": 1}


def test_before_april_the_record_says_nothing_of_the_districts(districts: Record) -> None:
    level = districts.control("2019-03-01T00:00+03:00").to_dict()["levels"][1]
    assert (level["parties"], level["unknown"], level["vacant"]) == ([], 39, 0)


def test_the_district_mayors_are_the_first_of_the_agency_s_snapshot(
    districts: Record,
) -> None:
    if not SNAPSHOT.is_file():
        pytest.skip("the agency's snapshot of the district results is not here")
    rows = pl.read_csv(io.StringIO(SNAPSHOT.read_bytes().decode("cp1254")))
    first = (
        rows.filter(pl.col("Il") == "ISTANBUL")
        .sort("Oy", descending=True)
        .unique("Ilce", keep="first")
    )
    won = {slug(d): slug(p) for d, p in first.select("Ilce", "Parti").iter_rows()}
    held = {
        h.office.unit.removeprefix("istanbul/"): h.party
        for h in districts.control().singles("district")
    }
    assert held == won


def test_the_council_has_312_seats_and_the_government_is_divided(districts: Record) -> None:
    plain = districts.control(IN_OFFICE).to_dict()
    (council,), (government,) = plain["councils"], plain["governments"]
    assert council["parties"] == {"akp": 176, "chp": 127, "iyi": 4, "mhp": 4}
    assert council["by_office"] == [{"office": MAYOR, "seats": 1, "party": "chp"}]
    assert sum(council["parties"].values()) + 1 == council["seats"] == 312
    assert council["sides"] == {"People's Alliance": 180, "Nation's Alliance": 132}
    assert (council["majority"], council["majority_party"]) == (157, "akp")
    assert (government["is"], government["executive_party"]) == ("divided", "chp")


def test_under_the_governor_nobody_s_party_is_in_the_office(districts: Record) -> None:
    plain = districts.control(GOVERNOR).to_dict()
    assert plain["governments"][0]["is"] == "no side"
    assert plain["councils"][0]["by_office"][0]["party"] is None


def test_at_the_ledger_s_first_entries_there_is_no_office_yet(districts: Record) -> None:
    assert districts.control(size=1).holdings == ()
    with pytest.raises(NotInRecord):
        districts.office(MAYOR).holders(size=1)


def test_the_story_tells_control_in_two_lines(districts: Record) -> None:
    offices, government = control_lines(districts.control())
    assert "AKP 24, CHP 14, MHP 1" in offices
    assert "180 of 312" in government


def test_an_office_and_control_show_themselves_in_a_notebook(districts: Record) -> None:
    assert "Kadir Topbaş" in districts.office(MAYOR).holders()._repr_html_()
    assert "AKP 24" in districts.control()._repr_html_()
    assert repr(districts.control()).startswith("<Control: 41 offices")
