"""The site as a browser asks for it: pages, their data, their past, and what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.errors import LedgerDamaged
from recanvass.ledger import Ledger
from recanvass.record import Record, open_record
from recanvass.server import kept_pages
from recanvass.server.accepted_language import accepted_language
from recanvass.server.app import make_app
from recanvass.site import Address, Edition, addresses, page_of

Client = TestClient[Litestar]
FOR_EVER = "public, max-age=31536000, immutable"
A_SECOND = "public, max-age=1"
MAYOR = "en/contest/istanbul-mayor"


def client_of(ledger: Path | str) -> Client:
    return TestClient(make_app(lambda: open_record(ledger, read_only=True)))


@pytest.fixture(scope="module")
def client(district_ledger: Path) -> Iterator[Client]:
    with client_of(district_ledger) as opened:
        yield opened


@pytest.fixture
def town(tmp_path: Path) -> Path:
    load_into(str(tmp_path / "town.db"), write_case(tmp_path / "case"))
    return tmp_path / "town.db"


def size_of(ledger: Path) -> int:
    with open_record(ledger, read_only=True) as record:
        return record.ledger.size


def grow(town: Path) -> None:
    """Correct a return, so that the ledger has one entry more."""
    load_into(str(town), write_case(town.parent / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))


def problem(answer: Any) -> tuple[int, str]:
    """The status of a problem document and its detail."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["detail"]


# ---- what is there -------------------------------------------------------------------------------


def test_a_kind_of_page_is_served_as_the_site_makes_it(client: Client, districts: Record) -> None:
    edition = Edition.of(districts, "tr")
    tried: set[str] = set()
    for address in addresses(edition):
        if address.kind in tried:
            continue
        tried.add(address.kind)
        page = page_of(edition, address)
        assert client.get(page.path).text == page.html(live=True)
        assert client.get(address.path("tr", ".json")).content == page.json()
        table = client.get(address.path("tr", ".csv"))
        assert (table.status_code == 404) == (page.csv() is None)
    assert tried >= {"index", "contest", "unit", "station", "office", "record"}


def test_pictures_are_served_with_their_own_rule_for_styles(client: Client) -> None:
    answer = client.get(f"{MAYOR}.margins.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "style-src 'unsafe-inline'" in answer.headers["content-security-policy"]
    assert answer.text.startswith("<svg")


def test_media_types_are_those_of_the_suffixes(client: Client) -> None:
    types = {s: client.get(MAYOR + s).headers["content-type"] for s in (".html", ".json", ".csv")}
    assert types == {
        ".html": "text/html; charset=utf-8",
        ".json": "application/json",
        ".csv": "text/csv; charset=utf-8",
    }


def test_a_page_may_load_nothing_but_its_own_stylesheets(client: Client) -> None:
    headers = client.get(f"{MAYOR}.html").headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("query", ["", "?size={size}"])
def test_the_files_that_a_page_names_are_there_and_last(
    client: Client, district_ledger: Path, query: str
) -> None:
    path = f"/{MAYOR}.html" + query.format(size=size_of(district_ledger))
    named = re.findall(r'<link rel="(?:icon|stylesheet)" href="([^"]+)"', client.get(path).text)
    assert len(named) == 3
    for link in named:
        answer = client.get(urljoin(path, link.replace("&amp;", "&")))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, FOR_EVER)


def test_a_stylesheet_of_another_version_is_answered_with_todays_and_not_kept(
    client: Client,
) -> None:
    answer = client.get("/assets/palette.0123456789ab.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, A_SECOND)


# ---- the front -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("tr", "tr"),
        ("tr-TR,tr;q=0.9,en;q=0.8", "tr"),
        ("de, en;q=0.3, tr;q=0.7", "tr"),
        ("en;q=0.5, TR-tr;q=0.5", "en"),
        ("tr;q=0, *", "en"),
        ("tr;q=nonsense", "tr"),
        (";;;,,,q=", "en"),
        ("x," * 5000 + "tr", "en"),
    ],
)
def test_the_front_page_is_in_the_language_that_the_browser_likes_most(
    client: Client, header: str, expected: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": header}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/{expected}/index.html")
    assert answer.headers["vary"] == "Accept-Language"


@given(st.text(st.sampled_from("trenq=;,.*-01 \té"), max_size=60))
def test_any_header_gives_a_language_of_ours(header: str) -> None:
    assert accepted_language(header, "tr") in ("en", "tr")


@pytest.mark.parametrize("path", ["/tr", "/tr/"])
def test_an_address_cut_short_leads_to_the_front_page(client: Client, path: str) -> None:
    assert client.get(path, follow_redirects=False).headers["location"] == "/tr/index.html"


# ---- the past, and caches ------------------------------------------------------------------------


def test_the_newest_page_is_asked_for_again_and_one_of_a_size_never(
    client: Client, district_ledger: Path
) -> None:
    newest = client.get(f"{MAYOR}.html")
    assert newest.headers["cache-control"] == A_SECOND
    fixed = client.get(f"{MAYOR}.html?size={size_of(district_ledger)}")
    assert fixed.headers["cache-control"] == FOR_EVER
    assert "A state of the past" in fixed.text


