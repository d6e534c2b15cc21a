"""`recanvass verify --dir` and `--url`: a published log checked, or only what is new in it."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from recanvass.cli.output import print_line
from recanvass.cli.trust import Trust, print_cosigned, trust_of
from recanvass.cli.verified import (
    print_faults,
    print_signatures_and_evidence,
    print_station_proof,
    print_verified,
)
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Ledger, LogReader, Verifier, open_files, verify_log
from recanvass.ledger.checkpoint import Checkpoint, open_checkpoint
from recanvass.ledger.note import MAX_NOTE_BYTES
from recanvass.ledger.policy import Judgement
from recanvass.ledger.published_files import PublishedFiles, is_url
from recanvass.record import Record
from recanvass.record.check_results import check_results
from recanvass.record.published import open_log
from recanvass.record.published_results import RESULTS_FOLDER, ResultsIndex, read_latest
from recanvass.record.verification import verify_record
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Print what was checked and return 0, or 1 if anything is wrong."""
    if args.url and not is_url(args.url):
        raise BadInput(f"--url: found {args.url!r}; expected an address such as https://host/log")
    trust = trust_of(args)
    place = args.url or args.dir
    with closing(open_files(place)) as files, closing(files.beside(RESULTS_FOLDER)) as results:
        index = read_latest(results)
        trusted, log = _open(files, trust)
        asked = _Asked(trusted, trust.judge(log.note, log.key_spans()))
        with Record(Ledger.of_log(log)) as record:
            return _verify(args, record, log, asked, _Totals(results, index))


@dataclass(frozen=True)
class _Asked:
    """What the log was opened under."""

    trusted: str | None
    judgement: Judgement | None


@dataclass(frozen=True)
class _Totals:
    """What is published beside a log."""

    files: PublishedFiles
    index: ResultsIndex | None


def _open(files: PublishedFiles, trust: Trust) -> tuple[str | None, LogReader]:
    """Return a log, and the key from which trust in it follows, if there is one."""
    if not trust.keys:
        return None, open_log(files)
    return trust.under_any_key(lambda key: open_log(files, key))


def _verify(
    args: argparse.Namespace, record: Record, log: LogReader, asked: _Asked, totals: _Totals
) -> int:
    """Check the log, then what is made of it; each only if what it rests on is sound."""
    saved = Path(args.checkpoint) if args.checkpoint else None
    since = _saved(saved, log) if saved and saved.exists() else None
    found = verify_log(log, asked.trusted, since)
    if not found.ok:
        return print_faults(found.faults, args.lang)
    whole = None
    if since is None:
        whole = verify_record(record, found)
        if not whole.ok:
            status = print_faults(whole.faults, args.lang)
            print_signatures_and_evidence(whole, args.lang)
            return status
    if totals.index and (faults := check_results(record, totals.files, totals.index)):
        return print_faults(faults, args.lang)
    print_verified(log.stated.origin, found, whole, args.lang)
    print_cosigned(asked.judgement, args.lang)
    if since is not None:
        _print_new(since, found.size, args.lang)
    _print_results(totals, args.lang)
    if args.station:
        print_station_proof(record, args.station, args.lang)
    if saved is not None:
        _save(saved, log.note)
    return 0


def _saved(file: Path, log: LogReader) -> Checkpoint:
    """Return the checkpoint saved last time, signed by one of the log's keys."""
    keys = [Verifier.parse(key.verifier) for key in log.key_spans()]
    with file.open("rb") as opened:
        note = opened.read(MAX_NOTE_BYTES + 1)
    try:
        return open_checkpoint(note, log.stated.origin, keys)
    except BadProof as error:
        raise BadProof(f"{file}: {error}") from None


def _print_new(since: Checkpoint, size: int, language: str) -> None:
    text = say_in(language)(
        "goes on from the saved checkpoint of {old} entries: {new} new ones were read, the totals "
        "were not folded a second time"
    ).format(old=number(since.size, language), new=number(size - since.size, language))
    print_line(f"  {text}")


def _print_results(totals: _Totals, language: str) -> None:
    say = say_in(language)
    place, index = totals.files.place, totals.index
    if index is None:
        text = say("{place}: no published totals beside the log").format(place=place)
    else:
        text = say("{place}: {n} files of totals at size {size}, every figure as folded").format(
            place=place,
            n=number(len(index.files), language),
            size=number(index.size, language),
        )
    print_line(f"  {text}")


def _save(file: Path, note: bytes) -> None:
    """Put the checkpoint in its place whole: half of one would stop the next run."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.write_bytes(note)
    unfinished.replace(file)
