"""`recanvass witness`: be one, so that no log can show one history here and another there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.trust import key_option
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Say who this witness is, then answer until stopped; return 0."""
    # The server's libraries are loaded only by those who serve.
    from recanvass.server.listening import check_address  # noqa: PLC0415
    from recanvass.server.witness_app import open_witness, run_witness  # noqa: PLC0415

    say = say_in(args.lang)
    logs = [key_option(log, "--log") or "" for log in args.log]
    is_new = not Path(args.state).exists()
    check_address(args.host, args.port, "witness")
    witness = open_witness(args.key, args.state, logs)
    if is_new:
        print_line(say("{file}: a new memory, in which no log has a past").format(file=args.state))
    print_line(say("witness {key}").format(key=witness.verifier))
    for log in logs:
        print_line(f"  {say('log')} {log}")
    print_line(f"  http://{args.host}:{args.port}/")
    sys.stdout.flush()
    run_witness(args.key, args.state, logs, args.host, args.port)
    return 0
