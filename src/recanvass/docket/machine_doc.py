"""The page of state machines, written from the tables that the code steps through."""

from __future__ import annotations

from collections.abc import Iterable

from recanvass.docket.machine import Machine, mermaid

__all__ = ["machines_page"]

_HEAD = """# State machines

Written by `tools/docs.py` from the tables in `recanvass.docket.machine` and
`recanvass.office.mandates`; a test compares. In brackets: who can make it happen. What a table does
not foresee is recorded all the same, since it happened, and flagged.
"""


def machines_page(machines: Iterable[Machine]) -> str:
    """Return the page in Markdown: a section with a diagram for each machine."""
    sections = [
        f"## {machine.name.capitalize()}\n\n```mermaid\n{mermaid(machine)}\n```\n"
        for machine in machines
    ]
    return "\n".join([_HEAD, *sections])
