"""How a head is held, from the mesh's landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlintro_demos.lip_reading.landmarks import POINTS

_ACROSS = ((33, 263), (61, 291), (50, 280), (58, 288))
"""Pairs of landmarks that are level in a face, and as deep."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Medians over a clip, in degrees: `yaw` to a side, `pitch` up or down, `roll` tilted to a shoulder."""

    yaw: float
    pitch: float
    roll: float


def pose_of(track: np.ndarray) -> Pose:
    """The pose of a track (T, 59, 3), from the directions across the face, and down from eyes to chin."""
    left, right = (track[:, [POINTS.index(pair[end]) for pair in _ACROSS]] for end in (0, 1))
    across = (right - left).sum(axis=1)
    eyes = (track[:, POINTS.index(33)] + track[:, POINTS.index(263)]) / 2
    down = track[:, POINTS.index(152)] - eyes
    level = np.hypot(across[:, 0], across[:, 1])
    turned = {
        "yaw": np.arctan2(across[:, 2], level),
        "pitch": np.arctan2(down[:, 2], np.hypot(down[:, 0], down[:, 1])),
        "roll": np.arctan2(across[:, 1], across[:, 0]),
    }
    return Pose(**{name: float(np.degrees(np.median(values))) for name, values in turned.items()})
