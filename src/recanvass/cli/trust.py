"""Whom the asker trusts: `--key`, `--policy`, or nobody but the ledger itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from recanvass.cli.output import print_line
from recanvass.errors import BadInput, BadProof
from recanvass.ledger import KeySpan, Verifier
from recanvass.ledger.policy import MAX_POLICY_BYTES, Judgement, Policy, parse_policy
from recanvass.words import date_text, say_in

__all__ = ["Trust", "key_option", "print_cosigned", "read_policy", "trust_of"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Trust:
    """Verifier keys, any of which will do, and the policy that they come from."""

    keys: tuple[str, ...] = ()
    policy: Policy | None = None
    place: str = ""
    """The policy's file."""

    def under_any_key(self, check: Callable[[str], _T]) -> tuple[str, _T]:
        """Return the first key that `check` does not refuse with BadProof, and what it returns."""
        *others, last = self.keys
        for key in others:
            with suppress(BadProof):
                return key, check(key)
        return last, check(last)

    def judge(self, note: bytes, keys: list[KeySpan] | None = None) -> Judgement | None:
        """Return what the policy says of a checkpoint, or None if there is no policy.

        `keys` are those of the log, if it was shown that they follow from one of the policy. Raise
        BadProof, naming the policy, if the quorum is not met.
        """
        if self.policy is None:
            return None
        known = None if keys is None else [Verifier.parse(key.verifier) for key in keys]
        try:
            judgement = self.policy.judge(note, known)
            judgement.check()
        except BadProof as error:
            raise BadProof(f"{self.place}: {error}") from None
        return judgement


def trust_of(args: argparse.Namespace) -> Trust:
    """Return whom the options name. Raise BadInput if they name nobody rightly."""
    if args.policy is None:
        key = key_option(args.key)
        return Trust() if key is None else Trust((key,))
    if args.key is not None:
        raise BadInput("found --key and --policy; expected one of them, the policy names the key")
    policy = read_policy(args.policy)
    if not policy.logs:
        raise BadInput(f"{args.policy}: found no log in this policy; expected one")
    return Trust(tuple(str(log.key) for log in policy.logs), policy, args.policy)


def read_policy(file: str) -> Policy:
    """Return the policy in a file. Raise BadInput, naming the file, if it is none."""
    with Path(file).open("rb") as opened:
        data = opened.read(MAX_POLICY_BYTES + 1)
    try:
        return parse_policy(data)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None


def key_option(given: str | None, option: str = "--key") -> str | None:
    """Return the verifier key in an option's text, or in the file that it names."""
    if given is None or "+" in given:
        return given
    if not Path(given).is_file():
        raise BadInput(f"{option}: found {given!r}; expected a verifier key or a file with one")
    with Path(given).open("rb") as file:
        text = file.read(MAX_POLICY_BYTES)  # far more than any key, and far less than any disk
    return text.decode(errors="replace").strip()


def print_cosigned(judgement: Judgement | None, language: str) -> None:
    """Print who cosigned a checkpoint and when, and whether the quorum is met."""
    if judgement is None:
        return
    say = say_in(language)
    for name, one in judgement.cosigned:
        when = _time_text(one.time, language)
        print_line(f"  {say('cosigned by {name} at {time}').format(name=name, time=when)}")
    text = say("quorum {name}: met") if judgement.met else say("quorum {name}: NOT met")
    print_line(f"  {text.format(name=judgement.quorum)}")


def _time_text(seconds: int, language: str) -> str:
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a witness may sign any number
        return str(seconds)
    return f"{date_text(at.isoformat(), None, language)} UTC"
