"""The picture of a mouth, the same size and place in every frame."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from dlintro_demos.lip_reading.landmarks import LEFT_EYE, LIPS, MOUTH, RIGHT_EYE, check_track, smooth

WIDTH, HEIGHT = 128, 64
"""Of a mouth crop, in pixels."""
EYES_APART = 107.5  # px: how far the outer corners of the eyes would be apart in a crop
STEADY_SIGMA = 3.0  # frames
VIEW = (16, 10, 112, 58)
"""What of a crop the network sees: left, top, right, bottom."""
SEEN = (24, 48)
"""Height and width of that as the network gets it."""


def cut_mouths(frames: Iterable[np.ndarray], track: np.ndarray) -> np.ndarray:
    """Frames, T of (H, W, 3) uint8, and their landmarks (T, 59, 3) in pixels to crops (T, 64, 128, 3) uint8.

    Upright, centred on the lips, scaled by the eyes, all three smoothed. Raises `TrackError`.
    """
    return np.stack([_cut(frame, turn) for frame, turn in zip(frames, crops(track), strict=True)])


def crops(track: np.ndarray) -> np.ndarray:
    """What takes pixels of each frame to pixels of its crop, (T, 2, 3). Raises `TrackError`."""
    track = check_track(track)[..., :2]
    across = track[:, RIGHT_EYE] - track[:, LEFT_EYE]
    pose = smooth(np.concatenate([track[:, MOUTH].mean(axis=1), across], axis=1), STEADY_SIGMA)
    middle, across = pose[:, :2].astype(np.float64), pose[:, 2:].astype(np.float64)
    cosine, sine = (EYES_APART * across / np.square(across).sum(axis=1, keepdims=True)).T
    turn = np.moveaxis(np.array([[cosine, sine], [-sine, cosine]]), 2, 0)
    shift = np.array([WIDTH / 2, HEIGHT / 2]) - np.einsum("tij,tj->ti", turn, middle)
    return np.concatenate([turn, shift[..., None]], axis=2)


def lips_in_crops(track: np.ndarray) -> np.ndarray:
    """Where the lips are in the crops that `cut_mouths` makes: (T, 40, 2) float32 pixels, outer lips first.

    `track` (T, 59, 3) in pixels of the frames. Raises `TrackError`.
    """
    turns = crops(track)
    lips = track[:, LIPS, :2] @ turns[:, :, :2].transpose(0, 2, 1) + turns[:, None, :, 2]
    return lips.astype(np.float32)


def _cut(frame: np.ndarray, turn: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(
        frame, turn, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def look(mouths: np.ndarray) -> np.ndarray:
    """Crops (T, 64, 128, 3) uint8 to what the network sees: (T, 2, 24, 48) uint8, grey and redness."""
    left, top, right, bottom = VIEW
    small = np.stack(
        [
            cv2.resize(each[top:bottom, left:right], SEEN[::-1], interpolation=cv2.INTER_AREA)
            for each in mouths
        ]
    ).astype(np.float32)
    red, green, blue = np.moveaxis(small, 3, 0)
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.stack([grey, np.clip(128 + red - green, 0, 255)], axis=1).round().astype(np.uint8)
