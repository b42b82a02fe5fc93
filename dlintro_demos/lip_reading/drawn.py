"""A mouth, drawn, that says a sentence: landmarks and pictures of the same face, in the form of a real clip.

The face is four curves (the edges of both lips) and 59 points in three dimensions. Both are turned with the
head, so the landmarks lie where the picture has them; `painting.py` fills what is between the curves.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.landmarks import POINTS, smooth
from dlintro_demos.lip_reading.mouths import EYES_APART, HEIGHT, WIDTH, crops
from dlintro_demos.lip_reading.painting import CANVAS, Curves, paint
from dlintro_demos.lip_reading.speaker import Speaker
from dlintro_demos.lip_reading.speaking import ARTICULATORS, Sound, move, time_sounds

__all__ = ["Speaker", "say", "timing"]

JAW, PART, LIFT = 0.12, 0.05, 0.022
"""How far the jaw goes down, the lips part and the upper lip goes up: at most, in distances of the eyes."""
INNER = 0.86
"""How wide the opening is, as a share of the lips."""
FRAME = (360, 288)
"""Width and height of the picture that the face is thought to be in."""
JITTER = 0.3  # px: of a real mesh's landmarks
_AXIS = np.array([0.0, 0.4, 0.7])  # what the head turns about

_OUTER = np.array([-1, -0.9, -0.74, -0.52, -0.26, 0, 0.26, 0.52, 0.74, 0.9])
_LIPS = np.concatenate([_OUTER, -_OUTER])  # along the lower lip from right to left, back along the upper one
_DENSE = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 41))
#           x, y, z of what is not lips: corners of the eyes, nose, chin and jaw, cheeks
_FACE = {
    33: (-0.5, 0, 0), 133: (-0.19, 0.02, -0.06), 263: (0.5, 0, 0), 362: (0.19, 0.02, -0.06),
    1: (0, -0.35, -0.47), 2: (0, -0.27, -0.29), 98: (-0.19, -0.29, -0.2), 327: (0.19, -0.29, -0.2),
    152: (0, 0.47, 0.02), 148: (-0.15, 0.46, 0.02), 377: (0.15, 0.46, 0.02), 172: (-0.62, 0.07, 0.44),
    397: (0.62, 0.07, 0.44), 58: (-0.69, -0.09, 0.55), 288: (0.69, -0.09, 0.55), 50: (-0.53, 0.39, -0.05),
    280: (0.53, 0.39, -0.05), 205: (-0.44, 0.49, -0.1), 425: (0.44, 0.49, -0.1),
}  # fmt: skip
_WITH_JAW = {152: 0.8, 148: 0.78, 377: 0.78, 172: 0.4, 397: 0.4, 58: 0.25, 288: 0.25, 205: 0.05, 425: 0.05}
_FROM_MOUTH = (1, 2, 98, 327, 152, 148, 377, 172, 397, 58, 288)  # their y is from the mouth's, not the eyes'


@dataclass(frozen=True, eq=False)
class Pose:
    """How the head is held: angles (T,) in radians; the eyes' distance (T,) and middle (T, 2) in pixels."""

    yaw: np.ndarray
    pitch: np.ndarray
    roll: np.ndarray
    scale: np.ndarray
    place: np.ndarray

    def turn(self, points: np.ndarray) -> np.ndarray:
        """Points (T, N, 3) of the face as they are seen from the front, the head not yet tilted."""
        x, y, z = np.moveaxis(points - _AXIS, 2, 0)
        cosine, sine = np.cos(self.yaw)[:, None], np.sin(self.yaw)[:, None]
        x, z = cosine * x + sine * z, cosine * z - sine * x
        cosine, sine = np.cos(self.pitch)[:, None], np.sin(self.pitch)[:, None]
        y, z = cosine * y - sine * z, cosine * z + sine * y
        return np.stack([x, y, z], axis=2) + _AXIS

    def tilts(self) -> np.ndarray:
        """(T, 2, 3): from what `turn` gives to pixels of the frame."""
        cosine, sine = self.scale * np.cos(self.roll), self.scale * np.sin(self.roll)
        rows = np.array([[cosine, -sine, self.place[:, 0]], [sine, cosine, self.place[:, 1]]])
        return np.moveaxis(rows, 2, 0)


