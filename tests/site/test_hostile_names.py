"""A record whose every name tries to become markup."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from html_page import read_html

from made_up_elections import a_return, definitions, stations
from recanvass.model import (
    ContestDefined,
    OfficeDefined,
    Option,
    PartyDefined,
    PollDefined,
    ReportReceived,
    SourceRegistered,
    Tile,
    TilesDefined,
    Unit,
    UnitsRegistered,
)
from recanvass.record import Record, create_record
from recanvass.site import Address, Edition, addresses, page_of

EVIL = "<script>alert(1)</script>'\"&{{7*7}}</title>]]>\x0b"


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory):
    with create_record(tmp_path_factory.mktemp("evil") / "evil.db") as record:
        units = (
            Unit(id="land", level="land", name=EVIL),
            *(Unit(id=f"<b>{t}", level="town", name=EVIL, parent="land") for t in "ab"),
            Unit(id="../1", level="station", name=EVIL, parent="<b>a"),
            Unit(id="../2", level="station", name=EVIL, parent="<b>b"),
        )  # fmt: skip
        options = (
            Option(id="elm", name=EVIL, parties=("green",)),
            Option(id="oak", name=EVIL),
            Option(id="rest", name=EVIL, residual=True),
        )
        record.append(
            [
                UnitsRegistered(id="units", units=units),
                TilesDefined(
                    id="tiles",
                    level="town",
                    tiles=tuple(
                        Tile(unit=f"<b>{t}", row=0, column=n, label=EVIL)
                        for n, t in enumerate("ab")
                    ),
                ),
                PartyDefined(id="p", party="green", name=EVIL, short=EVIL, color="red;}*{x:y"),
                SourceRegistered(id="s", source="board", name=EVIL, official=True),
                OfficeDefined(id="o", office="office", name=EVIL, unit="land"),
                ContestDefined(id="c", contest="mayor", office="office", name=EVIL),
                PollDefined(
                    id="d", contest="mayor", poll="2024-05-05", date="2024-05-05",
                    options=options, note=EVIL,
                ),
                a_return("r1", "../1"),
                a_return("r2", "../2"),
                ReportReceived(
                    id="x", contest="mayor", poll="2024-05-05", publisher=EVIL, coverage=EVIL,
                    at="2024-05-05T20:00:00+03:00", leader="oak", margin=5,
                ),
            ]
        )  # fmt: skip
        yield record


def test_no_name_becomes_markup_on_any_page(evil: Record) -> None:
    edition = Edition.of(evil)
    for address in addresses(edition):
        html = page_of(edition, address).html(live=True)
        read = read_html(html)
        assert (read.wrong, read.open) == ([], []), address
        assert read.all("script") == [], address
        assert "{{7*7}}" in html or address.kind in ("record", "claims"), address


def test_a_poll_whose_key_and_date_are_no_dates_is_shown_by_them(tmp_path: Path) -> None:
    poll = {"poll": "second-round", "date": "in spring"}
    with create_record(tmp_path / "odd.db") as record:
        record.append([*definitions(stations(2), **poll), a_return("r", poll="second-round")])
        edition = Edition.of(record)
        for address in addresses(edition):
            page_of(edition, address).html(live=True)
        assert "in spring" in page_of(edition, Address("poll", ("mayor", "second-round"))).html()


def test_what_is_simulated_is_said_on_every_page_and_in_every_picture(tmp_path: Path) -> None:
    with create_record(tmp_path / "made-up.db") as record:
        events = [*definitions(stations(2), simulated="All votes."), *two_returns()]
        record.append(events)
        edition = Edition.of(record)
        for address in addresses(edition):
            page = page_of(edition, address)
            assert "SIMULATED: All votes." in page.html(), address
            assert json.loads(page.json())["simulated"] == ["All votes."]
        card = page_of(edition, Address("index"))
        assert b"SIMULATED" in card.picture("shares-0")


def two_returns():
    return [a_return(f"r{n}", f"a/{n}") for n in (1, 2)]


def test_no_name_leads_out_of_the_folder(evil: Record) -> None:
    edition = Edition.of(evil)
    for address in addresses(edition):
        assert not {"..", ".", ""} & {*page_of(edition, address).path.split("/")}


def test_a_colour_that_is_none_does_not_reach_the_stylesheet(evil: Record) -> None:
    assert "x:y" not in Edition.of(evil).palette.css


def test_pictures_stay_whole(evil: Record) -> None:
    edition = Edition.of(evil)
    page = page_of(edition, next(a for a in addresses(edition) if a.kind == "poll"))
    for name in ("map", "margins"):
        ElementTree.fromstring(page.picture(name))
