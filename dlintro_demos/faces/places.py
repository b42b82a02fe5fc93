"""Which face is which, by where it is: when one photo is looked at twice, or comes with regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from dlintro_demos.faces.face import Box, PhotoFaces

SAME_PLACE = 0.4  # intersection over union; two faces of a crowd overlap less


def same_places(some: Sequence[Box], others: Sequence[Box]) -> list[tuple[int, int]]:
    """Pairs of indices of boxes in one place, each box in one pair at most."""
    if not some or not others:
        return []
    overlaps = _overlaps(np.array(some, float), np.array(others, float))
    return [
        (int(row), int(column))
        for row, column in zip(*linear_sum_assignment(-overlaps), strict=True)
        if overlaps[row, column] > SAME_PLACE
    ]


def _overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of each of (N, 4) and each of (M, 4) boxes, (N, M)."""
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    shared = sides.clip(0).prod(axis=2)
    areas = [(each[:, 2:] - each[:, :2]).clip(0).prod(axis=1) for each in (a, b)]
    return shared / np.maximum(areas[0][:, None] + areas[1] - shared, 1e-9)


def with_known_keys(found: PhotoFaces, before: PhotoFaces) -> PhotoFaces:
    """The faces of `found`, those that stand where one of `before` stood under that one's key.

    The same photo, looked at in more detail, gives more faces: a name belongs to a face, not to its number.
    """
    if [face.key for face in found.faces] == [face.key for face in before.faces]:
        return found
    pairs = same_places([face.box for face in found.faces], [face.box for face in before.faces])
    known = {row: before.faces[column].key for row, column in pairs}
    taken = set(known.values())
    keys = (known.get(row, f"{face.key}+" if face.key in taken else face.key)
            for row, face in enumerate(found.faces))  # fmt: skip
    faces = (replace(face, key=key) for face, key in zip(found.faces, keys, strict=True))
    return replace(found, faces=tuple(faces))
