"""What of a face's landmarks says something about speech: how they move, in a face that stands still."""

from __future__ import annotations

import cv2
import numpy as np

POINTS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
    33, 133, 263, 362, 1, 2, 98, 327, 152, 148, 377, 172, 397, 58, 288, 50, 280, 205, 425,
)  # fmt: skip
"""Which of the face mesh's 468 landmarks a track has, in order: 20 of the outer and 20 of the inner lips, 4
corners of the eyes, 4 of the nose, 7 of chin and jaw, 4 of the cheeks."""
LEFT_EYE, RIGHT_EYE = POINTS.index(33), POINTS.index(263)
MOUTH = tuple(POINTS.index(each) for each in (61, 291, 0, 17))
LIPS = slice(0, 40)
"""The landmarks of both lips: 20 of the outer edge, then 20 of the inner one, each once around."""
_CORNERS, _GAP = (POINTS.index(61), POINTS.index(291)), (POINTS.index(13), POINTS.index(14))
_PAIRS = {
    61: 291, 146: 375, 91: 321, 181: 405, 84: 314, 409: 185, 270: 40, 269: 39, 267: 37, 78: 308, 95: 324,
    88: 318, 178: 402, 87: 317, 415: 191, 310: 80, 311: 81, 312: 82, 33: 263, 133: 362, 98: 327, 148: 377,
    172: 397, 58: 288, 50: 280, 205: 425,
}  # fmt: skip
_OTHER = _PAIRS | {right: left for left, right in _PAIRS.items()}
MIRRORED = np.array([POINTS.index(_OTHER.get(each, each)) for each in POINTS])
"""Where each landmark of a mirrored face comes from."""

POSE_SIGMA = 2.0  # frames: what the pose is smoothed by
CLIP_AT = 6.0  # deviations
STILL = 0.15


class TrackError(ValueError):
    """A track that is none; the message says why."""


def check_track(track: np.ndarray) -> np.ndarray:
    """The track as float32 (T, 59, 3). Raises `TrackError` for another shape, what is not finite, no eyes."""
    if track.ndim != 3 or track.shape[1:] != (len(POINTS), 3) or not len(track):
        raise TrackError(f"a track is (frames, {len(POINTS)}, 3), this one {track.shape}")
    track = track.astype(np.float32)
    if not np.isfinite(track).all():
        raise TrackError("a track has finite coordinates only")
    if np.linalg.norm(track[:, RIGHT_EYE, :2] - track[:, LEFT_EYE, :2], axis=1).min() < 1:
        raise TrackError("the corners of the eyes are at least a pixel apart")
    return track


def smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian mean over time (first axis) of (T, C)."""
    kernel = (2 * int(3 * sigma + 0.5) + 1, 1)
    rows = np.ascontiguousarray(values.T, np.float32)
    return cv2.GaussianBlur(rows, kernel, sigma, borderType=cv2.BORDER_REPLICATE).reshape(rows.shape).T


def upright(track: np.ndarray) -> np.ndarray:
    """Landmarks (T, 59, 3) in pixels to units of the eyes' distance, from their middle, the head not tilted.

    x goes to the face's own left, y down. Raises `TrackError`.
    """
    track = check_track(track)
    left, right = track[:, LEFT_EYE], track[:, RIGHT_EYE]
    pose = smooth(np.concatenate([(left + right) / 2, (right - left)[:, :2]], axis=1), POSE_SIGMA)
    middle, across = pose[:, None, :3], pose[:, 3:]
    distance = np.linalg.norm(across, axis=1)[:, None]
    cosine, sine = (across / distance).T[..., None]
    x, y, z = np.moveaxis(track - middle, 2, 0)
    turned = np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=2)
    return turned / distance[..., None]


def opening_and_width(track: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far the lips are apart, and how wide the mouth is: (T,) float32 each, in distances of the eyes.

    `track` (T, 59, 3). Raises `TrackError`.
    """
    face = upright(track)
    opening, width = (
        np.linalg.norm(face[:, one] - face[:, other], axis=1) for one, other in (_GAP, _CORNERS)
    )
    return opening, width


def normalise(track: np.ndarray) -> np.ndarray:
    """How landmarks move: (T, 59, 3) float32 of `upright`, each coordinate from its median, in deviations.

    The deviations are the clip's own, so that a shy mouth counts as much as a wide one, and a small movement
    as much as a large one: a network learns from that several times faster than from one scale for all. What
    hardly moves is not blown up: `STILL` is the least deviation, as a share of the lips'.
    Raises `TrackError`.
    """
    moved = upright(track)
    moved = moved - np.median(moved, axis=0)
    lips = max(float(np.sqrt(np.mean(np.square(moved[:, LIPS])))), 1e-3)
    deviation = np.maximum(moved.std(axis=0), STILL * lips)
    return np.clip(moved / deviation, -CLIP_AT, CLIP_AT).astype(np.float32)


def mirror(moved: np.ndarray) -> np.ndarray:
    """The same movement in a mirror; `moved` (T, 59, 3) of `normalise`."""
    return moved[:, MIRRORED] * np.array([-1, 1, 1], np.float32)
