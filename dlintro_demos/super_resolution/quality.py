"""How close a picture is to the truth, and where it is not."""

from __future__ import annotations

import math

import cv2
import numpy as np

FINE = 2.0  # px: detail is what a Gaussian of this sigma takes away
NEIGHBOURHOOD = 4.0  # px: sigma of the local average
FULL = 24.0  # grey levels of 255: a local departure of this much is 1.0 on the map


def psnr(truth: np.ndarray, picture: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB over all pixels and the three channels together; `inf` when equal.

    Both (H, W, 3) uint8 RGB, no border cut off. Raises `ValueError` where shapes differ.
    """
    _same_shape(truth, picture)
    error = float(np.mean((truth.astype(np.float64) - picture) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def ssim(truth: np.ndarray, picture: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004), at most 1: scikit-image's, of each channel, then the mean.

    Both (H, W, 3) uint8 RGB; uniform 7x7 windows, smaller ones in pictures that have no 7 pixels.
    """
    from skimage.metrics import structural_similarity

    _same_shape(truth, picture)
    shortest = min(truth.shape[:2])
    window = min(7, shortest - 1 + shortest % 2)
    if window < 3:
        raise ValueError("SSIM needs a picture of 3 pixels or more on a side.")
    return float(structural_similarity(truth, picture, channel_axis=2, data_range=255, win_size=window))


def invented_detail(truth: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Where the fine detail of `output` is not that of `truth`: (H, W) float32, 0 (the same) to 1.

    Detail is brightness minus its Gaussian blur (sigma `FINE`). The map is the absolute difference of the two
    details, averaged over a neighbourhood (Gaussian, sigma `NEIGHBOURHOOD`), as a share of `FULL` grey
    levels. So it counts what was made up and what is missing alike, and not a change of brightness or colour
    over a whole area. Both (H, W, 3) uint8 RGB.
    """
    _same_shape(truth, output)
    departure = np.abs(_detail(output) - _detail(truth))
    local = cv2.GaussianBlur(departure, (0, 0), NEIGHBOURHOOD, borderType=cv2.BORDER_REFLECT_101)
    return np.clip(local / FULL, 0, 1)


def heat(departure: np.ndarray, base_rgb: np.ndarray) -> np.ndarray:
    """Draw a map (H, W) 0..1 over its picture (H, W, 3) uint8: (H, W, 3) uint8.

    The picture turns dark grey, the map glows from violet over orange to light yellow (matplotlib's
    "inferno"): its brightness alone tells, so it reads the same with any colour vision and in print.
    """
    grey = cv2.cvtColor(base_rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] * 0.35
    share = np.clip(departure, 0, 1)
    glow = cv2.applyColorMap((share * 255).round().astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    opacity = np.sqrt(share)[..., None] * 0.9
    return np.clip(np.rint(grey * (1 - opacity) + glow * opacity), 0, 255).astype(np.uint8)


def _detail(rgb: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return grey - cv2.GaussianBlur(grey, (0, 0), FINE, borderType=cv2.BORDER_REFLECT_101)


def _same_shape(truth: np.ndarray, picture: np.ndarray) -> None:
    if truth.shape != picture.shape:
        raise ValueError(f"Pictures of {truth.shape} and {picture.shape} cannot be compared.")
