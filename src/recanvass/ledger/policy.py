"""Trust policies (C2SP tlog-policy): whose signatures make a checkpoint one to rely on.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member> ...
    quorum <name of a witness or group, or none>

One item a line, parts separated by spaces or tabs; lines that begin with `#` are comments. A group
names what stands above it, each name is a member once at most, and there is one quorum. So every
witness counts in one way only. The file is opaque bytes but for ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from recanvass.errors import BadInput, BadProof, RecanvassError
from recanvass.ledger.checkpoint import Checkpoint, open_signed, read_checkpoint
from recanvass.ledger.cosignature import Cosignature, Witness, cosignatures
from recanvass.ledger.keys import Verifier

__all__ = ["MAX_POLICY_BYTES", "Judgement", "Policy", "PolicyWitness", "parse_policy"]

AnyVerifier = TypeVar("AnyVerifier", bound=Verifier)

MAX_POLICY_BYTES = 100_000
MOST_OF_A_KIND = 100
NOBODY = "none"


class PolicyLog(msgspec.Struct, frozen=True):
    """A log whose checkpoints the policy knows."""

    key: Verifier
    url: str | None = None


class PolicyWitness(msgspec.Struct, frozen=True):
    """A witness, by the name that it has in the policy."""

    name: str
    key: Witness
    url: str | None = None
    """Where it is asked: the submission prefix of C2SP tlog-witness."""


class Group(msgspec.Struct, frozen=True):
    """Witnesses and groups, of which some number together count as one."""

    name: str
    needed: int
    members: tuple[str, ...]


class Judgement(msgspec.Struct, frozen=True):
    """What a policy says of a signed checkpoint."""

    checkpoint: Checkpoint
    cosigned: tuple[tuple[str, Cosignature], ...]
    """Which of its witnesses signed, by their names in the policy, and when."""
    quorum: str
    met: bool
    """Whether they are enough."""

    def check(self) -> None:
        """Raise BadProof unless they are enough."""
        if not self.met:
            names = ", ".join(name for name, _ in self.cosigned) or "nobody"
            raise BadProof(
                f"checkpoint of {self.checkpoint.size} entries: found it cosigned by {names}; "
                f"expected the quorum {self.quorum} of the policy"
            )


class Policy(msgspec.Struct, frozen=True):
    """Logs, witnesses, and who of them must have signed."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[Group, ...]
    """Each after those that it names."""
    quorum: str

    def log_keys(self, origin: str) -> list[Verifier]:
        """Return the keys of the log of this origin. Raise BadProof if the policy has none."""
        keys = [log.key for log in self.logs if log.key.name == origin]
        if not keys:
            known = ", ".join(log.key.name for log in self.logs) or "none"
            raise BadProof(f"policy: found no log {origin!r}; it has {known}")
        return keys

    def is_met_by(self, names: Sequence[str]) -> bool:
        """Return whether these witnesses, by their names in the policy, are enough."""
        counted = {witness.name for witness in self.witnesses if witness.name in names}
        for group in self.groups:
            if sum(member in counted for member in group.members) >= group.needed:
                counted.add(group.name)
        return self.quorum == NOBODY or self.quorum in counted

    def judge(self, note: bytes, keys: Sequence[Verifier] | None = None) -> Judgement:
        """Return what the policy says of a signed checkpoint.

        `keys` are those of the log, where it was shown already that they follow from one of the
        policy; without them the policy's own are meant. Raise BadProof if the checkpoint is
        malformed, not signed by one of these keys, or signed wrongly by one of the witnesses.
        """
        origin = read_checkpoint(note).origin
        checkpoint, _ = open_signed(note, origin, keys or self.log_keys(origin))
        signed = {one.witness: one for one in cosignatures(note, [w.key for w in self.witnesses])}
        cosigned = tuple((w.name, signed[w.key]) for w in self.witnesses if w.key in signed)
        met = self.is_met_by([name for name, _ in cosigned])
        return Judgement(checkpoint, cosigned, self.quorum, met)


