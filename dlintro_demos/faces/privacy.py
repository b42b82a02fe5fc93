"""Hide faces so that neither people nor this gallery's networks know them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np

from dlintro_demos.faces.face import Box

Way = Literal["blur", "pixelate", "cover"]
LARGER = (1.5, 1.6)  # the ellipse beside the box: hair and ears tell who it is, too
CELLS = 6  # across a pixelated face
COVER = 96  # grey of a covered face


def hide_faces(rgb: np.ndarray, boxes: Sequence[Box], way: Way) -> np.ndarray:
    """A copy of (H, W, 3) uint8 with an ellipse over each box blurred, pixelated or covered."""
    result = rgb.copy()
    height, width = rgb.shape[:2]
    for x0, y0, x1, y1 in boxes:
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        rx, ry = (x1 - x0) / 2 * LARGER[0], (y1 - y0) / 2 * LARGER[1]
        left, top = max(0, int(cx - rx)), max(0, int(cy - ry))
        right, bottom = min(width, int(cx + rx) + 1), min(height, int(cy + ry) + 1)
        if right <= left or bottom <= top or rx <= 0 or ry <= 0:
            continue
        piece = result[top:bottom, left:right]
        y, x = np.ogrid[top:bottom, left:right]
        inside = ((x + 0.5 - cx) / rx) ** 2 + ((y + 0.5 - cy) / ry) ** 2 <= 1
        np.copyto(piece, _hidden(piece, way, max(x1 - x0, y1 - y0)), where=inside[..., None])
    return result


def _hidden(piece: np.ndarray, way: Way, face: float) -> np.ndarray:
    height, width = piece.shape[:2]
    if way == "cover":
        return np.full_like(piece, COVER)
    cell = max(2.0, face / CELLS)
    size = (max(1, round(width / cell)), max(1, round(height / cell)))
    cells = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
    if way == "pixelate":
        return cv2.resize(cells, (width, height), interpolation=cv2.INTER_NEAREST)
    # Blurring the cells is as coarse, however large the face, and fast: sigma is a quarter of the face.
    blurred = cv2.GaussianBlur(cells, (0, 0), CELLS / 4)
    return cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)
