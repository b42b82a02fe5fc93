"""Nuclei that this program draws: it knows how many there are, and where. No microscope took them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np

Stain = Literal["fluorescence", "stained"]
_SIZE = (420, 420)
_TRIES = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A drawing and its truth: `rgb` (h, w, 3) uint8, `labels` (h, w) int32, a number for each nucleus."""

    rgb: np.ndarray
    labels: np.ndarray

    @property
    def count(self) -> int:
        """How many nuclei were drawn."""
        return int(self.labels.max())


@cache
def draw(
    stain: Stain,
    seed: int,
    *,
    count: int = 60,
    diameter: float = 24.0,
    crowded: bool = False,
    uneven: bool = False,
) -> Drawn:
    """Draw `count` nuclei of about `diameter` px, or as many as find room; read-only.

    Where it is `crowded`, they lie in clumps and touch each other; none covers another by more than a little.
    Where it is `uneven`, the lamp shines from one side, and the far side lies in its shadow.
    """
    generator = np.random.default_rng([seed, count, crowded])
    labels = _place(count, diameter, crowded, generator)
    rgb = _fluorescence(labels, generator) if stain == "fluorescence" else _stained(labels, generator)
    if uneven:
        lamp = (
            np.linspace(1.0, 0.22, _SIZE[1])[None, :, None] * np.linspace(1.0, 0.8, _SIZE[0])[:, None, None]
        )
        rgb = np.rint(rgb * lamp).astype(np.uint8)
    for array in (rgb, labels):
        array.setflags(write=False)
    return Drawn(rgb=rgb, labels=labels)


def _place(count: int, diameter: float, crowded: bool, generator: np.random.Generator) -> np.ndarray:
    """Labels (h, w) int32 of nuclei without gaps in their numbers."""
    height, width = _SIZE
    labels = np.zeros(_SIZE, np.int32)
    clumps = generator.uniform((0.2, 0.2), (0.8, 0.8), (5, 2)) * (width, height)
    number = 0
    for _ in range(count * _TRIES):
        if number == count:
            break
        if crowded:
            middle = generator.choice(clumps) + generator.normal(0, 1.7 * diameter, 2)
        else:
            middle = generator.uniform(0, 1, 2) * (width, height)
        outline = _outline(middle, diameter * generator.uniform(0.75, 1.25), generator)
        mask = np.zeros(_SIZE, np.uint8)
        cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
        around = mask if crowded else cv2.dilate(mask, np.ones((5, 5), np.uint8))
        area = np.pi / 4 * diameter**2
        if mask.sum() < 0.4 * area or (labels[around > 0] > 0).sum() > (0.06 * area if crowded else 0):
            continue
        number += 1
        labels[(mask > 0) & (labels == 0)] = number
    return labels


def _outline(middle: np.ndarray, diameter: float, generator: np.random.Generator) -> np.ndarray:
    """(48, 2): an ellipse with a few dents, x and y in px."""
    angles = 2 * np.pi * np.arange(48) / 48
    radius = np.ones(48)
    for wave in (2, 3, 4):
        radius += generator.normal(0, 0.09 / wave) * np.cos(wave * angles + generator.uniform(0, 2 * np.pi))
    long = generator.uniform(1.0, 1.3)
    shape = np.stack([np.cos(angles) * long, np.sin(angles) / long], axis=-1) * radius[:, None] * diameter / 2
    turn = generator.uniform(0, np.pi)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(shape @ rotation.T + middle)


def _clouds(spread: float, generator: np.random.Generator) -> np.ndarray:
    """(h, w): smooth noise of mean 0 and spread 1, whose lumps are about `spread` px."""
    noise = cv2.GaussianBlur(generator.normal(0, 1, _SIZE).astype(np.float32), (0, 0), spread)
    return np.asarray((noise - noise.mean()) / max(float(noise.std()), 1e-6))


def _fluorescence(labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Bright on dark, each as bright as it took up dye, out of focus a little, with noise."""
    dye = np.concatenate([[0.0], generator.uniform(0.35, 0.95, labels.max())])
    light = dye[labels] * (1 + 0.16 * _clouds(2.5, generator) * (labels > 0))
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), 1.3) + 0.05 + 0.015 * _clouds(60, generator)
    grey = np.clip(light + generator.normal(0, 0.02, _SIZE), 0, 1) * 255
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def _stained(labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Purple on pink, as haematoxylin and eosin stain tissue: nuclei absorb light."""
    haematoxylin, eosin = (
        np.array([0.65, 0.70, 0.29]),
        np.array([0.07, 0.99, 0.11]),
    )  # Ruifrok 2001
    dye = np.concatenate([[0.0], generator.uniform(0.8, 1.5, labels.max())])
    depth = np.where(labels > 0, dye[labels] * (1 + 0.22 * _clouds(2.0, generator)), 0)
    nuclei = cv2.GaussianBlur(np.clip(depth, 0, None).astype(np.float32), (0, 0), 1.0)
    tissue = 0.35 + 0.08 * _clouds(7, generator) + 0.05 * _clouds(1.5, generator)
    absorbed = nuclei[..., None] * haematoxylin + np.clip(tissue, 0.02, None)[..., None] * eosin
    light = 0.95 * np.exp(-absorbed) + generator.normal(0, 0.012, (*_SIZE, 1))
    return np.asarray((np.clip(light, 0, 1) * 255).astype(np.uint8))
