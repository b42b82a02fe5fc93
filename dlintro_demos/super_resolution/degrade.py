"""Spoiling a picture on purpose, the way a cheap camera and a messenger do, so that there is a truth."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from PIL import Image


@dataclass(frozen=True, kw_only=True)
class Degradation:
    """What happens to the picture, in this order; raises `ValueError` for values out of range.

    `blur_sigma` is a Gaussian's in pixels of the original (0: none), `scale` how many times smaller the
    sides become, `noise` a standard deviation in grey levels of 255, `jpeg_quality` 1 to 100 or None.
    """

    scale: Literal[1, 2, 4] = 4
    blur_sigma: float = 0.0
    noise: float = 0.0
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.scale not in (1, 2, 4):
            raise ValueError(f"A picture is made 1, 2 or 4 times smaller, not {self.scale}.")
        if not (0 <= self.blur_sigma <= 20 and 0 <= self.noise <= 255):
            raise ValueError("Blur is 0 to 20 pixels and noise 0 to 255 grey levels.")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"JPEG quality is 1 to 100, not {self.jpeg_quality}.")


def degrade(rgb: np.ndarray, degradation: Degradation, seed: int = 0) -> np.ndarray:
    """Blur, shrink by area averaging, add noise, compress.

    Args:
        rgb: (H, W, 3) uint8; both sides multiples of `degradation.scale`, else `ValueError`.
        seed: of the noise; the same input gives the same output.

    Returns (H / scale, W / scale, 3) uint8.
    """
    height, width = rgb.shape[:2]
    scale = degradation.scale
    if height % scale or width % scale:
        raise ValueError(f"{width}x{height} pixels cannot be made exactly {scale} times smaller.")
    picture = rgb.astype(np.float32)
    if degradation.blur_sigma:
        picture = cv2.GaussianBlur(picture, (0, 0), degradation.blur_sigma, borderType=cv2.BORDER_REFLECT_101)
    picture = picture.reshape(height // scale, scale, width // scale, scale, 3).mean(axis=(1, 3))
    if degradation.noise:
        picture = picture + np.random.default_rng(seed).normal(0, degradation.noise, picture.shape)
    low = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return low if degradation.jpeg_quality is None else _jpeg(low, degradation.jpeg_quality)


def _jpeg(rgb: np.ndarray, quality: int) -> np.ndarray:
    """Through a JPEG file in memory and back."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))
