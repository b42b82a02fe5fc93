"""What goes into the network: pixels stretched so that the darkest become 0 and the brightest 1."""

from __future__ import annotations

import numpy as np

DARKEST, BRIGHTEST = 0.5, 99.8
"""Percentiles of a picture that become 0 and 1; all colours together, so that they keep their tint."""
LEAST = 4.0
"""Grey levels of 255: a flatter picture is not stretched further, or its noise would look like nuclei."""


def stretch(rgb: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 to float32, about 0 to 1; what lies outside the percentiles goes a little beyond."""
    sample = rgb[:: max(1, rgb.shape[0] // 512), :: max(1, rgb.shape[1] // 512)]
    low, high = np.percentile(sample, [DARKEST, BRIGHTEST])
    stretched = (rgb.astype(np.float32) - np.float32(low)) / np.float32(max(high - low, LEAST))
    return np.clip(stretched, -0.5, 1.5)
