"""Spoiling a picture the way cameras and web sites do: blur, fewer pixels, noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

MAX_BLUR = 10.0  # px
MAX_NOISE = 100.0  # 0-255 units


@dataclass(frozen=True, kw_only=True)
class Degradation:
    """What happens to a picture, in this order; the defaults only make it four times smaller.

    `blur_sigma` is a Gaussian's, in pixels of the original (0 to 10); `scale` is how many times smaller each
    side becomes; `noise` is the standard deviation of Gaussian noise, in units of 0-255 (0 to 100), on every
    channel alone; `jpeg_quality` is 1 to 100, None for no JPEG. Raises `ValueError` outside these ranges.
    """

    scale: Literal[2, 4] = 4
    blur_sigma: float = 0.0
    noise: float = 0.0
    jpeg_quality: int | None = None

    def __post_init__(self) -> None:
        if self.scale not in (2, 4):
            raise ValueError(f"a picture becomes 2 or 4 times smaller, not {self.scale}")
        if not 0 <= self.blur_sigma <= MAX_BLUR:
            raise ValueError(f"blur is 0 to {MAX_BLUR:g} px, not {self.blur_sigma}")
        if not 0 <= self.noise <= MAX_NOISE:
            raise ValueError(f"noise is 0 to {MAX_NOISE:g}, not {self.noise}")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"JPEG quality is 1 to 100, not {self.jpeg_quality}")


def degrade(rgb: np.ndarray, degradation: Degradation, seed: int = 0) -> np.ndarray:
    """Spoil (H, W, 3) uint8; gives (H / scale, W / scale, 3) uint8, the same for the same `seed`.

    Rounded to whole levels only at the end. Raises `ValueError` where a side is no multiple of the scale.
    """
    picture: np.ndarray = rgb.astype(np.float32)
    if degradation.blur_sigma > 0:
        picture = cv2.GaussianBlur(picture, (0, 0), degradation.blur_sigma)
    picture = area_average(picture, degradation.scale)
    if degradation.noise > 0:
        noise = np.random.default_rng(seed).standard_normal(picture.shape, np.float32)
        picture = picture + noise * np.float32(degradation.noise)
    small = picture.round().clip(0, 255).astype(np.uint8)
    return small if degradation.jpeg_quality is None else through_jpeg(small, degradation.jpeg_quality)


def area_average(picture: np.ndarray, scale: int) -> np.ndarray:
    """Mean over blocks of `scale` x `scale` pixels: (H, W, 3) of any type to (H / scale, W / scale, 3).

    Raises `ValueError` where a side is no multiple of `scale`.
    """
    height, width = picture.shape[:2]
    if height % scale or width % scale:
        raise ValueError(f"{width} x {height} px cannot be cut into blocks of {scale} x {scale}")
    return cv2.resize(picture, (width // scale, height // scale), interpolation=cv2.INTER_AREA)


def through_jpeg(rgb: np.ndarray, quality: int) -> np.ndarray:
    """(H, W, 3) uint8 compressed and read back; colour at half resolution (4:2:0), as most cameras do."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, file = cv2.imencode(".jpg", rgb[..., ::-1], settings)
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR))[..., ::-1].copy()
