"""How long an enlargement takes on this machine, and the largest one of a picture that fits."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.shared.tiles import Box, work_pixels
from dlintro_demos.super_resolution.upscale import METHODS, Scale, upscale

# Seconds per megapixel and view, until this machine has been measured (two cores, 2026).
PRIOR = {"ours": 2.2, "best": 2.2, "compact": 8.5, "photographic": 305.0, "bicubic": 0.05, "lanczos": 0.08}
CAREFUL = 0.6  # share of the deadline that an estimate may fill: machines have bad minutes
AT_MOST = 2.5  # times as many pixels fit as the pace for a large picture says: fewer tiles overlap less
SMALLEST = 32  # px; a smaller picture is not worth offering


class Pace:
    """Seconds per megapixel and view by method: measured at start-up, refined by every run. Thread-safe."""

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
            self._pace[method] = seconds / (side * side / 1e6 * METHODS[method].views)
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
    """The largest enlargement of a whole picture within the limits.

    `size` (width, height) is what is enlarged, `scale` times: the picture's own where that fits, else what it
    is made first, in the same proportions. `obstacle` is why it is not enlarged as far as was asked,
    `seconds` the estimate.
    """

    obstacle: Literal["none", "too large", "too slow"]
    seconds: float
    size: tuple[int, int]
    scale: Scale

    @property
    def pixels(self) -> int:
        """What goes into the network."""
        return self.size[0] * self.size[1]

    @property
    def result(self) -> tuple[int, int]:
        """Width and height of what comes out."""
        return self.size[0] * self.scale, self.size[1] * self.scale


def plan_fit(
    width: int,
    height: int,
    *,
    method: str,
    scales: Sequence[Scale],
    max_output_pixels: float,
    deadline_s: float,
    pace: Pace = PACE,
) -> Fit:
    """How to enlarge a whole picture by the first of `scales`, or as far as the limits allow.

    Where the first does not fit, the scale is chosen that keeps most: pixels that go in times pixels that
    come out.
    """

    def fit(scale: Scale) -> Fit:
        def obstacle(w: int, h: int) -> Literal["none", "too large", "too slow"]:
            if pace.estimate(method, w, h) > CAREFUL * deadline_s:
                return "too slow"
            return "too large" if w * h * scale**2 > max_output_pixels else "none"

        in_time = AT_MOST * CAREFUL * deadline_s / pace.estimate(method, width, height)
        factor = math.sqrt(min(1.0, max_output_pixels / (width * height * scale**2), in_time))
        size = (width, height)
        while obstacle(*size) != "none" and max(size) > SMALLEST:
            size = (max(1, int(width * factor)), max(1, int(height * factor)))
            factor *= 0.98
        seconds = pace.estimate(method, *size)
        return Fit(obstacle=obstacle(width, height), seconds=seconds, size=size, scale=scale)

    fits = [fit(scale) for scale in scales]
    if fits[0].obstacle == "none":
        return fits[0]
    best = max(fits, key=lambda fit: (fit.pixels * fit.scale) ** 2)
    return replace(best, obstacle=fits[0].obstacle)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is taken of a picture: `box` of it, made `size` (width, height) where that is smaller."""

    box: Box
    size: tuple[int, int]


def take(
    rgb: np.ndarray, alpha: np.ndarray | None, part: Part | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """A part of a picture; the picture as it is where that is None."""
    if part is None:
        return rgb, alpha
    rgb = np.ascontiguousarray(rgb[part.box.slices()])
    alpha = None if alpha is None else np.ascontiguousarray(alpha[part.box.slices()])
    return (rgb, alpha) if rgb.shape[1::-1] == part.size else shrink(rgb, alpha, part.size)


def shrink(
    rgb: np.ndarray, alpha: np.ndarray | None, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Make the picture `size` (width, height), each pixel the mean of those it replaces."""
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return small, None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)


def _work_megapixels(method: str, width: int, height: int) -> float:
    how = METHODS[method]
    return how.views * work_pixels(width, height, core=how.core, overlap=how.overlap) / 1e6
