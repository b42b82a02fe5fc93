"""Is a picture only too small, or noisy and compressed as well? Its pixels tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

Situation = Literal["clean", "degraded"]

# Chosen on the training photographs; `python -m bench.super_resolution --only situation` prints the errors.
NOISY = 1.5  # of 255
BLOCKY = 1.12
LOOK_AT = 1024  # px: the middle of a larger picture
BLOCK = 8  # px: JPEG compresses squares of this side
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
_NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was measured: `noise` is the standard deviation in the calmest places, in units of 0-255, and
    `blocks` how much stronger jumps are at the borders of 8 x 8 px than elsewhere: 1 where none was
    compressed.
    """

    noise: float
    blocks: float

    @property
    def situation(self) -> Situation:
        """Which of our networks is made for such a picture."""
        return "degraded" if self.noise > NOISY or self.blocks > BLOCKY else "clean"


def read_situation(rgb: np.ndarray) -> Reading:
    """Measure (H, W, 3) uint8; below 32 pixels a side there is too little to tell, and it counts as clean.

    Noise after Immerkaer 1996 ("Fast noise variance estimation"), but over the calmest tenth of the squares,
    so that texture does not count. Blocks are seen only where they lie as JPEG left them, from the corner.
    """
    top, left = (max(0, length - LOOK_AT) // 2 // BLOCK * BLOCK for length in rgb.shape[:2])
    grey = rgb[top : top + LOOK_AT, left : left + LOOK_AT].astype(np.float32) @ _LUMINANCE
    if min(grey.shape) < 4 * BLOCK:
        return Reading(noise=0.0, blocks=1.0)
    return Reading(noise=_noise(grey), blocks=(_blocks(grey) + _blocks(grey.T)) / 2)


def _noise(grey: np.ndarray) -> float:
    answers = np.abs(cv2.filter2D(grey, -1, _NOISE_KERNEL))[1:-1, 1:-1]
    height, width = (length // BLOCK for length in answers.shape)
    squares = answers[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width, BLOCK)
    return float(np.sqrt(np.pi / 2) / 6 * np.percentile(squares.mean(axis=(1, 3)), 10))


def _blocks(grey: np.ndarray) -> float:
    """Third differences along rows, by their place in the block: at its border against inside."""
    jumps = np.abs(grey[:, :-3] - 3 * grey[:, 1:-2] + 3 * grey[:, 2:-1] - grey[:, 3:]).clip(max=30)
    by_place = jumps[:, : jumps.shape[1] // BLOCK * BLOCK].mean(axis=0).reshape(-1, BLOCK).mean(axis=0)
    inside = float(np.median(by_place[: BLOCK - 3]))
    return float(by_place[BLOCK - 2]) / inside if inside > 1e-3 else 1.0
