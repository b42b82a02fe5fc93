"""How near a picture comes to the truth, and where it departs from it."""

from __future__ import annotations

import math

import cv2
import numpy as np

from dlintro_demos.gallery.runtime.importing import LOCK

SSIM_WINDOW = 7  # px, scikit-image's default
SSIM_BAND = 256  # rows at a time: the index takes a hundred bytes of memory a pixel

COARSE_SIGMA = 4.0  # px; what changes more slowly than this is tone, not detail
NEIGHBOURHOOD_SIGMA = 3.0  # px; over this much, departures are averaged
FULL_DEPARTURE = 48.0  # 0-255 units, root mean square: 1 on the map

BASE_BRIGHTEST = 0.45  # of white: the base stays darker than what is marked on it
MARK = (255, 176, 0)  # orange: apart from grey for every kind of colour vision, and by its lightness alone


def psnr(truth: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB over all pixels and channels; infinite for equal pictures.

    Both (H, W, 3) uint8; raises `ValueError` where their sizes differ.
    """
    _check_sizes(truth, other)
    squared = cv2.norm(truth, other, cv2.NORM_L2SQR)
    return math.inf if squared == 0 else 10 * math.log10(255**2 * truth.size / squared)


def ssim(truth: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004), at most 1; 1 for equal pictures.

    scikit-image's `structural_similarity` with its defaults: a uniform window of 7 x 7 px, the mean over the
    three channels and all whole windows; computed band by band to bound the memory. Both (H, W, 3) uint8;
    sides under 7 px are continued with their edge. Raises `ValueError` where sizes differ.
    """
    with LOCK:  # here: the first picture of the page has no truth, and SciPy comes along
        from skimage.metrics import structural_similarity
    _check_sizes(truth, other)
    truth, other = _at_least_a_window(truth), _at_least_a_window(other)
    windows = truth.shape[0] - SSIM_WINDOW + 1
    total = 0.0
    for top in range(0, windows, SSIM_BAND):
        count = min(SSIM_BAND, windows - top)
        rows = slice(top, top + count + SSIM_WINDOW - 1)
        total += count * structural_similarity(
            truth[rows], other[rows], win_size=SSIM_WINDOW, channel_axis=2, data_range=255
        )
    return total / windows


def invented_detail(truth: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Where the output's fine detail is not the truth's: (H, W) float32, 0 (the same) to 1.

    For each channel: the difference output - truth, less its own Gaussian blur of 4 px, which takes away
    differences of tone. Then the root of its square's mean over the channels and a Gaussian neighbourhood of
    3 px, divided by 48 levels of 255 and cut off at 1. The scale is absolute, so the maps of two methods can
    be compared. Detail that is missing counts like detail that is wrong: bicubic has a map as well.

    Both (H, W, 3) uint8; raises `ValueError` where sizes differ.
    """
    _check_sizes(truth, output)
    energy = np.zeros(truth.shape[:2], np.float32)
    for channel in range(3):
        difference = output[..., channel].astype(np.float32) - truth[..., channel]
        difference -= cv2.GaussianBlur(difference, (0, 0), COARSE_SIGMA)
        energy += difference * difference
    departure = np.sqrt(cv2.GaussianBlur(energy / 3, (0, 0), NEIGHBOURHOOD_SIGMA))
    return np.minimum(departure / np.float32(FULL_DEPARTURE), np.float32(1))


def heat(departure: np.ndarray, base_rgb: np.ndarray) -> np.ndarray:
    """A map over a picture: the picture in dark grey, the map as orange that covers it by its value.

    `departure` is (H, W) in 0..1, `base_rgb` (H, W, 3) uint8; gives (H, W, 3) uint8. One hue, lighter
    wherever the map is higher, so it reads in grey as well. Raises `ValueError` where sizes differ.
    """
    if departure.shape != base_rgb.shape[:2]:
        raise ValueError(f"the map has {departure.shape}, the picture {base_rgb.shape[:2]} rows and columns")
    grey = cv2.cvtColor(base_rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None] * BASE_BRIGHTEST
    cover = departure.astype(np.float32)[..., None]
    overlay = grey + (np.array(MARK, np.float32) - grey) * cover
    return overlay.round().astype(np.uint8)


def _check_sizes(truth: np.ndarray, other: np.ndarray) -> None:
    if truth.shape != other.shape:
        raise ValueError(f"only pictures of the same size can be compared, not {truth.shape}, {other.shape}")


def _at_least_a_window(rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    below, right = max(0, SSIM_WINDOW - height), max(0, SSIM_WINDOW - width)
    if not below and not right:
        return rgb
    return cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_REPLICATE)
