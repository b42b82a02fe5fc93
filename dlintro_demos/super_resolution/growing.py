"""A result while it is being made: the photo, darkened, and on it the tiles that are done."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np

from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.super_resolution.upscale import Piece

SIDE = 1024  # px; no more than a screen needs, and about 150 KB
EVERY_SECONDS = 1.0  # a hundred of them fill half of what a visitor's screen may hold
FIRST_SECONDS = 0.4
WAITING = 0.55  # of its brightness: what is not done yet


class Growing:
    """Takes what is enlarged, (H, W, 3) uint8, then tiles; `clock` gives monotonic seconds."""

    def __init__(self, rgb: np.ndarray, scale: int, clock: Callable[[], float] = time.monotonic):
        height, width = rgb.shape[:2]
        self._factor = min(scale, SIDE / max(height, width))
        size = (max(1, round(width * self._factor)), max(1, round(height * self._factor)))
        how = cv2.INTER_AREA if self._factor < 1 else cv2.INTER_CUBIC
        self._rgb = (cv2.resize(rgb, size, interpolation=how) * np.float32(WAITING)).astype(np.uint8)
        self._clock = clock
        self._next = clock() + FIRST_SECONDS
        self._jpeg: bytes | None = None

    def after(self, piece: Piece | None) -> bytes | None:
        """The picture so far as JPEG, anew when it is time; None while it is too early to show any."""
        if piece is not None:
            self._put(piece)
        if self._clock() >= self._next:
            self._jpeg = encode_jpeg(self._rgb, quality=85)
            self._next = self._clock() + EVERY_SECONDS
        return self._jpeg

    def _put(self, piece: Piece) -> None:
        core = piece.core
        left, top, right, bottom = (
            round(edge * self._factor) for edge in (core.left, core.top, core.right, core.bottom)
        )
        place = self._rgb[top:bottom, left:right]
        if place.size:
            size = (place.shape[1], place.shape[0])
            place[:] = cv2.resize(piece.rgb, size, interpolation=cv2.INTER_AREA)
