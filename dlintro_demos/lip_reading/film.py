"""A clip for the eye: one picture of all its frames, and points on the lips."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH

COLUMNS = 10
GREEN, ORANGE = (60, 230, 120), (255, 170, 40)


@dataclass(frozen=True, kw_only=True, eq=False)
class Film:
    """`sprite` is a JPEG file with a clip's `frames`, `COLUMNS` in a row, each `WIDTH` x `HEIGHT` px."""

    sprite: bytes
    frames: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / RATE


def film(mouths: np.ndarray) -> Film:
    """Crops (T, 64, 128, 3) uint8 RGB in one picture."""
    rows = -(-len(mouths) // COLUMNS)
    padded = np.zeros((rows * COLUMNS, HEIGHT, WIDTH, 3), np.uint8)
    padded[: len(mouths)] = mouths
    sheet = padded.reshape(rows, COLUMNS, HEIGHT, WIDTH, 3).swapaxes(1, 2)
    return Film(
        sprite=encode_jpeg(sheet.reshape(rows * HEIGHT, COLUMNS * WIDTH, 3), quality=85), frames=len(mouths)
    )


def with_lips(mouth: np.ndarray, lips: np.ndarray, *, enlarged: int = 3) -> np.ndarray:
    """A crop (64, 128, 3) uint8 with its points (40, 2), larger: the outer lips green, the inner orange."""
    size = (WIDTH * enlarged, HEIGHT * enlarged)
    large = cv2.resize(mouth, size, interpolation=cv2.INTER_CUBIC)
    for number, (x, y) in enumerate(np.rint((lips + 0.5) * enlarged).astype(int).tolist()):
        cv2.circle(large, (x, y), 3, GREEN if number < len(lips) // 2 else ORANGE, -1, cv2.LINE_AA)
    return large
