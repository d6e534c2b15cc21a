"""`recanvass publish`: the record as static files, the log under OUT/log, totals in OUT/results."""

from __future__ import annotations

import argparse
from pathlib import Path

from recanvass.cli.cosign import ask_for_quorum
from recanvass.cli.evidence_shown import print_published_blobs
from recanvass.cli.output import print_line
from recanvass.cli.trust import read_policy
from recanvass.ledger import publish_log
from recanvass.ledger.tile_paths import BLOB_FOLDER
from recanvass.record import open_record
from recanvass.record.publish_blobs import publish_blobs
from recanvass.record.publish_results import publish_results
from recanvass.record.published_results import RESULTS_FOLDER
from recanvass.words import number, say_in

__all__ = ["run"]

LOG_FOLDER = "log"


def run(args: argparse.Namespace) -> int:
    """Write what the published log and totals lack, say how to check them, and return 0.

    With a policy the witnesses are asked first; if too few sign, return 1 and write nothing.
    """
    say = say_in(args.lang)
    log, results = Path(args.out) / LOG_FOLDER, Path(args.out) / RESULTS_FOLDER
    with open_record(args.ledger, read_only=args.policy is None) as record:
        policy = None if args.policy is None else read_policy(args.policy)
        if policy is not None and not ask_for_quorum(record.ledger, policy, args.lang):
            print_line(say("nothing was published: too few witnesses signed"))
            return 1
        blobs = publish_blobs(record, Path(args.out) / BLOB_FOLDER)
        done = publish_log(record.ledger, log)
        # Last, so that whoever reads the newest totals finds the entries that they are made of.
        totals = publish_results(record, results, done.size, args.lang, args.keep)
        verifier = record.ledger.verifier
    summary = say("{folder}: {size} entries, {new} of them new; {files} files written").format(
        folder=log,
        size=number(done.size, args.lang),
        new=number(done.size - done.before, args.lang),
        files=number(done.files, args.lang),
    )
    print_line(summary)
    print_published_blobs(blobs, args.lang)
    of_results = say("{folder}: {files} files written; {n} older sizes removed").format(
        folder=results,
        files=number(totals.written, args.lang),
        n=number(totals.removed, args.lang),
    )
    print_line(of_results)
    print_line(f"  {say('key')} {verifier}")
    print_line(f"  recanvass verify --dir {log} --key '{verifier}'")
    return 0
