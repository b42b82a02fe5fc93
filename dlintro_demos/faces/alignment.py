"""Bring a face into the pose that a face network was trained on: eyes, nose and mouth at fixed places."""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 150  # px of a chip
# Where the five landmarks stand in a chip of dlib's network, px (measured on its own alignment: FACTS.md).
TEMPLATE = np.array(
    [[47.3, 45.6], [101.8, 45.9], [74.6, 78.9], [49.9, 101.9], [100.2, 101.4]], dtype=np.float32
)
SHRINK_BELOW = 0.75  # scale below which warping alone would skip pixels


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The turn, scale and shift (2, 3) that takes points (N, 2) nearest to others in least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991, without
    mirroring. Points that are all one give a shift only.
    """
    a, b = source.astype(np.float64), target.astype(np.float64)
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    p, q = (a - centre_a) @ [1, 1j], (b - centre_b) @ [1, 1j]
    spread = (np.abs(p) ** 2).sum()
    turn = (np.conj(p) @ q) / spread if spread else 1
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([matrix, centre_b - matrix @ centre_a])


def align(
    rgb: np.ndarray, landmarks: np.ndarray, *, template: np.ndarray = TEMPLATE, side: int = SIDE
) -> np.ndarray:
    """The aligned chip (side, side, 3) uint8 of a face in (H, W, 3) uint8; grey where the picture ends."""
    matrix = similarity(landmarks, template)
    scale = float(np.hypot(*matrix[:, 0]))
    if scale < SHRINK_BELOW:
        rgb, matrix = _shrunk(rgb, landmarks, matrix, scale)
    return cv2.warpAffine(
        rgb,
        matrix,
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(127,) * 3,
    )


def _shrunk(
    rgb: np.ndarray, landmarks: np.ndarray, matrix: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """The face's surroundings at about a chip's size, by area, and the matrix from there."""
    reach = 2 * SIDE / scale
    centre = landmarks.mean(axis=0)
    left, top = (max(0, int(value - reach)) for value in centre)
    piece = rgb[top : max(top + 1, int(centre[1] + reach)), left : max(left + 1, int(centre[0] + reach))]
    if not piece.size:
        return rgb, matrix
    size = [max(1, round(length * scale)) for length in piece.shape[1::-1]]
    small = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
    fx, fy = piece.shape[1] / size[0], piece.shape[0] / size[1]
    # A small pixel's centre (x + 0.5) fx - 0.5, and the piece's corner, lead back to the picture's pixels.
    back = np.array([[fx, 0, left + (fx - 1) / 2], [0, fy, top + (fy - 1) / 2], [0, 0, 1]])
    return small, matrix @ back
