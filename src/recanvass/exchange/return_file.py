"""A file with one return: JSON while it is filled in, a signed note (C2SP) from then on.

    {"at":"…","contest":"…", … ,"votes":{…}}     the event, canonical, without its signatures
    <empty line>
    — <name> <base64(key id[4] || signature)>    a line for each who signed

So any tool for signed notes can check one. In the record the same lines stand in the event itself
(`ReturnRecorded.signatures`), from which this very file can be made again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from recanvass.errors import BadInput, BadProof
from recanvass.exchange.cells import LARGEST
from recanvass.ledger import MAX_ENTRY_BYTES, Signer
from recanvass.ledger.note import MAX_SIGNATURES, Note, format_note, parse_note
from recanvass.model import ReturnRecorded, check_id, encode_event, return_text, to_utc

__all__ = [
    "MAX_RETURN_FILE_BYTES",
    "format_return",
    "parse_return",
    "sign_return",
    "with_signatures",
]

MAX_RETURN_FILE_BYTES = 2 * MAX_ENTRY_BYTES

_KIND = "return.recorded"
_WHOSE = ("contest", "poll", "source", "station", "at")
_JSON = msgspec.json.Decoder(dict[str, Any])


def parse_return(data: bytes) -> ReturnRecorded:
    """Return the return in a file: a note, or JSON with the event's fields.

    In JSON `kind` and `id` may be left out, and a figure that is null is missing; the id is then
    made of poll, source, station and time. Raise BadInput if there is no well-formed return in it.
    No signature is verified.
    """
    if len(data) > MAX_RETURN_FILE_BYTES:
        raise BadInput(f"found {len(data)} bytes; expected at most {MAX_RETURN_FILE_BYTES}")
    try:
        fields = _JSON.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if b"\n\n" not in data.rstrip(b"\n"):
            raise BadInput(f"found neither a signed note nor JSON: {error}") from None
    else:
        return _of_fields(fields)
    return _of_note(data)


def _of_fields(fields: dict[str, Any]) -> ReturnRecorded:
    for name in ("counts", "votes"):
        if isinstance(fields.get(name), dict):
            fields[name] = {k: n for k, n in fields[name].items() if n is not None}
    for name in _WHOSE:
        if not isinstance(fields.get(name), str):
            raise BadInput(f"{name}: found {fields.get(name)!r:.60}; expected a text")
    fields.setdefault("id", "/".join(fields[name] for name in _WHOSE))
    if "signatures" in fields:
        raise BadInput("signatures: found them in JSON; expected a signed note")
    return _checked(_converted({"kind": _KIND} | fields))


def _of_note(data: bytes) -> ReturnRecorded:
    try:
        note = parse_note(data)
    except BadProof as error:
        raise BadInput(str(error)) from None
    try:
        fields = _JSON.decode(note.text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput(f"found no return above the signatures: {error}") from None
    event = _checked(_converted(fields))
    if event.signatures or note.text != return_text(event):
        raise BadInput(
            "found a text that is not the canonical line of a return; expected it as it was signed"
        )
    return with_signatures(event, _lines(note))


def _converted(fields: dict[str, Any]) -> ReturnRecorded:
    try:
        return msgspec.convert(fields, ReturnRecorded)
    except msgspec.ValidationError as error:
        raise BadInput(f"not a return: {error}") from None


def _checked(event: ReturnRecorded) -> ReturnRecorded:
    """Return a return that says whose it is, when it was made, and has figures that can be."""
    for name in ("contest", "poll", "source", "station", "id"):
        check_id(getattr(event, name), name)
    if event.at is None:
        raise BadInput("at: found nothing; expected a time with a UTC offset")
    to_utc(event.at, "at")
    for name, figure in (*event.counts.items(), *event.votes.items()):
        check_id(name, "name of a figure")
        if not 0 <= figure <= LARGEST:
            raise BadInput(f"{name}: found {figure}; expected a whole number from 0 to {LARGEST}")
    size = len(encode_event(event))
    if size > MAX_ENTRY_BYTES:
        raise BadInput(f"found a return of {size} bytes; expected at most {MAX_ENTRY_BYTES}")
    return event


def _lines(note: Note) -> list[str]:
    """Return a note's signature lines as text."""
    whole = (format_note("", (signature,)).decode() for signature in note.signatures)
    return [line.strip("\n") for line in whole]


def format_return(event: ReturnRecorded) -> bytes:
    """Return a return as the bytes of its file: a note, or its bare line if nobody signed yet."""
    lines = "".join(f"{line}\n" for line in event.signatures)
    return (return_text(event) + (f"\n{lines}" if lines else "")).encode()


def sign_return(event: ReturnRecorded, signer: Signer) -> ReturnRecorded:
    """Return a return with this signer's line among those that it has."""
    text = return_text(event)
    return with_signatures(event, _lines(Note(text, (signer.sign(text.encode()),))))


def with_signatures(event: ReturnRecorded, lines: Iterable[str]) -> ReturnRecorded:
    """Return a return with these signature lines beside its own, each once, in canonical order.

    Raise BadInput if they are too many for a note.
    """
    every = tuple(sorted({*event.signatures, *lines}))
    if len(every) > MAX_SIGNATURES:
        raise BadInput(f"found {len(every)} signatures; expected at most {MAX_SIGNATURES}")
    return msgspec.structs.replace(event, signatures=every)
