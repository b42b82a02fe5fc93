"""What the network should answer: how deep inside a nucleus each pixel is, and how far its edge."""

from __future__ import annotations

import cv2
import numpy as np

from dlintro_demos.medicine.nuclei.network import RAYS, STRIDE

_FARTHEST = 128
"""px: no ray goes on for longer."""


def targets_of(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`labels` (h, w) uint16 to depths (h / 2, w / 2) and log distances (32, h / 2, w / 2), float32.

    A depth is the distance to the nucleus's edge, divided by the largest one inside it. Outside, both are 0.
    """
    inside = _distance_to_edge(labels)
    deepest = np.zeros(int(labels.max()) + 1, np.float32)
    np.maximum.at(deepest, labels.ravel(), inside.ravel())
    depths = inside / np.maximum(deepest[labels], 1e-6)
    depths[labels == 0] = 0
    log_distances = np.zeros((RAYS, *depths[::STRIDE, ::STRIDE].shape), np.float32)
    rows, columns = np.nonzero(labels[::STRIDE, ::STRIDE])
    log_distances[:, rows, columns] = np.log(_rays(labels, inside, rows * STRIDE, columns * STRIDE))
    return depths[::STRIDE, ::STRIDE], log_distances


def _distance_to_edge(labels: np.ndarray) -> np.ndarray:
    """(h, w) float32: px to the nearest pixel that is not of the same nucleus, at least 0.5 inside one."""
    apart = labels > 0
    for axis in (0, 1):
        here = [slice(None)] * 2
        there = [slice(None)] * 2
        here[axis], there[axis] = slice(1, None), slice(None, -1)
        touching = (labels[tuple(here)] != labels[tuple(there)]) & apart[tuple(here)]
        apart[tuple(here)] &= ~touching
    padded = cv2.copyMakeBorder(apart.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    distances = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    return np.where(labels > 0, np.maximum(np.minimum(distances, _FARTHEST), 0.5), 0).astype(np.float32)


def _rays(labels: np.ndarray, inside: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(32, n): px from each pixel to its nucleus's edge, by steps that surely pass no edge."""
    height, width = labels.shape
    angles = 2 * np.pi * np.arange(RAYS) / RAYS
    down, right = (np.repeat(each(angles), len(rows)).astype(np.float32) for each in (np.sin, np.cos))
    start_row, start_column = np.tile(rows, RAYS), np.tile(columns, RAYS)
    own = labels[start_row, start_column]
    reach = np.zeros(len(own), np.float32)
    going = np.arange(len(own))
    step = np.maximum(inside[start_row, start_column] - 0.5, 0.5)
    while len(going):
        reach[going] += step
        row = np.rint(start_row[going] + down[going] * reach[going]).astype(int)
        column = np.rint(start_column[going] + right[going] * reach[going]).astype(int)
        within = (row >= 0) & (row < height) & (column >= 0) & (column < width) & (reach[going] < _FARTHEST)
        row, column = row.clip(0, height - 1), column.clip(0, width - 1)
        goes_on = within & (labels[row, column] == own[going])
        step = np.maximum(inside[row, column] - 0.7, 0.5)[goes_on]
        going = going[goes_on]
    return np.maximum(reach, 0.5).reshape(RAYS, -1)
