"""A proof file as QR codes: one, or a row of them (structured append) where it is too long."""

from __future__ import annotations

import segno

from recanvass.errors import BadInput

__all__ = ["proof_codes"]

MAX_CODES = 16
"""As many as one message may have, by ISO/IEC 18004."""
BYTES_A_CODE = 1_400
"""In a row of codes each stays small enough to be read from print by a phone."""


def proof_codes(proof: bytes) -> list[segno.QRCode]:
    """Return the codes that hold these very bytes, in their order.

    Raise BadInput if they are too many for 16 codes.
    """
    try:
        return [segno.make_qr(proof, error="l", mode="byte")]
    except segno.DataOverflowError:
        count = min(-(-len(proof) // BYTES_A_CODE), MAX_CODES)
    try:
        return list(segno.make_sequence(proof, error="l", mode="byte", symbol_count=count))
    except segno.DataOverflowError:
        raise BadInput(f"proof: found {len(proof)} bytes, too many for {MAX_CODES} codes") from None
