"""A web server of the plainest kind, in a thread: for a folder, or answering by a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]


class _Folder(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


class _Answering(BaseHTTPRequestHandler):
    answer: Answer

    def do_GET(self) -> None:
        type(self).answer(self)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the files of a folder; yield the address."""
    with _running(partial(_Folder, directory=str(folder))) as address:
        yield address


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Serve what `answer` writes to each request; yield the address."""
    with _running(type("Handler", (_Answering,), {"answer": staticmethod(answer)})) as address:
        yield address


@contextmanager
def _running(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """Answer with a status, headers (`content_type=…`) and a body."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
