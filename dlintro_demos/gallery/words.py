"""Numbers with what they count, in words for visitors."""

from __future__ import annotations


def counted(number: float, one: str, many: str = "") -> str:
    """“1 pipe”, “2 pipes”, “0.5 pipes”, “1,200 people”: `many` where it is not `one` with an s."""
    said = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{said} {one if number == 1 else many or f'{one}s'}"
