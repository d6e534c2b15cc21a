"""`recanvass attach`: a photo, PDF or text bound to an event by its hash."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.evidence_shown import evidence_line
from recanvass.cli.output import print_line
from recanvass.errors import BadInput
from recanvass.ledger.store import MAX_BLOB_BYTES
from recanvass.record import open_record
from recanvass.record.evidence import attach

__all__ = ["run"]

_MB = 1_000_000


def run(args: argparse.Namespace) -> int:
    """Attach the file, say under which hash, and return 0."""
    limit = args.limit * _MB
    if not 0 < limit <= MAX_BLOB_BYTES:
        raise BadInput(f"--limit: found {args.limit}; expected 1 to {MAX_BLOB_BYTES // _MB}")
    with Path(args.file).open("rb") as file:
        content = file.read(limit + 1)
    with open_record(args.ledger) as record:
        try:
            evidence = attach(record, args.event, content, args.title, limit)
        except BadInput as error:
            raise BadInput(f"{args.file}: {error}") from None
    print_line(f"{evidence.to}: {evidence_line(evidence, args.lang)}")
    print_line(f"  recanvass blob {evidence.sha256} --out FILE")
    return 0
