"""`recanvass cosign`: ask the witnesses of a policy to sign the ledger's last checkpoint."""

from __future__ import annotations

import argparse

from recanvass.cli.output import print_line
from recanvass.cli.trust import print_cosigned, read_policy
from recanvass.errors import BadInput
from recanvass.ledger import Ledger, Verifier
from recanvass.ledger.ask_witnesses import ask_witnesses
from recanvass.ledger.policy import Policy
from recanvass.words import say_in

__all__ = ["ask_for_quorum", "run"]


def run(args: argparse.Namespace) -> int:
    """Print who signed; return 0 if they are enough for the policy, else 1."""
    policy = read_policy(args.policy)
    with Ledger.open(args.ledger) as ledger:
        return 0 if ask_for_quorum(ledger, policy, args.lang) else 1


def ask_for_quorum(ledger: Ledger, policy: Policy, language: str) -> bool:
    """Ask the witnesses that have a URL, print what they answered, and return whether it is enough.

    Raise BadInput if the policy has no such witness.
    """
    say = say_in(language)
    if not any(witness.url for witness in policy.witnesses):
        raise BadInput("policy: found no witness with a URL; expected one that can be asked")
    for asked in ask_witnesses(ledger, policy.witnesses):
        if asked.problem is not None:
            text = say("{name} did not sign: {problem}")
            print_line(f"  {text.format(name=asked.name, problem=asked.problem)}")
    keys = [Verifier.parse(key.verifier) for key in ledger.keys]
    judgement = policy.judge(ledger.checkpoint(), keys)
    print_cosigned(judgement, language)
    return judgement.met
