"""Whether the server can read its ledger, for whoever keeps it running."""

from __future__ import annotations

from litestar import route
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency

from recanvass.server.cached import READING
from recanvass.server.record_thread import RecordThread

__all__ = ["HEALTH_ROUTES"]


@route("/healthz", http_method=READING, cache_control=CacheControlHeader(no_store=True))
async def health(log: NamedDependency[RecordThread]) -> dict[str, str | int]:
    """Return origin and size of the ledger; a 503 if it cannot be read."""
    origin, size = await log.ask(lambda record: (record.ledger.origin, record.ledger.size))
    return {"status": "ok", "origin": origin, "size": size}


HEALTH_ROUTES = [health]
