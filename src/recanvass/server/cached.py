"""Answers to those who read, which caches may keep: for ever, or for a second."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from litestar import HttpMethod, Response
from litestar.connection import Request
from litestar.datastructures import State

__all__ = ["READING", "AnyRequest", "changing", "lasting"]

READING = (HttpMethod.GET, HttpMethod.HEAD)
FOR_EVER = "public, max-age=31536000, immutable"
A_SECOND = "public, max-age=1"

AnyRequest = Request[Any, Any, State]
Headers = Mapping[str, str]
_NONE: Headers = MappingProxyType({})


def lasting(
    request: AnyRequest, content: bytes, media_type: str, more: Headers = _NONE
) -> Response[bytes]:
    """Return an answer whose bytes under this path never change."""
    return _answer(request, content, media_type, {**more, "Cache-Control": FOR_EVER})


def changing(
    request: AnyRequest, content: bytes, media_type: str, more: Headers = _NONE
) -> Response[bytes]:
    """Return an answer that is another one when the record has grown."""
    return _answer(request, content, media_type, {**more, "Cache-Control": A_SECOND})


def _answer(request: AnyRequest, content: bytes, media_type: str, more: Headers) -> Response[bytes]:
    # Weak: compressed or not, it is the same.
    tag = f'W/"{sha256(content).hexdigest()[:32]}"'
    headers = {**more, "ETag": tag, "X-Content-Type-Options": "nosniff"}
    known = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or "*" in known:
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(content, headers=headers, media_type=media_type)
