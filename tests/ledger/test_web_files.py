"""Published files over HTTP: what a slow, broken or hostile server can do to a reader."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from recanvass.errors import BadInput, RecanvassError
from recanvass.ledger import open_files, web_files
from recanvass.ledger.published_files import PublishedFiles
from web_server import Answer, answering, send, serving


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_files, "PAUSES", (0.01, 0.01))


@contextmanager
def reading(answer: Answer) -> Iterator[PublishedFiles]:
    with answering(answer) as address:
        files = open_files(f"{address}/log")
        try:
            yield files
        finally:
            files.close()


def test_a_file_is_read_and_fetched_only_once(tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "checkpoint").write_bytes(b"first")
    with serving(tmp_path) as address:
        files = open_files(f"{address}/log/")
        assert files.read("checkpoint", 100) == b"first"
        (tmp_path / "log" / "checkpoint").write_bytes(b"other")
        assert files.read("checkpoint", 100) == b"first"
        assert files.read("tile/0/000", 100) is None
        files.close()


def test_what_is_announced_is_fetched_meanwhile():
    asked: list[str] = []

    def answer(request):
        asked.append(request.path)
        send(request, 200, request.path.encode())

    with reading(answer) as files:
        files.soon(["a", "b"], 100)
        assert (files.read("b", 100), files.read("a", 100)) == (b"/log/b", b"/log/a")
    assert sorted(asked) == ["/log/a", "/log/b"]


def test_files_beside_the_log_are_read_from_the_address_beside_it():
    with reading(lambda request: send(request, 200, request.path.encode())) as files:
        beside = files.beside("results")
        assert beside.read("latest.json", 100) == b"/results/latest.json"
        beside.close()


def test_of_a_file_without_end_no_more_is_read_than_was_asked_for():
    def endless(request):
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(bytes(65_536))
        except OSError:
            pass

    with reading(endless) as files:
        assert files.read("checkpoint", 1000) == bytes(1001)


def test_what_unpacks_to_more_than_was_asked_for_is_cut():
    packed = gzip.compress(bytes(10_000_000))
    with reading(lambda r: send(r, 200, packed, content_encoding="gzip")) as files:
        assert files.read("checkpoint", 1000) == bytes(1001)


def test_what_cannot_be_unpacked_is_told():
    with (
        reading(lambda r: send(r, 200, b"no gzip", content_encoding="gzip")) as files,
        pytest.raises(RecanvassError, match="/log/checkpoint: the answer cannot be unpacked"),
    ):
        files.read("checkpoint", 1000)


def test_a_server_that_stumbles_is_asked_again():
    statuses = iter([503, 502, 200])
    with reading(lambda r: send(r, next(statuses), b"sound")) as files:
        assert files.read("checkpoint", 100) == b"sound"


def test_a_server_that_stays_down_is_told_after_a_few_tries():
    asked: list[str] = []

    def answer(request):
        asked.append(request.path)
        send(request, 503)

    with (
        reading(answer) as files,
        pytest.raises(RecanvassError, match="/log/checkpoint: found status 503"),
    ):
        files.read("checkpoint", 100)
    assert len(asked) == 3


def test_a_refusal_is_not_asked_for_again():
    asked: list[str] = []

    def answer(request):
        asked.append(request.path)
        send(request, 403)

    with reading(answer) as files, pytest.raises(RecanvassError, match="found status 403"):
        files.read("checkpoint", 100)
    assert len(asked) == 1


def test_nobody_there_is_told_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    files = open_files(f"http://127.0.0.1:{port}/log")
    with pytest.raises(RecanvassError, match="no answer: ") as refusal:
        files.read("checkpoint", 100)
    assert "\n" not in str(refusal.value)
    files.close()


def test_a_connection_that_breaks_off_is_no_file():
    def half(request):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"half")

    with reading(half) as files, pytest.raises(RecanvassError, match="no answer: "):
        files.read("checkpoint", 1000)


def test_a_file_that_trickles_ends(monkeypatch):
    monkeypatch.setattr(web_files, "FILE_SECONDS", 0.0)
    with (
        reading(lambda r: send(r, 200, b"a drop")) as files,
        pytest.raises(RecanvassError, match="no answer: not ended after 0 s"),
    ):
        files.read("checkpoint", 1000)


def test_a_web_page_in_the_place_of_a_file_is_told():
    with (
        reading(lambda r: send(r, 200, b"<html>", content_type="text/html")) as files,
        pytest.raises(BadInput, match="found a web page"),
    ):
        files.read("tile/0/000", 1000)


def test_a_redirect_on_the_same_host_is_followed():
    def answer(request):
        if request.path == "/log/checkpoint":
            send(request, 301, location="/moved/checkpoint")
        else:
            send(request, 200, b"sound")

    with reading(answer) as files:
        assert files.read("checkpoint", 100) == b"sound"


@pytest.mark.parametrize("where", ["http://127.0.0.2/", "http://localhost:1/", "//elsewhere/"])
def test_a_redirect_to_another_host_is_refused(where):
    with (
        reading(lambda r: send(r, 302, location=where)) as files,
        pytest.raises(BadInput, match="redirected to"),
    ):
        files.read("checkpoint", 100)


def test_redirects_in_a_circle_end():
    with (
        reading(lambda r: send(r, 302, location="/log/checkpoint")) as files,
        pytest.raises(BadInput, match="more than 3 redirects"),
    ):
        files.read("checkpoint", 100)


@pytest.mark.parametrize(
    "address",
    ["http://", "https://user:word@host/log", "http://host/log?x=1", "http://[::1", "http://a:b/"],
)
def test_what_is_no_plain_address_is_refused_without_showing_a_password(address):
    with pytest.raises(BadInput, match="expected an address such as https://host/log") as refusal:
        open_files(address)
    assert "word" not in str(refusal.value)
