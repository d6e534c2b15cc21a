"""Refusals as problem documents (RFC 9457): status, title, and one line of detail."""

from __future__ import annotations

import logging

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException
from litestar.types import ExceptionHandlersMap

from recanvass.errors import RecanvassError
from recanvass.server.cached import AnyRequest

__all__ = ["EXCEPTION_HANDLERS", "bad_request", "not_found"]

_LOG = logging.getLogger(__name__)


def bad_request(detail: str) -> ProblemDetailsException:
    """Return the refusal of a question that cannot be meant."""
    return _problem(400, "Bad Request", detail)


def not_found(detail: str) -> ProblemDetailsException:
    """Return the refusal of a path that names nothing that is published."""
    return _problem(404, "Not Found", detail)


def _refuse(request: AnyRequest, error: HTTPException) -> Response[dict[str, object]]:
    if isinstance(error, ProblemDetailsException):
        return _answer(request, error)
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return _answer(request, _problem(error.status_code, error.detail, detail, error.headers))


def _unreadable(request: AnyRequest, error: RecanvassError) -> Response[dict[str, object]]:
    # What is wrong, and where on this machine, is for who runs the server.
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    detail = "the ledger cannot be read now; ask again later"
    return _answer(request, _problem(503, "Service Unavailable", detail, {"Retry-After": "10"}))


def _broken(request: AnyRequest, error: Exception) -> Response[dict[str, object]]:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    detail = "a fault of this server; it was written down"
    return _answer(request, _problem(500, "Internal Server Error", detail))


def _problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None
) -> ProblemDetailsException:
    return ProblemDetailsException(
        status_code=status, title=title, detail=detail, headers=dict(headers or {})
    )


def _answer(request: AnyRequest, problem: ProblemDetailsException) -> Response[dict[str, object]]:
    response = problem.to_response(request)
    response.headers["Cache-Control"] = "no-store"  # what is not there yet may be there soon
    return response


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HTTPException: _refuse,
    RecanvassError: _unreadable,
    Exception: _broken,
}
"""For `Litestar(exception_handlers=…)`."""
