"""From the network's answer to nuclei: the surest outlines first, and none that overlaps a surer one.

Non-maximum suppression of star-convex polygons as in Schmidt et al. 2018 (StarDist), by drawing them: what a
polygon shares with those drawn before is counted in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.medicine.nuclei.network import RAYS, STRIDE

_ANGLES = 2 * np.pi * np.arange(RAYS) / RAYS
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1)
MOST = 20_000
"""Candidates of one picture that are looked at, the surest first."""


@dataclass(frozen=True, eq=False)
class Stars:
    """Nuclei: `labels` (h, w) int32, `outlines` (n, 32, 2) x and y in px, `sureness` (n,) from 0 to 1."""

    labels: np.ndarray
    outlines: np.ndarray
    sureness: np.ndarray


def stars_of(
    probability: np.ndarray, distances: np.ndarray, size: tuple[int, int], *, least: float, overlap: float
) -> Stars:
    """`probability` (h / 2, w / 2), `distances` (32, h / 2, w / 2) in px, `size` height and width.

    `least` is the probability that a nucleus's middle has, `overlap` the share of a polygon that surer ones
    may cover.
    """
    rows, columns = np.nonzero(probability >= least)
    surest = np.argsort(-probability[rows, columns], kind="stable")[:MOST]
    rows, columns = rows[surest], columns[surest]
    middles = np.stack([columns, rows], axis=-1) * float(STRIDE)
    polygons = middles[:, None] + distances[:, rows, columns].T[:, :, None] * _DIRECTIONS
    labels = np.zeros(size, np.int32)
    kept: list[int] = []
    for at, (x, y) in enumerate(middles.astype(int)):
        if (
            y < size[0]
            and x < size[1]
            and not labels[y, x]
            and _draw(labels, polygons[at], len(kept) + 1, overlap)
        ):
            kept.append(at)
    return Stars(labels, polygons[kept], probability[rows[kept], columns[kept]])


def _draw(labels: np.ndarray, polygon: np.ndarray, number: int, overlap: float) -> bool:
    """Whether the polygon found room; if so, it is drawn where nothing was."""
    height, width = labels.shape
    left, top = np.maximum(np.floor(polygon.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(polygon.max(axis=0)).astype(int) + 1, (width, height))
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon - (left, top)).astype(np.int32)], 1)
    window = labels[top:bottom, left:right]
    drawn = mask > 0
    free = drawn & (window == 0)
    if free.sum() < max(1.0, (1 - overlap) * drawn.sum()):
        return False
    window[free] = number
    return True