def say(
    sentence: tuple[int, ...],
    speaker: Speaker,
    *,
    seed: int,
    speed: float = 1.0,
    noise: float = 0.0,
    light: float = 1.0,
) -> Clip:
    """Let a speaker say a sentence: 75 frames, the same for the same arguments.

    `speed` is how many times faster than usual (so fast that lips do not reach their places, or as slow as
    three seconds allow). `noise` is a bad camera's, 0 to 1: 40 of 255 and landmarks 2.5 pixels off at 1.
    `light` is a factor: 0.1 is a dark room, whose picture is noisy too, above 1.5 is too bright.
    """
    sounds, random = _begin(sentence, speaker, seed, speed)
    return draw(move(sounds, speaker.manner, random), speaker, random, noise=noise, light=light)


def timing(
    sentence: tuple[int, ...], speaker: Speaker, *, seed: int, speed: float = 1.0
) -> tuple[Sound, ...]:
    """When each sound is said in the clip that `say` draws for the same arguments."""
    return _begin(sentence, speaker, seed, speed)[0]


def _begin(
    sentence: tuple[int, ...], speaker: Speaker, seed: int, speed: float
) -> tuple[tuple[Sound, ...], np.random.Generator]:
    random = np.random.default_rng([0x5A1D, speaker.seed, seed])
    return time_sounds(sentence, random, rate=speaker.manner.rate * speed), random


