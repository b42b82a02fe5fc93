"""Skin, lips, teeth and tongue of a drawn mouth: what is between the curves that `drawn.py` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.lip_reading.mouths import EYES_APART
from dlintro_demos.lip_reading.speaker import Speaker

CANVAS = (160, 88)
"""Width and height of what is painted: a crop and some more about it, upright."""
MARGIN = (3, 10)
"""Pixels that lips and their shadow need beside and below their edges."""
CHUNK = 5
"""Frames that are painted at once: as many as a processor's cache holds."""
SOFT = 1.6  # px: width of an edge
_CAVITY = (38.0, 14.0, 15.0)
_TOOTH = 0.048  # of the eyes' distance


@dataclass(frozen=True, eq=False)
class Curves:
    """Edges of the lips on the canvas, from the upper lip's outer one to the lower lip's outer one.

    Each of `edges` (T, S, 2) is in pixels, at `along` (S,) from corner to corner; `moves` are the
    articulators by name, (T,) each.
    """

    along: np.ndarray
    edges: tuple[np.ndarray, ...]
    moves: Mapping[str, np.ndarray]

    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what the lips reach in any frame."""
        beside, below = MARGIN
        left, top = np.floor(self.edges[0].min(axis=(0, 1))).astype(int) - beside
        right, bottom = np.ceil(self.edges[-1].max(axis=(0, 1))).astype(int) + np.array([beside, below])
        width, height = CANVAS
        return max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height)

    def columns(self, left: int, right: int) -> list[np.ndarray]:
        """How far along the lips each column of pixels is, and where the edges are in it; (T, W) each."""
        x = np.arange(left, right, dtype=np.float64)
        frames = len(self.edges[0])
        found = np.empty((5, frames, len(x)), np.float32)
        for frame in range(frames):
            across = self.edges[1][frame, :, 0]
            found[0, frame] = np.interp(x, across, self.along, -1.2, 1.2)
            for index, edge in enumerate(self.edges, 1):
                found[index, frame] = np.interp(x, across, edge[frame, :, 1])
        return list(found)


def paint(curves: Curves, speaker: Speaker, *, yaw: float, jaw: float) -> np.ndarray:
    """(T, 88, 160, 3) uint8 RGB; `jaw` is how far the jaw goes down at most, in pixels."""
    pictures = _move_skin(paint_skin(speaker, yaw), curves.moves, jaw)
    left, top, right, bottom = curves.box()
    columns = curves.columns(left, right)
    for first in range(0, len(pictures), CHUNK):
        chunk = slice(first, first + CHUNK)
        place = pictures[chunk, top:bottom, left:right]
        moves = {
            name: values[chunk].astype(np.float32)[:, None, None] for name, values in curves.moves.items()
        }
        place[:] = _paint_mouth(
            place, (left, top), [each[chunk, None] for each in columns], moves, speaker, jaw
        )
    return pictures


def paint_skin(speaker: Speaker, yaw: float) -> np.ndarray:
    """The face about the mouth, still: (88, 160, 3) uint8 RGB."""
    random = np.random.default_rng([0x5C1, speaker.seed])
    width, height = CANVAS
    x = (np.arange(width, dtype=np.float32) - width / 2)[None] / EYES_APART
    y = (np.arange(height, dtype=np.float32) - height / 2)[:, None] / EYES_APART

    def spot(across: float, down: float, wide: float, high: float) -> np.ndarray:
        return np.exp(-(((x - across) / wide) ** 2) - ((y - down) / high) ** 2)

    nose = -speaker.nose
    shift = -0.25 * yaw
    shade = 1 + 0.6 * speaker.shade * speaker.side * x - 0.12 * y
    shade = shade - speaker.shade * np.clip(np.abs(x - shift) - 0.3, 0, None)
    shade = shade - 0.10 * spot(shift, -0.16, 0.035, 0.09) + 0.06 * (spot(shift - 0.06, -0.16, 0.025, 0.09))
    shade = shade - 0.12 * spot(shift, nose + 0.01, 0.16, 0.05) + 0.10 * spot(shift, 0.36, 0.16, 0.1)
    shade = shade - 0.45 * (spot(shift - 0.075, nose, 0.035, 0.018) + spot(shift + 0.075, nose, 0.035, 0.018))
    fold = 0.2 + 0.16 * np.clip((y - nose) / -nose, 0, 1.2)
    folds = np.exp(-(((np.abs(x - shift) - fold) / 0.02) ** 2)) * np.clip(
        1 - ((y + 0.1) / 0.22) ** 2, 0, None
    )
    shade = shade - 0.10 * random.uniform(0.2, 1.0) * folds
    shade = shade * (1 + 0.04 * _cloud(random, 10) + 0.02 * _cloud(random, 40))
    picture = shade[..., None] * np.array(speaker.skin, np.float32)
    picture[..., 1:] *= (1 + 0.02 * _cloud(random, 14))[..., None]

    stubble = 0.75 + 0.25 * np.clip(random.standard_normal((height, width)), -1, 1)
    mask = speaker.moustache * np.clip(3 * spot(shift, -0.12, 0.27, 0.05), 0, 1)
    below = np.clip((y - 0.10 + 0.3 * np.clip(np.abs(x - shift) - 0.27, 0, 0.4)) / 0.08, 0, 1)
    cheek = np.clip((np.abs(x - shift) - 0.33 + 0.5 * y) / 0.15, 0, 1) * np.clip((y + 0.22) / 0.2, 0, 1)
    below = np.maximum(below, cheek)
    mask = np.maximum(mask, speaker.beard * below) * stubble * 0.9
    picture += mask[..., None] * (np.array(speaker.hair, np.float32) * shade[..., None] - picture)

    edge = speaker.jaw * np.sqrt(np.clip(1 - (np.clip(y, 0, None) / (speaker.chin * 1.25)) ** 2, 0.0, 1))
    inside = np.clip((edge + 0.04 - np.abs(x - 0.35 * yaw)) * EYES_APART / 3, 0, 1)[..., None]
    picture = picture * inside + (1 - inside) * np.array(speaker.backdrop, np.float32)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _cloud(random: np.random.Generator, cells: int) -> np.ndarray:
    """Noise with about so many humps across."""
    width, height = CANVAS
    small = random.standard_normal((max(cells * height // width, 2), cells)).astype(np.float32)
    return cv2.resize(small, CANVAS, interpolation=cv2.INTER_CUBIC)


def _move_skin(skin: np.ndarray, moves: Mapping[str, np.ndarray], jaw: float) -> np.ndarray:
    """The skin below the mouth goes down with the jaw, and the cheeks follow the corners; (T, 88, 160, 3)."""
    width, height = CANVAS
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    low = np.clip((y - height / 2) / 14, 0, 1)
    low = low * low * (3 - 2 * low)
    away = (x - width / 2) / EYES_APART
    cheeks = np.sign(away) * np.exp(-(((np.abs(away) - 0.32) / 0.15) ** 2))
    down = (0.8 * jaw * moves["jaw"]).astype(np.float32)
    apart = (4.0 * moves["wide"] - 5.0 * moves["round"]).astype(np.float32)
    pictures = np.empty((len(down), *skin.shape), np.uint8)
    for picture, drop, across in zip(pictures, down, apart, strict=True):
        cv2.remap(
            skin,
            x - across * cheeks,
            y - drop * low,
            cv2.INTER_LINEAR,
            picture,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return pictures


def _step(distance: np.ndarray) -> np.ndarray:
    """0 to 1 over the width of an edge, where the distance in pixels goes through 0."""
    distance = distance * np.float32(1 / SOFT)
    distance += np.float32(0.5)
    return np.clip(distance, 0, 1, out=distance)


def _paint_mouth(
    skin: np.ndarray,
    corner: tuple[int, int],
    columns: Sequence[np.ndarray],
    move: Mapping[str, np.ndarray],
    speaker: Speaker,
    jaw: float,
) -> np.ndarray:
    """Lips and what is between them onto the skin (T, H, W, 3), whose left top corner is at `corner`."""
    along, up_out, up_in, low_in, low_out = columns
    y = np.arange(corner[1], corner[1] + skin.shape[1], dtype=np.float32)[:, None]
    x = (np.arange(corner[0], corner[0] + skin.shape[2], dtype=np.float32) - CANVAS[0] / 2) / EYES_APART

    ends = np.clip((1.02 - np.abs(along)) * 12, 0, 1)
    middle = np.clip(1 - along**2, 0, 1)
    lips = _step(y - up_out) * _step(low_out - y) * ends
    gap = _step(y - up_in) * _step(low_in - y) * ends
    high = _step((up_in + low_in) / 2 - y)

    upper = np.clip((y - up_out) / np.maximum(up_in - up_out, 1), 0, 1)
    lower = np.clip((y - low_in) / np.maximum(low_out - low_in, 1), 0, 1)
    creases = np.random.default_rng([0x11, speaker.seed]).normal(1, 0.045, 48).astype(np.float32)
    lines = np.interp(along, np.linspace(-1, 1, 48), creases).astype(np.float32)
    sideways = 1 + 0.35 * speaker.shade * speaker.side * along
    tone = high * (0.96 - 0.26 * upper) + (1 - high) * (0.86 + 0.5 * lower * (1 - lower) - 0.1 * lower)
    shine = np.clip(1 - np.abs(lower - 0.36) * 5, 0, 1) * (1 - high) * np.clip(1 - (along / 0.7) ** 2, 0, 1)

    line = CANVAS[1] / 2
    incisors = line + EYES_APART * speaker.incisors - 2.5 * along**2
    set_back = np.clip(1 - (x / 0.26) ** 2, 0, 1) ** 0.5
    between_teeth = (0.82 + 0.18 * np.abs(np.cos(np.pi * x / _TOOTH)) ** 0.4) * (0.35 + 0.65 * set_back)
    size = low_in - up_in
    tongue_at = low_in - size * (0.1 + 0.75 * np.clip(move["tongue"], 0, 1)) * np.clip(
        1 - (along / 0.7) ** 2, 0, 1
    )
    tongue = _step(y - tongue_at)
    tip = np.clip(move["tip"], 0, 1) * tongue
    upper_teeth = _step(incisors - y) * (1 - tip)
    lower_teeth = _step(y - incisors - (0.6 + 0.85 * jaw * move["jaw"])) * (1 - tip) * (1 - upper_teeth)
    shadow = (0.65 + 0.35 * np.clip((y - up_in) / 5, 0, 1)) * (1 - 0.35 * np.clip(move["round"], 0, 1))
    shadow = shadow * (0.5 + 0.5 * middle)
    teeth = shadow * between_teeth * (upper_teeth + 0.85 * lower_teeth)
    left_over = 1 - upper_teeth - lower_teeth
    flesh = 0.85 * tongue * left_over * shadow

    fields = np.stack(
        [
            (lips - gap) * tone * lines * sideways,
            (lips - gap) * shine * np.float32(speaker.gloss),
            gap * left_over * (1 - tongue),
            gap * flesh,
            gap * teeth,
        ]
    )
    colours = np.array([speaker.lips, (235, 225, 220), _CAVITY, speaker.tongue, speaker.teeth], np.float32)
    under = np.clip(1 - np.abs(y - low_out - 4) / 6, 0, 1) * middle
    weight = (1 - lips) * (1 - np.float32(0.22) * under)
    painted = (fields.reshape(len(fields), -1).T @ colours).reshape(skin.shape)
    painted += skin * weight[..., None]
    return np.clip(painted, 0, 255, out=painted)
