"""Paint the parts of a thing: background, shadow, and each part as a surface with light on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

FRACTION = 4  # bits after the point of a corner's place
Field = Callable[[np.ndarray, np.ndarray], np.ndarray]
BACKGROUNDS = np.array(
    [
        (232, 226, 212),  # paper
        (214, 206, 190),
        (176, 128, 84),  # wood
        (148, 104, 70),
        (204, 168, 122),
        (196, 204, 208),  # walls
        (188, 206, 186),
        (222, 200, 188),
        (180, 190, 214),
        (120, 128, 132),
    ],
    np.float32,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A piece of a thing: a filled outline, (N, 2) float in units where the thing is about 1 to each side.

    `colour` is RGB, (3,) float32 of 0 to 255; `pattern(u, v)` gives it anew for every point, (h, w, 3).
    `relief` is how far the surface bulges, 0 for flat, 1 as a ball; `bump(u, v)` adds to its height in units.
    """

    outline: np.ndarray
    colour: np.ndarray
    pattern: Field | None = None
    relief: float = 1.0
    bump: Field | None = None
    gloss: float = 0.4


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where a thing is: its middle and its size (one unit) in px, its turn in radians, left for right."""

    x: float
    y: float
    size: float
    turn: float
    mirrored: bool

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) units to (N, 2) px."""
        flip = np.array((-1.0 if self.mirrored else 1.0, 1.0))
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        turned: np.ndarray = (points * flip) @ np.array(((cos, sin), (-sin, cos)))
        return turned * self.size + (self.x, self.y)

    def units(self, left: int, top: int, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
        """Of every pixel of a box, how far right and down it is on the thing: two (height, width) float32."""
        across = (np.arange(left, left + width, dtype=np.float32) - np.float32(self.x)) / self.size
        down = (np.arange(top, top + height, dtype=np.float32) - np.float32(self.y)) / self.size
        cos, sin = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        u = across[None] * cos + down[:, None] * sin
        v = down[:, None] * cos - across[None] * sin
        return (-u if self.mirrored else u).astype(np.float32), v.astype(np.float32)


def paint(
    parts: Sequence[Part], pose: Pose, side: int, rng: np.random.Generator, *, flat: bool = False
) -> np.ndarray:
    """The parts, the first at the back, before a background that the rng chooses: (side, side, 3) uint8.

    Flat, they are plain areas of colour on white paper, without light or shadow.
    """
    light = np.array((rng.uniform(-0.6, 0.6), -rng.uniform(0.35, 0.75), rng.uniform(0.55, 0.9)), np.float32)
    light /= np.linalg.norm(light)
    outlines = [pose.to_picture(part.outline) for part in parts]
    if flat:
        picture = np.full((side, side, 3), rng.uniform(240, 255), np.float32)
        for part, outline in zip(parts, outlines, strict=True):
            _paint_part(picture, part, outline, pose, None)
        return np.clip(picture, 0, 255).astype(np.uint8)
    pixels = np.random.default_rng(
        int(rng.integers(2**32))
    )  # apart, so that all else is the same at any size
    picture = _background(side, rng, pixels)
    picture *= 1 - _shadow(outlines, pose, light, side, rng)[..., None]
    for part, outline in zip(parts, outlines, strict=True):
        _paint_part(picture, part, outline, pose, light)
    picture *= np.float32(rng.uniform(0.82, 1.1))
    picture += pixels.normal(0, rng.uniform(0.5, 3.0), picture.shape[:2]).astype(np.float32)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _background(side: int, rng: np.random.Generator, pixels: np.random.Generator) -> np.ndarray:
    """Paper, wood or a wall, sometimes with the edge of a table: (side, side, 3) float32."""
    first, second = BACKGROUNDS[rng.permutation(len(BACKGROUNDS))[:2]] + rng.normal(0, 8, (2, 3))
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    slope = (np.linspace(-1, 1, side, dtype=np.float32)[None] * rng.uniform(-0.12, 0.12)) + (
        down - 0.5
    ) * rng.uniform(-0.1, 0.25)
    grain: np.ndarray = pixels.normal(size=(side, side)).astype(np.float32)
    fine = side / 224
    along = rng.random() < 0.5
    grain = cv2.GaussianBlur(
        grain, (0, 0), sigmaX=(26 if along else 1.2) * fine + 0.3, sigmaY=1.1 * fine + 0.3
    )
    grain = grain * np.float32(rng.uniform(0.008, 0.045) / max(float(grain.std()), 1e-6))
    tone = (1 + slope + grain)[..., None]
    picture: np.ndarray = np.broadcast_to(second.astype(np.float32), (side, side, 3))
    if rng.random() < 0.45:  # a wall above the edge of a table
        edge = np.clip((down - rng.uniform(0.3, 0.7)) * side / 2.5, 0, 1)[..., None]
        picture = first.astype(np.float32) * (1 - edge) + picture * edge
    return np.ascontiguousarray(picture * tone, np.float32)


def _shadow(
    outlines: Sequence[np.ndarray], pose: Pose, light: np.ndarray, side: int, rng: np.random.Generator
) -> np.ndarray:
    """The share of light that the thing takes from each place, (side, side) float32 of 0 to 1."""
    mask = np.zeros((side, side), np.uint8)
    away = -light[:2] / light[2] * pose.size * rng.uniform(0.12, 0.3)
    for outline in outlines:
        _fill(mask, outline + away)
    soft = pose.size * rng.uniform(0.05, 0.12) + 0.3
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), soft) * np.float32(rng.uniform(0.3, 0.5) / 255)


