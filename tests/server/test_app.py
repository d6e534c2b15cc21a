"""The server asked as a stranger asks it: the log, the totals, and everything that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.errors import LedgerMissing
from recanvass.ledger import Ledger, Signer, publish_log
from recanvass.ledger.key_file import SIGNING_KEY_FILE_VARIABLE
from recanvass.record import Record, open_record
from recanvass.record.keys import add_key
from recanvass.record.publish_results import publish_results
from recanvass.server.app import make_app

Client = TestClient[Litestar]
FOR_EVER = "public, max-age=31536000, immutable"


def client_of(ledger: Path | str) -> Client:
    return TestClient(make_app(lambda: open_record(ledger, read_only=True)))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    load_into(str(tmp_path / "town.db"), write_case(tmp_path / "case"))
    return tmp_path / "town.db"


@pytest.fixture
def client(town: Path) -> Iterator[Client]:
    with client_of(town) as opened:
        yield opened


def grow(town: Path) -> None:
    """Correct a return, so that the ledger has one entry more."""
    load_into(str(town), write_case(town.parent / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))


@pytest.fixture(scope="module")
def long_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 700 entries that are no events. Nobody may write to it."""
    path = tmp_path_factory.mktemp("long") / "long.db"
    with Ledger.create(path, "ledger.example/long") as ledger:
        ledger.append([str(n) for n in range(700)], [b"entry %d" % n for n in range(700)])
    return path


@pytest.fixture(scope="module")
def long_log(long_ledger: Path) -> Iterator[Client]:
    with client_of(long_ledger) as opened:
        yield opened


