"""How phones, browsers and photo programs make a picture small: what the clean networks learn from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import torch
from PIL import Image

from dlintro_demos.super_resolution.degrade import area_average, through_jpeg
from dlintro_demos.super_resolution.making import KERNELS as NAMES
from dlintro_demos.super_resolution.making import WIDTHS

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


def _gaussian_blurred(sigma: float, rgb: np.ndarray, scale: int) -> np.ndarray:
    """Blurred by `sigma` pixels of the small picture, then sampled in the middle of each of its pixels."""
    blurred = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), sigma * scale)
    return _sampled(cv2.INTER_LINEAR, blurred, scale).round().clip(0, 255).astype(np.uint8)


def gaussian(sigma: float) -> Small:
    """A blur of `sigma` pixels of the small picture."""
    return partial(_gaussian_blurred, sigma)


KERNELS: dict[str, Small] = {
    "area": _area,
    "bicubic": partial(_pillow, Image.Resampling.BICUBIC),
    "bilinear": partial(_pillow, Image.Resampling.BILINEAR),
    "Lanczos": partial(_pillow, Image.Resampling.LANCZOS),
    "bicubic, no antialiasing": partial(_sampled, cv2.INTER_CUBIC),
    "Gaussian 0.3": gaussian(0.3),
    "Gaussian 0.4": gaussian(0.4),
    "Gaussian 0.5": gaussian(0.5),
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
TOLD_SHARES = {
    "area": 0.22,
    "bicubic": 0.28,
    "Lanczos": 0.12,
    "bilinear": 0.12,
    "bicubic, no antialiasing": 0.08,
    "Gaussian": 0.18,
}
"""The same for networks that are told which it was."""
JPEG = (90, 98)
"""Qualities, of which `JPEG_SHARE` of the patches get one."""
JPEG_SHARE = 0.06
MARGIN = 4
"""Pixels of the small picture around a patch, so that no border is learned from."""
UNTOLD = 0.08
"""Told: share of the steps in which it is told that all kernels are as likely."""
UNSURE = 0.25
"""Told: share of the steps in which it is told less than all: up to `SPREAD` is spread at random."""
SPREAD = 0.6


def draw_kernel(generator: np.random.Generator, shares: dict[str, float]) -> tuple[Small, np.ndarray]:
    """A kernel at random, and how much of each of `making.KERNELS` it is, (7,) float32."""
    name = str(generator.choice(list(shares), p=list(shares.values())))
    if name in KERNELS:
        return KERNELS[name], made_by(name)
    width = float(generator.uniform(*WIDTHS))
    return gaussian(width), made_by_gaussian(width)


def made_by(name: str) -> np.ndarray:
    """How much of each of `making.KERNELS` one of `KERNELS` is, (7,) float32."""
    if name in NAMES:
        return np.array([each == name for each in NAMES], np.float32)
    return made_by_gaussian(float(name.removeprefix("Gaussian ")))


def made_by_gaussian(width: float) -> np.ndarray:
    """The same of a Gaussian, which lies between the narrowest and the widest one."""
    wide = (width - WIDTHS[0]) / (WIDTHS[1] - WIDTHS[0])
    shares = {"narrow Gaussian": 1 - wide, "wide Gaussian": wide}
    return np.array([shares.get(each, 0) for each in NAMES], np.float32)


def softened(told: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """What a network is told in this step: all of it as a rule, at times less, at times nothing."""
    lot = generator.random()
    if lot < UNTOLD:
        return np.full_like(told, 1 / len(told))
    if lot < UNTOLD + UNSURE:
        spread = generator.dirichlet(np.ones(len(told))).astype(np.float32)
        return told + np.float32(SPREAD * generator.random()) * (spread - told)
    return told


def draw_small(truth: np.ndarray, scale: int, generator: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8 made small by a kernel drawn at random."""
    small, _ = draw_kernel(generator, SHARES)
    return perhaps_compressed(small(truth, scale), generator)


def perhaps_compressed(picture: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Now and then through JPEG of high quality."""
    if generator.random() < JPEG_SHARE:
        return through_jpeg(picture, int(generator.integers(JPEG[0], JPEG[1] + 1)))
    return picture


def to_tensor(pictures: np.ndarray) -> torch.Tensor:
    """(N, H, W, 3) uint8 to (N, 3, H, W) float32 in 0..1, channels last in memory."""
    return torch.tensor(pictures).permute(0, 3, 1, 2).float().div_(255)
