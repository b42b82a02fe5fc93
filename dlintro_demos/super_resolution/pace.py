"""How long an enlargement takes on this machine, and what to offer when that, or the result, is too large."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.super_resolution.tiles import work_pixels
from dlintro_demos.super_resolution.upscale import METHODS, Scale, upscale

# Seconds per megapixel that a network sees, until this machine has been measured (two cores, 2026).
PRIOR = {"ours": 1.9, "compact": 8.5, "photographic": 305.0, "bicubic": 0.05, "lanczos": 0.08}
CAREFUL = 0.6  # share of the deadline that an estimate may fill: machines have bad minutes
SMALLEST = 32  # px; a smaller picture is not worth offering


class Pace:
    """Seconds per megapixel by method: measured at start-up, refined by every run. Safe in many threads."""

    def __init__(self) -> None:
        self._pace = dict(PRIOR)
        self._measured: set[str] = set()
        self._lock = threading.Lock()

    def measure(self, cache: ModelCache, method: str, *, side: int) -> None:
        """Enlarge a small grey square; the first call, slower than the rest, does not count."""
        square = np.full((side, side, 3), 127, np.uint8)
        for _ in range(2):
            started = time.perf_counter()
            for _step in upscale(square, method=method, scale=4, faithful=False, cache=cache):
                pass
            seconds = time.perf_counter() - started
        with self._lock:
            self._pace[method] = seconds / (side * side / 1e6)
            self._measured.add(method)

    def learn(self, method: str, width: int, height: int, seconds: float) -> None:
        """Take a finished run into account."""
        if width * height < SMALLEST**2:
            return
        seen = seconds / (_work_megapixels(method, width, height))
        with self._lock:
            self._pace[method] += 0.3 * (seen - self._pace[method])
            self._measured.add(method)

    def measured(self, method: str) -> bool:
        """Whether this machine has run the method yet."""
        return method in self._measured

    def estimate(self, method: str, width: int, height: int) -> float:
        """Seconds to enlarge a picture of that size; x2 costs a network about what x4 does."""
        return self._pace[method] * _work_megapixels(method, width, height)


PACE = Pace()


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Whether a picture can be enlarged as asked; if not, why, and the size at which it can.

    `size` is (width, height) with the same proportions: crop to it, or shrink to it. `seconds` is the
    estimate for the picture as it is where it fits, else for `size`.
    """

    obstacle: Literal["none", "too large", "too slow"]
    seconds: float
    size: tuple[int, int]


def plan_fit(
    width: int,
    height: int,
    *,
    method: str,
    scale: Scale,
    max_output_pixels: float,
    deadline_s: float,
    pace: Pace = PACE,
) -> Fit:
    """Check a size against the limits, and find the largest one of the same proportions that fits."""

    def obstacle(w: int, h: int) -> Literal["none", "too large", "too slow"]:
        if w * h * scale**2 > max_output_pixels:
            return "too large"
        return "too slow" if pace.estimate(method, w, h) > CAREFUL * deadline_s else "none"

    first = obstacle(width, height)
    factor = min(1.0, math.sqrt(max_output_pixels / (width * height * scale**2)))
    size = (width, height)
    while obstacle(*size) != "none" and max(size) > SMALLEST:
        size = (max(1, int(width * factor)), max(1, int(height * factor)))
        factor *= 0.97
    return Fit(obstacle=first, seconds=pace.estimate(method, *size), size=size)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is taken of a picture, `size` (width, height): cut out at `centre`, or all of it made so small."""

    size: tuple[int, int]
    centre: tuple[float, float] | None


def take(
    rgb: np.ndarray, alpha: np.ndarray | None, parts: Sequence[Part]
) -> tuple[np.ndarray, np.ndarray | None]:
    """One part of the other; the picture as it is where there are none."""
    for part in parts:
        if part.centre is None:
            rgb, alpha = shrink(rgb, alpha, part.size)
        else:
            rgb, alpha = crop(rgb, alpha, part.size, part.centre)
    return rgb, alpha


def crop(
    rgb: np.ndarray,
    alpha: np.ndarray | None,
    size: tuple[int, int],
    centre: tuple[float, float] = (0.5, 0.5),
) -> tuple[np.ndarray, np.ndarray | None]:
    """Cut `size` (width, height) out; `centre` 0..1 goes from the left or top edge to the right or bottom."""
    height, width = rgb.shape[:2]
    left = round((width - size[0]) * centre[0])
    top = round((height - size[1]) * centre[1])
    window = (slice(top, top + size[1]), slice(left, left + size[0]))
    return rgb[window].copy(), None if alpha is None else alpha[window].copy()


def shrink(
    rgb: np.ndarray, alpha: np.ndarray | None, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Make the picture `size` (width, height), each pixel the mean of those it replaces."""
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return small, None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)


def _work_megapixels(method: str, width: int, height: int) -> float:
    how = METHODS[method]
    return work_pixels(width, height, core=how.core, overlap=how.overlap) / 1e6