def _paint_part(
    picture: np.ndarray, part: Part, outline: np.ndarray, pose: Pose, light: np.ndarray | None
) -> None:
    side = len(picture)
    left, top = (int(low) for low in np.clip(np.floor(outline.min(0)) - 2, 0, side))
    right, bottom = (int(high) for high in np.clip(np.ceil(outline.max(0)) + 3, 0, side))
    if right - left < 1 or bottom - top < 1:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    _fill(mask, outline - (left, top))
    u, v = pose.units(left, top, right - left, bottom - top)
    colour = part.colour[None, None] if part.pattern is None else part.pattern(u, v)
    surface = colour
    if light is not None:
        surface = _lit(colour, _height(part, mask, u, v, pose.size), light, part.gloss)
    alpha = mask.astype(np.float32)[..., None] / 255
    region = picture[top:bottom, left:right]
    region += (surface - region) * alpha


def _height(part: Part, mask: np.ndarray, u: np.ndarray, v: np.ndarray, size: float) -> np.ndarray | None:
    """How far the surface stands out of the picture, in px; None where it is flat."""
    height = None
    if part.relief:
        depth = cv2.distanceTransform(np.pad(mask > 100, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
        deepest = max(float(depth.max()), 1.0)
        slope = 1 - depth / deepest
        height = np.sqrt(np.clip(1 - slope * slope, 0.01, 1)) * (deepest * part.relief)
        height = cv2.GaussianBlur(height, (0, 0), 0.12 * deepest + 0.4)
    if part.bump is not None:
        bump = part.bump(u, v) * np.float32(size)
        height = bump if height is None else height + bump
    return height


def _lit(colour: np.ndarray, height: np.ndarray | None, light: np.ndarray, gloss: float) -> np.ndarray:
    """Diffuse light, a little from the table below, and a highlight (Blinn): (h, w, 3) float32."""
    if height is None or min(height.shape) < 2:
        return colour * np.float32(0.42 + 0.66 * light[2])
    down, right = np.gradient(height)
    length = 1 / np.sqrt(right * right + down * down + 1)
    facing = np.clip((light[2] - right * light[0] - down * light[1]) * length, 0, 1)
    middle = light + np.array((0, 0, 1), np.float32)
    middle /= np.linalg.norm(middle)
    shine = np.clip((middle[2] - right * middle[0] - down * middle[1]) * length, 0, 1)
    below = np.clip(-down * length, -1, 0) * np.float32(-0.1)
    glint = np.float32(gloss) * (210 * shine**48 + 26 * shine**8)
    return colour * (np.float32(0.42) + np.float32(0.66) * facing + below)[..., None] + glint[..., None]


def _fill(mask: np.ndarray, outline: np.ndarray) -> None:
    corners = np.round(outline * 2**FRACTION).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, lineType=cv2.LINE_AA, shift=FRACTION)
