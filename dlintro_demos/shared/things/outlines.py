"""What the forms are made of: outlines in units, and patterns of colour over a surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dlintro_demos.shared.things.shading import Field, Part

Shape = Callable[[np.random.Generator, np.ndarray], list[Part]]
BARK, DARK, CREAM = (np.array(rgb, np.float32) for rgb in ((98, 68, 40), (38, 38, 42), (240, 236, 224)))


def smooth(points: np.ndarray, steps: int = 10) -> np.ndarray:
    """A closed curve through the points, (N, 2) to (steps * N, 2): Catmull and Rom's spline."""
    before, after, beyond = (np.roll(points, shift, 0) for shift in (1, -1, -2))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * points
        + (after - before) * t
        + (2 * before - 5 * points + 4 * after - beyond) * t**2
        + (3 * points - before - 3 * after + beyond) * t**3
    )
    return np.ascontiguousarray(curve.transpose(1, 0, 2)).reshape(-1, 2)


def ellipse(x: float, y: float, wide: float, high: float) -> np.ndarray:
    """Around (x, y): (48, 2)."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], 1)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """An upright rectangle: (4, 2)."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def strip(points: Sequence[tuple[float, float]], thick: float, colour: np.ndarray) -> Part:
    """A round stroke along the points, half as thick to each side."""
    path = np.array(points)
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    outline = np.concatenate([path + normal * thick, (path - normal * thick)[::-1]])
    return Part(outline=outline, colour=colour, gloss=0.1)


def mix(colour: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Per point, (h, w) shares of the other colour: (h, w, 3) float32."""
    return (colour + (other - colour) * share[..., None]).astype(np.float32)


def blush(rng: np.random.Generator, colour: np.ndarray, *, streaks: bool) -> Field:
    """The skin of a fruit: redder or greener to one side, with or without streaks from the stem."""
    tints = np.array([(18, -26, -14), (-30, 22, -6), (16, 14, 4)], np.float32)
    other = np.clip(colour + tints[int(rng.integers(3))] * rng.uniform(0.5, 1.3), 0, 255).astype(np.float32)
    side, phase, count = rng.uniform(0, 2 * np.pi), rng.uniform(0, 6), rng.uniform(14, 24)

    def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        share = 0.5 + 0.8 * (u * np.cos(side) + v * np.sin(side))
        if streaks:
            angle = np.arctan2(u, v + 1.15)
            share = share + 0.16 * np.sin(angle * count + phase) + 0.1 * np.sin(angle * count * 2.3)
        return mix(colour, other, np.clip(share, 0, 1))

    return pattern


def spots(
    rng: np.random.Generator, count: int, radius: float
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Round spots on random places, 1 in them and 0 between."""
    places = rng.uniform(-0.7, 0.7, (count, 2)).astype(np.float32)
    sizes = (radius * rng.uniform(0.5, 1.3, count)).astype(np.float32)

    def field(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        found = np.zeros_like(u)
        for (x, y), size in zip(places, sizes, strict=True):
            near = (np.abs(u - x) < 3 * size) & (np.abs(v - y) < 3 * size)
            found[near] += np.exp(-(((u[near] - x) ** 2 + (v[near] - y) ** 2) / size**2))
        return found

    return field


def stem_and_leaf(rng: np.random.Generator, foot: float) -> list[Part]:
    """What stands on a fruit: a stem from the height `foot`, and in a third of them a leaf."""
    lean, high = rng.uniform(-0.2, 0.2), rng.uniform(0.22, 0.36)
    tip = (lean, foot - high)
    stem = strip([(0, foot + 0.04), (lean * 0.25, foot - high * 0.5), tip], 0.036, BARK)
    if rng.random() > 0.35:
        return [stem]
    green = np.array((84, 140, 52), np.float32) * rng.uniform(0.8, 1.15)
    reach = rng.uniform(0.36, 0.5)
    points = np.array([(0.02, -0.06), (0.5, -0.3), (1.0, -0.42), (0.6, 0.02)]) * reach
    points += np.array((lean * 0.2, foot - high * 0.35))
    blade = Part(outline=smooth(points), colour=green, relief=0.4, gloss=0.3)
    return [blade, stem]
