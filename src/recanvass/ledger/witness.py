"""A witness (C2SP tlog-witness): it remembers the last tree of each log, and cosigns what goes on.

    POST <prefix>/add-checkpoint      old <size of the last cosigned checkpoint>
                                      <base64 hash>      consistency proof, 0 to 63 lines
                                      <empty line>
                                      <the signed checkpoint>

    200  the cosignature line                     403  not signed by a known key of the log
    400  malformed, or old is above the size      404  a log that it does not know
    409  old is not what it remembers: the body is the size that it does (text/x.tlog.size)
    422  the checkpoint is not shown to go on from what it remembers

Comparing, remembering and only then answering is one transaction, so that of two requests at once
one is refused, in whichever process, and what was answered is never forgotten. A witness that loses
its memory can be made to cosign a fork: its file is to be kept as its key is.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from recanvass.errors import BadInput, BadProof, RecanvassError
from recanvass.ledger.checkpoint import Checkpoint, parse_claim, parse_size
from recanvass.ledger.cosignature import WitnessSigner
from recanvass.ledger.keys import Verifier
from recanvass.ledger.merkle import EMPTY_ROOT, HASH_BYTES, check_consistency
from recanvass.ledger.note import (
    MAX_NOTE_BYTES,
    Note,
    decode_base64,
    encode_base64,
    format_note,
    format_signature,
    parse_note,
    verified_lines,
)

__all__ = ["MAX_REQUEST_BYTES", "Answer", "Submission", "WitnessService", "parse_submission"]

MAX_HASHES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 100 * (MAX_HASHES + 1)
BUSY_SECONDS = 10.0
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS witness (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
);
"""


class Answer(msgspec.Struct, frozen=True):
    """What is answered over HTTP."""

    status: int
    body: bytes
    media_type: str = TEXT


class Submission(msgspec.Struct, frozen=True):
    """A checkpoint with the proof that it goes on from an old one; nothing in it is verified."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def format(self) -> bytes:
        """Return the body of the request."""
        head = [f"old {self.old}", *map(encode_base64, self.proof), "", ""]
        return "\n".join(head).encode() + self.note


class WitnessService:
    """One witness with its memory. May be used by several threads and processes at once."""

    def __init__(
        self,
        state: Path,
        signer: WitnessSigner,
        logs: Sequence[Verifier],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the memory in a file, or begin one.

        A log may have several keys. Raise BadInput if the file is another witness's or no memory of
        a witness.
        """
        self._path = state
        self._signer = signer
        self._clock = clock
        self.verifier = str(signer.verifier)
        """The published key."""
        self._keys: dict[str, list[Verifier]] = {}
        for key in logs:
            self._keys.setdefault(key.name, []).append(key)
        self._origins = {sha256(origin.encode()).hexdigest(): origin for origin in self._keys}
        with self._memory() as memory:
            tables = {name for (name,) in memory.execute("SELECT name FROM sqlite_schema")}
            if tables and "seen" not in tables:
                raise BadInput(f"{state}: found another database; expected a witness's memory")
            for statement in filter(str.strip, _SCHEMA.split(";")):
                memory.execute(statement)
            memory.execute(
                "INSERT INTO witness SELECT ? WHERE NOT EXISTS (SELECT * FROM witness)",
                [self.verifier],
            )
            (found,) = memory.execute("SELECT key FROM witness").fetchone()
            if found != self.verifier:
                raise BadInput(
                    f"{state}: found the memory of {found}; expected that of {self.verifier}"
                )

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request to cosign. Raise RecanvassError if the memory refuses."""
        try:
            asked = parse_submission(body)
            note = parse_note(asked.note)
            stated = parse_claim(note.text)
        except BadProof as error:
            return _refusal(400, str(error))
        keys = self._keys.get(stated.origin)
        if keys is None:
            return _refusal(404, "this witness does not know the log")
        try:
            lines = verified_lines(note, keys)
        except BadProof as error:
            return _refusal(403, str(error))
        if not lines:
            return _refusal(403, "not signed by a key of the log that this witness knows")
        if asked.old > stated.size:
            return _refusal(400, f"old {asked.old} is above the size {stated.size}")
        return self._cosign(asked, stated, Note(note.text, lines))

    def latest(self, origin_hash: str) -> Answer:
        """Answer with the last checkpoint cosigned of the log with this hash (hex SHA-256)."""
        origin = self._origins.get(origin_hash)
        with self._memory() as memory:
            row = memory.execute("SELECT note FROM seen WHERE origin = ?", [origin]).fetchone()
        return (
            _refusal(404, "nothing was cosigned of this log")
            if row is None
            else Answer(200, row[0])
        )

    def _cosign(self, asked: Submission, stated: Checkpoint, note: Note) -> Answer:
        with self._memory() as memory:
            row = memory.execute(
                "SELECT size, root FROM seen WHERE origin = ?", [stated.origin]
            ).fetchone()
            size, root = row or (0, EMPTY_ROOT)
            if asked.old != size:
                return Answer(409, f"{size}\n".encode(), SIZE)
            try:
                check_consistency(size, stated.size, asked.proof, root, stated.root)
            except BadProof as error:
                return _refusal(422, str(error))
            line = self._signer.cosign(note.text, int(self._clock()))
            memory.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                (
                    stated.origin,
                    stated.size,
                    stated.root,
                    format_note(note.text, [*note.signatures, line]),
                ),
            )
        return Answer(200, format_signature(line).encode())

    @contextmanager
    def _memory(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the memory, durable when the block ends."""
        try:
            with closing(
                sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            ) as memory:
                memory.execute("PRAGMA synchronous = EXTRA")
                memory.execute("BEGIN IMMEDIATE")
                yield memory
                memory.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            kind = RecanvassError if isinstance(error, sqlite3.OperationalError) else BadInput
            raise kind(f"{self._path}: the witness's memory: {error}") from None


def parse_submission(body: bytes) -> Submission:
    """Return the parts of a request to cosign. Raise BadProof if it is not one."""
    if len(body) > MAX_REQUEST_BYTES:
        raise BadProof(f"request: found more than {MAX_REQUEST_BYTES} bytes")
    head, gap, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        first, lines = "", []
    if not gap or not first.startswith("old "):
        raise BadProof("request: expected `old <size>`, proof lines, an empty line, a checkpoint")
    if len(lines) > MAX_HASHES:
        raise BadProof(f"request: found {len(lines)} hashes; expected at most {MAX_HASHES}")
    hashes = [decode_base64(line) for line in lines]
    proof = tuple(value for value in hashes if value is not None and len(value) == HASH_BYTES)
    if len(proof) != len(lines):
        raise BadProof("request: expected proof lines of base64 of 32 bytes")
    return Submission(parse_size(first.removeprefix("old ")), proof, note)


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, f"{message}\n".encode())
