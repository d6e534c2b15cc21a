"""Every page of the Istanbul record: its figures, its structure, its links, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from html_page import HtmlPage, read_html

from recanvass.errors import NotInRecord
from recanvass.model import EVENT_KINDS
from recanvass.record import Record
from recanvass.site import Address, Edition, Page, addresses, page_at, page_of
from recanvass.site.assets import ASSETS, asset_content, asset_path
from recanvass.words import LANGUAGES, number, percent

MARCH, JUNE = "2019-03-31", "2019-06-23"
MAYOR = "istanbul-mayor"
HEAVIEST = 250_000
UNRULED = {"been", "lead", "notice", "proof", "said", "share"}
"""Classes that say what something is, and look like what is around them."""
SOME = 2
"""Of stations, units and offices only the first few are tried: they come from one template."""


def chosen(edition: Edition) -> Iterator[Address]:
    seen: dict[tuple[str, ...], int] = {}
    for address in addresses(edition):
        many = address.kind in ("station", "unit", "office")
        key = (address.kind,) if many else (address.kind, *address.keys)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= SOME:
            yield address


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(request: pytest.FixtureRequest, districts: Record) -> dict[str, tuple[Page, str]]:
    """Pages with their HTML as a server sends it, by path."""
    edition = Edition.of(districts, request.param)
    made = [page_of(edition, a) for a in chosen(edition)]
    return {p.path: (p, p.html(live=True)) for p in made}


@pytest.fixture(scope="module")
def read(pages: dict[str, tuple[Page, str]]) -> dict[str, HtmlPage]:
    return {path: read_html(html) for path, (_, html) in pages.items()}


def page(record: Record, kind: str, *keys: str, language: str = "en", **moment: str) -> str:
    return page_of(Edition.of(record, language, **moment), Address(kind, keys)).html()


# ---- structure -----------------------------------------------------------------------------------


def test_every_kind_of_page_is_tried(pages: dict[str, tuple[Page, str]]) -> None:
    assert {p.address.kind for p, _ in pages.values()} == {
        *("index", "contest", "poll", "map", "unit", "station", "compare", "docket"),
        *("office", "offices", "checks", "sources", "claims", "record"),
    }


def test_tags_are_closed_in_order(read: dict[str, HtmlPage]) -> None:
    assert {path: (p.wrong, p.open) for path, p in read.items() if p.wrong or p.open} == {}


def test_a_page_has_one_first_heading_and_skips_no_level(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        assert p.headings.count(1) == 1, path
        assert p.headings[0] == 1, path
        steps = zip(p.headings, p.headings[1:], strict=False)
        assert all(b - a <= 1 for a, b in steps), path


def test_headings_of_tables_say_what_they_head(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        assert all(th.get("scope") in ("col", "row") for th in p.all("th")), path


def test_ids_are_unique_and_labels_point_at_them(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        ids = [a["id"] for _, a in p.elements if a.get("id")]
        assert len(ids) == len({*ids}), path
        pointed = [a[k] for _, a in p.elements for k in ("aria-labelledby", "for") if a.get(k)]
        assert {i for one in pointed for i in str(one).split()} <= {*ids}, path


def test_pictures_have_a_text_or_are_hidden_from_screen_readers(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        assert all(a.get("alt") for a in p.all("img")), path
        for svg in p.all("svg"):
            assert svg.get("aria-hidden") == "true" or svg.get("aria-labelledby"), path


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        for region in (a for a in p.all("div") if a.get("role") == "region"):
            assert region.get("tabindex") == "0", path
            assert region.get("aria-label") or region.get("aria-labelledby"), path


def test_nothing_is_inline_and_no_request_leaves_the_site(read: dict[str, HtmlPage]) -> None:
    for path, p in read.items():
        assert p.all("style", "script", "iframe") == [], path
        for tag, attributes in p.elements:
            assert "style" not in attributes, (path, tag)
            assert not [a for a in attributes if a.startswith("on")], (path, tag)
            for name in ("href", "src", "action"):
                assert not re.match("[a-z]+:|//", attributes.get(name) or ""), (path, tag)


def test_every_class_that_lays_a_page_out_has_a_rule(
    pages: dict[str, tuple[Page, str]], read: dict[str, HtmlPage]
) -> None:
    edition = next(iter(pages.values()))[0].edition
    css = "".join(asset_content(n, edition.palette).decode() for n in ("site.css", "palette.css"))
    ruled = {*re.findall(r"\.([a-z][a-z0-9-]*)", css)}
    used = {c for p in read.values() for _, a in p.elements for c in (a.get("class") or "").split()}
    kinds = {kind.replace(".", "-") for kind in EVENT_KINDS}
    words = re.compile("(status|standing|verdict|order|severity)-|s0$")
    assert {c for c in used - ruled - kinds if not words.match(c)} == UNRULED


def test_pages_are_light(pages: dict[str, tuple[Page, str]]) -> None:
    edition = next(iter(pages.values()))[0].edition
    shared = sum(len(asset_content(name, edition.palette)) for name in ASSETS)
    heavy = {p: len(h.encode()) + shared for p, (_, h) in pages.items()}
    assert {p: n for p, n in heavy.items() if n >= HEAVIEST} == {}


def test_every_link_leads_to_a_page_or_a_file_of_the_site(
    pages: dict[str, tuple[Page, str]], read: dict[str, HtmlPage]
) -> None:
    edition = next(iter(pages.values()))[0].edition
    known = {a.path(lang, "") for a in addresses(edition) for lang in LANGUAGES}
    files = {asset_path(name, edition.palette) for name in ASSETS}
    for path, p in read.items():
        for attributes in p.all("a", "link", "img"):
            link = urlsplit(attributes.get("href") or attributes.get("src") or "")
            if not link.path:
                continue
            target = _resolved(path, unquote(link.path))
            assert target in files or target.partition(".")[0] in known, (path, target)


def _resolved(here: str, link: str) -> str:
    parts: list[str] = []
    for part in (*PurePosixPath(here).parent.parts, *link.split("/")):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


# ---- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("poll", [MARCH, JUNE])
def test_the_figures_of_a_contest_are_the_records(
    districts: Record, poll: str, language: str
) -> None:
    shown = page(districts, "poll", MAYOR, poll, language=language)
    results = districts.contest(MAYOR).poll(poll).results(language=language)
    assert number(results.margin, language) in shown
    assert percent(results.turnout, language) in shown
    for votes in results.votes.values():
        assert f'<td class="n">{number(votes, language)}</td>' in shown


def test_a_contest_says_in_words_who_was_elected_and_who_led(districts: Record) -> None:
    march, june = (page(districts, "poll", MAYOR, p) for p in (MARCH, JUNE))
    assert '<h1 id="headline">Ekrem İmamoğlu led by 13,729 votes</h1>' in march
    assert "Annulled by Supreme Election Council (YSK), 6 May 2019 (by 7 votes to 4)" in march
    assert '<h1 id="headline">Ekrem İmamoğlu is elected by 806,014 votes</h1>' in june


def test_the_contest_page_is_of_what_stands_in_law(districts: Record) -> None:
    made = page_of(Edition.of(districts), Address("contest", (MAYOR,)))
    assert json.loads(made.json())["poll"]["poll"] == JUNE


def test_the_margins_of_others_stand_beside_the_records_own(districts: Record) -> None:
    shown = page(districts, "poll", MAYOR, MARCH)
    for text in ("4,443", "23,836", "27,889", "13,729", "13 hours of silence"):
        assert text in shown
    plain = json.loads(page_of(Edition.of(districts), Address("poll", (MAYOR, MARCH))).json())
    agency = plain["margins"]["said"]["Anadolu Agency (AA)"]
    assert [p["margin"] for p in agency] == [-4_443, 23_836, 21_462]
    assert [p["margin"] for p in plain["margins"]["own"]] == [13_729]


@pytest.mark.parametrize("measure", ["leader", "margin", "turnout", "swing", "share-chp", "checks"])
def test_a_map_has_a_tile_for_every_district(districts: Record, measure: str) -> None:
    made = page_of(Edition.of(districts), Address("map", (MAYOR, JUNE, measure)))
    cells = json.loads(made.json())["map"]["cells"]
    assert len({c["unit"] for c in cells}) == 39
    assert all(c["short"] and 0 <= c["step"] <= 4 for c in cells)
    assert made.html().count('class="name"') == 2 * 39


def test_the_leaders_on_the_map_are_those_of_the_results(districts: Record) -> None:
    made = page_of(Edition.of(districts), Address("map", (MAYOR, MARCH, "leader")))
    legend = {e["text"] for e in json.loads(made.json())["map"]["legend"]}
    assert legend == {"AKP 23", "CHP 16"}


def test_a_unit_says_how_it_changed(districts: Record) -> None:
    shown = page(districts, "unit", MAYOR, JUNE, "istanbul/adalar")
    assert "Adalar: Ekrem İmamoğlu leads by 4,401 votes" in shown
    assert '<td class="n">+10.09</td>' in shown


def test_a_station_shows_each_return_with_its_proof(districts: Record) -> None:
    station = "istanbul/adalar/ordinary"
    shown = page(districts, "station", station)
    for one in districts.station(station).returns:
        assert one.leaf in shown
        for votes in one.votes.values():
            assert f'<td class="n">{number(votes, "en")}</td>' in shown
    assert districts.ledger.root().hex() in shown


def test_the_comparison_names_the_swing_and_the_districts_that_changed(districts: Record) -> None:
    shown = page(districts, "compare", MAYOR, MARCH, JUNE)
    assert "Ekrem İmamoğlu: +5.45 points, +572,317 votes" in shown
    assert "12 of 39 change leader." in shown


def test_the_docket_marks_the_state_and_counts_the_votes_of_the_judges(districts: Record) -> None:
    shown = page(districts, "docket", MAYOR)
    assert "State: declared" in shown
    assert "7 votes to 4" in shown
    assert 'class="state now"' in shown


def test_a_council_without_returns_shows_its_seats(districts: Record) -> None:
    shown = page(districts, "contest", "istanbul-council")
    assert "People&#39;s Alliance has 180 of 312 seats" in shown
    office = page(districts, "office", "istanbul-council")
    assert "majority: 157" in office
    assert office.count("<circle") == 2 * 312


def test_the_record_page_has_root_key_and_checkpoint(districts: Record) -> None:
    made = json.loads(page_of(Edition.of(districts), Address("record")).json())
    assert made["root"] == districts.ledger.root().hex()
    assert made["checkpoint"].startswith("recanvass.example/istanbul-2019\n")
    assert sum(made["kinds"].values()) == districts.ledger.size


# ---- the past ------------------------------------------------------------------------------------


def test_a_page_as_of_the_morning_after_shows_what_was_published_by_then(districts: Record) -> None:
    edition = Edition.of(districts, as_of="2019-04-01T09:30+03:00")
    shown = page_of(edition, Address("contest", (MAYOR,))).html(live=True)
    assert "A state of the past." in shown
    assert "No votes to add up" in shown
    assert "31,086 of 31,186 boxes (provisional). CHP ahead by 27,222" in shown
    assert "23,836" not in shown
    assert "as_of=2019-04-01T09%3A30%2B03%3A00" in shown


def test_a_page_of_a_past_size_keeps_it_in_every_link(districts: Record) -> None:
    size = districts.ledger.size - 1
    shown = page_of(Edition.of(districts, size=size), Address("index")).html(live=True)
    assert f"What the record held at {size} entries." in shown
    pages_linked = re.findall(r'href="([^"#?]*\.html)(\?[^"]*)?"', shown)
    assert pages_linked
    assert all(query.endswith(f"size={size}") for _, query in pages_linked)


def test_pages_as_files_offer_no_past_that_no_server_gives(districts: Record) -> None:
    assert "as_of" not in page(districts, "contest", MAYOR)


# ---- data ----------------------------------------------------------------------------------------


def test_every_page_is_json_too_and_most_have_a_table(pages: dict[str, tuple[Page, str]]) -> None:
    for path, (made, html) in pages.items():
        assert isinstance(json.loads(made.json()), dict), path
        table = made.csv()
        assert (table is None) == (made.address.kind in ("index", "record")), path
        assert (".csv" in html) == (table is not None), path


def test_the_table_has_every_finding_and_not_only_those_listed(districts: Record) -> None:
    table = page_of(Edition.of(districts), Address("checks", (MAYOR, MARCH))).csv()
    assert table is not None
    assert len(table.splitlines()) == 1 + districts.contest(MAYOR).poll(MARCH).checks().height


def test_a_chart_is_a_picture_of_its_own_with_source_and_status(districts: Record) -> None:
    made = page_of(Edition.of(districts), Address("poll", (MAYOR, MARCH)))
    svg = made.picture("margins").decode()
    assert "Source: record recanvass.example/istanbul-2019" in re.sub(r"<[^>]+>", " ", svg)
    assert "Annulled by" in svg
    assert "Anadolu Agency (AA)" in svg
    assert "--surface" in svg
    with pytest.raises(NotInRecord, match="expected one of map, margins"):
        made.picture("nothing")


def test_the_code_of_a_return_is_made_when_asked_for(districts: Record) -> None:
    made = page_of(Edition.of(districts), Address("station", ("istanbul/adalar/ordinary",)))
    entry = districts.station("istanbul/adalar/ordinary").returns[0].entry
    assert made.picture(f"qr-{entry}").startswith(b"<?xml")


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        Address("contest", ("nobody",)),
        Address("poll", (MAYOR, "1999-01-01")),
        Address("map", (MAYOR, JUNE, "beauty")),
        Address("unit", (MAYOR, JUNE, "istanbul/nowhere")),
        Address("station", ("nowhere",)),
        Address("compare", (MAYOR, MARCH, "1999-01-01")),
        Address("office", ("king",)),
    ],
    ids=lambda a: a.kind,
)
def test_what_the_record_does_not_have_is_no_page(districts: Record, address: Address) -> None:
    with pytest.raises(NotInRecord):
        page_of(Edition.of(districts), address)


def test_a_page_is_found_by_its_path_in_its_language(districts: Record) -> None:
    edition = Edition.of(districts, "tr")
    assert page_at(edition, "tr/record.html").address == Address("record")
    with pytest.raises(NotInRecord):
        page_at(edition, "en/record.html")
