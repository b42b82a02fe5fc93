"""One patch to learn from: cut out turned and scaled, its colours and its sharpness changed."""

from __future__ import annotations

import cv2
import numpy as np

from dlintro_demos.medicine.nuclei.stretching import stretch
from training.medicine.nuclei.pictures import Labelled
from training.medicine.nuclei.targets import targets_of

SMALLEST, LARGEST = 9.0, 30.0
"""px: diameters that nuclei of a patch have; what is outside them in the picture is scaled into them."""
_TRIES = 4


def patch(
    picture: Labelled, side: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels (3, s, s), depths (s / 2, s / 2) and log distances (32, s / 2, s / 2), float32."""
    for _ in range(_TRIES):
        turned = _transform(picture, side, generator)
        labels = cv2.warpAffine(
            picture.labels, turned, (side, side), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT
        )
        if labels.any() or generator.random() < 0.15:
            break
    rgb = cv2.warpAffine(
        picture.rgb, turned, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    low, high = np.percentile(picture.rgb[::3, ::3], [0.5, 99.8])
    own = stretch(rgb)
    whole = np.clip((rgb.astype(np.float32) - low) / max(high - low, 4), -0.5, 1.5).astype(np.float32)
    pixels = own if generator.random() < 0.3 and labels.any() else whole
    pixels = _spoil(recolour(pixels, picture.kind == "fluorescence", generator), generator)
    depths, log_distances = targets_of(labels)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)), depths, log_distances


def _transform(picture: Labelled, side: int, generator: np.random.Generator) -> np.ndarray:
    """(2, 3): from the picture to a patch about a random place of it."""
    scale = float(np.exp(generator.uniform(np.log(0.75), np.log(1.33))))
    if picture.diameter:
        if generator.random() < 0.5:
            wanted = np.exp(generator.uniform(np.log(SMALLEST), np.log(LARGEST)))
            scale = float(np.clip(wanted / picture.diameter, 0.35, 2.5))
        scale = float(np.clip(scale, SMALLEST / picture.diameter, LARGEST / picture.diameter))
    angle = generator.uniform(0, 2 * np.pi) if generator.random() < 0.5 else generator.integers(4) * np.pi / 2
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]]) @ np.diag([generator.choice([-1, 1]), 1])
    height, width = picture.labels.shape
    reach = min(0.5, side / scale / 2 / max(height, width))
    middle = np.array(
        [generator.uniform(reach, 1 - reach) * width, generator.uniform(reach, 1 - reach) * height]
    )
    return np.hstack([linear, (side / 2 - linear @ middle)[:, None]])


def recolour(pixels: np.ndarray, grey: bool, generator: np.random.Generator) -> np.ndarray:
    """Other stains, other lamps: brightness, contrast, gamma, mixed channels, tints, and bright for dark."""
    if grey:
        pixels = np.clip(pixels, 0, 1.5) ** np.float32(np.exp(generator.normal(0, 0.3)))
        if generator.random() < 0.15:
            pixels = pixels * generator.uniform(0, 1, 3).astype(np.float32) ** 0.7
            pixels = pixels / max(float(np.percentile(pixels, 99.8)), 0.05)
    else:
        mix = np.eye(3) + generator.normal(0, 0.08, (3, 3))
        pixels = pixels @ (mix / mix.sum(axis=1, keepdims=True)).T.astype(np.float32)
        if generator.random() < 0.5:
            pixels = _other_hue(pixels, generator)
        pixels = np.clip(pixels, 0, 1.5) ** np.float32(np.exp(generator.normal(0, 0.25)))
        if generator.random() < 0.12:
            pixels = np.repeat(pixels.mean(axis=2, keepdims=True), 3, axis=2)
    if generator.random() < (0.2 if grey else 0.1):
        pixels = 1 - pixels
    pixels = pixels * np.float32(np.exp(generator.normal(0, 0.12))) + np.float32(generator.normal(0, 0.05))
    return np.clip(pixels, -0.5, 1.5).astype(np.float32)


def _other_hue(pixels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    hsv = cv2.cvtColor(np.clip(pixels, 0, 1).astype(np.float32), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + generator.normal(0, 18)) % 360
    hsv[..., 1] = np.clip(hsv[..., 1] * np.exp(generator.normal(0, 0.4)), 0, 1)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def _lamp(side: int, generator: np.random.Generator) -> np.ndarray:
    """(side, side, 1): from 1 on one side down to a shadow on the other."""
    angle = generator.uniform(0, 2 * np.pi)
    along = np.linspace(-0.5, 0.5, side)
    slope = np.cos(angle) * along[None] + np.sin(angle) * along[:, None]
    darkest = generator.uniform(0.2, 0.8)
    share = (slope - slope.min()) / max(float(np.ptp(slope)), 1e-6)
    return (darkest + (1 - darkest) * share).astype(np.float32)[..., None]


def _spoil(pixels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A lamp from one side, out of focus, and noise."""
    if generator.random() < 0.15:
        pixels = pixels * _lamp(pixels.shape[0], generator)
    if generator.random() < 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), generator.uniform(0.4, 1.8))
    if generator.random() < 0.3:
        pixels = pixels + generator.normal(0, generator.uniform(0, 0.08), pixels.shape[:2])[..., None].astype(
            np.float32
        )
    return pixels.astype(np.float32)
