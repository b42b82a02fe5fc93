"""“The same person or not?”: ten pairs of bundled faces made hard, for a visitor and for the machine.

Only two people's photos may ship with this gallery, so the pairs are made hard by showing little of a face.
The visitor and the machine get the same pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.embedders import pick_embedder, thresholds
from dlintro_demos.faces.face import Box, Level
from dlintro_demos.faces.samples import EILEEN, GRACE, VARIATIONS, portrait
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache

E, G = EILEEN, GRACE
# Person and variation of either side, and how many pixels wide the face is shown.
ROUNDS = (
    ((E, "old"), (E, "dark"), 20), ((E, "old"), (G, "old"), 16), ((G, "dark"), (G, "turned"), 18),
    ((E, "blurred"), (G, "dark"), 14), ((G, "old"), (G, "mirrored"), 12),
    ((E, "half hidden"), (E, "old"), 18),
    ((G, "blurred"), (E, "old"), 12), ((E, "turned"), (E, "blurred"), 12),
    ((G, "half hidden"), (E, "half hidden"), 14),
    ((G, "turned"), (E, "turned"), 12),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """Two faces, PNG; whether they are one person; the machine's distance (None: no face) and answer."""

    left: bytes
    right: bytes
    same: bool
    distance: float | None
    level: Level
    width: int


def make_pair(number: int, cache: ModelCache) -> Iterator[Progress | Pair]:
    """Round `number`, counted from 0. Raises `ModelUnavailable`."""
    *sides, width = ROUNDS[number % len(ROUNDS)]
    faces, shown = [], []
    for place, (name, variation) in enumerate(sides):
        yield Progress(place, 2, "looking")
        rgb = _reduced(VARIATIONS[variation](portrait(name)), name, width, cache)
        shown.append(encode_png(rgb))
        found = find_faces(f"quiz-{number}-{place}", rgb, cache).faces
        faces.append(max(found, key=lambda face: face.probability) if found else None)
    left, right = faces
    distance = float(np.linalg.norm(left.embedding - right.embedding)) if left and right else None
    limits = thresholds(cache, pick_embedder(cache).key)
    yield Pair(
        left=shown[0], right=shown[1], same=sides[0][0] == sides[1][0], distance=distance,
        level="unknown" if distance is None else limits.level(distance), width=width,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _box_of(name: str, cache: ModelCache) -> Box:
    """Where the face is in one of the two portraits."""
    return find_faces(f"quiz-{name}", portrait(name), cache).faces[0].box


def _reduced(rgb: np.ndarray, name: str, width: int, cache: ModelCache) -> np.ndarray:
    """The face's surroundings, with the face only `width` px wide, enlarged again: what both players get."""
    x0, y0, x1, y1 = _box_of(name, cache)
    margin = 0.6 * (x1 - x0)
    height, across = rgb.shape[:2]
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    piece = rgb[top : min(height, int(y1 + margin)), left : min(across, int(x1 + margin))]
    factor = width / (x1 - x0)
    size = (max(1, round(piece.shape[1] * factor)), max(1, round(piece.shape[0] * factor)))
    small = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (240, round(240 * size[1] / size[0])), interpolation=cv2.INTER_CUBIC)
