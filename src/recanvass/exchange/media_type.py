"""What kind of file evidence is, told by its content and never by its name.

The list is short on purpose: evidence gets published, and a file that a browser would run is not
evidence of anything.
"""

from __future__ import annotations

import unicodedata

__all__ = ["MEDIA_TYPES", "media_type_of"]

MEDIA_TYPES = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/heic",
    "text/plain",
)

_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1"})


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a file by its content, or None if it is none of `MEDIA_TYPES`.

    Beginnings are those of ISO 32000 (PDF), ISO 10918 (JPEG), the PNG, TIFF 6.0 and WebP (RIFF)
    specifications, and ISO 23008-12 (HEIC). Text is UTF-8 without control characters.
    """
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(
        unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in set(text)
    )
