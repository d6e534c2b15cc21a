"""The log as C2SP tlog-tiles serves it, straight from the ledger, under the paths of `OUT/log`."""

from __future__ import annotations

from litestar import Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from recanvass.errors import BadInput
from recanvass.ledger.key_changes import change_number, prove_change
from recanvass.ledger.tile_paths import TilePath, encode_bundle, parse_tile_path
from recanvass.ledger.tiles import TILE_WIDTH
from recanvass.record import Record
from recanvass.server.cached import READING, AnyRequest, changing, lasting
from recanvass.server.problems import not_found
from recanvass.server.record_thread import RecordThread

__all__ = ["LOG_ROUTES"]

TEXT = "text/plain"
BYTES = "application/octet-stream"


@route("/log/checkpoint", http_method=READING)
async def checkpoint(request: AnyRequest, log: NamedDependency[RecordThread]) -> Response[bytes]:
    """Return the signed checkpoint of the record as it is now."""
    note = await log.ask(lambda record: record.ledger.checkpoint())
    return changing(request, note, TEXT)


@route("/log/tile/{path:path}", http_method=READING)
async def tile(
    request: AnyRequest, path: FromPath[str], log: NamedDependency[RecordThread]
) -> Response[bytes]:
    """Return a tile of hashes or a bundle of entries that the current checkpoint calls for.

    Of one that grew since, any smaller width too: an earlier checkpoint called for it.
    """
    asked = parse_tile_path(f"tile{path}")
    if asked is None:
        raise not_found(f"tile{path}: expected tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]")
    try:
        content = await log.ask(lambda record: _content(record, asked))
    except BadInput:
        raise not_found(f"tile{path}: the checkpoint does not call for it (yet)") from None
    return lasting(request, content, BYTES)


@route("/log/keys/{name:str}", http_method=READING)
async def key_change(
    request: AnyRequest, name: FromPath[str], log: NamedDependency[RecordThread]
) -> Response[bytes]:
    """Return the proof of a change of the keys that sign; witnesses may yet sign below it."""
    number = change_number(f"keys/{name}")
    proof = await log.ask(lambda record: prove_change(record.ledger, number))
    if proof is None:
        raise not_found(f"keys/{name}: the log's keys did not change so often")
    return changing(request, proof.format(), TEXT)


def _content(record: Record, asked: TilePath) -> bytes:
    if asked.level is not None:
        return record.ledger.tile(asked.level, asked.number, asked.width)
    first = asked.number * TILE_WIDTH
    return encode_bundle(record.ledger.read(first, first + asked.width))


LOG_ROUTES = [checkpoint, tile, key_change]