def parse_policy(data: bytes) -> Policy:
    """Return the policy that a file states. Raise BadInput, naming the line, if it states none."""
    if len(data) > MAX_POLICY_BYTES:
        raise BadInput(f"policy: found more than {MAX_POLICY_BYTES} bytes")
    if odd := re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", data):
        raise BadInput(f"policy: found the control character {odd[0]!r}; expected text")
    reader = _Reader()
    for number, line in enumerate(data.decode(errors="backslashreplace").split("\n"), 1):
        words = re.findall(r"[^ \t]+", line)
        if not words or words[0].startswith("#"):
            continue
        try:
            reader.take(words)
        except RecanvassError as error:
            raise BadInput(f"policy: line {number}: {error}") from None
    return reader.policy()


class _Reader:
    """A policy under way, line by line."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[PolicyWitness] = []
        self._groups: list[Group] = []
        self._quorum: str | None = None
        self._keys: set[bytes] = set()
        self._free: dict[str, bool] = {}
        """Every witness and group, and whether it is still a member of none."""

    def policy(self) -> Policy:
        if self._quorum is None:
            raise BadInput("policy: found no quorum; expected one line `quorum NAME`")
        return Policy(tuple(self._logs), tuple(self._witnesses), tuple(self._groups), self._quorum)

    def take(self, words: list[str]) -> None:
        """Take in one line. Raise BadInput if it does not fit."""
        match words:
            case ["log", key, *url] if len(url) < 2:
                self._logs.append(PolicyLog(self._new(Verifier.parse(key)), _url(url)))
                _bound(self._logs, "logs")
            case ["witness", name, key, *url] if len(url) < 2:
                self._define(name)
                witness = PolicyWitness(name, self._new(Witness.parse(key)), _url(url))
                self._witnesses.append(witness)
                _bound(self._witnesses, "witnesses")
            case ["group", name, needed, *members] if members:
                group = Group(name, _needed(needed, len(members)), tuple(members))
                for member in members:
                    self._join(member)
                self._define(name)
                self._groups.append(group)
                _bound(self._groups, "groups")
            case ["quorum", name]:
                self._set_quorum(name)
            case _:
                raise BadInput(
                    f"found {' '.join(words)[:80]!r}; expected log, witness, group or quorum, and "
                    "what belongs to it"
                )

    def _new(self, key: AnyVerifier) -> AnyVerifier:
        if key.public_key in self._keys:
            raise BadInput(f"found the key of {key.name} a second time; expected each key once")
        self._keys.add(key.public_key)
        return key

    def _define(self, name: str) -> None:
        if name in self._free or name == NOBODY:
            raise BadInput(f"found the name {name!r} again; expected a new one")
        self._free[name] = True

    def _join(self, member: str) -> None:
        if not self._free.get(member):
            wrong = "a member already" if member in self._free else "not defined above"
            raise BadInput(f"found the member {member!r}, which is {wrong}")
        self._free[member] = False

    def _set_quorum(self, name: str) -> None:
        if self._quorum is not None:
            raise BadInput("found a second quorum; expected one")
        if name != NOBODY and name not in self._free:
            raise BadInput(f"found the quorum {name!r}, which is not defined above")
        self._quorum = name


def _needed(text: str, members: int) -> int:
    """Return how many members a group needs."""
    named = {"any": 1, "all": members}
    if text in named:
        return named[text]
    if text.isascii() and text.isdigit() and len(text) < 4 and str(int(text)) == text:
        needed = int(text)
        if 1 <= needed <= members:
            return needed
    raise BadInput(f"found {text[:40]!r}; expected all, any, or a number from 1 to {members}")


def _url(words: list[str]) -> str | None:
    if not words:
        return None
    if not words[0].startswith(("https://", "http://")):
        raise BadInput(
            f"found {words[0][:80]!r}; expected a URL that starts with https:// or http://"
        )
    return words[0]


def _bound(items: Sequence[object], what: str) -> None:
    if len(items) > MOST_OF_A_KIND:
        raise BadInput(f"found more than {MOST_OF_A_KIND} {what}")