def test_a_page_that_a_reader_has_is_not_sent_again(client: Client) -> None:
    first = client.get(f"{MAYOR}.html")
    again = client.get(f"{MAYOR}.html", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_witnesses_may_yet_sign_the_checkpoint_on_the_page_of_the_record(
    client: Client, district_ledger: Path
) -> None:
    answer = client.get(f"en/record.html?size={size_of(district_ledger)}")
    assert answer.headers["cache-control"] == A_SECOND


def test_a_page_follows_the_ledger_and_its_past_stays(town: Path) -> None:
    path = Address("contest", ("mayor",)).path("en", ".json")
    before = size_of(town)
    with client_of(town) as client:
        old = client.get(path)
        grow(town)
        new = client.get(path)
        assert (old.json()["ledger_size"], new.json()["ledger_size"]) == (before, size_of(town))
        assert old.headers["etag"] != new.headers["etag"]
        assert client.get(f"{path}?size={before}").content == old.content


def test_a_page_as_of_a_moment_keeps_its_links_in_that_moment(client: Client) -> None:
    answer = client.get(f"{MAYOR}.html", params={"as_of": "2019-04-01T09:10+03:00"})
    assert "?as_of=2019-04-01T09%3A10%2B03%3A00" in answer.text
    as_data = client.get(f"{MAYOR}.json", params={"as_of": "2019-04-01T09:10+03:00"})
    assert as_data.json()["as_of"] == "2019-04-01T09:10+03:00"


def test_many_moments_and_sizes_do_not_pile_up(client: Client) -> None:
    first = client.get("en/claims.html").content
    for minute in range(12):
        when = {"as_of": f"2019-04-01T00:{minute:02}+03:00"}
        assert client.get("en/claims.html", params=when).status_code == 200
    assert client.get("en/claims.html").content == first


def test_an_answer_too_long_to_be_kept_is_sent_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_pages, "BYTES_KEPT", 1000)
    first = client.get("tr/offices.html")
    assert (first.status_code, first.content) == (200, client.get("tr/offices.html").content)


def test_a_ledger_that_broke_is_read_anew_when_it_is_back(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Record] = []

    def open_again() -> Record:
        opened.append(open_record(town, read_only=True))
        return opened[-1]

    with TestClient(make_app(open_again)) as client:
        good = client.get("en/index.html").content

        def damaged(size: int) -> bytes:
            raise LedgerDamaged(f"{town}: broken at {size}")

        monkeypatch.setattr(opened[-1].ledger, "checkpoint", damaged)
        assert problem(client.get("en/index.html?size=0"))[0] == 503
        assert client.get("en/index.html").content == good
        assert len(opened) == 2


# ---- what is not there ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("en/contest/nobody.html", 404, "'nobody'"),
        ("en/map/istanbul-mayor/2019-06-23/nonsense.html", 404, "'nonsense'"),
        (f"{MAYOR}.zip", 404, "expected .html"),
        (f"{MAYOR}.svg", 404, "expected .html"),
        (f"{MAYOR}.nothing.svg", 404, "expected one of map, margins"),
        ("en/record.csv", 404, "has no table"),
        ("en/nothing.html", 404, "expected a path of a page"),
        ("en/contest/%ff.html", 404, "expected a path of a page"),
        ("en/contest/~00.html", 404, "contest: found"),
        ("en/index.html?size=3", 404, "no checkpoint was signed at that size"),
        ("en/index.html?size=9999999999999999999", 404, "no checkpoint was signed"),
        ("en/index.html?size=-1", 400, "expected a number of entries"),
        ("en/index.html?size=01", 400, "expected a number of entries"),
        ("en/index.html?size=%D9%A3", 400, "expected a number of entries"),
        ("en/index.html?size=", 400, "expected a number of entries"),
        ("en/index.html?size=0&size=0", 400, "expected one"),
        ("en/index.html?as_of=yesterday", 400, "expected a time with a UTC offset"),
        ("en/index.html?as_of=2019-04-01T09:10+03:00", 400, "+ is written %2B"),
        ("en/index.html?as_of=0001-01-01T00:00%2B14:00", 400, "out of range"),
        ("assets/site.css", 404, "no such file"),
        ("assets/nothing.0123456789ab.css", 404, "no such file"),
        ("assets/site.0123456789ab.css?size=3", 404, "no checkpoint was signed"),
    ],
)
def test_a_refusal_says_what_was_expected(
    client: Client, path: str, status: int, says: str
) -> None:
    found, detail = problem(client.get(path))
    assert (found, says in detail) == (status, True), detail


@given(
    st.sampled_from(["en/", "tr/contest/", "en/unit/", "en/station/", "en/index.html", "assets/"]),
    st.text(max_size=30),
    st.sampled_from(["", ".html", ".json", ".csv", ".margins.svg"]),
    st.dictionaries(st.sampled_from(["size", "as_of", "other"]), st.text(max_size=30)),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_that_can_be_asked_breaks_the_server(
    client: Client, start: str, key: str, suffix: str, query: dict[str, str]
) -> None:
    for name in (quote(key, safe="/~"), key.encode().hex(), "~"):
        asked = f"/{start}{name}{suffix}"
        assert client.get(asked, params=query, follow_redirects=False).status_code < 500


def test_pages_are_read_only(client: Client) -> None:
    assert problem(client.post("en/index.html"))[0] == 405


def test_an_empty_ledger_has_a_front_page(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "empty.db", "ledger.example/empty"):
        pass
    with client_of(tmp_path / "empty.db") as client:
        for path in ("en/index.html", "tr/record.html", "en/offices.html", "en/claims.csv"):
            assert client.get(path).status_code == 200, path
