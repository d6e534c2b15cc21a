"""Refusals as problem documents (RFC 9457): status, title, and one line of detail."""

from __future__ import annotations

import logging

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException
from litestar.types import ExceptionHandlersMap

from recanvass.errors import RecanvassError
from recanvass.server.cached import AnyRequest

__all__ = ["EXCEPTION_HANDLERS", "not_found"]

_LOG = logging.getLogger(__name__)


def not_found(detail: str) -> ProblemDetailsException:
    """Return the refusal of a path that names nothing that is published."""
    return ProblemDetailsException(status_code=404, title="Not Found", detail=detail)


def _refuse(request: AnyRequest, error: HTTPException) -> Response[dict[str, object]]:
    problem = error
    if not isinstance(problem, ProblemDetailsException):
        detail = f"{request.method} {request.url.path}: {error.detail}"
        problem = ProblemDetailsException(
            status_code=error.status_code, title=error.detail, detail=detail, headers=error.headers
        )
    response = problem.to_response(request)
    response.headers["Cache-Control"] = "no-store"  # what is not there yet may be there soon
    return response


def _unreadable(request: AnyRequest, error: RecanvassError) -> Response[dict[str, object]]:
    # What is wrong, and where on this machine, is for who runs the server.
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    return ProblemDetailsException(
        status_code=503,
        title="Service Unavailable",
        detail="the ledger cannot be read now; ask again later",
        headers={"Retry-After": "10"},
    ).to_response(request)


def _broken(request: AnyRequest, error: Exception) -> Response[dict[str, object]]:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    return ProblemDetailsException(
        status_code=500,
        title="Internal Server Error",
        detail="a fault of this server; it was written down",
    ).to_response(request)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    HTTPException: _refuse,
    RecanvassError: _unreadable,
    Exception: _broken,
}
"""For `Litestar(exception_handlers=…)`."""
