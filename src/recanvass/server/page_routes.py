"""The site, made from the ledger when asked for: pages, their data and pictures, stylesheets."""

from __future__ import annotations

import re

from litestar import Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from recanvass.errors import BadInput, NotInRecord
from recanvass.record import Record
from recanvass.record.moment import moment
from recanvass.server.accepted_language import accepted_language
from recanvass.server.cached import A_SECOND, READING, AnyRequest, changing, lasting
from recanvass.server.kept_pages import Asked, KeptPages
from recanvass.server.problems import bad_request, not_found
from recanvass.server.record_thread import RecordThread
from recanvass.site.assets import ASSETS, asset_content, asset_path
from recanvass.words import LANGUAGES

__all__ = ["PAGE_ROUTES"]

INDEX = "index.html"
SIZE_DIGITS = 19
NAMED = re.compile(r"([a-z]+)\.[0-9a-f]{12}\.([a-z]+)")
"""A file of the site's own with the hash of what it holds."""

_COMMON = {"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
PAGE_HEADERS = _COMMON | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
PICTURE_HEADERS = _COMMON | {
    # A picture has its stylesheet in itself, and may be shown by other sites.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
}
HEADERS = {"text/html": PAGE_HEADERS, "image/svg+xml": PICTURE_HEADERS}


@route("/", http_method=READING)
async def front(request: AnyRequest, language: NamedDependency[str]) -> Redirect:
    """Send a reader to the front page in the language that the browser asks for."""
    wanted = accepted_language(request.headers.get("Accept-Language", ""), language)
    return Redirect(
        f"/{wanted}/{INDEX}", headers={"Vary": "Accept-Language", "Cache-Control": A_SECOND}
    )


@route([f"/{code}" for code in LANGUAGES], http_method=READING)
async def front_in_language(request: AnyRequest) -> Redirect:
    """Send a reader who cut the address short to the front page in its language."""
    code = request.scope["path"].strip("/")
    return Redirect(f"/{code}/{INDEX}", headers={"Cache-Control": A_SECOND})


@route([f"/{code}/{{path:path}}" for code in LANGUAGES], http_method=READING)
async def page(
    request: AnyRequest,
    results: NamedDependency[RecordThread],
    pages: NamedDependency[KeptPages],
) -> Response[bytes]:
    """Return a page, its data or one of its pictures: now, at a signed size, as of a moment."""
    path = request.scope["path"].removeprefix("/")
    asked = _asked(request)
    try:
        found = await results.ask(lambda record: pages.file(record, path, asked))
    except NotInRecord as error:
        raise not_found(str(error)) from None
    answer = lasting if found.lasts else changing
    return answer(request, found.content, found.media_type, HEADERS.get(found.media_type, _COMMON))


@route("/assets/{name:str}", http_method=READING)
async def asset(
    request: AnyRequest,
    name: FromPath[str],
    results: NamedDependency[RecordThread],
    pages: NamedDependency[KeptPages],
) -> Response[bytes]:
    """Return a file of the site's own.

    A page that a cache kept may name the file of an earlier size or version: it gets today's,
    which nobody keeps under that name.
    """
    parts = NAMED.fullmatch(name)
    plain = f"{parts[1]}.{parts[2]}" if parts else ""
    if plain not in ASSETS:
        raise not_found(f"assets/{name}: no such file")
    asked = _asked(request)

    def look(record: Record) -> tuple[bytes, str]:
        palette = pages.edition(record, LANGUAGES[0], asked).palette
        return asset_content(plain, palette), asset_path(plain, palette)

    try:
        content, path = await results.ask(look)
    except NotInRecord as error:
        raise not_found(str(error)) from None
    answer = lasting if path == f"assets/{name}" else changing
    return answer(request, content, ASSETS[plain], _COMMON)


def _asked(request: AnyRequest) -> Asked:
    """Return what the query asks for; refuse what no page could have offered."""
    size, as_of = _only(request, "size"), _only(request, "as_of")
    if size is not None and not _is_plain_number(size):
        raise bad_request(f"size: found {size[:40]!r}; expected a number of entries")
    try:
        moment(as_of)
    except BadInput as error:
        # Who types an address forgets that + means a blank in it.
        raise bad_request(f"{str(error)[:200]} (in an address, + is written %2B)") from None
    return Asked(None if size is None else int(size), as_of)


def _only(request: AnyRequest, name: str) -> str | None:
    given = request.query_params.getall(name, [])
    if len(given) > 1:
        raise bad_request(f"{name}: found {len(given)} of them; expected one")
    return given[0] if given else None


def _is_plain_number(text: str) -> bool:
    plain = text.isascii() and text.isdigit() and len(text) <= SIZE_DIGITS
    return plain and str(int(text)) == text


PAGE_ROUTES = [front, front_in_language, page, asset]
