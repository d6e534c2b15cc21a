"""`recanvass serve`: the log, its totals and the site over HTTP, as the ledger grows."""

from __future__ import annotations

import argparse
import sys

from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.record import open_record
from recanvass.record.published import place_of_log
from recanvass.words import number, say_in

__all__ = ["run", "serve_ledger"]

MAX_WORKERS = 64


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop, and return 0."""
    if not 1 <= args.workers <= MAX_WORKERS:
        raise BadInput(f"--workers: found {args.workers}; expected 1 to {MAX_WORKERS}")
    if not 1 <= args.port < 1 << 16:
        raise BadInput(f"--port: found {args.port}; expected 1 to 65535")
    if place_of_log(args.ledger) is not None:
        raise BadInput(
            f"serve: found {args.ledger!r}, a published log, which any web server can carry; "
            "expected a ledger"
        )
    serve_ledger(args.ledger, args.host, args.port, args.workers, args.lang)
    return 0


def serve_ledger(ledger: str, host: str, port: int, workers: int, language: str) -> None:
    """Say where a ledger is served, and serve it until told to stop."""
    # Only a server needs them.
    from recanvass.server.listening import check_address  # noqa: PLC0415
    from recanvass.server.run import run_server  # noqa: PLC0415

    say = say_in(language)
    with open_record(ledger, read_only=True) as record:
        origin, size, verifier = record.ledger.origin, record.ledger.size, record.ledger.verifier
    check_address(host, port, "serve")
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    print_line(
        say("serving {origin}, {size} entries; stop with Ctrl-C").format(
            origin=origin, size=number(size, language)
        )
    )
    print_line(f"  {address}/")
    print_line(f"  recanvass verify --url {address}/log --key '{verifier}'")
    sys.stdout.flush()
    run_server(ledger, host, port, workers, language)
