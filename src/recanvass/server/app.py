"""The application: routes, and the threads that read the record for them."""

from __future__ import annotations

from collections.abc import Callable

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.di import Provide

from recanvass.record import Record
from recanvass.server.health_routes import HEALTH_ROUTES
from recanvass.server.kept_pages import KeptPages
from recanvass.server.log_routes import LOG_ROUTES
from recanvass.server.page_routes import PAGE_ROUTES
from recanvass.server.problems import EXCEPTION_HANDLERS
from recanvass.server.record_thread import RecordThread
from recanvass.server.results_routes import RESULTS_ROUTES, KeptResults

__all__ = ["make_app"]

TILES_OF_HASHES = "^/log/tile/[0-9]"
"""Not to be compressed: hashes do not get smaller."""


def make_app(open_record: Callable[[], Record], language: str = "en") -> Litestar:
    """Return the application that serves a record; names in results are in `language`,
    and pages for readers whose browser asks for no language that we have.

    `open_record` opens it to be read only. It is called by each thread that needs a record of its
    own: one for the log, whose tiles must not wait, and one for what is folded from it.
    """
    log, results = RecordThread(open_record), RecordThread(open_record)
    kept, pages = KeptResults(language), KeptPages()
    return Litestar(
        [*LOG_ROUTES, *RESULTS_ROUTES, *HEALTH_ROUTES, *PAGE_ROUTES],
        dependencies={
            "log": Provide(lambda: log, sync_to_thread=False),
            "results": Provide(lambda: results, sync_to_thread=False),
            "kept": Provide(lambda: kept, sync_to_thread=False),
            "pages": Provide(lambda: pages, sync_to_thread=False),
            "language": Provide(lambda: language, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=CompressionConfig(
            "gzip", gzip_compress_level=5, exclude=TILES_OF_HASHES
        ),
        # All of it is public: a page anywhere may verify it in its reader's browser.
        cors_config=CORSConfig(allow_methods=["GET"]),
        openapi_config=None,
        on_shutdown=[log.close, results.close],
    )
