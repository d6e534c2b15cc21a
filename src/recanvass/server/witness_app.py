"""A witness over HTTP (C2SP tlog-witness): its two paths, run by Granian.

POST /add-checkpoint                            cosign a checkpoint, or say why not
GET  /<hex SHA-256 of the origin>/checkpoint    the last one that was cosigned
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from recanvass.errors import RecanvassError
from recanvass.ledger import Verifier, WitnessSigner
from recanvass.ledger.key_file import read_one_key
from recanvass.ledger.witness import MAX_REQUEST_BYTES, Answer, WitnessService

__all__ = ["make_witness_app", "open_witness", "run_witness", "witness_app_of_environment"]

KEY_VARIABLE = "RECANVASS_WITNESS_KEY_FILE"
STATE_VARIABLE = "RECANVASS_WITNESS_STATE"
LOGS_VARIABLE = "RECANVASS_WITNESS_LOGS"
BODY_SECONDS = 20.0

_LOG = logging.getLogger(__name__)
_AnyRequest = Request[Any, Any, State]


def open_witness(key_file: str, state: str, logs: Sequence[str]) -> WitnessService:
    """Return the witness with this key, memory and logs. Raise BadInput if one of them is wrong."""
    signer = read_one_key(Path(key_file), WitnessSigner)
    return WitnessService(Path(state), signer, list(map(Verifier.parse, logs)))


def run_witness(key_file: str, state: str, logs: Sequence[str], host: str, port: int) -> None:
    """Answer until the process is told to stop (SIGINT, SIGTERM); then end gracefully."""
    # The worker is a process of its own and is told in the environment; never the key itself.
    os.environ |= {KEY_VARIABLE: key_file, STATE_VARIABLE: state, LOGS_VARIABLE: " ".join(logs)}
    Granian(
        f"{__name__}:{witness_app_of_environment.__name__}",
        factory=True,
        address=host,
        port=port,
        workers=1,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def witness_app_of_environment() -> Litestar:
    """Return the application of the witness that the environment describes; Granian calls this."""
    logs = os.environ[LOGS_VARIABLE].split()
    return make_witness_app(
        open_witness(os.environ[KEY_VARIABLE], os.environ[STATE_VARIABLE], logs)
    )


def make_witness_app(witness: WitnessService) -> Litestar:
    """Return the application by which a witness is asked."""
    return Litestar(
        [add_checkpoint, latest],
        dependencies={"witness": Provide(lambda: witness, sync_to_thread=False)},
        exception_handlers={HTTPException: _refuse, RecanvassError: _unable, Exception: _broken},
        request_max_body_size=MAX_REQUEST_BYTES,
        openapi_config=None,
    )


@post("/add-checkpoint")
async def add_checkpoint(
    request: _AnyRequest, witness: NamedDependency[WitnessService]
) -> Response[bytes]:
    """Cosign a checkpoint that goes on from the last one, or say why not."""
    try:
        body = await asyncio.wait_for(request.body(), BODY_SECONDS)
    except TimeoutError:
        return _response(Answer(408, b"the request did not come to its end\n"))
    return _response(await asyncio.to_thread(witness.add_checkpoint, body))


@get("/{origin_hash:str}/checkpoint")
async def latest(
    origin_hash: FromPath[str], witness: NamedDependency[WitnessService]
) -> Response[bytes]:
    """Return the last checkpoint that was cosigned of a log."""
    return _response(await asyncio.to_thread(witness.latest, origin_hash))


def _response(answer: Answer) -> Response[bytes]:
    return Response(
        answer.body,
        status_code=answer.status,
        headers={
            # Not as `media_type`, which would get a charset that the specification has not.
            "Content-Type": answer.media_type,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _refuse(_: _AnyRequest, error: HTTPException) -> Response[bytes]:
    return _response(Answer(error.status_code, f"{error.detail}\n".encode()))


def _unable(request: _AnyRequest, error: RecanvassError) -> Response[bytes]:
    # What is wrong, and where on this machine, is for who runs the witness.
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    return _response(Answer(503, b"this witness cannot answer now; ask again later\n"))


def _broken(request: _AnyRequest, error: Exception) -> Response[bytes]:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    return _response(Answer(500, b"a fault of this witness; it was written down\n"))
