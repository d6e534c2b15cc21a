"""An append-only, ordered record of opaque bytes, with a hash tree and signed checkpoints.

It knows nothing of elections. Proofs are made by a `Ledger` and checked by the pure functions of
`merkle`, `note` and `checkpoint`, which need neither a store nor this package's other rooms.
`group_commit` is imported where it is used: a command that only reads starts faster without it.
"""

from recanvass.ledger.batch import MAX_ENTRY_BYTES, Appended, Batch
from recanvass.ledger.cosignature import Witness, WitnessSigner
from recanvass.ledger.keys import Signer, Verifier
from recanvass.ledger.ledger import Ledger, verify
from recanvass.ledger.log_reader import LogReader
from recanvass.ledger.log_verification import verify_log
from recanvass.ledger.proof import Proof, parse_proof, prove_entry
from recanvass.ledger.publish_log import PublishedLog, publish_log
from recanvass.ledger.published_files import open_files
from recanvass.ledger.store import KeySpan
from recanvass.ledger.verification import Fault, Verification

__all__ = [
    "MAX_ENTRY_BYTES",
    "Appended",
    "Batch",
    "Fault",
    "KeySpan",
    "Ledger",
    "LogReader",
    "Proof",
    "PublishedLog",
    "Signer",
    "Verification",
    "Verifier",
    "Witness",
    "WitnessSigner",
    "open_files",
    "parse_proof",
    "prove_entry",
    "publish_log",
    "verify",
    "verify_log",
]