def draw(
    moves: np.ndarray,
    speaker: Speaker,
    random: np.random.Generator,
    *,
    noise: float = 0.0,
    light: float = 1.0,
) -> Clip:
    """What articulators (T, 9), in the order of `ARTICULATORS`, do to a speaker's face."""
    pose = _pose(speaker, random, len(moves))
    named = dict(zip(ARTICULATORS, np.ascontiguousarray(moves.T, np.float64)[..., None], strict=True))
    edges = _edges(named, speaker, _DENSE)
    turned = [pose.turn(edge) for edge in edges]
    middle = np.array([0, speaker.mouth, -0.25])
    rest = pose.turn(np.broadcast_to(middle, (len(moves), 1, 3)))[:, 0, :2]

    tilts = pose.tilts()
    points = pose.turn(_points(named, speaker))
    track = np.concatenate(
        [
            np.einsum("tij,tnj->tni", tilts[..., :2], points[..., :2]) + tilts[:, None, :, 2],
            points[..., 2:] * pose.scale[:, None, None],
        ],
        axis=2,
    )
    dark = max(1 / max(light, 0.02) - 1, 0)
    jitter = JITTER + 2.5 * noise + 0.15 * dark
    track += jitter * random.standard_normal(track.shape)
    track = track.astype(np.float32)

    on_canvas = [EYES_APART * (edge[..., :2] - rest[:, None]) + np.array(CANVAS) / 2 for edge in turned]
    curves = Curves(_DENSE, tuple(on_canvas), {name: values[:, 0] for name, values in named.items()})
    pictures = paint(curves, speaker, yaw=float(pose.yaw.mean()), jaw=JAW * EYES_APART)
    views = _onto_crops(crops(track), tilts, rest)
    mouths = np.empty((len(moves), HEIGHT, WIDTH, 3), np.uint8)
    for picture, view, mouth in zip(pictures, views, mouths, strict=True):
        cv2.warpAffine(
            picture, view, (WIDTH, HEIGHT), mouth, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return Clip(track, _photograph(mouths, speaker, random, light, 40 * noise + 2 * dark))


def _pose(speaker: Speaker, random: np.random.Generator, frames: int) -> Pose:
    """A head that sways slowly about how the speaker holds it."""
    drift = smooth(random.standard_normal((frames + 60, 6)), 9.0)[30:-30].astype(np.float64) * 5.6
    place = np.array(FRAME) / 2 + random.uniform(-20, 20, 2) - (0, 0.4 * speaker.eyes_apart)
    return Pose(
        speaker.yaw + speaker.sway * drift[:, 0],
        speaker.pitch + speaker.sway * drift[:, 1],
        speaker.roll + 0.6 * speaker.sway * drift[:, 2],
        speaker.eyes_apart * (1 + 0.3 * speaker.sway * drift[:, 3]),
        place + speaker.eyes_apart * speaker.sway * drift[:, 4:],
    )


def _edges(named: dict[str, np.ndarray], speaker: Speaker, along: np.ndarray) -> list[np.ndarray]:
    """Where the lips' edges are, each (T, S, 3): upper lip outside and inside, lower lip inside and outside.

    `along` (S,) goes from one corner (-1) to the other (1).
    """
    wide, rounded, press, tuck = (named[each] for each in ("wide", "round", "press", "tuck"))
    half = speaker.half * (1 + 0.13 * wide - 0.2 * rounded)
    arch = 1 - along**2
    free = (1 - press) * (1 - 0.45 * tuck)
    opening = (JAW * named["jaw"] + PART * named["part"]) * free
    up = (LIFT * named["lift"] + 0.25 * PART * named["part"]) * (1 - press)
    upper = speaker.upper * (1 + 0.25 * rounded - 0.4 * press - 0.12 * np.maximum(wide, 0))
    lower = speaker.lower * (1 + 0.2 * rounded - 0.35 * press - 0.5 * tuck)

    line = speaker.mouth + speaker.corner * along**2 + speaker.slant * along + 0.12 * opening * along**2
    lips = arch * (0.7 + 0.3 * arch) * (1 - speaker.bow * np.exp(-((along / 0.14) ** 2)))
    gap = np.clip(1 - (along / INNER) ** 2, 0, None) ** (0.8 - 0.25 * np.clip(rounded, 0, 1))
    top = line - up * gap
    bottom = top + np.maximum(opening, 0) * gap
    heights = (
        top - upper * lips,
        top,
        bottom,
        bottom + lower * np.clip(arch, 0, None) ** 0.85 + (0.1 * opening * arch),
    )
    z = -0.06 - speaker.depth * arch - 0.06 * rounded * np.sqrt(np.clip(arch, 0, None))
    shifts = (-0.015 * arch, 0.02 * arch, 0.02 * arch, 0.01 * arch)
    return [
        np.stack(np.broadcast_arrays(half * along, y, z + shift), axis=2)
        for y, shift in zip(heights, shifts, strict=True)
    ]


def _points(named: dict[str, np.ndarray], speaker: Speaker) -> np.ndarray:
    """All landmarks (T, 59, 3) of the face, before the head turns."""
    over, under_over, over_under, under = (
        _edges(named, speaker, along)
        for along in (_LIPS[10:], INNER * _LIPS[10:], INNER * _LIPS[:10], _LIPS[:10])
    )
    lips = [under[3], over[0], over_under[2], under_over[1]]
    rest = np.array([_FACE[each] for each in POINTS[40:]])
    names = POINTS[40:]
    for index, name in enumerate(names):
        if name in _FROM_MOUTH:
            rest[index, 1] += speaker.mouth
    nose, chin, jaw = (
        [names.index(each) for each in group]
        for group in ((1, 2, 98, 327), (152, 148, 377), (172, 397, 58, 288))
    )
    rest[nose, 1] += 0.27 - speaker.nose
    rest[chin, 1] += speaker.chin - 0.47
    rest[jaw, 0] *= speaker.jaw / 0.69
    face = np.repeat(rest[None], len(named["jaw"]), axis=0)
    share = np.array([_WITH_JAW.get(name, 0.0) for name in names])
    face[..., 1] += JAW * named["jaw"] * share
    face[..., 2] += 0.3 * JAW * named["jaw"] * share
    face[:, nose, 1] -= 0.2 * LIFT * named["lift"]
    return np.concatenate([*lips, face], axis=1)


def _onto_crops(to_crop: np.ndarray, tilts: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """(T, 2, 3): from the painted canvas, which the mouth's place at rest is the middle of, to the crop."""
    whole = to_crop[..., :2] @ tilts[..., :2]
    origin = np.einsum("tij,tj->ti", to_crop[..., :2], tilts[..., 2]) + to_crop[..., 2]
    turn = whole / EYES_APART
    shift = np.einsum("tij,tj->ti", whole, rest) + origin - turn @ (np.array(CANVAS) / 2)
    return np.concatenate([turn, shift[..., None]], axis=2)


def _photograph(
    mouths: np.ndarray, speaker: Speaker, random: np.random.Generator, light: float, noise: float
) -> np.ndarray:
    """What the camera makes of it: blur, the lamp's colour, noise."""
    size = 2 * int(np.ceil(2.5 * speaker.blur)) + 1
    strength = np.array(speaker.lamp, np.float32) * light
    grain = random.standard_normal((HEIGHT + 32, WIDTH + 32, 3), np.float32)
    grain *= np.float32(np.hypot(speaker.grain, noise))
    seen = np.empty_like(mouths)
    for frame, picture in enumerate(mouths):
        blurred = cv2.GaussianBlur(picture, (size, size), speaker.blur).astype(np.float32)
        top, left = random.integers(0, 32, 2)
        blurred *= strength
        blurred += grain[top : top + HEIGHT, left : left + WIDTH]
        seen[frame] = np.clip(blurred, 0, 255)
    return seen
