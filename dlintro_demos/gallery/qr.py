"""An address as a picture that a phone's camera reads."""

from __future__ import annotations

import io

import segno

LONGEST = 300  # characters: more would need modules too small to be read from the back row


def qr_svg(address: str) -> str:
    """The QR code (ISO/IEC 18004, 15 % may be covered) of an address, as SVG, black on white with margins.

    It is as large as its box (no size, a viewBox). Raises `ValueError` for an address over `LONGEST`.
    """
    if len(address) > LONGEST:
        raise ValueError(f"A QR code holds at most {LONGEST} characters here.")
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode().strip()
