"""`recanvass prove`: a proof file for each return of a station, and a page of it to print."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.simulated import tell_if_simulated
from recanvass.errors import NotInRecord
from recanvass.ledger import parse_proof, prove_entry
from recanvass.record import Record, StationHistory, StationReturn, open_record
from recanvass.record.terms import standing_word
from recanvass.words import say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Write the files, say what each proves and how to check it, and return 0."""
    say = say_in(args.lang)
    folder = Path(args.out)
    with open_record(args.ledger, read_only=True) as record:
        tell_if_simulated(record, args)
        history = record.station(args.station)
        if not history.returns:
            raise NotInRecord(f"station: {args.station} has not reported; nothing can be proved")
        folder.mkdir(parents=True, exist_ok=True)
        for one in history.returns:
            file = folder / f"{args.station.replace('/', '-')}-{one.entry}.tlog-proof"
            file.write_bytes(prove_entry(record.ledger, one.entry).format())
            line = say("{file}: entry {entry}, {poll}, {standing}").format(
                file=file,
                entry=one.entry,
                poll=f"{one.contest} {one.poll}",
                standing=standing_word(one.standing, args.lang),
            )
            print_line(line)
            if args.qr:
                page = _write_page(record, history, one, file, args.lang)
                print_line(f"  {say('to print: {page}').format(page=page)}")
        print_line(f"  recanvass verify {file} --key '{record.ledger.verifier}'")
    return 0


def _write_page(
    record: Record, history: StationHistory, one: StationReturn, file: Path, language: str
) -> Path:
    """Write the page to print beside a proof file, and return where."""
    from recanvass.site.proof_page import ProofPage, proof_page  # noqa: PLC0415 - only with --qr

    content = ProofPage(
        poll=record.contest(one.contest).poll(one.poll),
        history=history,
        one=one,
        proof=parse_proof(file.read_bytes()),
        file=file.name,
        verifier=record.ledger.verifier,
    )
    page = file.with_suffix(".html")
    page.write_text(proof_page(content, language), encoding="utf-8")
    return page
