"""MNIST-1D: ten curves of forty points, bent, moved and made noisy; drawn anew for every seed.

After Greydanus and Kobak, "Scaling down deep learning with MNIST-1D" (2020; 2024): each class is a curve of
twelve points, which is padded, scaled and rolled; smooth noise fills the padding, white noise covers all, and
the sheared line is read off at forty points. Written from the paper's description and settings, not its code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

CLASSES, POINTS, TEMPLATE = 10, 40, 12
PADDING = (36, 60)  # points
SCALE = 0.4  # largest change of the height, peak to peak
ROLL = 48  # points at most
SHEAR = 0.75  # largest slope, peak to peak, over the whole length
HEIGHT = 6.0  # standard deviations of a template that make one unit
SMOOTH_NOISE, SMOOTHNESS, WHITE_NOISE = 0.25, 2.0, 0.02

# The curves' heights from first to last point, one row a digit.
TEMPLATES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """`x` (N, features) float32, for a curve its 40 heights; `y` (N,) int64, the class, 0 to 9."""

    x: np.ndarray
    y: np.ndarray

    def first(self, count: int) -> Examples:
        """So many from the beginning."""
        return Examples(x=self.x[:count], y=self.y[:count])


def make(count: int, seed: int) -> Examples:
    """So many curves, each class as often as the next, in random order: the same for the same seed and count.

    Raises `ValueError` for fewer than one of each class.
    """
    if count < CLASSES:
        raise ValueError(f"At least {CLASSES} curves, one of each class; got {count}.")
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(count) % CLASSES)
    standard = TEMPLATES - TEMPLATES[:, :1]
    standard /= HEIGHT * standard.std(1, keepdims=True)
    x = np.stack([_disturbed(standard[label], rng) for label in y])
    return Examples(x=x.astype(np.float32), y=y.astype(np.int64))


def _disturbed(curve: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One example of a class, (40,)."""
    padding = int(rng.integers(PADDING[0], PADDING[1] + 1))
    line = np.concatenate([curve, np.zeros(padding)])
    line = _read_off(line, TEMPLATE + PADDING[1])
    line = line * (1 + SCALE * (rng.random() - 0.5))
    line = np.roll(line, int(rng.integers(ROLL)))
    smooth = gaussian_filter1d(SMOOTH_NOISE * rng.standard_normal(len(line)), SMOOTHNESS)
    line = np.where(line == 0, smooth, line)
    line = line + WHITE_NOISE * rng.standard_normal(len(line))
    line = line - SHEAR * (rng.random() - 0.5) * np.linspace(-0.5, 0.5, len(line))
    return _read_off(line, POINTS)


def _read_off(line: np.ndarray, count: int) -> np.ndarray:
    """The curve through the points of `line` at `count` even places, (count,)."""
    places = np.linspace(0, len(line) - 1, count)
    return np.interp(places, np.arange(len(line)), line)
