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
MOST = 50_000
"""Candidates of one tile that are looked at, the surest first."""


@dataclass(frozen=True, eq=False)
class Stars:
    """Nuclei: `labels` (h, w) int32; `outlines` (n, 32, 2), `middles` (n, 2), x and y in px; `sureness` (n,).

    Number n of the labels is the nucleus at n - 1; 0 is background.
    """

    labels: np.ndarray
    outlines: np.ndarray
    middles: np.ndarray
    sureness: np.ndarray


def stars_in(
    probability: np.ndarray, distances: np.ndarray, size: tuple[int, int], *, least: float, overlap: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outlines (n, 32, 2), sureness (n,) and middles (n, 2), x and y in px, of one tile.

    Args:
        probability: (h / 2, w / 2), how deep inside a nucleus.
        distances: (32, h / 2, w / 2), to the edge, in px.
        size: height and width of the tile, px.
        least: the probability that a nucleus's middle has.
        overlap: the share of a polygon that surer ones may cover.
    """
    rows, columns = np.nonzero(probability >= least)
    surest = np.argsort(-probability[rows, columns], kind="stable")[:MOST]
    rows, columns = rows[surest], columns[surest]
    middles = np.stack([columns, rows], axis=-1) * float(STRIDE)
    polygons = middles[:, None] + distances[:, rows, columns].T[:, :, None] * _DIRECTIONS
    kept = _suppress(np.zeros(size, np.int32), polygons, middles, overlap)
    return polygons[kept], probability[rows[kept], columns[kept]], middles[kept]


def draw_stars(
    outlines: np.ndarray, middles: np.ndarray, sureness: np.ndarray, size: tuple[int, int], *, overlap: float
) -> Stars:
    """All tiles' nuclei in one picture of `size`, height and width: what two tiles found counts once."""
    surest = np.argsort(-sureness, kind="stable")
    outlines = outlines[surest]
    labels = np.zeros(size, np.int32)
    kept = _suppress(labels, outlines, None, overlap)
    return Stars(labels, outlines[kept], middles[surest][kept], sureness[surest][kept])


def _suppress(
    labels: np.ndarray, polygons: np.ndarray, middles: np.ndarray | None, overlap: float
) -> list[int]:
    """Draw polygons into `labels`, those that find room; which these are. A covered middle has no room."""
    kept: list[int] = []
    height, width = labels.shape
    for at, polygon in enumerate(polygons):
        if middles is not None:
            x, y = int(middles[at, 0]), int(middles[at, 1])
            if x >= width or y >= height or labels[y, x]:
                continue
        if _draw(labels, polygon, len(kept) + 1, overlap):
            kept.append(at)
    return kept


def _draw(labels: np.ndarray, polygon: np.ndarray, number: int, overlap: float) -> bool:
    """Whether the polygon found room; if so, it is drawn where nothing was."""
    height, width = labels.shape
    left, top = np.maximum(np.floor(polygon.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(polygon.max(axis=0)).astype(int) + 1, (width, height))
    if right <= left or bottom <= top:
        return False
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon - (left, top)).astype(np.int32)], 1)
    window = labels[top:bottom, left:right]
    drawn = mask > 0
    free = drawn & (window == 0)
    if free.sum() < max(1.0, (1 - overlap) * drawn.sum()):
        return False
    window[free] = number
    return True
