"""The lips on a live picture, and what is wrong with it, in words, before anybody records.

Nothing is kept from one picture to the next: the browser sends back where the face was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.lip_reading import recording
from dlintro_demos.lip_reading.landmarks import LIPS, POINTS, opening_and_width
from dlintro_demos.lip_reading.pose import pose_of
from dlintro_demos.lip_reading.recording import (
    APART,
    ClipError,
    FaceTooSmall,
    HeadTurned,
    MouthOutside,
    NoFace,
    TwoFaces,
)
from dlintro_demos.shared.face_mesh import PRESENT, Mesh, Region, find_all, look

SIDE = 320  # px, of the longer side of a picture in which a face is followed
WHOLE = recording.SIDE  # and of one in which it is looked for: in smaller ones nobody would be "too far away"
WORDS: Mapping[type[ClipError], str] = {
    NoFace: "No face is seen. Look into the camera, with light on your face.",
    TwoFaces: "Two faces are in the picture. One person at a time.",
    FaceTooSmall: "Too far away. Come nearer to the camera.",
    MouthOutside: "The mouth is not whole in the picture. Move until it is.",
    HeadTurned: "The head is turned away. Look into the camera.",
}
"""What would make a recording unreadable."""
GOOD = "Your lips are followed."


def look_live(rgb: np.ndarray, said: Mapping[str, str], *, cache: ModelCache) -> dict[str, Any]:
    """The lips of a picture (H, W, 3) uint8.

    `said` may have `region`, where the last answer saw the face: only there it is looked for, which is much
    faster; and `camera`, the longer side in pixels of the picture that would be recorded. Gives `words` and
    `good`, and, with a face, `region`, `opening` in distances of the eyes, and `lips`: 40 points as shares
    of width and height, 20 of the outer edge, then 20 of the inner one. Raises `ModelUnavailable`.
    """
    region = read_region(said.get("region", ""), rgb.shape)
    faces = [look(rgb, region, cache)] if region else list(find_all(rgb, cache))
    faces = [face for face in faces if face.presence >= PRESENT]
    if not faces:
        return {"words": WORDS[NoFace], "good": False}
    if recording.rivals(faces):
        return {"words": WORDS[TwoFaces], "good": False}
    track = faces[0].points[None, list(POINTS)]
    if recording.eyes_apart(track)[0] < 1:
        return {"words": WORDS[FaceTooSmall], "good": False}
    fault = _fault(track, rgb.shape[:2], said.get("camera", ""))
    height, width = rgb.shape[:2]
    opening, _ = opening_and_width(track)
    return {
        "words": WORDS[fault] if fault else GOOD,
        "good": fault is None,
        "region": write_region(faces[0], rgb.shape),
        "opening": round(float(opening[0]), 4),
        "lips": np.round(track[0, LIPS, :2] / (width, height), 4).tolist(),
    }


def _fault(track: np.ndarray, size: tuple[int, int], camera: str) -> type[ClipError] | None:
    """What `recording` would find of a whole video like this."""
    taken = min(int(camera), recording.SIDE) if camera.isascii() and camera.isdigit() else recording.SIDE
    if recording.eyes_apart(track)[0] < APART * max(size) / max(taken, 1):
        return FaceTooSmall
    if recording.mouth_outside(track, size)[0]:
        return MouthOutside
    return HeadTurned if recording.turned_away(pose_of(track)) else None


def write_region(face: Mesh, shape: tuple[int, ...]) -> str:
    """Where to look for a face in the next picture: middle and side as shares of it, and the turn."""
    region, (height, width) = face.region, shape[:2]
    parts = (region.x / width, region.y / height, region.side / max(height, width), region.turn)
    return ",".join(f"{part:.4f}" for part in parts)


def read_region(text: str, shape: tuple[int, ...]) -> Region | None:
    """The same back from a browser; None of what it could not have been given, or of a face that left."""
    height, width = shape[:2]
    try:
        x, y, side, turn = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (0 < x < 1 and 0 < y < 1 and 0.01 < side < 4 and abs(turn) <= math.pi):
        return None
    return Region(x * width, y * height, side * max(height, width), turn)
