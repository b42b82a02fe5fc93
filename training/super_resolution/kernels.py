"""How phones, browsers and photo programs make a picture small: what the clean networks learn from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from PIL import Image

from dlintro_demos.super_resolution.degrade import area_average, through_jpeg

Small = Callable[[np.ndarray, int], np.ndarray]
"""(H, W, 3) uint8 and a scale that divides both sides, to (H / scale, W / scale, 3) uint8."""


def _pillow(resampling: Image.Resampling, rgb: np.ndarray, scale: int) -> np.ndarray:
    """With antialiasing, as Pillow (and MATLAB's bicubic) does it."""
    height, width = rgb.shape[:2]
    return np.asarray(Image.fromarray(rgb).resize((width // scale, height // scale), resampling))


def _sampled(interpolation: int, rgb: np.ndarray, scale: int) -> np.ndarray:
    """Without antialiasing, as OpenCV does it."""
    height, width = rgb.shape[:2]
    return cv2.resize(rgb, (width // scale, height // scale), interpolation=interpolation)


def _area(rgb: np.ndarray, scale: int) -> np.ndarray:
    return area_average(rgb.astype(np.float32), scale).round().astype(np.uint8)


def _gaussian(sigma: float, rgb: np.ndarray, scale: int) -> np.ndarray:
    """Blurred by `sigma` pixels of the small picture, then sampled in the middle of each of its pixels."""
    blurred = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), sigma * scale)
    return _sampled(cv2.INTER_LINEAR, blurred, scale).round().clip(0, 255).astype(np.uint8)


KERNELS: dict[str, Small] = {
    "area": _area,
    "bicubic": partial(_pillow, Image.Resampling.BICUBIC),
    "bilinear": partial(_pillow, Image.Resampling.BILINEAR),
    "Lanczos": partial(_pillow, Image.Resampling.LANCZOS),
    "bicubic, no antialiasing": partial(_sampled, cv2.INTER_CUBIC),
    "Gaussian 0.3": partial(_gaussian, 0.3),
    "Gaussian 0.4": partial(_gaussian, 0.4),
    "Gaussian 0.5": partial(_gaussian, 0.5),
}
"""Every one that is reported."""

SHARES = {
    "area": 0.36,
    "bicubic": 0.30,
    "Lanczos": 0.12,
    "bilinear": 0.06,
    "bicubic, no antialiasing": 0.05,
    "Gaussian": 0.11,
}
"""How often each is drawn while learning; a Gaussian's width is drawn from `WIDTHS`."""
WIDTHS = (0.25, 0.55)
"""Standard deviations of the Gaussians, pixels of the small picture."""
JPEG = (90, 98)
"""Qualities, of which `JPEG_SHARE` of the patches get one."""
JPEG_SHARE = 0.06
MARGIN = 4
"""Pixels of the small picture around a patch, so that no border is learned from."""


def draw_small(truth: np.ndarray, scale: int, generator: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8 made small by a kernel drawn at random."""
    name = str(generator.choice(list(SHARES), p=list(SHARES.values())))
    small = KERNELS[name] if name in KERNELS else partial(_gaussian, float(generator.uniform(*WIDTHS)))
    picture = small(truth, scale)
    if generator.random() < JPEG_SHARE:
        picture = through_jpeg(picture, int(generator.integers(JPEG[0], JPEG[1] + 1)))
    return picture
