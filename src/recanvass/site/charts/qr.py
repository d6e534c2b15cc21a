"""A QR code as SVG."""

from __future__ import annotations

from io import BytesIO

__all__ = ["qr"]


def qr(text: str, title: str) -> bytes:
    """Return a text as a QR code in an SVG file: black on white in every scheme.

    Made only when it is asked for: it takes longer than the page that shows it.
    """
    import segno  # noqa: PLC0415 - only whoever asks for a code needs it

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", title=title, border=3, light="#fff", omitsize=True
    )
    return out.getvalue()
