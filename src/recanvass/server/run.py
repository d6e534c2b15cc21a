"""The application run by Granian, in one process or several."""

from __future__ import annotations

import os
import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar

from recanvass.errors import BadInput
from recanvass.record import open_record
from recanvass.server.app import make_app

__all__ = ["app_of_environment", "check_address", "run_server"]

LEDGER_VARIABLE = "RECANVASS_LEDGER"
LANGUAGE_VARIABLE = "RECANVASS_LANG"


def run_server(ledger: str, host: str, port: int, workers: int, language: str) -> None:
    """Serve a ledger until the process is told to stop (SIGINT, SIGTERM); then end gracefully."""
    # Each worker is a process of its own and is told in the environment.
    os.environ |= {LEDGER_VARIABLE: ledger, LANGUAGE_VARIABLE: language}
    Granian(
        f"{__name__}:{app_of_environment.__name__}",
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def app_of_environment() -> Litestar:
    """Return the application for the ledger that the environment names; Granian calls this."""
    ledger, language = os.environ[LEDGER_VARIABLE], os.environ[LANGUAGE_VARIABLE]
    return make_app(lambda: open_record(ledger, read_only=True), language)


def check_address(host: str, port: int) -> None:
    """Raise BadInput if nothing can listen there: Granian's workers would end with tracebacks."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"serve: cannot listen on {host} port {port}: {reason}") from None
