"""The front page asked for once, through the application but without a port."""

from __future__ import annotations

import asyncio
import logging

import httpx

from recanvass.errors import RecanvassError
from recanvass.record import open_record
from recanvass.server.app import make_app

__all__ = ["ask_front_page"]


def ask_front_page(ledger: str, language: str) -> tuple[str, int]:
    """Return the path that `/` of a ledger's site leads to, and the length of that page in bytes.

    Raise RecanvassError if the site does not answer with a page.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the application shows what it logs
    answer = asyncio.run(_ask(ledger, language))
    media_type = answer.headers.get("Content-Type", "none").partition(";")[0]
    if answer.status_code != httpx.codes.OK or media_type != "text/html":
        raise RecanvassError(
            f"site: found status {answer.status_code} and {media_type} for {answer.url.path}; "
            "expected 200 and text/html"
        )
    return answer.url.path, len(answer.content)


async def _ask(ledger: str, language: str) -> httpx.Response:
    app = make_app(lambda: open_record(ledger, read_only=True), language)
    # Litestar describes the messages of ASGI more closely than httpx does.
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with (
        app.lifespan(),
        httpx.AsyncClient(
            transport=transport, base_url="http://localhost", follow_redirects=True
        ) as client,
    ):
        return await client.get("/", headers={"Accept-Language": language})
