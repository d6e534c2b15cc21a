"""`recanvass key`: make a signing key, show the published ones, and change who signs."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from recanvass.cli.output import Column, print_csv, print_json, print_line, print_table
from recanvass.errors import BadInput
from recanvass.ledger import KeySpan, Ledger, Signer, WitnessSigner
from recanvass.ledger.key_file import (
    SIGNING_KEY_VARIABLE,
    add_to_key_file,
    needed_key_path,
    read_key_file,
    read_one_key,
    signers_from_environment,
    write_key_file,
)
from recanvass.ledger.place import ledger_place
from recanvass.record import open_record
from recanvass.record.keys import add_key, retire_key
from recanvass.words import number, say_in

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Do what the word after `key` says and return 0."""
    actions = {"new": _new, "show": _show, "add": _add, "retire": _retire}
    actions[args.action](args)
    return 0


def _new(args: argparse.Namespace) -> None:
    say = say_in(args.lang)
    path = Path(args.out or f"{args.name.replace('/', '-')}.key")
    signer = (WitnessSigner if args.witness else Signer).generate(args.name)
    write_key_file(signer, path)
    print_line(say("wrote {file}: keep it safe, whoever has it can sign").format(file=path))
    print_line(f"  {say('verifier key')} {signer.verifier}")


def _show(args: argparse.Namespace) -> None:
    if args.file is not None:
        for signer in _signers_in(Path(args.file)):
            print_line(str(signer.verifier))
        return
    with open_record(args.ledger, read_only=True) as record:
        keys = record.ledger.keys
    rows = [msgspec.structs.asdict(key) for key in keys]
    if args.format == "json":
        print_json(rows)
    elif args.format == "csv":
        import polars as pl  # noqa: PLC0415 - only for this format

        print_csv(pl.DataFrame(rows))
    else:
        _print_spans(keys, args.lang)


def _print_spans(keys: list[KeySpan], language: str) -> None:
    say = say_in(language)
    titles = [say("verifier key"), say("signs from size"), say("up to")]
    rows = [
        [
            k.verifier,
            number(k.since, language),
            number(None if k.until is None else k.until - 1, language),
        ]
        for k in keys
    ]
    print_table([Column(titles[0], wrap=True), *(Column(t, number=True) for t in titles[1:])], rows)


def _signers_in(path: Path) -> list[Signer]:
    """Return the keys in a file, those of a log or of a witness. Raise BadInput if it has none."""
    try:
        return read_key_file(path, Signer)
    except BadInput:
        return [*read_key_file(path, WitnessSigner)]


def _add(args: argparse.Namespace) -> None:
    say = say_in(args.lang)
    kept_in = None if signers_from_environment() else needed_key_path(ledger_place(args.ledger))
    with open_record(args.ledger) as record:
        signer = _new_signer(args.file, record.ledger, kept_in)
        if kept_in is not None:
            # First of all: a key that the ledger asks for must not be lost.
            add_to_key_file(signer, kept_in)
        size = add_key(record, signer)
        signing = sum(key.signs(size) for key in record.ledger.keys)
    print_line(
        say("{key} signs from size {size} on; keys that sign now: {n}").format(
            key=signer.verifier, size=number(size, args.lang), n=signing
        )
    )
    place = kept_in or SIGNING_KEY_VARIABLE
    print_line(f"  {say('from now on every one of them must be in {place}').format(place=place)}")


def _new_signer(file: str | None, ledger: Ledger, kept_in: Path | None) -> Signer:
    """Return the key to add: that in a file, or a new one if it can be kept."""
    if file is None:
        if kept_in is None:
            raise BadInput(
                f"key add: expected a key file, since keys are in {SIGNING_KEY_VARIABLE}"
            )
        return Signer.generate(ledger.origin)
    signer = read_one_key(Path(file), Signer)
    if signer.verifier.name != ledger.origin:
        raise BadInput(
            f"{file}: found a key named {signer.verifier.name}; expected one named {ledger.origin}"
        )
    return signer


def _retire(args: argparse.Namespace) -> None:
    say = say_in(args.lang)
    with open_record(args.ledger, read_only=True) as record:
        verifier = _named(args.key, record.ledger)
    with open_record(args.ledger, lost=verifier) as record:
        size = retire_key(record, verifier)
    print_line(
        say("{key} signs no more, from size {size} on; what it signed stays signed").format(
            key=verifier, size=number(size, args.lang)
        )
    )


def _named(text: str, ledger: Ledger) -> str:
    """Return the ledger's verifier key that a text is, or has for its key id. Raise BadInput."""
    keys = [key.verifier for key in ledger.keys]
    for verifier in keys:
        if text in (verifier, verifier.removeprefix(f"{ledger.origin}+").partition("+")[0]):
            return verifier
    raise BadInput(f"key: found {text[:200]!r}; expected one of {', '.join(keys)}, or its key id")