def problem(answer: Any) -> tuple[int, str]:
    """The status of a problem document and its detail."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["detail"]


# The log


def test_the_server_has_every_file_that_publish_writes_byte_for_byte(
    long_ledger, long_log, tmp_path
):
    with Ledger.open(long_ledger, read_only=True) as ledger:
        publish_log(ledger, tmp_path / "log")
    files = [f for f in (tmp_path / "log").rglob("*") if f.is_file()]
    assert len(files) == 8
    for file in files:
        path = file.relative_to(tmp_path).as_posix()
        assert long_log.get(f"/{path}").content == file.read_bytes(), path


def test_the_checkpoint_is_text_that_no_cache_keeps_long(long_log):
    answer = long_log.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/188", "tile/entries/001"])
def test_tiles_are_bytes_that_caches_keep_for_ever(long_log, path):
    answer = long_log.get(f"/log/{path}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("path", ["log/checkpoint", "log/tile/0/000"])
def test_what_a_reader_has_already_is_not_sent_again(long_log, path):
    first = long_log.get(path)
    again = long_log.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = long_log.get(path, headers={"If-None-Match": '"other"'})
    assert other.content == first.content


def test_head_is_answered_without_a_body(long_log):
    answer = long_log.head("/log/tile/0/000")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "8192"


def test_entries_are_compressed_and_hashes_are_not(long_log):
    assert long_log.get("/log/tile/entries/000").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in long_log.get("/log/tile/0/000").headers


def test_a_page_of_another_site_may_read_all_of_it(long_log):
    answer = long_log.get("/log/checkpoint", headers={"Origin": "https://observer.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("width", [1, 100, 187, 188])
def test_a_smaller_width_is_served_since_an_earlier_checkpoint_called_for_it(long_log, width):
    whole = long_log.get("/log/tile/0/002.p/188").content
    assert long_log.get(f"/log/tile/0/002.p/{width}").content == whole[: 32 * width]
    assert long_log.get(f"/log/tile/0/000.p/{width}").status_code == 200
    assert long_log.get(f"/log/tile/entries/001.p/{width}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/002.p/189",
        "tile/0/003.p/1",
        "tile/1/000",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "tile/63/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/entries/002",
        "tile/entries/002.p/189",
        "tile/entries/x999/x999/999.p/1",
    ],
)
def test_a_tile_that_the_checkpoint_does_not_call_for_is_not_there(long_log, path):
    status, detail = problem(long_log.get(f"/log/{path}"))
    assert (status, detail) == (404, f"{path}: the checkpoint does not call for it (yet)")


@pytest.mark.parametrize(
    "path", ["tile/0/0", "tile/64/000", "tile/x/000", "tile/0/000.p/256", "tile/entries/abc"]
)
def test_a_path_that_names_no_tile_is_told(long_log, path):
    status, detail = problem(long_log.get(f"/log/{path}"))
    assert status == 404
    assert "expected tile/<L>/<N>[.p/<W>]" in detail


def test_another_method_is_refused(long_log):
    assert problem(long_log.post("/log/checkpoint"))[0] == 405
    assert problem(long_log.delete("/results/latest.json"))[0] == 405


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(["/", "/log/", "/log/tile/", "/log/tile/0/", "/results/", "/results/1/"]),
    path=st.text(st.characters(codec="utf-8"), max_size=30),
)
def test_no_path_is_a_fault_of_the_server(long_log, start, path):
    # These entries are no events, so the front page that `/` leads to is a fault of the ledger.
    answer = long_log.get(start + quote(path), follow_redirects=False)
    if answer.status_code not in (200, 302):
        assert 400 <= problem(answer)[0] < 500


# Growth, and what goes wrong


def test_the_server_follows_a_ledger_that_grows_elsewhere(town, client):
    first = client.get("/log/checkpoint").content
    results = client.get("/results/latest.json").json()
    grow(town)
    assert client.get("/log/checkpoint").content != first
    newer = client.get("/results/latest.json").json()
    assert newer["size"] == results["size"] + 1 == client.get("/healthz").json()["size"]
    # Who read the older index can still have what it lists.
    listed = results["files"][0]
    assert client.get(f"/results/{results['size']}/{listed['path']}").status_code == 200


def test_a_ledger_in_postgresql_is_served_as_it_grows(schema_url, tmp_path, monkeypatch):
    monkeypatch.setenv(SIGNING_KEY_FILE_VARIABLE, str(tmp_path / "town.key"))
    load_into(schema_url, write_case(tmp_path / "case"))
    with client_of(schema_url) as client:
        before = client.get("/healthz").json()["size"]
        assert client.get("/results/latest.json").json()["size"] == before
        row = "East,1,120,101,91,10,61,30"
        load_into(schema_url, write_case(tmp_path / "case", row, *ROWS[1:]))
        assert client.get("/healthz").json()["size"] == before + 1
        assert client.get("/results/latest.json").json()["size"] == before + 1
        assert client.get(f"/log/tile/entries/000.p/{before + 1}").status_code == 200
        assert problem(client.get(f"/log/tile/entries/000.p/{before + 2}"))[0] == 404


def test_the_totals_are_those_that_publish_writes(town, client, tmp_path):
    with open_record(town, read_only=True) as record:
        publish_results(record, tmp_path / "results", record.ledger.size, "en", 0)
    files = list((tmp_path / "results").rglob("*.json"))
    assert len(files) == 8
    for file in files:
        path = file.relative_to(tmp_path).as_posix()
        assert client.get(f"/{path}").content == file.read_bytes(), path


def test_the_index_is_kept_for_a_second_and_results_for_ever(client):
    latest = client.get("/results/latest.json")
    assert latest.headers["cache-control"] == "public, max-age=1"
    size = latest.json()["size"]
    answer = client.get(f"/results/{size}/mayor/standing/total.json")
    assert answer.headers["cache-control"] == FOR_EVER
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["ledger_size"] == size


@pytest.mark.parametrize("size", ["2", "999999", "01", "-1", "٣", "1e3", "9" * 30, "index"])
def test_results_of_a_size_that_was_not_signed_are_not_there(client, size):
    assert problem(client.get(f"/results/{size}/mayor/standing/total.json"))[0] == 404


def test_a_result_that_is_not_there_is_told_where_those_that_are_stand(client):
    size = client.get("/results/latest.json").json()["size"]
    status, detail = problem(client.get(f"/results/{size}/mayor/nothing.json"))
    assert status == 404
    assert f"results/{size}/index.json lists them" in detail


def test_a_ledger_that_cannot_be_read_is_a_503_and_is_there_again_when_it_is_back(town):
    state = {"down": True}

    def open_or_fail() -> Record:
        if state["down"]:
            raise LedgerMissing("/somewhere/on/this/machine: the disk is gone")
        return open_record(town, read_only=True)

    with TestClient(make_app(open_or_fail)) as client:
        for path in ("/healthz", "/log/checkpoint", "/log/tile/0/000", "/results/latest.json"):
            status, detail = problem(client.get(path))
            assert status == 503
            assert "machine" not in detail
        state["down"] = False
        assert client.get("/healthz").json()["status"] == "ok"


def test_an_empty_ledger_is_served(tmp_path):
    with Ledger.create(tmp_path / "empty.db", "ledger.example/empty"):
        pass
    with client_of(tmp_path / "empty.db") as client:
        assert client.get("/log/checkpoint").status_code == 200
        assert problem(client.get("/log/tile/0/000.p/1"))[0] == 404
        assert client.get("/results/latest.json").json()["files"] == []


def test_serving_writes_nothing(town):
    before = town.read_bytes()
    with client_of(town) as client:
        for path in ("/log/checkpoint", "/log/tile/entries/000.p/1", "/results/latest.json"):
            assert client.get(path).status_code == 200
    assert town.read_bytes() == before


def test_the_proofs_of_changed_keys_are_served_as_they_are_published(town, tmp_path):
    with open_record(town) as record:
        add_key(record, Signer.generate(record.ledger.origin))
        publish_log(record.ledger, tmp_path / "log")
    published = (tmp_path / "log" / "keys" / "1.tlog-proof").read_bytes()
    with client_of(town) as client:
        answer = client.get("/log/keys/1.tlog-proof")
        assert (answer.status_code, answer.content) == (200, published)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        for name in (
            "0.tlog-proof",
            "2.tlog-proof",
            "01.tlog-proof",
            "1",
            "x" * 5000,
            "٣.tlog-proof",
        ):
            assert client.get(f"/log/keys/{name}").status_code == 404
