"""Two kinds of microscope pictures, which have thresholds of their own."""

from __future__ import annotations

from typing import Literal

import numpy as np

Kind = Literal["fluorescence", "stained"]
KINDS: tuple[Kind, ...] = ("fluorescence", "stained")
_COLOURED = 5.0
_BRIGHT = 120.0


def kind_of(rgb: np.ndarray) -> Kind:
    """Stained tissue has colours or a bright ground; fluorescence is grey on dark. (h, w, 3) uint8."""
    colour = float((rgb.max(axis=2).astype(int) - rgb.min(axis=2)).mean())
    return "stained" if colour > _COLOURED or rgb.mean() > _BRIGHT else "fluorescence"
