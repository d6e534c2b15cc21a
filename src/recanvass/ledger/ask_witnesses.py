"""The log asks its witnesses to cosign its last checkpoint (the client of C2SP tlog-witness).

Each is asked at its own pace and within its own time: one that is slow, down or hostile takes
nothing from the others. What they answer is verified before it is joined to the checkpoint.

`httpx` is imported where it is used: only this needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from recanvass.errors import BadProof
from recanvass.ledger.checkpoint import parse_size, read_checkpoint
from recanvass.ledger.ledger import Ledger
from recanvass.ledger.note import NoteSignature, parse_note, verified_lines
from recanvass.ledger.policy import PolicyWitness
from recanvass.ledger.witness import Submission

if TYPE_CHECKING:
    import httpx

__all__ = ["Asked", "ask_witnesses"]

SECONDS = 10.0
MAX_ANSWER_BYTES = 100_000
SHOWN = 200


class Asked(msgspec.Struct, frozen=True):
    """What became of asking one witness."""

    name: str
    problem: str | None = None
    """Why it did not sign; None if it did."""


class _NotSigned(Exception):
    """A witness did not sign; says why."""


def ask_witnesses(
    ledger: Ledger,
    witnesses: Sequence[PolicyWitness],
    sizes: dict[str, int] | None = None,
    seconds: float = SECONDS,
) -> list[Asked]:
    """Ask the witnesses that have a URL to cosign the last checkpoint, and keep what they sign.

    `sizes` is what each is thought to have cosigned last, and is brought up to date: a caller that
    asks again and again saves a request each time by keeping it. Each witness has `seconds` for all
    that it does. Raise RecanvassError only if the ledger itself cannot be read or written.
    """
    note = ledger.checkpoint()
    asking = _Asking(ledger, note, {} if sizes is None else sizes)
    asked = [witness for witness in witnesses if witness.url is not None]
    results = asyncio.run(asking.ask_all(asked, seconds))
    lines = [line for line in results if isinstance(line, NoteSignature)]
    if lines:
        ledger.add_signatures(asking.size, lines)
    return [
        Asked(witness.name, None if isinstance(result, NoteSignature) else result)
        for witness, result in zip(asked, results, strict=True)
    ]


class _Asking:
    """One checkpoint on its way to all witnesses."""

    def __init__(self, ledger: Ledger, note: bytes, sizes: dict[str, int]) -> None:
        self._ledger = ledger
        self._note = note
        self._text = parse_note(note).text
        self.size = read_checkpoint(note).size
        self._sizes = sizes

    async def ask_all(
        self, witnesses: Sequence[PolicyWitness], seconds: float
    ) -> list[NoteSignature | str]:
        """Return the line of each witness that signed, or in one line why it did not."""
        import httpx  # noqa: PLC0415

        async with httpx.AsyncClient(timeout=seconds) as client:
            return await asyncio.gather(*(self._ask(client, one, seconds) for one in witnesses))

    async def _ask(
        self, client: httpx.AsyncClient, witness: PolicyWitness, seconds: float
    ) -> NoteSignature | str:
        import httpx  # noqa: PLC0415

        try:
            return await asyncio.wait_for(self._signature(client, witness), seconds)
        except TimeoutError:
            return f"no answer within {seconds:g} s"
        except (_NotSigned, BadProof) as error:
            return str(error)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _plain(f"{type(error).__name__}: {error}")

    async def _signature(self, client: httpx.AsyncClient, witness: PolicyWitness) -> NoteSignature:
        old = min(self._sizes.get(witness.name, 0), self.size)
        status, answer = await self._post(client, witness, old)
        if status == 409:
            old = self._size_in(answer)
            status, answer = await self._post(client, witness, old)
        if status != 200:
            raise _NotSigned(_plain(f"answered {status}: {answer.decode(errors='replace')}"))
        line = self._line_in(answer, witness)
        self._sizes[witness.name] = self.size
        return line

    def _size_in(self, answer: bytes) -> int:
        size = parse_size(answer.decode(errors="replace").removesuffix("\n"))
        if size > self.size:
            raise _NotSigned(
                f"it has cosigned {size} entries of this log, this checkpoint has {self.size}: "
                "the ledger was cut back, or somebody else signs with its key"
            )
        return size

    def _line_in(self, answer: bytes, witness: PolicyWitness) -> NoteSignature:
        answered = parse_note(self._text.encode() + b"\n" + answer)
        lines = verified_lines(answered, [witness.key]) if answered.text == self._text else ()
        if not lines:
            raise _NotSigned(f"its answer holds no signature of {witness.key.name}")
        return lines[-1]

    async def _post(
        self, client: httpx.AsyncClient, witness: PolicyWitness, old: int
    ) -> tuple[int, bytes]:
        proof = tuple(self._ledger.consistency_proof(old, self.size)) if old else ()
        body = Submission(old, proof, self._note).format()
        url = f"{(witness.url or '').rstrip('/')}/add-checkpoint"
        answer = b""
        async with client.stream("POST", url, content=body) as response:
            async for part in response.aiter_bytes():
                answer += part
                if len(answer) > MAX_ANSWER_BYTES:
                    raise _NotSigned(f"its answer has more than {MAX_ANSWER_BYTES} bytes")
        return response.status_code, answer


def _plain(text: str) -> str:
    """Return what somebody else wrote as one short line that does nothing to a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:SHOWN]).strip()
