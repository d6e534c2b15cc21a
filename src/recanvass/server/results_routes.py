"""The published totals, made from the ledger when asked for, under the paths of `OUT/results`."""

from __future__ import annotations

from litestar import Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from recanvass.errors import BadInput
from recanvass.record import Record
from recanvass.record.published_results import INDEX, encode_index, make_index, result_files
from recanvass.server.cached import READING, AnyRequest, changing, lasting
from recanvass.server.problems import not_found
from recanvass.server.record_thread import RecordThread

__all__ = ["RESULTS_ROUTES", "KeptResults"]

JSON = "application/json"
SIZES_KEPT = 4
SIZE_DIGITS = 19


class KeptResults:
    """The files of results of the sizes asked for last. Used by the thread of one record."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._sizes: dict[int, dict[str, bytes]] = {}

    def at(self, record: Record, size: int | None = None) -> dict[str, bytes]:
        """Return all files of a size by path, the index among them.

        Without `size`, of the record as it is now. Raise BadInput if no batch ended there.
        """
        size = record.ledger.size if size is None else size
        if size not in self._sizes:
            record.ledger.checkpoint(size)
            files = result_files(record, size, self._language)
            index = encode_index(make_index(record, size, self._language, files))
            while len(self._sizes) >= SIZES_KEPT:
                self._sizes.pop(next(iter(self._sizes)))
            self._sizes[size] = {**files, INDEX: index}
        return self._sizes[size]


@route("/results/latest.json", http_method=READING)
async def latest(
    request: AnyRequest, results: NamedDependency[RecordThread], kept: NamedDependency[KeptResults]
) -> Response[bytes]:
    """Return the index of the results of the record as it is now."""
    content = await results.ask(lambda record: kept.at(record)[INDEX])
    return changing(request, content, JSON)


@route("/results/{size:str}/{path:path}", http_method=READING)
async def result(
    request: AnyRequest,
    size: FromPath[str],
    path: FromPath[str],
    results: NamedDependency[RecordThread],
    kept: NamedDependency[KeptResults],
) -> Response[bytes]:
    """Return one file of the results of a size that was signed."""
    name = f"results/{size}{path}"
    plain = size.isascii() and size.isdigit() and len(size) <= SIZE_DIGITS
    if not plain or str(int(size)) != size:
        raise not_found(f"{name}: expected results/<size>/…; results/latest.json says which")
    try:
        files = await results.ask(lambda record: kept.at(record, int(size)))
    except BadInput:
        raise not_found(f"{name}: no checkpoint was signed at that size") from None
    content = files.get(path.removeprefix("/"))
    if content is None:
        raise not_found(f"{name}: no such result; results/{size}/{INDEX} lists them")
    return lasting(request, content, JSON)


RESULTS_ROUTES = [latest, result]
