"""The application run by Granian, in one process or several."""

from __future__ import annotations

import multiprocessing
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar

from recanvass.record import open_record
from recanvass.server.app import make_app

__all__ = ["app_of_environment", "run_server"]

LEDGER_VARIABLE = "RECANVASS_LEDGER"
LANGUAGE_VARIABLE = "RECANVASS_LANG"


def run_server(ledger: str, host: str, port: int, workers: int, language: str) -> None:
    """Serve a ledger until the process is told to stop (SIGINT, SIGTERM); then end gracefully."""
    # Each worker is a process of its own and is told in the environment. It starts anew rather
    # than as a fork, which the threads of Polars do not survive.
    multiprocessing.set_start_method("spawn", force=True)
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
