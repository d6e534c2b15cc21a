"""Whether a server can listen where it is told to, and where else it can."""

from __future__ import annotations

import socket

from recanvass.errors import BadInput

__all__ = ["check_address", "port_near"]


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


def port_near(host: str, port: int, command: str) -> int:
    """Return `port` of an IPv4 address, or a free one if it is taken."""
    try:
        check_address(host, port, command)
    except BadInput:
        with socket.socket() as listening:
            listening.bind((host, 0))
            return int(listening.getsockname()[1])
    return port
