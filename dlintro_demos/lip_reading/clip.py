"""What a reader reads: a mouth that speaks, as landmarks and as pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.intake.images import UnreadableMedia

RATE = 25
"""Frames a second."""
FEWEST, MOST = RATE, 10 * RATE
"""Frames of a clip that can be read."""


class ClipError(UnreadableMedia):
    """A clip that cannot be read; the message says why, what is possible, and what to do."""


@dataclass(frozen=True, eq=False)
class Clip:
    """`track` (T, 59, 3) float32, landmarks in pixels of whole frames; `mouths` (T, 64, 128, 3) uint8 RGB.

    Without a `track` the mouths are read alone. Raises `ClipError` where they are not of the same length, or
    that is too short or too long.
    """

    track: np.ndarray | None
    mouths: np.ndarray

    def __post_init__(self) -> None:
        if self.track is not None and len(self.track) != len(self.mouths):
            counts = f"{len(self.track)} and {len(self.mouths)}"
            raise ClipError(f"a clip has as many landmarks as pictures, not {counts}")
        if not FEWEST <= len(self.mouths) <= MOST:
            raise ClipError(
                f"A clip of {len(self.mouths) / RATE:.1f} s cannot be read: it has to last one second to "
                "ten. A sentence takes about three."
            )
