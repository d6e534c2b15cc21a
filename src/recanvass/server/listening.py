"""Whether a server can listen where it is told to."""

from __future__ import annotations

import socket

from recanvass.errors import BadInput

__all__ = ["check_address"]


def check_address(host: str, port: int, command: str) -> None:
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
        raise BadInput(f"{command}: cannot listen on {host} port {port}: {reason}") from None
