"""Published files read over HTTP, from a server that may be slow, broken or hostile.

Each file is fetched once and lies in a temporary folder until `close`: what was verified is what is
read again, whatever the server says the second time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import httpx

from recanvass.errors import BadInput, RecanvassError

__all__ = ["WebFiles"]

CONNECTIONS = 4
MAX_AHEAD = 4 * CONNECTIONS
"""Files that may wait to be asked for: a bound on memory."""
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
FILE_SECONDS = 120.0
"""One file may take so long in all: a server that sends a byte now and then holds nobody up."""
PAUSES = (0.2, 0.5, 1.0)
"""Seconds before a fetch that failed is tried again."""
MAX_REDIRECTS = 3
GONE = (404, 410)
PASSING = (408, 429, 500, 502, 503, 504)
"""Answers that may be others a moment later."""


class WebFiles:
    """Implements `published_files.PublishedFiles` for an `http://` or `https://` address."""

    def __init__(self, url: str) -> None:
        """Take the address; nothing is fetched yet. Raise BadInput if it is none."""
        self._base = _address(url)
        self.place = str(self._base).rstrip("/")
        self._client = httpx.Client(
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            headers={"User-Agent": "recanvass", "Accept-Encoding": "gzip"},
        )
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        self._kept = TemporaryDirectory(prefix="recanvass-")
        self._ahead: dict[str, Future[bytes | None]] = {}
        self._closing = Event()
        """Set by the owner, seen by the pool's threads: nothing is tried again."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes. Raise RecanvassError, naming the address, if none can be had."""
        kept = self._file(path)
        if kept.exists():
            return kept.read_bytes()
        ahead = self._ahead.pop(path, None)
        found = ahead.result() if ahead else self._fetch(path, limit)
        if found is not None:
            kept.write_bytes(found)
        return found

    def soon(self, paths: Sequence[str], limit: int) -> None:
        """Begin to fetch files that will be read next."""
        for path in paths:
            known = path in self._ahead or self._file(path).exists()
            if not known and len(self._ahead) < MAX_AHEAD:
                self._ahead[path] = self._pool.submit(self._fetch, path, limit)

    def partials(self, path: str) -> list[int]:  # noqa: ARG002
        """Return nothing: a web server lists no files, only those called for are looked at."""
        return []

    def names(self) -> list[str]:
        """Return nothing: a web server lists no files."""
        return []

    def beside(self, name: str) -> WebFiles:
        """Return the files below a sibling address."""
        return WebFiles(str(self._base.join(f"../{name}")))

    def close(self) -> None:
        """End the connections and remove what was fetched."""
        self._closing.set()
        self._pool.shutdown(cancel_futures=True)
        self._client.close()
        self._kept.cleanup()

    def _file(self, path: str) -> Path:
        return Path(self._kept.name) / sha256(path.encode()).hexdigest()

    def _fetch(self, path: str, limit: int) -> bytes | None:
        """Return a file's bytes, asking again where the reason may pass."""
        url = self._base.join(path)
        for pause in (*PAUSES, None):
            try:
                return self._fetch_once(url, limit)
            except httpx.TransportError as error:
                if pause is None:
                    reason = str(error) or type(error).__name__
                    raise RecanvassError(f"{url}: no answer: {reason}") from None
            except httpx.HTTPStatusError as error:
                if pause is None or error.response.status_code not in PASSING:
                    raise RecanvassError(f"{url}: {error}; expected a file or 404") from None
            except httpx.DecodingError as error:
                raise RecanvassError(f"{url}: the answer cannot be unpacked: {error}") from None
            if self._closing.wait(pause):
                break
        return None  # nobody waits for it any more

    def _fetch_once(self, url: httpx.URL, limit: int) -> bytes | None:
        started = time.monotonic()
        request = self._client.build_request("GET", url)
        for _ in range(MAX_REDIRECTS + 1):
            response = self._client.send(request, stream=True)
            try:
                if response.next_request is not None:
                    request = response.next_request
                    _check_same_host(url, request.url)
                    continue
                if response.status_code in GONE:
                    return None
                _check_answer(response)
                return _body(response, limit, started + FILE_SECONDS)
            finally:
                response.close()
        raise BadInput(f"{url}: found more than {MAX_REDIRECTS} redirects; expected a file")


def _address(url: str) -> httpx.URL:
    """Return an address that paths can be joined to."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadInput(f"{url}: {error}; expected an address such as https://host/log") from None
    plain = address.host and not (address.userinfo or address.query or address.fragment)
    if address.scheme not in ("http", "https") or not plain:
        raise BadInput(f"{address.host}: expected an address such as https://host/log")
    return address.copy_with(path=address.path.rstrip("/") + "/")


def _check_same_host(asked: httpx.URL, led_to: httpx.URL) -> None:
    is_safer = led_to.scheme == "https" and led_to.port is None
    same_port = (asked.scheme, asked.port) == (led_to.scheme, led_to.port) or is_safer
    if asked.host != led_to.host or not same_port:
        raise BadInput(f"{asked}: redirected to {led_to.host}; expected an answer by {asked.host}")


def _check_answer(response: httpx.Response) -> None:
    if response.status_code != 200:
        status = f"found status {response.status_code} {response.reason_phrase}"
        raise httpx.HTTPStatusError(status, request=response.request, response=response)
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/html"):
        raise BadInput(f"{response.url}: found a web page (text/html); expected a published file")


def _body(response: httpx.Response, limit: int, until: float) -> bytes:
    """Return the body up to one byte more than `limit`, however long it is."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > limit:
            break
        if time.monotonic() > until:
            raise httpx.ReadTimeout(f"not ended after {FILE_SECONDS:.0f} s")
    return bytes(body[: limit + 1])
