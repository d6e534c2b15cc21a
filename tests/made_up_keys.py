"""Officers and agents of a made-up election, and returns that they signed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from made_up_elections import a_return, definitions, stations
from recanvass.exchange.return_file import sign_return
from recanvass.ledger import Signer
from recanvass.model import AnyEvent, KeyAdded, KeyRetired, ReturnRecorded
from recanvass.record import Record, create_record


def signer(name: str, like: str | None = None) -> Signer:
    """The key of this name, the same in every run; `like` another one, but for its name."""
    return Signer(name, sha256((like or name).encode()).digest())


OFFICER, SECOND, AGENT, STRANGER = map(signer, ("officer", "second", "agent", "stranger"))


def key_of(signer: Signer, **changes: Any) -> KeyAdded:
    """The registration of a key, an officer's for station `a/1` unless `changes` say else."""
    fields: dict[str, Any] = {
        "id": f"key/{signer.verifier.name}",
        "verifier": str(signer.verifier),
        "use": "returns",
        "role": "officer",
        "stations": ("a/1",),
    }
    return KeyAdded(**(fields | changes))


def retired(signer: Signer) -> KeyRetired:
    return KeyRetired(id=f"retired/{signer.verifier.name}", verifier=str(signer.verifier))


KEYS: tuple[AnyEvent, ...] = (
    key_of(OFFICER, holder="The chair of A 1"),
    key_of(SECOND),
    key_of(AGENT, role="agent", party="green", stations=("a",)),
)


def signed(*signers: Signer, **changes: Any) -> ReturnRecorded:
    """A return of station `a/1` with these signatures."""
    event = a_return(**({"id": "signed/1"} | changes))
    for one in signers:
        event = sign_return(event, one)
    return event


def record_with_keys(folder: Path, *more: AnyEvent, **poll: Any) -> Record:
    """A record of three stations in town `a`, with keys of two officers and an agent."""
    record = create_record(folder / "signed.db")
    record.append((*definitions(stations(3), **poll), *KEYS, *more))
    return record


def write_key(signer: Signer, folder: Path) -> Path:
    """Write a signing key to a file as its owner keeps it."""
    path = folder / f"{signer.verifier.name}.key"
    path.write_text(signer.secret() + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path
